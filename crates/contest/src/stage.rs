//! From the arena to the screens: which keys of which topics show what was touched. `docs/api-design.md` describes them.
//!
//! Every view exists twice: public, which stands still while the board is frozen, and for staff, which never does.
//! Invariant: a public topic of a blind contest holds nobody's name and no organisation, and one of a named contest no blind number and no
//! run id. So a blind contest is blind towards everybody who only watches. A named one is not blind towards its judges: they know the blind
//! number at each station, and the public board says who stands there.

mod control;
mod ends;
mod teams;
mod values;

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use bytes::Bytes;
use kernel::{RunId, Timestamp, VenueId, VerdictId};
use live::Hub;
use marking::{AbilityIx, AspectIx, EntryIx, ModuleIx, TeamIx};
use serde_json::{Value, json};
use web::wire::Text;

use crate::arena::{Arena, Tick, Touched};
use crate::event::ContestState;
use crate::results::points;
use values::{
    aspect_code, aspect_key, aspect_value, clock_value, encode, header, in_room, path, put, spread_of, station_shows,
    under_review, venue_clock, views, views_of,
};

/// A ticker shows so many lines.
const TICKS_SHOWN: u64 = 20;

/// A venue's gateway.
#[derive(Debug, Clone, PartialEq)]
pub struct Gateway {
    pub venue: VenueId,
    /// When its first key was made, if its keys name the venue: from then on it may tell of the venue's runs, also late.
    pub since: Option<Timestamp>,
    /// As it was last seen; nothing while it has never spoken.
    pub link: Option<Link>,
    /// The last batch of the contest before it was retired: from then on nobody waits for it.
    pub retired_after: Option<i64>,
}

/// A gateway's line as it was last seen.
#[derive(Debug, Clone, PartialEq)]
pub struct Link {
    pub backlog: i64,
    pub lag_ms: i64,
    pub seen_at: Timestamp,
    pub sent_at: Timestamp,
}

/// Every gateway by its name. A venue may have several.
pub type Gateways = BTreeMap<String, Gateway>;

impl Link {
    /// Until when this gateway has told everything, as its last batch says; nothing while it catches up.
    pub fn told_until(&self) -> Option<Timestamp> {
        (self.backlog == 0).then_some(self.sent_at)
    }
}

/// A gateway that was silent for so long is taken to be cut off.
pub const LINK_SILENT_MS: i64 = 6_000;

/// A judge's tablet as it was last seen.
#[derive(Debug, Clone, PartialEq)]
pub struct Presence {
    pub seen_at: Timestamp,
    pub unsent: u32,
}

pub struct Stage {
    hub: Hub,
    contest: String,
    /// The last lines of each view's ticker, with how many there have been.
    tickers: HashMap<View, (u64, VecDeque<(u64, Bytes)>)>,
    stale_modules: BTreeSet<ModuleIx>,
    stale_abilities: BTreeSet<AbilityIx>,
    /// A team's total or rank has moved, and with it what separates it from the next place.
    stale_teams: bool,
    /// The verdicts of each run that a judge is to decide by hand.
    undecided: BTreeMap<RunId, BTreeSet<VerdictId>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum View {
    Overall,
    Team(TeamIx),
    Competitor(EntryIx),
    Ability(AbilityIx),
    Venue(VenueId),
    Control,
}

/// What changes in each view: a value, or nothing when the key goes.
type Changes = BTreeMap<View, BTreeMap<String, Option<Bytes>>>;

impl Stage {
    pub fn new(hub: Hub, contest: &kernel::ContestId) -> Self {
        Self {
            hub,
            contest: contest.to_string(),
            tickers: HashMap::new(),
            stale_modules: BTreeSet::new(),
            stale_abilities: BTreeSet::new(),
            stale_teams: false,
            undecided: BTreeMap::new(),
        }
    }

    /// Fills the tickers with what was, after a start.
    pub fn recall(&mut self, arena: &Arena, ticks: &[Tick]) {
        self.tickers.clear();
        let mut unused = Changes::new();
        for tick in ticks {
            self.tick(arena, tick, &mut unused);
        }
    }

    /// Shows everything anew: after a start, a change of the plan, or when a frozen board moves again.
    pub fn show_all(&mut self, arena: &Arena, gateways: &Gateways, judges: &HashMap<String, Presence>, now: Timestamp) {
        let mut changes = Changes::new();
        for view in views(arena) {
            changes.entry(view.clone()).or_default().insert("h".into(), Some(encode(header(arena, &view))));
        }
        for entry in arena.board.field().entry_ixs() {
            self.entry(arena, entry, &mut changes);
            self.row(arena, entry, &mut changes);
            self.reason(arena, entry, &mut changes);
            for aspect in arena.board.scheme().aspect_ixs() {
                put(
                    &mut changes,
                    View::Competitor(entry),
                    aspect_key(arena, aspect),
                    aspect_value(arena, entry, aspect),
                );
            }
            for ability in arena.board.scheme().ability_ixs() {
                self.ability_row(arena, ability, entry, &mut changes);
            }
        }
        self.stale_modules.extend(arena.board.scheme().module_ixs());
        self.stale_abilities.extend(arena.board.scheme().ability_ixs());
        self.stale_teams = true;
        self.spread(arena, &mut changes);
        for team in arena.board.field().team_ixs() {
            self.team(arena, team, &mut changes);
        }
        for run in &arena.plan.runs {
            self.run(arena, &run.id, &mut changes);
            self.requests(arena, &run.id, &mut changes);
            self.photos(arena, &run.id, &mut changes);
            let module = arena.module_of(&run.id);
            for (aspect, _) in module.into_iter().flat_map(|module| arena.board.scheme().aspects_of(module)) {
                self.alarm(arena, &run.id, aspect, &mut changes);
            }
        }
        self.equipment(arena, &mut changes);
        for verdict in arena.verdicts.values() {
            self.verdict(arena, verdict, &mut changes);
        }
        for problem in &arena.problems {
            self.problem(arena, problem, &mut changes);
        }
        under_review(arena, arena.appeals.entries(), &mut changes);
        self.links(arena, gateways, now, &mut changes);
        self.judges(arena, judges, &mut changes);
        for (view, changed) in &mut changes {
            if let Some((_, lines)) = self.tickers.get(view) {
                changed.extend(lines.iter().map(|(slot, line)| (format!("t/{slot}"), Some(line.clone()))));
            }
        }
        self.send(arena, changes, true, false);
    }

    /// Shows what was touched.
    pub fn show(&mut self, arena: &Arena, touched: &Touched) {
        let mut changes = Changes::new();
        let (mut rows, mut reasons): (BTreeSet<EntryIx>, _) =
            (touched.ranks_before.iter().copied().collect(), BTreeSet::new());
        for change in &touched.changes {
            let entry = change.entry;
            if change.row {
                rows.insert(entry);
            }
            rows.extend(change.ranks.overall.iter().chain(&change.ranks.group).copied());
            reasons.extend(change.reasons.iter().copied());
            for aspect in &change.aspects {
                let key = aspect_key(arena, aspect.aspect);
                put(&mut changes, View::Competitor(entry), key, aspect_value(arena, entry, aspect.aspect));
            }
            if !change.modules.is_empty() {
                rows.insert(entry);
            }
            self.stale_modules.extend(change.modules.iter().copied());
            self.stale_abilities.extend(change.abilities.iter().copied());
            for ability in &change.abilities {
                self.ability_row(arena, *ability, entry, &mut changes);
            }
            for (ability, entries) in &change.ranks.abilities {
                for entry in entries {
                    self.ability_row(arena, *ability, *entry, &mut changes);
                }
            }
            for team in change.team.iter().chain(&change.ranks.teams) {
                self.team(arena, *team, &mut changes);
            }
        }
        // A correction that finds the same mark says something all the same.
        for (entry, aspect) in &touched.corrected {
            let key = aspect_key(arena, *aspect);
            put(&mut changes, View::Competitor(*entry), key, aspect_value(arena, *entry, *aspect));
        }
        for entry in &rows {
            self.row(arena, *entry, &mut changes);
        }
        for entry in rows.union(&reasons) {
            self.reason(arena, *entry, &mut changes);
        }
        for run in &touched.runs {
            self.run(arena, run, &mut changes);
        }
        for run in &touched.requests {
            self.requests(arena, run, &mut changes);
        }
        let mut sheets: BTreeSet<(RunId, AspectIx)> = touched.sheets.iter().cloned().collect();
        for change in &touched.changes {
            let runs = change
                .aspects
                .iter()
                .filter_map(|aspect| Some((arena.run_of(change.entry, aspect.aspect)?, aspect.aspect)));
            sheets.extend(runs);
        }
        for (run, aspect) in &sheets {
            self.alarm(arena, run, *aspect, &mut changes);
        }
        let owing: BTreeSet<RunId> =
            sheets.into_iter().map(|(run, _)| run).chain(touched.panels.iter().cloned()).collect();
        for run in &owing {
            self.sheet(arena, run, &mut changes);
        }
        for verdict in touched.verdicts.iter().filter_map(|id| arena.verdicts.get(id)) {
            self.verdict(arena, verdict, &mut changes);
        }
        // Where a panel or what it has marked changes, others may mark what is undecided.
        let seated: Vec<VerdictId> = owing
            .iter()
            .chain(&touched.runs)
            .filter_map(|run| self.undecided.get(run))
            .flatten()
            .filter(|id| !touched.verdicts.contains(id))
            .cloned()
            .collect();
        for verdict in seated.iter().filter_map(|id| arena.verdicts.get(id)) {
            self.verdict(arena, verdict, &mut changes);
        }
        for problem in touched.problems.iter().filter_map(|position| arena.problem(*position)) {
            self.problem(arena, problem, &mut changes);
        }
        if touched.equipment {
            self.equipment(arena, &mut changes);
        }
        for run in &touched.photos {
            self.photos(arena, run, &mut changes);
        }
        for tick in &touched.ticks {
            self.tick(arena, tick, &mut changes);
        }
        self.send(arena, changes, false, false);
        if !touched.appeals.is_empty() {
            let mut reviews = Changes::new();
            under_review(arena, touched.appeals.iter().copied(), &mut reviews);
            self.send(arena, reviews, false, true);
        }
        if touched.state {
            self.show_state(arena);
        }
    }

    /// Where the contest stands, on every view: also spectators of a frozen board learn that it is frozen.
    pub fn show_state(&self, arena: &Arena) {
        let mut headers = Changes::new();
        for view in views(arena) {
            put(&mut headers, view.clone(), "h".into(), Some(encode(header(arena, &view))));
        }
        under_review(arena, arena.appeals.entries(), &mut headers);
        self.send(arena, headers, false, true);
    }

    pub fn hub(&self) -> &Hub {
        &self.hub
    }

    /// Shows how the field is spread by now. Every mark moves it a little, so it is shown once a second, not with every mark.
    pub fn show_spread(&mut self, arena: &Arena) {
        let mut changes = Changes::new();
        self.spread(arena, &mut changes);
        self.send(arena, changes, false, false);
    }

    pub fn show_links(
        &mut self,
        arena: &Arena,
        gateways: &Gateways,
        judges: &HashMap<String, Presence>,
        now: Timestamp,
    ) {
        let mut changes = Changes::new();
        self.links(arena, gateways, now, &mut changes);
        self.judges(arena, judges, &mut changes);
        self.send(arena, changes, false, true);
    }

    /// `always`: what spectators see even while the board is frozen, because it is not about marks.
    fn send(&self, arena: &Arena, changes: Changes, whole: bool, always: bool) {
        let moving = Some(encode(json!({
            "as_of": arena.at.as_millis(),
            "marks": arena.marks_count,
            "verdicts": arena.verdicts_count,
        })));
        let hides = arena.state.hides_changes();
        for (view, mut changed) in changes {
            if changed.is_empty() {
                continue;
            }
            let path = path(arena, &view);
            let public = (view != View::Control && (always || !hides))
                .then(|| self.hub.topic(&format!("contests/{}/{path}", self.contest)));
            // How many marks there are by now is hidden with them.
            if let Some(topic) = public.as_ref().filter(|_| hides) {
                self.fill(topic, &changed, whole);
            }
            changed.insert("s".into(), moving.clone());
            if let Some(topic) = public.filter(|_| !hides) {
                self.fill(&topic, &changed, whole);
            }
            let topic = self.hub.topic(&format!("staff/contests/{}/{path}", self.contest));
            self.fill(&topic, &changed, whole);
        }
    }

    fn fill(&self, topic: &live::Topic, changed: &BTreeMap<String, Option<Bytes>>, whole: bool) {
        if whole {
            topic.replace(changed.iter().filter_map(|(key, value)| Some((key.as_str(), value.clone()?))));
        } else {
            topic.apply(changed.iter().map(|(key, value)| (key.as_str(), value.clone())));
        }
    }

    fn entry(&self, arena: &Arena, entry: EntryIx, changes: &mut Changes) {
        let seat = &arena.plan.entries[entry.index()];
        let blind = arena.plan.blind;
        let value = encode(json!({
            "no": blind.then_some(&seat.no),
            "name": (!blind).then_some(&seat.person_name),
            "org": (!blind).then_some(&seat.organisation_name),
            "team": seat.team.as_ref().map(|team| team.as_str()),
            "venue": seat.venue.as_str(),
            "group": seat.group,
        }));
        let key = format!("e/{}", seat.id);
        for view in views_of(arena, entry) {
            put(changes, view, key.clone(), Some(value.clone()));
        }
        for ability in arena.board.scheme().ability_ixs() {
            put(changes, View::Ability(ability), key.clone(), Some(value.clone()));
        }
    }

    fn row(&self, arena: &Arena, entry: EntryIx, changes: &mut Changes) {
        let board = &arena.board;
        let score = board.score(entry);
        // No mark is no zero.
        let mark_of =
            |module| board.is_marked_in_module(entry, module).then(|| board.module_mark(entry, module).hundredths());
        let modules: Vec<Option<i64>> = board.scheme().module_ixs().map(mark_of).collect();
        let mut value = vec![
            json!(board.rank(entry)),
            json!(board.group_rank(entry)),
            json!(score.total.hundredths()),
            json!(modules),
            json!(score.aspects_done),
            json!(arena.rank_before(entry)),
        ];
        // Before the end a scale would move with every mark of anybody.
        if arena.state == ContestState::Final
            && let Some(Some(points)) = points(arena).get(entry.index())
        {
            value.push(json!(points.to_string()));
        }
        let value = encode(Value::Array(value));
        let key = format!("r/{}", arena.plan.entries[entry.index()].id);
        for view in views_of(arena, entry) {
            let key = if matches!(view, View::Competitor(_)) { "r".to_owned() } else { key.clone() };
            put(changes, view, key, Some(value.clone()));
        }
    }

    fn reason(&self, arena: &Arena, entry: EntryIx, changes: &mut Changes) {
        let board = &arena.board;
        let view = View::Competitor(entry);
        put(changes, view.clone(), "why".into(), Some(encode(json!(Text::from(board.why(entry))))));
        let gap = board.gap_to_next(entry);
        let gap = gap.map(|gap| json!([gap.marks.hundredths(), arena.plan.entries[gap.entry.index()].id.as_str()]));
        put(changes, view, "gap".into(), Some(encode(json!(gap))));
    }

    fn ability_row(&self, arena: &Arena, ability: AbilityIx, entry: EntryIx, changes: &mut Changes) {
        let board = &arena.board;
        let value = encode(json!([
            board.ability_rank(entry, ability),
            board.ability_mark(entry, ability).hundredths(),
            board.ability_aspects_done(entry, ability),
        ]));
        let key = format!("r/{}", arena.plan.entries[entry.index()].id);
        put(changes, View::Ability(ability), key, Some(value));
    }

    fn team(&mut self, arena: &Arena, team: TeamIx, changes: &mut Changes) {
        self.stale_teams = true;
        let board = &arena.board;
        let score = board.team(team);
        let value = encode(json!([board.team_rank(team), score.total.hundredths(), score.members]));
        let key = format!("T/{}", arena.plan.teams[team.index()].id);
        put(changes, View::Overall, key.clone(), Some(value.clone()));
        put(changes, View::Team(team), key, Some(value));
    }

    fn spread(&mut self, arena: &Arena, changes: &mut Changes) {
        let board = &arena.board;
        let (modules, abilities) = (std::mem::take(&mut self.stale_modules), std::mem::take(&mut self.stale_abilities));
        if std::mem::take(&mut self.stale_teams) {
            teams::gaps(arena, changes);
        }
        teams::spread(arena, &modules, &abilities, changes);
        for module in modules {
            let Some((code, max)) = board.scheme().module(module).map(|module| (&module.code, module.max)) else {
                continue;
            };
            let field = board.module_distribution(module).map(spread_of);
            for entry in board.field().entry_ixs() {
                let mut value = vec![json!(board.module_mark(entry, module).hundredths()), json!(max.hundredths())];
                value.extend(field.unwrap_or_default().map(|mark| json!(mark)));
                put(changes, View::Competitor(entry), format!("m/{code}"), Some(encode(Value::Array(value))));
            }
        }
        for ability in abilities {
            let Some((code, max)) = board.scheme().ability(ability).map(|ability| (&ability.code, ability.max)) else {
                continue;
            };
            let [_, q1, median, q3, _] = board.ability_distribution(ability).map(spread_of).unwrap_or_default();
            for entry in board.field().entry_ixs() {
                let mark = board.ability_mark(entry, ability).hundredths();
                let value = json!([mark, max.hundredths(), q1, median, q3, board.ability_rank(entry, ability)]);
                put(changes, View::Competitor(entry), format!("b/{code}"), Some(encode(value)));
            }
        }
    }

    fn run(&self, arena: &Arena, id: &RunId, changes: &mut Changes) {
        let (Some(planned), Some(entry)) = (arena.plan.run(id), arena.entry_of(id)) else { return };
        let seen = clock_value(arena, planned, arena.plan.blind);
        put(changes, View::Competitor(entry), format!("c/{}", planned.module), seen.clone());
        if let Some(team) = arena.board.field().entry(entry).and_then(|seat| seat.team) {
            put(changes, View::Team(team), format!("c/{}/{}", planned.entry, planned.module), seen);
        }
        if let Some(station) = arena.plan.station(&planned.station)
            && let Some(shown) = station_shows(arena, station)
        {
            let shown = clock_value(arena, shown, arena.plan.blind);
            put(changes, View::Venue(station.venue.clone()), format!("c/{}", station.id), shown);
        }
        if let Some(station) = arena.plan.station(&planned.station) {
            put(changes, View::Overall, format!("vc/{}", station.venue), venue_clock(arena, &station.venue));
        }
        put(changes, View::Control, format!("c/{id}"), in_room(arena, planned));
        self.sheet(arena, id, changes);
    }

    fn tick(&mut self, arena: &Arena, tick: &Tick, changes: &mut Changes) {
        let max =
            tick.aspect.and_then(|aspect| arena.board.scheme().aspect(aspect)).map(|aspect| aspect.max.hundredths());
        let value = encode(json!([
            tick.position,
            tick.at.as_millis(),
            arena.plan.entries[tick.entry.index()].id.as_str(),
            tick.aspect.map(|aspect| aspect_code(arena, aspect)),
            tick.mark.map(|mark| mark.hundredths()),
            max,
            tick.kind.code(),
            tick.says,
        ]));
        for view in views_of(arena, tick.entry) {
            let (count, lines) = self.tickers.entry(view.clone()).or_default();
            let slot = *count % TICKS_SHOWN;
            *count += 1;
            lines.push_back((slot, value.clone()));
            if lines.len() as u64 > TICKS_SHOWN {
                lines.pop_front();
            }
            put(changes, view, format!("t/{slot}"), Some(value.clone()));
        }
    }
}
