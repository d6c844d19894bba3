//! Single values and names: what stands under a key, and which views there are.

use bytes::Bytes;
use kernel::VenueId;
use marking::{AspectIx, AspectState, EntryIx};
use serde_json::{Value, json};
use web::wire::Text;

use super::{Changes, View};
use crate::arena::{Arena, CorrectionNow};
use crate::freeze;
use crate::plan::{PlannedRun, Station};

/// A run's clock, by blind number or by entry.
pub(super) fn clock_value(arena: &Arena, planned: &PlannedRun, blind: bool) -> Option<Bytes> {
    clock_of(arena, planned, blind).map(encode)
}

/// As the control room sees it: also where, because an operator acts on the clocks of his venue only.
pub(super) fn in_room(arena: &Arena, planned: &PlannedRun) -> Option<Bytes> {
    let mut value = clock_of(arena, planned, true)?;
    value["venue"] = json!(arena.plan.station(&planned.station)?.venue.as_str());
    value["turn"] = json!(planned.planned);
    if arena.is_by_hand(&planned.id) {
        value["by_hand"] = json!(true);
    }
    Some(encode(value))
}

fn clock_of(arena: &Arena, planned: &PlannedRun, blind: bool) -> Option<Value> {
    let (now, seat) = (arena.runs.get(&planned.id)?, arena.plan.entry(&planned.entry)?);
    Some(json!({
        "station": arena.plan.station(&planned.station)?.code,
        "entry": (!blind).then_some(seat.id.as_str()),
        "no": blind.then_some(&seat.no),
        "module": planned.module,
        "state": now.clock.state(),
        "elapsed_ms": now.clock.elapsed_ms(now.at),
        "at": now.at.as_millis(),
        "added_ms": now.added_ms,
        "reason": now.stopped_because,
    }))
}

/// A venue's clock: that of the run which has been going longest. It names nobody.
pub(super) fn venue_clock(arena: &Arena, venue: &VenueId) -> Option<Bytes> {
    let here = arena
        .plan
        .runs
        .iter()
        .filter(|run| arena.plan.station(&run.station).is_some_and(|station| station.venue == *venue));
    let begun = here.filter_map(|run| Some((run, arena.runs.get(&run.id)?)));
    // One that stands ranks behind those that run; among these the moment at which all of them would have begun decides.
    let (run, now) =
        begun.filter(|(_, now)| matches!(now.clock.state(), "open" | "stopped")).max_by_key(|(_, now)| {
            let elapsed_ms = now.clock.elapsed_ms(now.at);
            let open = now.clock.state() == "open";
            (open, elapsed_ms - if open { now.at.as_millis() } else { 0 })
        })?;
    Some(encode(json!({
        "module": run.module,
        "state": now.clock.state(),
        "elapsed_ms": now.clock.elapsed_ms(now.at),
        "at": now.at.as_millis(),
        "added_ms": now.added_ms,
    })))
}

/// The run that a station's screen shows: the one under way, otherwise the last whose clock was touched.
pub(super) fn station_shows<'a>(arena: &'a Arena, station: &'a Station) -> Option<&'a PlannedRun> {
    let begun = arena.plan.runs_of(&station.id).filter_map(|run| Some((run, arena.runs.get(&run.id)?)));
    let begun = begun.filter(|(_, now)| now.clock.state() != "waiting");
    begun.max_by_key(|(_, now)| (now.clock.state() != "closed", now.at)).map(|(run, _)| run)
}

pub(super) fn encode(value: Value) -> Bytes {
    Bytes::from(value.to_string())
}

pub(super) fn put(changes: &mut Changes, view: View, key: String, value: Option<Bytes>) {
    changes.entry(view).or_default().insert(key, value);
}

pub(super) fn spread_of(field: marking::Distribution) -> [Option<i64>; 5] {
    [field.min, field.q1, field.median, field.q3, field.max].map(|mark| Some(mark.hundredths()))
}

pub(super) fn aspect_code(arena: &Arena, aspect: AspectIx) -> &str {
    arena.board.scheme().aspect(aspect).map_or("", |aspect| &aspect.code)
}

pub(super) fn aspect_key(arena: &Arena, aspect: AspectIx) -> String {
    format!("a/{}", aspect_code(arena, aspect))
}

pub(super) fn aspect_value(arena: &Arena, entry: EntryIx, aspect: AspectIx) -> Option<Bytes> {
    let now = arena.board.aspect(entry, aspect);
    let state = match now.state {
        AspectState::Waiting | AspectState::Partly { .. } | AspectState::NeedsRound { .. } => "waiting",
        AspectState::Marked => "marked",
        AspectState::Undecided => "undecided",
        AspectState::ToConfirm => "to_confirm",
    };
    let corrected = arena.corrections_of(entry, aspect).last().map(CorrectionNow::says);
    let reason = corrected.or_else(|| arena.board.aspect_reason(entry, aspect).map(Text::from));
    let reason = reason.or_else(|| (now.mark.is_some() && arena.entered_by_hand(entry, aspect)).then(entered_by_hand));
    Some(encode(json!([now.mark.map(|mark| mark.hundredths()), state, reason])))
}

fn entered_by_hand() -> Text {
    Text {
        zh: "手工录入：工位没有采集设备".into(), en: "Entered by hand: the station has no equipment".into()
    }
}

/// Which of an entry's aspects are under review: on its own view their codes, elsewhere that there are some.
pub(super) fn under_review(arena: &Arena, entries: impl IntoIterator<Item = EntryIx>, changes: &mut Changes) {
    for entry in entries {
        let open: Vec<AspectIx> =
            arena.appeals.open().filter(|it| it.entry == entry).flat_map(|it| it.aspects.clone()).collect();
        let codes: Vec<&str> = open.iter().map(|aspect| aspect_code(arena, *aspect)).collect();
        for view in views_of(arena, entry) {
            let (key, value) = match view {
                View::Competitor(_) => ("u".to_owned(), json!(codes)),
                _ => (format!("u/{}", arena.plan.entries[entry.index()].id), json!(codes.len())),
            };
            put(changes, view, key, (!codes.is_empty()).then(|| encode(value)));
        }
    }
}

/// The views that show an entry's row and its ticks.
pub(super) fn views_of(arena: &Arena, entry: EntryIx) -> Vec<View> {
    let mut views = vec![View::Overall, View::Competitor(entry)];
    views.push(View::Venue(arena.plan.entries[entry.index()].venue.clone()));
    views.extend(arena.board.field().entry(entry).and_then(|seat| seat.team).map(View::Team));
    views
}

pub(super) fn views(arena: &Arena) -> Vec<View> {
    let board = &arena.board;
    let mut views = vec![View::Overall, View::Control];
    views.extend(board.field().team_ixs().map(View::Team));
    views.extend(board.field().entry_ixs().map(View::Competitor));
    views.extend(board.scheme().ability_ixs().map(View::Ability));
    views.extend(arena.plan.venues.iter().map(|venue| View::Venue(venue.id.clone())));
    views
}

pub(super) fn path(arena: &Arena, view: &View) -> String {
    match view {
        View::Overall => "overall".into(),
        View::Control => "control".into(),
        View::Team(team) => format!("team/{}", arena.plan.teams[team.index()].id),
        View::Competitor(entry) => format!("competitor/{}", arena.plan.entries[entry.index()].id),
        View::Ability(ability) => {
            format!("ability/{}", arena.board.scheme().ability(*ability).map_or("", |ability| &ability.code))
        }
        View::Venue(venue) => format!("venue/{venue}"),
    }
}

pub(super) fn header(arena: &Arena, view: &View) -> Value {
    let scheme = arena.board.scheme();
    let named = |code: &str, name: &kernel::Text| json!({"code": code, "name": Text::from(name)});
    let modules: Vec<Value> = scheme
        .modules()
        .iter()
        .map(|module| json!({"code": module.code, "name": Text::from(&module.name), "max": module.max.hundredths()}))
        .collect();
    let abilities: Vec<Value> = scheme
        .abilities()
        .iter()
        .map(
            |ability| json!({"code": ability.code, "name": Text::from(&ability.name), "max": ability.max.hundredths()}),
        )
        .collect();
    let mut value = json!({
        "contest": arena.plan.id.as_str(),
        "name": arena.plan.name,
        "state": arena.state.code(),
        "view": path(arena, view),
        "modules": modules,
        "abilities": abilities,
        "groups": scheme.groups().iter().map(|group| named(&group.code, &group.name)).collect::<Vec<_>>(),
        "venues": arena.plan.venues.iter().map(|venue| json!({"id": venue.id.as_str(), "name": venue.name})).collect::<Vec<_>>(),
        "teams": arena.plan.teams.iter().enumerate().map(|(at, team)| json!({"id": team.id.as_str(), "name": arena.plan.team_name(at)})).collect::<Vec<_>>(),
        "max": scheme.max().hundredths(),
        "aspects": scheme.aspects().len(),
        "started_at": arena.started_at.map(|at| at.as_millis()),
        "starts_at": arena.plan.starts_at.as_millis(),
        "ends_at": arena.plan.ends_at.map(|at| at.as_millis()),
        "freezes_at": freeze::moment(arena).map(|at| at.as_millis()),
        "since": arena.state_since.map(|at| at.as_millis()),
    });
    if let View::Control = view {
        let names =
            |code: &str| arena.rules.in_force().asks(code).into_iter().map(|ask| ask.checkpoint).collect::<Vec<_>>();
        let asks = scheme.modules().iter().map(|module| (module.code.clone(), json!(names(&module.code))));
        value["asks"] = Value::Object(asks.collect());
    }
    if let View::Competitor(_) = view {
        let aspects: Vec<Value> = scheme
            .aspects()
            .iter()
            .map(|aspect| {
                let module = scheme.module(aspect.module).map(|module| module.code.as_str());
                let abilities: Vec<&str> =
                    aspect.abilities.iter().filter_map(|ability| scheme.ability(*ability)).map(|ability| ability.code.as_str()).collect();
                json!({
                    "code": aspect.code, "name": Text::from(&aspect.name), "module": module, "max": aspect.max.hundredths(),
                    "type": aspect.kind.aspect_type().code(), "abilities": abilities,
                })
            })
            .collect();
        value["aspect_list"] = Value::Array(aspects);
    }
    value
}
