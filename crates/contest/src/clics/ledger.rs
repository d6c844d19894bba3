//! The log once more, as notifications: an arena of its own, and two shelves of what each view shows.
//!
//! The feed begins with everything there is where the plan was changed last, and goes on with what each event after that made different.
//! A plan has no versions, so what a reader knows of an older one can't be told apart from what holds now; he is told all of it again.
//!
//! Invariants: the ledger is a fold of plan and log, so that the same position has the same lines on each node and after each start; while
//! the board is frozen the public shelf takes in how the contest stands and nothing else, and its lines carry no positions.

use std::sync::Arc;

use marking::FieldFault;

use super::View;
use super::awards;
use super::clarifications;
use super::configuration;
use super::course::Course;
use super::moments::Moments;
use super::scoreboard::{Scoreboard, Standings};
use super::shelf::{Kind, Object, Shelf};
use super::work::Work;
use crate::arena::{Arena, Logged, Touched};
use crate::event::Happened;
use crate::plan::Plan;

pub struct Ledger {
    arena: Arena,
    work: Work,
    course: Course,
    staff: Shelf,
    public: Shelf,
    /// What the public sees of the board while it stands still.
    standing_still: Option<Standings>,
    /// Where the plan was changed last: the lines begin there.
    begins_at: i64,
}

impl Ledger {
    /// Before the first event.
    pub fn new(plan: Arc<Plan>, begins_at: i64) -> Result<Ledger, Vec<FieldFault>> {
        let mut ledger = Ledger {
            arena: Arena::new(plan)?,
            work: Work::default(),
            course: Course::default(),
            staff: Shelf::default(),
            public: Shelf::default(),
            standing_still: None,
            begins_at,
        };
        let all = ledger.everything();
        ledger.place(View::Staff, all.clone());
        ledger.place(View::Public, all);
        ledger.set_out_at(0);
        Ok(ledger)
    }

    pub fn position(&self) -> i64 {
        self.arena.position
    }

    pub fn begins_at(&self) -> i64 {
        self.begins_at
    }

    pub fn is_blind(&self) -> bool {
        self.arena.plan.blind
    }

    pub fn shelf(&self, view: View) -> &Shelf {
        match view {
            View::Public => &self.public,
            View::Staff => &self.staff,
        }
    }

    fn shelf_mut(&mut self, view: View) -> &mut Shelf {
        match view {
            View::Public => &mut self.public,
            View::Staff => &mut self.staff,
        }
    }

    /// What another ledger of the same contest showed, and this one shows no more, is told.
    pub fn forget(&mut self, before: &Ledger) {
        for view in [View::Public, View::Staff] {
            self.shelf_mut(view).forget(before.shelf(view));
        }
    }

    pub fn scoreboard(&self, view: View, group: Option<&str>) -> Option<Scoreboard> {
        let state = self.course.state();
        match (&self.standing_still, view) {
            (Some(then), View::Public) => then.scoreboard(state, group),
            _ => Standings::of(&self.arena, &self.work).scoreboard(state, group),
        }
    }

    /// Takes in the next event of the log.
    pub fn fold(&mut self, logged: &Logged) {
        if logged.position <= self.arena.position {
            return;
        }
        let (hid, started) = (self.arena.state.hides_changes(), self.arena.started_at);
        let mut touched = Touched::default();
        self.arena.fold(logged, &mut touched);
        let places = self.work.take(&self.arena, logged, &touched);
        if let Happened::State { to, .. } = logged.happened {
            self.course.take(to, logged.at);
        }
        let now = if self.arena.started_at == started {
            self.changed_by(logged, &touched, &places)
        } else {
            // The contest's own time begins here, and every time of it is another one.
            self.everything()
        };
        let hides = self.arena.state.hides_changes();
        let changed = self.place(View::Staff, now);
        self.tell(View::Staff, logged.position, &changed, true);
        match (hid, hides) {
            (false, false) => {
                let changed = self.place(View::Public, changed);
                self.tell(View::Public, logged.position, &changed, true);
            }
            (false, true) => {
                let changed = self.place(View::Public, changed);
                self.tell(View::Public, logged.position, &changed, true);
                self.public.may_know(logged.position);
                self.standing_still = Some(Standings::of(&self.arena, &self.work));
            }
            (true, true) => {
                let state = changed.into_iter().filter(|object| object.kind == Kind::State).collect();
                let changed = self.place(View::Public, state);
                // A position would tell how much has happened.
                self.tell(View::Public, logged.position, &changed, false);
            }
            (true, false) => {
                self.standing_still = None;
                let changed = self.place(View::Public, self.staff.all());
                self.tell(View::Public, logged.position, &changed, true);
            }
        }
        self.set_out_at(logged.position);
    }

    fn tell(&mut self, view: View, position: i64, changed: &[Object], tokened: bool) {
        // What lies before the last change of the plan is told there.
        if position > self.begins_at {
            self.shelf_mut(view).tell(position, changed, tokened);
        }
    }

    /// Where the lines begin: everything there is.
    fn set_out_at(&mut self, position: i64) {
        if position != self.begins_at {
            return;
        }
        let all = self.staff.all();
        self.staff.tell(position, &all, true);
        let all = self.public.all();
        self.public.tell(position, &all, !self.arena.state.hides_changes());
    }

    /// Puts objects on a shelf; those that were not there yet as they are.
    fn place(&mut self, view: View, objects: Vec<Object>) -> Vec<Object> {
        let shelf = self.shelf_mut(view);
        objects.into_iter().filter(|object| shelf.put(object)).collect()
    }

    /// Objects that may be others by an event, in the order of their kinds.
    fn changed_by(
        &self,
        logged: &Logged,
        touched: &Touched,
        places: &std::collections::BTreeSet<super::work::Place>,
    ) -> Vec<Object> {
        let moments = Moments::of(&self.arena);
        let mut objects: Vec<Object> =
            places.iter().flat_map(|place| self.work.objects(&self.arena, &moments, *place)).collect();
        objects.sort_by_key(|object| object.kind);
        match &logged.happened {
            Happened::RulesPublished { .. } => objects.extend(clarifications::objects(&self.arena)),
            Happened::State { .. } => {
                objects.extend(awards::objects(&self.arena));
                objects.push(self.course.object());
            }
            Happened::AppealMade { .. } | Happened::AppealAnswered { .. } | Happened::AppealWithdrawn { .. } => {
                objects.extend(awards::objects(&self.arena));
            }
            _ if !touched.changes.is_empty() => objects.extend(awards::objects(&self.arena)),
            _ => {}
        }
        objects
    }

    fn everything(&self) -> Vec<Object> {
        let (arena, moments) = (&self.arena, Moments::of(&self.arena));
        let mut objects = configuration::objects(arena);
        let mut work: Vec<Object> =
            self.work.places().flat_map(|place| self.work.objects(arena, &moments, place)).collect();
        work.sort_by_key(|object| object.kind);
        objects.append(&mut work);
        objects.extend(clarifications::objects(arena));
        objects.extend(awards::objects(arena));
        objects.push(self.course.object());
        objects
    }
}
