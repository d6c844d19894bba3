//! Whether a place is left.

use kernel::Text;

use super::RegistrationRule;

/// How many have been admitted so far, before the one who is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Taken {
    pub all: u32,
    pub in_group: u32,
    /// Of his organisation, in his group.
    pub of_organisation: u32,
    /// In his team; none where he is in none.
    pub in_team: Option<u32>,
}

/// Which limit is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Full {
    Contest(u32),
    Group(u32),
    Organisation(u32),
    Team(u32),
}

impl Full {
    pub const fn code(self) -> &'static str {
        match self {
            Full::Contest(_) => "contest",
            Full::Group(_) => "group",
            Full::Organisation(_) => "organisation",
            Full::Team(_) => "team",
        }
    }

    pub fn says(self) -> Text {
        match self {
            Full::Contest(most) => {
                Text::new(format!("全场 {most} 个名额已满"), format!("all {most} places of the contest are taken"))
            }
            Full::Group(most) => {
                Text::new(format!("本组 {most} 个名额已满"), format!("all {most} places of the group are taken"))
            }
            Full::Organisation(most) => Text::new(
                format!("每个单位每组最多 {most} 人，已满"),
                format!("an organisation has {most} places in a group, and they are taken"),
            ),
            Full::Team(most) => Text::new(
                format!("每队最多 {most} 人，已满"),
                format!("a team has {most} members at most, and this one has them"),
            ),
        }
    }
}

impl RegistrationRule {
    /// Whether one more fits, or the limits that are reached.
    pub fn room(&self, group: &str, taken: &Taken) -> Result<(), Vec<Full>> {
        let limits = [
            (self.capacity, taken.all, Full::Contest as fn(u32) -> Full),
            (self.group_capacity(group), taken.in_group, Full::Group),
            (self.per_organisation, taken.of_organisation, Full::Organisation),
            (
                self.team.map(|team| team.most).filter(|_| taken.in_team.is_some()),
                taken.in_team.unwrap_or_default(),
                Full::Team,
            ),
        ];
        let reached = limits.into_iter().filter_map(|(most, taken, full)| most.filter(|most| taken >= *most).map(full));
        let reached: Vec<Full> = reached.collect();
        if reached.is_empty() { Ok(()) } else { Err(reached) }
    }
}
