//! Who may use which route. Each room declares a table of [`Rule`]s, one for each of its routes; [`crate::guard`] holds the
//! merged table against every request. Invariant: a route without a rule is refused at run time, and [`check`] finds it
//! before that, together with rules that have no route.

use std::collections::HashMap;

use http::Method;
use kernel::{Actor, ContestId, Role, Scope, VenueId};

/// Bodies are at most this long unless a rule says otherwise.
pub const BODY_MAX_DEFAULT: usize = 256 * 1024;

/// Who may use a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Everyone, signed in or not.
    Public,
    /// Everyone who is signed in.
    SignedIn,
    /// Who holds one of these roles there.
    Roles(&'static [Role], ScopeOf),
    /// A venue's gateway, by the key of the contest that `{contest}` names.
    EdgeKey,
    /// A program by its xAPI key or token, which the record store's door looks at itself. No cookie counts.
    XapiClient,
    /// Everyone, but only in a demonstration; elsewhere the route doesn't exist.
    DemoOnly,
}

/// Where a role must be held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScopeOf {
    /// In the whole hall.
    Hall,
    /// In the contest that the path part `{contest}` names.
    ContestParam,
    /// At the venue that `{contest}` and `{venue}` name.
    VenueParam,
    /// In the contest of `{contest}` or at one of its venues; the handler narrows by [`crate::Signed::must_hold`].
    WithinContest,
    /// Anywhere at all; the handler narrows what is seen and changed.
    Anywhere,
}

/// One route and who may use it.
#[derive(Debug, Clone)]
pub struct Rule {
    pub method: Method,
    /// The route's template, such as `/api/contests/{contest}`.
    pub path: &'static str,
    pub access: Access,
    /// The longest body it takes, in bytes.
    pub body_max: usize,
    /// Whether a write needs an `Idempotency-Key`.
    pub keyed: bool,
    /// Whether a write by cookie needs the CSRF token.
    pub csrf: bool,
    /// Whether the body holds a secret, whose fingerprint must not be stored as it is.
    pub secret: bool,
}

impl Rule {
    pub const fn new(method: Method, path: &'static str, access: Access) -> Self {
        Self { method, path, access, body_max: BODY_MAX_DEFAULT, keyed: true, csrf: true, secret: false }
    }

    pub const fn get(path: &'static str, access: Access) -> Self {
        Self::new(Method::GET, path, access)
    }

    pub const fn post(path: &'static str, access: Access) -> Self {
        Self::new(Method::POST, path, access)
    }

    pub const fn put(path: &'static str, access: Access) -> Self {
        Self::new(Method::PUT, path, access)
    }

    pub const fn patch(path: &'static str, access: Access) -> Self {
        Self::new(Method::PATCH, path, access)
    }

    pub const fn delete(path: &'static str, access: Access) -> Self {
        Self::new(Method::DELETE, path, access)
    }

    /// Takes bodies of up to so many bytes.
    pub const fn takes(mut self, body_max: usize) -> Self {
        self.body_max = body_max;
        self
    }

    /// Needs no `Idempotency-Key`: doing it twice is harmless, or it counts by itself, as telemetry does.
    pub const fn repeatable(mut self) -> Self {
        self.keyed = false;
        self
    }

    /// Opens a session: there is no token to show yet.
    pub const fn without_csrf(mut self) -> Self {
        self.csrf = false;
        self
    }

    /// The body holds a password. The fingerprint that an idempotency key keeps is then keyed with the caller's session
    /// token, which is stored nowhere: nobody can guess passwords against the table.
    pub const fn secret(mut self) -> Self {
        self.secret = true;
        self
    }

    /// Whether it may change something.
    pub fn writes(&self) -> bool {
        !(self.method == Method::GET || self.method == Method::HEAD || self.method == Method::OPTIONS)
    }

    pub(crate) fn needs_key(&self) -> bool {
        self.keyed && self.writes() && self.path.starts_with("/api/")
    }
}

/// The place that a request's path names, as far as it names one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    Exactly(Scope),
    WithinContest(ContestId),
    Anywhere,
}

impl ScopeOf {
    /// `None` when a part is no id: then there is nothing there.
    pub(crate) fn place(self, part: impl Fn(&str) -> Option<String>) -> Option<Place> {
        let contest = || part("contest")?.parse::<ContestId>().ok();
        match self {
            ScopeOf::Hall => Some(Place::Exactly(Scope::Hall)),
            ScopeOf::ContestParam => Some(Place::Exactly(Scope::Contest(contest()?))),
            ScopeOf::VenueParam => {
                let venue = part("venue")?.parse::<VenueId>().ok()?;
                Some(Place::Exactly(Scope::Venue(contest()?, venue)))
            }
            ScopeOf::WithinContest => Some(Place::WithinContest(contest()?)),
            ScopeOf::Anywhere => Some(Place::Anywhere),
        }
    }
}

/// Whether the actor holds one of the roles at the place.
pub fn reaches(actor: &Actor, roles: &[Role], place: &Place) -> bool {
    match place {
        Place::Exactly(scope) => actor.holds_any(roles, scope),
        Place::WithinContest(contest) => {
            actor.holds_any(roles, &Scope::Contest(contest.clone()))
                || actor.roles.iter().any(|(_, held)| {
                    matches!(held, Scope::Venue(of, _) if of == contest) && actor.holds_any(roles, held)
                })
        }
        Place::Anywhere => {
            roles.contains(&Role::Public) || actor.roles.iter().any(|(_, held)| actor.holds_any(roles, held))
        }
    }
}

/// The merged tables of all rooms.
#[derive(Debug, Clone, Default)]
pub struct Table(HashMap<&'static str, Vec<Rule>>);

impl Table {
    pub fn of<'a>(tables: impl IntoIterator<Item = &'a [Rule]>) -> Self {
        let mut merged: HashMap<&'static str, Vec<Rule>> = HashMap::new();
        for rule in tables.into_iter().flatten() {
            merged.entry(rule.path).or_default().push(rule.clone());
        }
        Self(merged)
    }

    /// The rule of a route, `HEAD` counting as `GET`.
    pub fn find(&self, method: &Method, path: &str) -> Option<&Rule> {
        let method = if *method == Method::HEAD { &Method::GET } else { method };
        self.0.get(path)?.iter().find(|rule| rule.method == *method)
    }

    /// The methods that a path takes, as an `Allow` header; `None` if no rule knows the path.
    pub fn allowed(&self, path: &str) -> Option<String> {
        let rules = self.0.get(path)?;
        Some(rules.iter().map(|rule| rule.method.as_str()).collect::<Vec<_>>().join(", "))
    }
}

/// Holds the assembled document against the rooms' tables: operations without a rule, rules under `/api` without an operation, and
/// rules that stand there twice. Empty when all is well.
pub fn check(openapi: &utoipa::openapi::OpenApi, tables: &[&[Rule]]) -> Vec<String> {
    let mut faults = Vec::new();
    let table = Table::of(tables.iter().copied().chain([crate::own::RULES]));
    let operations = crate::openapi::operations(openapi);
    for (method, path) in &operations {
        if table.find(method, path).is_none() {
            faults.push(format!("{method} {path} has no rule in any access table"));
        }
    }
    for rules in table.0.values() {
        for (at, rule) in rules.iter().enumerate() {
            if rules[..at].iter().any(|other| other.method == rule.method) {
                faults.push(format!("{} {} has two rules", rule.method, rule.path));
            }
            // Streams and pages outside /api are no part of the document.
            let documented = operations.iter().any(|(method, path)| *method == rule.method && path == rule.path);
            if rule.path.starts_with("/api/") && !documented {
                faults.push(format!("{} {} has a rule but no operation", rule.method, rule.path));
            }
            if let Access::Roles(_, ScopeOf::ContestParam | ScopeOf::WithinContest) | Access::EdgeKey = rule.access
                && !rule.path.contains("{contest}")
            {
                faults.push(format!("{} {} asks for a role in a contest but names none", rule.method, rule.path));
            }
            if matches!(rule.access, Access::Roles(_, ScopeOf::VenueParam))
                && !(rule.path.contains("{contest}") && rule.path.contains("{venue}"))
            {
                faults.push(format!("{} {} asks for a role at a venue but names none", rule.method, rule.path));
            }
        }
    }
    faults.sort();
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: &[Rule] = &[
        Rule::get("/api/contests", Access::Public),
        Rule::post("/api/contests/{contest}/marks", Access::Roles(&[Role::Judge], ScopeOf::ContestParam))
            .takes(4 << 20),
    ];

    #[test]
    fn a_rule_is_found_by_method_and_template() {
        let table = Table::of([RULES]);
        assert!(table.find(&Method::HEAD, "/api/contests").is_some());
        assert!(table.find(&Method::POST, "/api/contests").is_none());
        assert_eq!(table.allowed("/api/contests").unwrap(), "GET");
        assert_eq!(table.find(&Method::POST, "/api/contests/{contest}/marks").unwrap().body_max, 4 << 20);
    }

    #[test]
    fn a_venues_operator_reaches_into_his_contest_and_no_other() {
        let (here, there): (ContestId, ContestId) = ("con_a".parse().unwrap(), "con_b".parse().unwrap());
        let operator = Actor {
            account: "acc_1".parse().unwrap(),
            person: "per_1".parse().unwrap(),
            roles: vec![(Role::VenueOperator, Scope::Venue(here.clone(), "ven_1".parse().unwrap()))],
        };
        let roles = &[Role::VenueOperator];
        assert!(reaches(&operator, roles, &Place::WithinContest(here.clone())));
        assert!(!reaches(&operator, roles, &Place::Exactly(Scope::Contest(here.clone()))));
        assert!(!reaches(&operator, roles, &Place::WithinContest(there)));
        assert!(reaches(&operator, roles, &Place::Anywhere));
        assert!(!reaches(&operator, &[Role::Judge], &Place::WithinContest(here)));
        assert!(!reaches(&operator, &[Role::Judge], &Place::Anywhere));
    }

    #[test]
    fn the_check_finds_what_is_missing_on_either_side() {
        let none = crate::openapi::assemble(Vec::new());
        let faults = check(&none, &[RULES, &[Rule::get("/live/x", Access::Public)]]);
        assert_eq!(faults.len(), 2, "{faults:?}");
    }
}
