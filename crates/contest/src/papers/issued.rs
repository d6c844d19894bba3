//! Which certificates there are: one for each prize of a published result, each with a number of its own.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::civil::Date;
use kernel::{Actor, ContestId, ErrorCode, PersonId, Timestamp, Zone};
use print::{CertificateOfAward, Signer};
use serde::Serialize;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;
use web::wire::Text;
use web::{ApiResult, Problem};

use crate::arena::Arena;
use crate::event::ContestState;
use crate::recusal::title;
use crate::results::PrizeGiven;

/// Crockford's base 32: no letter that is taken for a figure.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The number of a prize's certificate: twelve letters of the digest of contest, prize and winner, such as `7K2M-04TX-9QWE`. It stays the same
/// as long as the winner keeps the prize.
pub fn number_of(contest: &ContestId, given: &PrizeGiven) -> String {
    let winner = given.entry.as_ref().map(|entry| entry.as_str());
    let winner = winner.or_else(|| given.team.as_ref().map(|team| team.as_str())).unwrap_or_default();
    let group = given.group.as_deref().unwrap_or_default();
    let digest = Sha256::digest(format!("guildhall/certificate/1\n{contest}\n{}\n{group}\n{winner}", given.prize));
    let bits = digest.iter().take(8).fold(0u64, |bits, byte| bits << 8 | u64::from(*byte));
    let mut number = String::with_capacity(14);
    for at in 0..12 {
        if at > 0 && at % 4 == 0 {
            number.push('-');
        }
        number.push(char::from(LETTERS[(bits >> (59 - 5 * at) & 31) as usize]));
    }
    number
}

/// What has become of a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Validity {
    Valid,
    /// An appeal after publication has opened the result again: it may be valid once more.
    UnderReview,
    /// An open appeal may still change who has this prize.
    Waiting,
    /// The result was published again, and this prize went elsewhere.
    Withdrawn,
}

#[derive(Debug, Clone)]
pub struct Issued {
    pub number: String,
    pub given: PrizeGiven,
    /// The first publication that has it.
    pub at: Timestamp,
    pub validity: Validity,
}

/// The certificates of a contest as its log stood at a position.
#[derive(Debug, Default)]
pub struct Certificates {
    position: i64,
    pub all: Vec<Issued>,
    /// By the number, as [`plain`] reads it.
    at: HashMap<String, usize>,
}

impl Certificates {
    fn of(arena: &Arena) -> Certificates {
        let all = issued(arena);
        let at = all.iter().enumerate().map(|(at, it)| (plain(&it.number), at)).collect();
        Certificates { position: arena.position, all, at }
    }

    /// By its number, as people write it down: small letters, without hyphens, with an O for a zero.
    pub fn find(&self, number: &str) -> ApiResult<&Issued> {
        self.at.get(&plain(number)).and_then(|at| self.all.get(*at)).ok_or_else(|| {
            Problem::new(ErrorCode::NotFound).detail(
                "本场赛事没有颁发过这一编号的证书，请核对编号",
                "This contest has issued no certificate of that number; compare it",
            )
        })
    }
}

/// The newest of them. They follow from the log alone, so they are worked out once for each of its positions, however many ask.
#[derive(Default)]
pub struct KeptCertificates(Mutex<Arc<Certificates>>);

impl KeptCertificates {
    pub fn of(&self, arena: &Arena) -> Arc<Certificates> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.position != arena.position {
            *kept = Arc::new(Certificates::of(arena));
        }
        kept.clone()
    }
}

fn plain(number: &str) -> String {
    let read = |one: char| match one.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    number.chars().filter(|one| one.is_ascii_alphanumeric()).take(32).map(read).collect()
}

/// All that were ever issued, those of the newest publication first, each publication in the order of its rule set.
fn issued(arena: &Arena) -> Vec<Issued> {
    let Some(newest) = arena.published.last() else { return Vec::new() };
    // What waited at the time of publication may be settled by now.
    let now = if arena.state == ContestState::Final { crate::results::prizes(arena) } else { newest.prizes.to_vec() };
    let mut first: HashMap<String, Timestamp> = HashMap::new();
    for publication in &arena.published {
        for given in publication.prizes.iter() {
            first.entry(number_of(&arena.plan.id, given)).or_insert(publication.at);
        }
    }
    let first = |number: &str| first.get(number).copied().unwrap_or(newest.at);
    let mut known: HashSet<String> = HashSet::new();
    let mut all: Vec<Issued> = Vec::with_capacity(now.len());
    for given in now {
        let number = number_of(&arena.plan.id, &given);
        let validity = match arena.state {
            ContestState::Final if given.waits_for.is_empty() => Validity::Valid,
            ContestState::Final => Validity::Waiting,
            _ => Validity::UnderReview,
        };
        known.insert(number.clone());
        all.push(Issued { at: first(&number), number, given, validity });
    }
    for publication in arena.published.iter().rev() {
        for given in publication.given.iter() {
            let number = number_of(&arena.plan.id, given);
            if known.insert(number.clone()) {
                all.push(Issued { at: first(&number), number, given: given.clone(), validity: Validity::Withdrawn });
            }
        }
    }
    all
}

impl Issued {
    /// Who won it, by himself or as one of a team.
    pub fn persons<'a>(&self, arena: &'a Arena) -> Vec<&'a PersonId> {
        let plan = &arena.plan;
        match (&self.given.entry, &self.given.team) {
            (Some(entry), _) => plan.entry(entry).map(|entry| &entry.person).into_iter().collect(),
            (None, Some(team)) => {
                let of_team = plan.entries.iter().filter(|entry| entry.team.as_ref() == Some(&team.0));
                of_team.map(|entry| &entry.person).collect()
            }
            (None, None) => Vec::new(),
        }
    }

    pub fn is_of(&self, arena: &Arena, actor: &Actor) -> bool {
        self.persons(arena).contains(&&actor.person)
    }

    /// The winner's name and where he comes from; a team's is that of the contest.
    pub fn winner(&self, arena: &Arena) -> (String, Option<Text>) {
        let plan = &arena.plan;
        match (&self.given.entry, &self.given.team) {
            (Some(entry), _) => plan
                .entry(entry)
                .map(|entry| (entry.person_name.clone(), Some(entry.organisation_name.clone())))
                .unwrap_or_default(),
            (None, Some(team)) => {
                let named = plan.teams.iter().find(|named| named.id == team.0);
                (named.map(|named| named.name.zh.clone()).unwrap_or_default(), None)
            }
            (None, None) => Default::default(),
        }
    }

    /// The names of a team's members, in the order of the field; none where it is not a team's.
    fn members(&self, arena: &Arena) -> Vec<String> {
        let Some(team) = self.given.team.as_ref().filter(|_| self.given.entry.is_none()) else { return Vec::new() };
        let of_team = arena.plan.entries.iter().filter(|entry| entry.team.as_ref() == Some(&team.0));
        of_team.map(|entry| entry.person_name.clone()).collect()
    }

    pub fn group(&self, arena: &Arena) -> Option<Text> {
        let scheme = arena.board.scheme();
        let group = scheme.group(scheme.group_ix(self.given.group.as_ref()?)?)?;
        Some((&group.name).into())
    }

    pub fn no(&self, arena: &Arena) -> Option<String> {
        arena.plan.entry(self.given.entry.as_ref()?).map(|entry| entry.no.clone())
    }

    /// What the winner is called where names are not told.
    pub fn number_of_winner(&self, arena: &Arena) -> Option<Text> {
        if let Some(no) = self.no(arena) {
            return Some(Text { zh: no.clone(), en: no });
        }
        let at = arena.plan.teams.iter().position(|team| self.given.team.as_ref().is_some_and(|of| of.0 == team.id))?;
        Some(arena.plan.team_name(at))
    }

    /// What stands on the sheet.
    pub fn sheet(&self, arena: &Arena, hall: &kernel::Text, address: &str, zone: &Zone) -> CertificateOfAward {
        let (name, organisation) = self.winner(arena);
        let of = |publication: &&crate::arena::Publication| publication.at == self.at;
        let publication = arena.published.iter().find(of).or(arena.published.last());
        CertificateOfAward {
            name,
            members: self.members(arena),
            organisation: organisation.map(Into::into),
            contest: arena.plan.name.clone().into(),
            group: self.group(arena).map(Into::into),
            prize: self.given.name.clone().into(),
            rank: self.given.rank,
            number: self.number.clone(),
            check_address: format!("{address}/stage/{}/certificates/{}", arena.plan.id, self.number),
            signers: publication
                .into_iter()
                .flat_map(|publication| publication.signers.iter())
                .map(|(role, name)| Signer { name: name.clone(), role: title(*role) })
                .collect(),
            hall: hall.clone(),
            on: self.on(zone),
        }
    }

    pub fn on(&self, zone: &Zone) -> Date {
        zone.at(self.at).date()
    }
}
