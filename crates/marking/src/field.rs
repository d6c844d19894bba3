//! Who competes: entries by blind number, each in at most one group and one team. A field is fixed while a board lives;
//! when somebody joins late, a new board replays the log.

use kernel::{EntryId, TeamId, Text};
use rustc_hash::FxHashMap;

use crate::scheme::indices;
use crate::{GroupIx, Scheme};

indices! {
    /// An entry's place in the field.
    EntryIx;
    /// A team's place in the field.
    TeamIx;
}

/// A competitor as judges know him.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntrySeat {
    pub id: EntryId,
    /// The blind number (加密号), the only name that a sentence uses.
    pub number: String,
    pub group: Option<GroupIx>,
    pub team: Option<TeamIx>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TeamSeat {
    pub id: TeamId,
    /// What a sentence calls the team.
    pub name: Text,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    pub(crate) entries: Vec<EntrySeat>,
    pub(crate) teams: Vec<TeamSeat>,
    entry_ids: FxHashMap<EntryId, EntryIx>,
    numbers: FxHashMap<String, EntryIx>,
    team_ids: FxHashMap<TeamId, TeamIx>,
}

/// Why a list of entries is no field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldFault {
    EntryTwice(EntryId),
    NumberTwice(String),
    NumberEmpty(EntryId),
    TeamTwice(TeamId),
    GroupUnknown(EntryId),
    TeamUnknown(EntryId),
}

impl FieldFault {
    pub fn says(&self) -> Text {
        match self {
            FieldFault::EntryTwice(id) => {
                Text::new(format!("参赛编号 {id} 出现了两次"), format!("entry {id} stands here twice"))
            }
            FieldFault::NumberTwice(number) => {
                Text::new(format!("检录号 {number} 出现了两次"), format!("blind number {number} was given twice"))
            }
            FieldFault::NumberEmpty(id) => Text::new(format!("{id} 没有检录号"), format!("{id} has no blind number")),
            FieldFault::TeamTwice(id) => {
                Text::new(format!("队伍 {id} 出现了两次"), format!("team {id} stands here twice"))
            }
            FieldFault::GroupUnknown(id) => {
                Text::new(format!("{id} 的组别不在方案中"), format!("{id} is in a group that the scheme doesn't have"))
            }
            FieldFault::TeamUnknown(id) => {
                Text::new(format!("{id} 的队伍不在名单中"), format!("{id} is in a team that isn't listed"))
            }
        }
    }
}

impl std::fmt::Display for FieldFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.says().en)
    }
}
impl std::error::Error for FieldFault {}

impl Field {
    /// Indices count in the order given.
    pub fn new(scheme: &Scheme, teams: Vec<TeamSeat>, entries: Vec<EntrySeat>) -> Result<Field, Vec<FieldFault>> {
        let mut faults = Vec::new();
        let mut team_ids = FxHashMap::default();
        for (at, team) in teams.iter().enumerate() {
            if team_ids.insert(team.id.clone(), TeamIx(at as u32)).is_some() {
                faults.push(FieldFault::TeamTwice(team.id.clone()));
            }
        }
        let (mut entry_ids, mut numbers) = (FxHashMap::default(), FxHashMap::default());
        for (at, entry) in entries.iter().enumerate() {
            let ix = EntryIx(at as u32);
            if entry_ids.insert(entry.id.clone(), ix).is_some() {
                faults.push(FieldFault::EntryTwice(entry.id.clone()));
            }
            if entry.number.trim().is_empty() {
                faults.push(FieldFault::NumberEmpty(entry.id.clone()));
            } else if numbers.insert(entry.number.clone(), ix).is_some() {
                faults.push(FieldFault::NumberTwice(entry.number.clone()));
            }
            if entry.group.is_some_and(|group| scheme.group(group).is_none()) {
                faults.push(FieldFault::GroupUnknown(entry.id.clone()));
            }
            if entry.team.is_some_and(|team| team.index() >= teams.len()) {
                faults.push(FieldFault::TeamUnknown(entry.id.clone()));
            }
        }
        if faults.is_empty() { Ok(Field { entries, teams, entry_ids, numbers, team_ids }) } else { Err(faults) }
    }

    /// The same field, whose entries and teams sentences call otherwise; in the order of their indices.
    pub(crate) fn called(&self, numbers: Vec<String>, teams: Vec<Text>) -> Field {
        let mut field = self.clone();
        for (seat, number) in field.entries.iter_mut().zip(numbers) {
            seat.number = number;
        }
        for (seat, name) in field.teams.iter_mut().zip(teams) {
            seat.name = name;
        }
        let numbered = field.entries.iter().zip(self.entry_ixs());
        field.numbers = numbered.map(|(seat, ix)| (seat.number.clone(), ix)).collect();
        field
    }

    pub fn entries(&self) -> &[EntrySeat] {
        &self.entries
    }

    pub fn teams(&self) -> &[TeamSeat] {
        &self.teams
    }

    pub fn entry(&self, entry: EntryIx) -> Option<&EntrySeat> {
        self.entries.get(entry.index())
    }

    pub fn team(&self, team: TeamIx) -> Option<&TeamSeat> {
        self.teams.get(team.index())
    }

    pub fn entry_ix(&self, id: &EntryId) -> Option<EntryIx> {
        self.entry_ids.get(id).copied()
    }

    pub fn number_ix(&self, number: &str) -> Option<EntryIx> {
        self.numbers.get(number).copied()
    }

    pub fn team_ix(&self, id: &TeamId) -> Option<TeamIx> {
        self.team_ids.get(id).copied()
    }

    pub fn entry_ixs(&self) -> impl Iterator<Item = EntryIx> + use<> {
        (0..self.entries.len() as u32).map(EntryIx)
    }

    pub fn team_ixs(&self) -> impl Iterator<Item = TeamIx> + use<> {
        (0..self.teams.len() as u32).map(TeamIx)
    }
}
