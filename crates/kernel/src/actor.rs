//! Who acts, in which role, and how far that role reaches.

use crate::{AccountId, ContestId, OrganisationId, PersonId, VenueId};

/// What a person may do somewhere. `Public` is everyone, signed in or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    Administrator,
    Organiser,
    ChiefJudge,
    Supervisor,
    /// Decides appeals.
    Arbitrator,
    Judge,
    VenueOperator,
    Competitor,
    Staff,
    Public,
}

impl Role {
    pub const ALL: [Role; 10] = [
        Role::Administrator,
        Role::Organiser,
        Role::ChiefJudge,
        Role::Supervisor,
        Role::Arbitrator,
        Role::Judge,
        Role::VenueOperator,
        Role::Competitor,
        Role::Staff,
        Role::Public,
    ];

    pub const fn code(self) -> &'static str {
        match self {
            Role::Administrator => "administrator",
            Role::Organiser => "organiser",
            Role::ChiefJudge => "chief_judge",
            Role::Supervisor => "supervisor",
            Role::Arbitrator => "arbitrator",
            Role::Judge => "judge",
            Role::VenueOperator => "venue_operator",
            Role::Competitor => "competitor",
            Role::Staff => "staff",
            Role::Public => "public",
        }
    }

    pub fn from_code(code: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.code() == code)
    }
}

/// How far a role reaches.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// The whole hall.
    Hall,
    /// An organisation and all below it.
    Organisation(OrganisationId),
    Contest(ContestId),
    /// One venue of one contest.
    Venue(ContestId, VenueId),
}

impl Scope {
    /// Whether a role held here reaches `place`. Organisations reach only themselves here;
    /// who knows the tree asks once for every ancestor.
    pub fn covers(&self, place: &Scope) -> bool {
        match (self, place) {
            (Scope::Hall, _) => true,
            (Scope::Contest(held), Scope::Contest(at) | Scope::Venue(at, _)) => held == at,
            (held, at) => held == at,
        }
    }
}

/// A signed-in person with all the roles he holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    pub account: AccountId,
    pub person: PersonId,
    pub roles: Vec<(Role, Scope)>,
}

impl Actor {
    /// An administrator may do what an organiser may; no other role contains another.
    pub fn holds(&self, role: Role, place: &Scope) -> bool {
        role == Role::Public
            || self.roles.iter().any(|(held, scope)| {
                (*held == role || (*held == Role::Administrator && role == Role::Organiser)) && scope.covers(place)
            })
    }

    pub fn holds_any(&self, roles: &[Role], place: &Scope) -> bool {
        roles.iter().any(|role| self.holds(*role, place))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_reaches_as_far_as_its_scope() {
        let (here, there): (ContestId, ContestId) = ("con_a".parse().unwrap(), "con_b".parse().unwrap());
        let venue: VenueId = "ven_1".parse().unwrap();
        let judge = Actor {
            account: "acc_1".parse().unwrap(),
            person: "per_1".parse().unwrap(),
            roles: vec![(Role::Judge, Scope::Contest(here.clone()))],
        };
        assert!(judge.holds(Role::Judge, &Scope::Venue(here.clone(), venue)));
        assert!(!judge.holds(Role::Judge, &Scope::Contest(there)));
        assert!(!judge.holds(Role::ChiefJudge, &Scope::Contest(here)));
        assert!(judge.holds(Role::Public, &Scope::Hall));
    }
}
