//! The versions of a contest's rules, by their places in the log, and the candidate that is watched beside them.

use std::collections::BTreeMap;

use catalogue::LoadedScheme;
use kernel::Timestamp;
use web::wire::Text;

use crate::plan::{Ask, Plan};

/// One version. The first is the scheme that the contest was made of.
#[derive(Debug, Clone)]
pub struct Rules {
    pub version: u32,
    pub scheme: LoadedScheme,
    /// Where the log says so. Runs that are opened from here on are judged by it.
    pub since: i64,
    pub at: Timestamp,
    /// Who published it, by his name then.
    pub by: Option<String>,
    pub reason: Option<String>,
}

/// Rules that are watched beside those in force.
#[derive(Debug, Clone)]
pub struct Candidate {
    pub scheme: LoadedScheme,
    pub since: i64,
    pub at: Timestamp,
    pub by: String,
    pub reason: Option<String>,
}

#[derive(Debug, Clone)]
pub struct RuleBook {
    first: Rules,
    later: Vec<Rules>,
    pub candidate: Option<Candidate>,
}

impl RuleBook {
    pub fn new(plan: &Plan) -> Self {
        let first =
            Rules { version: 1, scheme: plan.scheme.clone(), since: 0, at: plan.created_at, by: None, reason: None };
        Self { first, later: Vec::new(), candidate: None }
    }

    /// The newest version: what a run is judged by that is opened now.
    pub fn in_force(&self) -> &Rules {
        self.later.last().unwrap_or(&self.first)
    }

    /// What was in force at a position of the log.
    pub fn at(&self, position: i64) -> &Rules {
        self.later.iter().rfind(|rules| rules.since <= position).unwrap_or(&self.first)
    }

    /// Oldest first.
    pub fn versions(&self) -> impl Iterator<Item = &Rules> {
        std::iter::once(&self.first).chain(&self.later)
    }

    /// The contest has another scheme than before. A number that was published under is not used again.
    pub(crate) fn begin_anew(&mut self, plan: &Plan) {
        let version = self.in_force().version + u32::from(!self.later.is_empty());
        let fresh = RuleBook::new(plan);
        *self = RuleBook { first: Rules { version, ..fresh.first }, ..fresh };
    }

    /// A candidate that becomes the rule is no candidate any more.
    pub(crate) fn publish(&mut self, rules: Rules) {
        self.candidate.take_if(|candidate| candidate.scheme.hash == rules.scheme.hash);
        self.later.push(rules);
    }
}

impl Rules {
    /// The rules bound to an aspect.
    pub fn of_aspect(&self, aspect: &str) -> Vec<String> {
        self.scheme.rules_of(aspect).map(|(rule, _)| rule.to_owned()).collect()
    }

    /// The rules bound to an aspect, as they are written.
    pub fn specs_of<'a>(&'a self, aspect: &'a str) -> impl Iterator<Item = &'a referee::RuleSpec> {
        self.scheme.rule_specs.iter().filter(move |spec| spec.aspect == aspect)
    }

    /// What may be asked for in a module: each checkpoint of its rules by its name, and everything at once where a rule takes any request
    /// or where no rule waits for one and only the judges are told.
    pub fn asks(&self, module: &str) -> Vec<Ask> {
        let scheme = &self.scheme.scheme;
        let module = scheme.module_ix(module);
        let of_module = |aspect: &str| {
            let aspect = scheme.aspect_ix(aspect).and_then(|ix| scheme.aspect(ix));
            aspect.is_some_and(|aspect| Some(aspect.module) == module)
        };
        // Names first: who asks at a checkpoint is judged there and nowhere else.
        let mut asks: BTreeMap<(bool, Option<&str>), Vec<Text>> = BTreeMap::new();
        for (rule, checkpoint) in self.scheme.rules.requests() {
            let spec = self.scheme.rule_specs.iter().find(|spec| spec.id == rule && of_module(&spec.aspect));
            if let Some(says) = spec.map(|spec| Text::from(&spec.says)) {
                let judged = asks.entry((checkpoint.is_none(), checkpoint)).or_default();
                if !judged.contains(&says) {
                    judged.push(says);
                }
            }
        }
        if asks.is_empty() {
            asks.insert((true, None), Vec::new());
        }
        let ask = |((_, checkpoint), judged): ((bool, Option<&str>), _)| Ask {
            checkpoint: checkpoint.map(str::to_owned),
            judged,
        };
        asks.into_iter().map(ask).collect()
    }
}
