//! Teams that have fewer members than the rule set's least.

use kernel::Text;
use web::wire;

use crate::plan::Plan;

pub struct SmallTeam {
    /// Its place in the plan.
    pub at: usize,
    pub name: wire::Text,
    pub members: u32,
    pub least: u32,
}

impl SmallTeam {
    /// `name`: what it may be called where this is read.
    pub fn says(&self, name: &wire::Text) -> Text {
        let SmallTeam { members, least, .. } = self;
        Text::new(
            format!("{}：{members} 人，规则集要求至少 {least} 人", name.zh),
            format!("{}: {members} in it, the rule set asks for {least} at least", name.en),
        )
    }
}

/// In the order of the plan; none where the rule set says nothing of a team's size.
pub fn small_teams(plan: &Plan) -> Vec<SmallTeam> {
    let size = plan.rule_set.as_ref().and_then(|loaded| loaded.rules.registration.as_ref()?.team);
    let Some(size) = size else { return Vec::new() };
    let teams = plan.teams.iter().enumerate().map(|(at, team)| {
        let members = plan.entries.iter().filter(|entry| entry.team.as_ref() == Some(&team.id)).count();
        let members = u32::try_from(members).unwrap_or(u32::MAX);
        SmallTeam { at, name: team.name.clone(), members, least: size.least }
    });
    teams.filter(|team| team.members < team.least).collect()
}
