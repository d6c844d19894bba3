//! A rule-set file (`catalogue/contests/rule-sets/<id>.yaml`) becomes a rule set, or a list of everything that is wrong with it.
//!
//! Who acts: an organiser takes a shipped rule set, changes it where his contest differs, and publishes it before registration
//! opens. The hall keeps the source and its hash with the contest, so that a result is always read by the version it was
//! published under. What each field means: `docs/rule-sets.md`.

mod prizes;
pub(crate) mod read;
mod registration;
mod schema;
mod shape;

use std::sync::Arc;

use marking::{ContestRules, Scheme, Weight};
use sha2::{Digest, Sha256};

use crate::load::in_order;
use crate::page::Page;
use crate::{Diagnostic, Severity};

pub(crate) use shape::RULE_SET;

pub use schema::{check_rule_set_shape, rule_set_json_schema};

/// The format that this reads.
pub const RULE_SET_FORMAT: &str = "guildhall/rule-set/1";

/// A rule-set file without faults.
#[derive(Debug, Clone)]
pub struct LoadedRuleSet {
    pub rules: Arc<ContestRules>,
    /// SHA-256 of the source, in hex.
    pub hash: String,
    pub source: Arc<str>,
}

impl LoadedRuleSet {
    /// How the rule set fits a scheme, with the places in this file. An error means that a contest can't have both.
    pub fn check_against(&self, scheme: &Scheme) -> Vec<Diagnostic> {
        let mut page = Page::reading(&RULE_SET, Vec::new());
        if let Ok((tree, _)) = crate::tree::read(&self.source) {
            read::rule_set(&mut page, &tree);
        }
        let misfits = self.rules.check_against(scheme).into_iter();
        let mut found: Vec<Diagnostic> = misfits
            .map(|misfit| {
                let place = page.place(&misfit.path, None);
                let of = match misfit.weight {
                    Weight::Fault => Diagnostic::error,
                    Weight::Warning => Diagnostic::warning,
                };
                of(place, &misfit.path, misfit.says.zh, misfit.says.en, misfit.suggestion)
            })
            .collect();
        in_order(&mut found);
        found
    }
}

/// Loads a rule-set file. The diagnostics hold every fault in the order of the page; there is a rule set exactly if none of
/// them is an error.
pub fn load_rule_set(yaml: &str) -> (Option<LoadedRuleSet>, Vec<Diagnostic>) {
    let (tree, slips) = match crate::tree::read(yaml) {
        Ok(read) => read,
        Err(fault) => return (None, vec![*fault]),
    };
    let mut page = Page::reading(&RULE_SET, slips);
    let rules = read::rule_set(&mut page, &tree);
    for fault in rules.faults() {
        if !page.is_faulted(&fault.path) {
            let place = page.place(&fault.path, None);
            page.error(place, &fault.path, fault.says.zh, fault.says.en, fault.suggestion);
        }
    }
    let faults = page.faults.in_order();
    let sound = faults.iter().all(|fault| fault.severity == Severity::Warning);
    let loaded = sound.then(|| LoadedRuleSet {
        rules: Arc::new(rules),
        hash: hex::encode(Sha256::digest(yaml.as_bytes())),
        source: yaml.into(),
    });
    (loaded, faults)
}
