//! Letters of admission, as PDF: one, or all of a contest.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use jiff::civil::Date;
use kernel::{ErrorCode, Role, Scope, Zone};
use print::{AdmissionLetter, Appointment};
use web::wire::{ContestId, PersonId};
use web::{ApiResult, Path, Problem, Query, Signed};

use super::press::{SpokenIn, address, bundled, file_name, issuer, pdf, printed, zip};
use super::words::{LetterWords, written};
use crate::ContestRoom;
use crate::arena::Arena;
use crate::plan::Entry;

/// What a letter is made of beside its competitor.
struct Sheet {
    words: LetterWords,
    hall: kernel::Text,
    address: String,
    zone: Zone,
    on: Date,
    spoken: SpokenIn,
}

impl Sheet {
    async fn of(room: &ContestRoom, contest: &ContestId, headers: &HeaderMap, spoken: SpokenIn) -> ApiResult<Sheet> {
        let zone = room.hall.config.zone.clone();
        Ok(Sheet {
            words: written(&room.hall.db, &contest.0).await?,
            hall: issuer(&room.hall.db).await?,
            address: address(room, headers)?,
            on: zone.at(room.hall.now()).date(),
            zone,
            spoken,
        })
    }

    /// Nothing that a draw keeps apart: the letter has a name, and no number.
    fn letter(&self, arena: &Arena, entry: &Entry) -> AdmissionLetter {
        let plan = &arena.plan;
        let scheme = arena.board.scheme();
        let venue = plan.venue(&entry.venue).map(|venue| venue.name.clone()).unwrap_or_default();
        let group = scheme.group_ix(&entry.group).and_then(|ix| scheme.group(ix)).map(|group| group.name.clone());
        let start = || Appointment {
            at: self.zone.at(plan.starts_at),
            what: kernel::Text::new("比赛开始", "The contest begins"),
            place: venue.clone().into(),
        };
        let mut appointments: Vec<Appointment> = (self.words.appointments.iter())
            .map(|one| Appointment {
                at: self.zone.at(one.at.0),
                what: one.what.clone().into(),
                place: one.place.clone().unwrap_or_else(|| venue.clone()).into(),
            })
            .collect();
        if appointments.is_empty() {
            appointments.push(start());
        }
        appointments.sort_by_key(|one| one.at);
        // A number may be told where none is drawn and all is shown by name.
        let told = arena.draw.is_none() && !plan.blind;
        let seat = if told { plan.runs_of_entry(&entry.id) } else { Vec::new() };
        AdmissionLetter {
            languages: self.spoken.languages.into(),
            name: entry.person_name.clone(),
            organisation: Some(entry.organisation_name.clone().into()),
            contest: plan.name.clone().into(),
            group,
            address: self.words.addresses.get(&entry.venue.clone().into()).cloned().map(Into::into),
            venue: venue.into(),
            station: seat.first().and_then(|run| plan.station(&run.station)).map(|station| station.code.clone()),
            appointments,
            bring: self.words.bring.iter().cloned().map(Into::into).collect(),
            notes: self.words.notes.iter().cloned().map(Into::into).collect(),
            check_in: format!("{}/desk/contests/{}/entries?person={}", self.address, plan.id, entry.person),
            check_in_code: None,
            hall: self.hall.clone(),
            on: self.on,
        }
    }
}

/// Of one competitor, for himself and for who holds the contest.
#[utoipa::path(get, path = "/api/contests/{contest}/papers/letters/{person}", tag = "papers", operation_id = "letter_paper", params(ContestId, PersonId, SpokenIn), responses((status = 200, content_type = "application/pdf", body = Vec<u8>)))]
pub async fn letter(
    State(room): State<ContestRoom>,
    Signed(actor): Signed,
    headers: HeaderMap,
    Query(spoken): Query<SpokenIn>,
    Path((contest, person)): Path<(ContestId, PersonId)>,
) -> ApiResult<Response> {
    let holds = actor.holds_any(&[Role::Organiser, Role::Staff], &Scope::Contest(contest.0.clone()));
    if actor.person != person.0 && !holds {
        return Err(Problem::new(ErrorCode::Forbidden)
            .detail("只能领取自己的参赛通知书", "A letter is its competitor's, or who holds the contest takes it"));
    }
    let floor = room.floor(&contest).await?;
    let sheet = Sheet::of(&room, &contest, &headers, spoken).await?;
    let letter = {
        let arena = floor.arena();
        let entry = arena.plan.entry_of_person(&person);
        let entry = entry
            .ok_or_else(|| Problem::not_found("本场没有这名选手", "There is no such competitor in this contest"))?;
        sheet.letter(&arena, entry)
    };
    Ok(pdf("admission-letter", printed(&room, letter, print::admission_letter).await?))
}

/// Everybody's, in one ZIP, by organisation and name.
#[utoipa::path(get, path = "/api/contests/{contest}/papers/letters", tag = "papers", operation_id = "letter_papers", params(ContestId, SpokenIn), responses((status = 200, content_type = "application/zip", body = Vec<u8>)))]
pub async fn all(
    State(room): State<ContestRoom>,
    headers: HeaderMap,
    Query(spoken): Query<SpokenIn>,
    Path(contest): Path<ContestId>,
) -> ApiResult<Response> {
    let floor = room.floor(&contest).await?;
    let sheet = Sheet::of(&room, &contest, &headers, spoken).await?;
    let letters: Vec<(String, AdmissionLetter)> = {
        let arena = floor.arena();
        let mut entries: Vec<&Entry> = arena.plan.entries.iter().collect();
        entries.sort_by(|one, other| {
            let key =
                |entry: &Entry| (entry.organisation_name.zh.clone(), entry.person_name.clone(), entry.person.clone());
            key(one).cmp(&key(other))
        });
        let named = |(at, entry): (usize, &&Entry)| {
            let name = format!("{:03}-{}-{}", at + 1, entry.organisation_name.zh, entry.person_name);
            (file_name(&name), sheet.letter(&arena, entry))
        };
        entries.iter().enumerate().map(named).collect()
    };
    if letters.is_empty() {
        return Err(Problem::not_found("本场还没有选手", "The contest has no competitors yet"));
    }
    Ok(zip(&format!("{}-letters", contest.0), bundled(&room, letters, print::admission_letter).await?))
}
