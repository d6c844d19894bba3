//! People come into the field, however they came: by import, or admitted by registration. Each has an entry with a number that says nothing about
//! him, a team, runs at the stations of his venue, and the role of a competitor on his accounts.
//!
//! Invariant: nothing that the public sees of an entry (its number, its id, its place in a list) tells when or in which order people came.

use std::collections::{HashMap, HashSet};

use kernel::{AccountId, Clock, EntryId, OrganisationId, PersonId, Role, Scope, TeamId, Timestamp, VenueId};
use store::{Tx, args};
use web::{ApiResult, Hall, Problem, directory};

use super::plan_runs;
use crate::plan::Plan;
use crate::sql;

/// Somebody who comes into the field.
#[derive(Debug, Clone)]
pub(crate) struct Joining {
    pub person: PersonId,
    pub organisation: OrganisationId,
    /// By its name; a new one is made of a name that no team bears.
    pub team: Option<String>,
    pub group: String,
    pub venue: VenueId,
    /// The blind number that somebody gave him; otherwise one is drawn.
    pub no: Option<String>,
    pub accounts: Vec<AccountId>,
}

pub(crate) struct Manner<'a> {
    pub by: &'a AccountId,
    pub at: Timestamp,
    /// The time that the ids of entries and teams tell. Where people come one by one, and it is known when each did, it is the same for all.
    pub ids_at: Timestamp,
    /// So many numbers more than are needed are drawn from, so that one by one they don't come in order.
    pub spare_numbers: usize,
}

/// Stands still, for ids that are not to tell when they were made.
#[derive(Debug)]
struct Still(Timestamp);

impl Clock for Still {
    fn now(&self) -> Timestamp {
        self.0
    }
}

/// The entries, each with its person, in a drawn order.
pub(crate) async fn join(
    tx: &mut Tx<'_>,
    hall: &Hall,
    plan: &Plan,
    mut people: Vec<Joining>,
    manner: &Manner<'_>,
) -> ApiResult<Vec<(PersonId, EntryId)>> {
    // Ids sort by time and seats are given out in turn: what is made of people in the order in which they stand in a file could be read back
    // from them.
    hall.draw(|rng| rng.shuffle(&mut people));
    let still = Still(manner.ids_at);
    let mut teams: HashMap<String, TeamId> =
        plan.teams.iter().map(|team| (team.name.zh.clone(), team.id.clone())).collect();
    let mut numbers = draw_numbers(hall, plan, &people, manner.spare_numbers);
    let mut entered: HashMap<VenueId, Vec<EntryId>> = HashMap::new();
    let mut joined = Vec::with_capacity(people.len());
    for one in people {
        let team = match &one.team {
            Some(name) if teams.contains_key(name) => teams.get(name).cloned(),
            Some(name) => {
                let id = hall.draw(|rng| TeamId::fresh(&still, rng));
                let args = args![&id, &plan.id, name, name, Option::<&OrganisationId>::None];
                tx.exec(sql::INSERT_TEAM, &args).await?;
                teams.insert(name.clone(), id.clone());
                Some(id)
            }
            None => None,
        };
        let no = match &one.no {
            Some(no) => no.clone(),
            None => numbers.pop().ok_or_else(|| Problem::internal("too few blind numbers were drawn"))?,
        };
        let entry = hall.draw(|rng| EntryId::fresh(&still, rng));
        let args = args![&entry, &plan.id, no, &one.person, &one.organisation, &team, &one.venue, &one.group];
        tx.exec(sql::INSERT_ENTRY, &args).await?;
        let scope = Scope::Contest(plan.id.clone());
        for account in &one.accounts {
            directory::grant(tx, account, Role::Competitor, &scope, Some(manner.by), manner.at).await?;
        }
        entered.entry(one.venue).or_default().push(entry.clone());
        joined.push((one.person, entry));
    }
    for venue in &plan.venues {
        let Some(entries) = entered.get(&venue.id) else { continue };
        let already = plan.entries.iter().filter(|entry| entry.venue == venue.id).count();
        let seating = plan_runs::Seating { contest: &plan.id, stations: &plan.stations, venue: &venue.id, already };
        plan_runs::plan(tx, hall, &plan.scheme.scheme, &seating, entries).await?;
    }
    Ok(joined)
}

/// Shuffled numbers that are not in use, so that a number says nothing about its bearer.
fn draw_numbers(hall: &Hall, plan: &Plan, people: &[Joining], spare: usize) -> Vec<String> {
    let mut used: HashSet<&str> = plan.entries.iter().map(|entry| entry.no.as_str()).collect();
    used.extend(people.iter().filter_map(|one| one.no.as_deref()));
    let mut numbers = free_numbers(&used, people.iter().filter(|one| one.no.is_none()).count() + spare);
    hall.draw(|rng| rng.shuffle(&mut numbers));
    numbers
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
