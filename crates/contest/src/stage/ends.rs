//! Topics end when the plan no longer has whom they show. An entry has another id once lots are drawn: under the old one the board of before would go
//! on saying its name.

use std::collections::BTreeSet;

use super::values::{path, views};
use super::{Stage, View};
use crate::arena::Arena;

impl Stage {
    /// Ends the topics that a contest had and has no longer. While nobody shows the arena of before.
    pub fn end_topics(&self, before: &Arena, now: &Arena) {
        for name in self.topics(before).difference(&self.topics(now)) {
            self.hub.drop_topic(name);
        }
    }

    fn topics(&self, arena: &Arena) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        for view in views(arena) {
            let place = format!("contests/{}/{}", self.contest, path(arena, &view));
            names.insert(format!("staff/{place}"));
            if view != View::Control {
                names.insert(place);
            }
        }
        names
    }
}
