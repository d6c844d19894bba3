//! Competitors and judges come in by Excel: checked whole, shown, then committed in one transaction.

use std::collections::{HashMap, HashSet};

use axum::extract::State;
use axum::response::Response;
use kernel::{AccountId, EntryId, ErrorCode, OrganisationId, PersonId, Role, Scope, TeamId, VenueId};
use serde::{Deserialize, Serialize};
use store::{Tx, args};
use utoipa::{IntoParams, ToSchema};
use web::directory::{self, Named, NewAccount, NewOrganisation, NewPerson, OrganisationKind};
use web::wire::{ContestId, Text};
use web::{Answer, ApiResult, Hall, IdempotencyKey, Multipart, Path, Problem, Query, Signed};

use super::people_rows::{self, COMPETITORS, JUDGES, NewCompetitor, NewJudge, RowFault};
use super::plan_runs;
use super::whos_who::{self, There};
use super::workbook::{self, Column, PassedOver, SheetRow};
use crate::arena::Arena;
use crate::event::{ContestState, Happened};
use crate::floor::Floor;
use crate::plan::Plan;
use crate::{ContestRoom, log, sql};

const PREVIEW_ROWS: usize = 20;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ImportMode {
    /// Without it the file is only checked.
    pub commit: Option<bool>,
}

/// The file, as a form.
#[derive(Debug, ToSchema)]
#[allow(dead_code)]
pub(super) struct ImportForm {
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Checked {
    pub rows: usize,
    /// Rows without a fault.
    pub valid: usize,
    pub committed: bool,
    pub problems: Vec<RowProblem>,
    /// Columns that nothing was read from: their headings are none that the form knows, or stand there twice.
    pub passed_over: Vec<ColumnPassedOver>,
    /// Where to send the same file to get it back with its problems beside the rows; null when it has none.
    pub annotated: Option<String>,
    /// The first rows as they were read, by column code.
    pub preview: Vec<PreviewRow>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct RowProblem {
    /// As Excel counts it.
    pub row: u32,
    pub column: String,
    pub detail: Text,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ColumnPassedOver {
    /// As Excel names it, such as `C`.
    pub column: String,
    /// Empty where there is none above what is filled in.
    pub heading: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct PreviewRow {
    pub row: u32,
    pub cells: HashMap<String, String>,
}

pub(super) fn columns(what: &str) -> ApiResult<&'static [Column]> {
    match what {
        "competitors" => Ok(COMPETITORS),
        "judges" => Ok(JUDGES),
        _ => Err(Problem::not_found("只能导入 competitors 或 judges", "Only competitors and judges can be imported")),
    }
}

/// An empty form with headings and an example.
#[utoipa::path(get, path = "/api/contests/{contest}/imports/{what}/template", tag = "field", params(ContestId, ("what" = String, Path, description = "competitors or judges")),
    responses((status = 200, body = Vec<u8>, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))]
pub async fn template(Path((_contest, what)): Path<(ContestId, String)>) -> ApiResult<Response> {
    Ok(workbook::download(&what, workbook::template(columns(&what)?)?))
}

/// Checks a file, and with `commit` takes it: all rows, or none when one has a fault.
#[utoipa::path(post, path = "/api/contests/{contest}/imports/{what}", tag = "field", params(ContestId, ("what" = String, Path, description = "competitors or judges"), ImportMode),
    request_body(content = ImportForm, content_type = "multipart/form-data"), responses((status = 200, body = Checked)))]
pub async fn import(
    State(room): State<ContestRoom>,
    Signed(actor): Signed,
    key: IdempotencyKey,
    Path((contest, what)): Path<(ContestId, String)>,
    Query(mode): Query<ImportMode>,
    form: Multipart,
) -> ApiResult<Answer> {
    let columns = columns(&what)?;
    let floor = room.floor(&contest).await?;
    let sheet = workbook::read_apart(form.file("file")?.bytes.clone(), columns).await?;
    let (rows, passed_over) = (sheet.rows, sheet.passed_over);
    let annotated = format!("/api/contests/{}/imports/{what}/annotated", *contest);
    let commit = mode.commit == Some(true);
    let (hall, floor_ref, contest, rows, account) = (&room.hall, &floor, &contest.0, &rows, &actor.account);
    let (what, annotated) = (what.as_str(), &annotated);
    let told = |found: &Whole| Checked {
        rows: rows.len(),
        valid: found.valid,
        committed: commit,
        problems: found.faults.iter().map(row_problem).collect(),
        passed_over: passed_over.iter().map(column_passed_over).collect(),
        annotated: (!found.faults.is_empty()).then(|| annotated.clone()),
        preview: rows.iter().take(PREVIEW_ROWS).map(|row| preview(row, columns)).collect(),
    };
    if !commit {
        floor.up_to_now().await?;
        must_not_be_drawn(&floor.arena(), what)?;
        // A whole file is checked while others write; only the answer is kept under its key.
        let found = hall.db.read::<_, Problem, _>(|tx| Box::pin(check(tx, floor_ref, what, rows)));
        let checked = &told(&found.await?);
        return web::write(hall, &key, |_| Box::pin(async move { Answer::ok(checked) })).await;
    }
    let told = &told;
    let answer = web::write(hall, &key, |tx| {
        Box::pin(async move {
            floor_ref.current(tx).await?;
            let state = floor_ref.arena().state;
            if !matches!(state, ContestState::Draft | ContestState::Live) {
                return Err(Problem::new(ErrorCode::ContestNotOpen).detail(
                    format!("赛事处于 {}，名单不能再改", state.code()),
                    format!("The contest is {}: its field stands", state.code()),
                ));
            }
            must_not_be_drawn(&floor_ref.arena(), what)?;
            let found = check(tx, floor_ref, what, rows).await?;
            if !found.faults.is_empty() {
                return Err(rows_problem(&found.faults).with("annotated", annotated.as_str()));
            }
            let plan = floor_ref.arena().plan.clone();
            let subject: kernel::MarkId = hall.fresh();
            let happened = Happened::PlanChanged { what: what.to_owned(), count: found.taken.len() as u32 };
            let joined = log::append(tx, contest, hall.now(), Some(account), subject.as_str(), &happened).await?;
            let mut writing = Writing { tx, hall, plan: &plan, by: account, organisations: HashMap::new() };
            match &found.taken {
                Taken::Competitors(people) => writing.competitors(people).await?,
                Taken::Judges(people) => writing.judges(people, joined).await?,
            }
            must_be_a_field(tx, contest).await?;
            Answer::ok(&told(&found))
        })
    })
    .await?;
    hall.sessions.forget_all();
    floor.caught_up_to_newest().await;
    Ok(answer)
}

/// Competitors who come from somewhere else than a file, with numbers, seats and runs as those of a file get them. The caller has seen to it that
/// the contest takes them, and tells its log.
pub(crate) async fn enter(
    tx: &mut Tx<'_>,
    hall: &Hall,
    plan: &Plan,
    by: &AccountId,
    people: &[NewCompetitor],
) -> ApiResult<()> {
    let mut writing = Writing { tx, hall, plan, by, organisations: HashMap::new() };
    writing.competitors(people).await?;
    must_be_a_field(tx, &plan.id).await
}

/// Who came after the lots would have no number, or tell by his that he did.
pub(crate) fn must_not_be_drawn(arena: &Arena, what: &str) -> ApiResult<()> {
    if what != "competitors" || arena.draw.as_ref().is_none_or(|draw| draw.drawn_at.is_none()) {
        return Ok(());
    }
    Err(Problem::new(ErrorCode::ContestNotOpen).detail(
        "已经抽签，名单不能再加人；开赛前可重新承诺后再导入",
        "Lots are drawn: nobody joins the field any more; before the contest is opened, commit to another seed and import then",
    ))
}

/// A file, checked whole.
pub(super) struct Whole {
    taken: Taken,
    pub faults: Vec<RowFault>,
    /// Rows without a fault.
    valid: usize,
}

pub(super) async fn check(tx: &mut Tx<'_>, floor: &Floor, what: &str, rows: &[SheetRow]) -> ApiResult<Whole> {
    let plan = floor.arena().plan.clone();
    let (taken, mut faults) = {
        let arena = floor.arena();
        if what == "competitors" {
            let (good, faults) = people_rows::competitors(rows, &arena);
            (Taken::Competitors(good), faults)
        } else {
            let (good, faults) = people_rows::judges(rows, &arena);
            (Taken::Judges(good), faults)
        }
    };
    let valid = taken.len() - taken.check_people(tx, &plan, &mut faults).await?;
    Ok(Whole { taken, faults, valid })
}

enum Taken {
    Competitors(Vec<NewCompetitor>),
    Judges(Vec<NewJudge>),
}

impl Taken {
    fn len(&self) -> usize {
        match self {
            Taken::Competitors(people) => people.len(),
            Taken::Judges(people) => people.len(),
        }
    }
}

impl Taken {
    /// Who the rows mean, as far as the hall knows them already. Says how many rows are at fault.
    async fn check_people(&self, tx: &mut Tx<'_>, plan: &Plan, faults: &mut Vec<RowFault>) -> ApiResult<usize> {
        let before: HashSet<u32> = faults.iter().map(|fault| fault.row).collect();
        match self {
            Taken::Competitors(people) => {
                let mut entered = There::of(plan.entries.iter().map(|entry| entry.person.clone()));
                for one in people {
                    if let Err(fault) = whos_who::competitor(tx, plan, one, &mut entered).await? {
                        faults.push(fault);
                    }
                }
            }
            Taken::Judges(people) => {
                let mut seated = There::of(plan.judges.iter().map(|judge| judge.person.clone()));
                for one in people {
                    if let Err(fault) = whos_who::judge(tx, plan, one, &mut seated).await? {
                        faults.push(fault);
                    }
                }
            }
        }
        let after: HashSet<u32> = faults.iter().map(|fault| fault.row).collect();
        Ok(after.difference(&before).count())
    }
}

/// The field as it will be must be one that the contest can be opened with; nothing is committed otherwise.
async fn must_be_a_field(tx: &mut Tx<'_>, contest: &kernel::ContestId) -> ApiResult<()> {
    let Some(plan) = Plan::load(tx, contest).await.map_err(Problem::internal)? else { return Ok(()) };
    let faults = match plan.field() {
        Ok(_) => return Ok(()),
        Err(faults) => faults,
    };
    Err(faults
        .iter()
        .fold(Problem::new(ErrorCode::RowsInvalid), |problem, fault| problem.field_text("rows", fault.says())))
}

pub(super) fn rows_problem(faults: &[RowFault]) -> Problem {
    faults.iter().fold(Problem::new(ErrorCode::RowsInvalid), |problem, fault| {
        problem.field_text(format!("rows[{}].{}", fault.row, fault.column), fault.text.clone())
    })
}

fn row_problem(fault: &RowFault) -> RowProblem {
    RowProblem { row: fault.row, column: fault.column.to_owned(), detail: (&fault.text).into() }
}

fn column_passed_over(column: &PassedOver) -> ColumnPassedOver {
    ColumnPassedOver {
        column: rust_xlsxwriter::utility::column_number_to_name(column.at as u16),
        heading: column.heading.clone(),
    }
}

fn preview(row: &SheetRow, columns: &[Column]) -> PreviewRow {
    let cells = columns.iter().map(|column| (column.code.to_owned(), row.cell(columns, column.code).to_owned()));
    PreviewRow { row: row.number, cells: cells.collect() }
}

/// The rows of one import as they are written.
struct Writing<'a, 'tx, 'env> {
    tx: &'a mut Tx<'env>,
    hall: &'a Hall,
    plan: &'tx Plan,
    by: &'a AccountId,
    organisations: HashMap<String, OrganisationId>,
}

impl Writing<'_, '_, '_> {
    async fn competitors(&mut self, people: &[NewCompetitor]) -> ApiResult<()> {
        let now = self.hall.now();
        // Ids sort by time and seats are given out in turn: what is made of the rows in the order of the file could be read back from them.
        let mut drawn: Vec<&NewCompetitor> = people.iter().collect();
        self.hall.draw(|rng| rng.shuffle(&mut drawn));
        let mut teams: HashMap<String, TeamId> =
            self.plan.teams.iter().map(|team| (team.name.zh.clone(), team.id.clone())).collect();
        let mut numbers = self.draw_numbers(people);
        let mut entered: HashMap<VenueId, Vec<EntryId>> = HashMap::new();
        for one in drawn {
            let organisation = match &one.known {
                Some((_, organisation)) => organisation.clone(),
                None => self.organisation(&one.organisation).await?,
            };
            let account = match &one.login {
                Some(login) => directory::account_by_login(self.tx, login).await?,
                None => None,
            };
            let person = match (&one.known, &account) {
                (Some((person, _)), _) | (None, Some((_, person))) => person.clone(),
                (None, None) => self.person(&one.name, &organisation).await?,
            };
            let team = match &one.team {
                Some(name) if teams.contains_key(name) => teams.get(name).cloned(),
                Some(name) => {
                    let id: TeamId = self.hall.fresh();
                    let args = args![&id, &self.plan.id, name, name, Option::<&OrganisationId>::None];
                    self.tx.exec(sql::INSERT_TEAM, &args).await?;
                    teams.insert(name.clone(), id.clone());
                    Some(id)
                }
                None => None,
            };
            let no = match &one.no {
                Some(no) => no.clone(),
                None => numbers.pop().ok_or_else(|| Problem::internal("too few blind numbers were drawn"))?,
            };
            let entry: EntryId = self.hall.fresh();
            let args = args![&entry, &self.plan.id, no, &person, &organisation, &team, &one.venue, &one.group];
            self.tx.exec(sql::INSERT_ENTRY, &args).await?;
            if let Some(login) = &one.login {
                let account = match account {
                    Some((account, _)) => account,
                    None => self.account(login, &person).await?,
                };
                let scope = Scope::Contest(self.plan.id.clone());
                directory::grant(self.tx, &account, Role::Competitor, &scope, Some(self.by), now).await?;
            }
            entered.entry(one.venue.clone()).or_default().push(entry);
        }
        for venue in &self.plan.venues {
            let Some(entries) = entered.get(&venue.id) else { continue };
            let already = self.plan.entries.iter().filter(|entry| entry.venue == venue.id).count();
            let seating =
                plan_runs::Seating { contest: &self.plan.id, stations: &self.plan.stations, venue: &venue.id, already };
            plan_runs::plan(self.tx, self.hall, &self.plan.scheme.scheme, &seating, entries).await?;
        }
        Ok(())
    }

    /// `joined`: where the log says that they came.
    async fn judges(&mut self, people: &[NewJudge], joined: i64) -> ApiResult<()> {
        let now = self.hall.now();
        for one in people {
            let organisation = self.organisation(&one.organisation).await?;
            let (account, person) = match directory::account_by_login(self.tx, &one.login).await? {
                Some(known) => known,
                None => {
                    let person = self.person(&one.name, &organisation).await?;
                    (self.account(&one.login, &person).await?, person)
                }
            };
            let modules = one.modules.join(" ");
            let args = args![&self.plan.id, &account, &person, &organisation, &one.venue, modules, joined];
            self.tx.exec(sql::INSERT_JUDGE, &args).await?;
            let scope = Scope::Venue(self.plan.id.clone(), one.venue.clone());
            directory::grant(self.tx, &account, Role::Judge, &scope, Some(self.by), now).await?;
        }
        Ok(())
    }

    /// Shuffled numbers that are not in use, so that a number says nothing about its bearer.
    fn draw_numbers(&self, people: &[NewCompetitor]) -> Vec<String> {
        let mut used: HashSet<&str> = self.plan.entries.iter().map(|entry| entry.no.as_str()).collect();
        used.extend(people.iter().filter_map(|one| one.no.as_deref()));
        let mut numbers = free_numbers(&used, people.iter().filter(|one| one.no.is_none()).count());
        self.hall.draw(|rng| rng.shuffle(&mut numbers));
        numbers
    }

    async fn organisation(&mut self, name: &str) -> ApiResult<OrganisationId> {
        if let Some(known) = self.organisations.get(name) {
            return Ok(known.clone());
        }
        let id = match directory::organisation_named(self.tx, name).await? {
            Named::One(id) => id,
            Named::Several => return Err(Problem::internal("an ambiguous organisation was let through")),
            Named::Nobody => {
                let id: OrganisationId = self.hall.fresh();
                let new = NewOrganisation {
                    id: id.clone(),
                    parent: None,
                    kind: OrganisationKind::Enterprise,
                    name: kernel::Text::new(name, name),
                    created_at: self.hall.now(),
                };
                directory::insert_organisation(self.tx, &new).await?;
                id
            }
        };
        self.organisations.insert(name.to_owned(), id.clone());
        Ok(id)
    }

    /// Somebody the hall knows, or somebody new.
    async fn person(&mut self, name: &str, organisation: &OrganisationId) -> ApiResult<PersonId> {
        match directory::person_named(self.tx, organisation, name).await? {
            Named::One(id) => return Ok(id),
            Named::Several => return Err(Problem::internal("an ambiguous person was let through")),
            Named::Nobody => {}
        }
        let id: PersonId = self.hall.fresh();
        let new = NewPerson {
            id: id.clone(),
            name: name.to_owned(),
            gender: None,
            organisation: organisation.clone(),
            phone: None,
            created_at: self.hall.now(),
        };
        directory::insert_person(self.tx, &new).await?;
        Ok(id)
    }

    /// An account without a password: an administrator sets the first one, or it is a demonstration's.
    async fn account(&mut self, login: &str, person: &PersonId) -> ApiResult<AccountId> {
        let id: AccountId = self.hall.fresh();
        let new = NewAccount {
            id: id.clone(),
            person: person.clone(),
            login: login.to_owned(),
            password_hash: None,
            created_at: self.hall.now(),
        };
        directory::insert_account(self.tx, &new).await?;
        Ok(id)
    }
}

/// As many as are wanted, none of them in use.
fn free_numbers(used: &HashSet<&str>, wanted: usize) -> Vec<String> {
    blind_numbers().filter(|no| !used.contains(no.as_str())).take(wanted).collect()
}

/// `A01` to `A99`, `B01`, … `Z99`, `AA01`, …: never the same twice, however many are taken.
fn blind_numbers() -> impl Iterator<Item = String> {
    (0..u32::MAX).map(|at| {
        let (mut block, number) = (at / 99, at % 99 + 1);
        let mut letters = vec![b'A' + (block % 26) as u8];
        while block >= 26 {
            block = block / 26 - 1;
            letters.push(b'A' + (block % 26) as u8);
        }
        letters.reverse();
        format!("{}{number:02}", String::from_utf8_lossy(&letters))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blind_numbers_do_not_run_out() {
        let per_letter = 99;
        let numbers: Vec<String> = blind_numbers().take(80_000).collect();
        let shown = [0, 98, 99, 26 * per_letter - 1, 26 * per_letter, 27 * 26 * per_letter - 1, 27 * 26 * per_letter];
        assert_eq!(shown.map(|at| numbers[at].as_str()), ["A01", "A99", "B01", "Z99", "AA01", "ZZ99", "AAA01"]);
        assert_eq!(numbers.iter().collect::<HashSet<_>>().len(), numbers.len());
        // The largest import, into a field that has used up one letter, and a number that somebody wrote by hand.
        let mut used: HashSet<&str> = numbers[..26 * per_letter].iter().map(String::as_str).collect();
        used.insert("AA02");
        let drawn = free_numbers(&used, 5_000);
        assert_eq!((drawn.len(), drawn[0].as_str(), drawn[1].as_str()), (5_000, "AA01", "AA03"));
        assert_eq!(drawn.iter().collect::<HashSet<_>>().len(), drawn.len());
    }
}
