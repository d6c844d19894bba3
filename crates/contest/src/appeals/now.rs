//! Appeals as they stand.

use std::collections::BTreeSet;

use kernel::{AccountId, AppealId, MarkId, Timestamp};
use marking::{AspectIx, EntryIx, ModuleIx};

use crate::event::AppealDecision;

#[derive(Debug, Clone)]
pub struct AppealNow {
    pub id: AppealId,
    pub entry: EntryIx,
    /// In the second instance: the appeal whose answer it is against.
    pub first: Option<AppealId>,
    pub module: ModuleIx,
    pub aspects: Vec<AspectIx>,
    pub text: String,
    pub asks: Option<String>,
    /// The name of who brought it, as it was.
    pub by: String,
    pub account: Option<AccountId>,
    pub at: Timestamp,
    pub answer: Option<AnswerNow>,
    /// Who appealed wants no answer any more: it stands as if it had never been made.
    pub withdrawn_at: Option<Timestamp>,
}

#[derive(Debug, Clone)]
pub struct AnswerNow {
    pub decision: AppealDecision,
    pub reason: String,
    pub corrections: Vec<MarkId>,
    pub by: String,
    pub account: Option<AccountId>,
    pub at: Timestamp,
}

impl AppealNow {
    pub fn instance(&self) -> u32 {
        if self.first.is_some() { 2 } else { 1 }
    }

    pub fn is_open(&self) -> bool {
        self.answer.is_none() && self.withdrawn_at.is_none()
    }
}

#[derive(Debug, Clone, Default)]
pub struct Appeals {
    /// In the order in which they were made.
    pub all: Vec<AppealNow>,
    /// When the result was published last.
    pub published: Option<Timestamp>,
}

impl Appeals {
    pub fn get(&self, id: &AppealId) -> Option<&AppealNow> {
        self.all.iter().find(|appeal| appeal.id == *id)
    }

    pub fn open(&self) -> impl Iterator<Item = &AppealNow> {
        self.all.iter().filter(|appeal| appeal.is_open())
    }

    /// Those that were not withdrawn.
    fn standing(&self) -> impl DoubleEndedIterator<Item = &AppealNow> {
        self.all.iter().filter(|appeal| appeal.withdrawn_at.is_none())
    }

    /// Who has ever appealed.
    pub fn entries(&self) -> BTreeSet<EntryIx> {
        self.all.iter().map(|appeal| appeal.entry).collect()
    }

    /// The appeal against another one's answer.
    pub fn second_of(&self, first: &AppealId) -> Option<&AppealNow> {
        self.standing().find(|appeal| appeal.first.as_ref() == Some(first))
    }

    /// An earlier appeal of an entry that is about any of these aspects.
    pub fn about(&self, entry: EntryIx, aspects: &[AspectIx]) -> Option<&AppealNow> {
        let shares = |appeal: &&AppealNow| appeal.aspects.iter().any(|aspect| aspects.contains(aspect));
        self.standing().filter(|appeal| appeal.entry == entry).rfind(shares)
    }
}
