//! The JSON Schema of scheme files, for editors. It says the shape; what `load_scheme` says beyond it needs the whole file.

use std::collections::BTreeMap;

use schemars::{JsonSchema, schema_for};
use serde::Deserialize;

/// The JSON Schema of `guildhall/scheme/1`, generated from the types below.
pub fn json_schema() -> serde_json::Value {
    schema_for!(SchemeFile).to_value()
}

/// A scheme file: what is marked, what is watched.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[allow(dead_code)]
pub(crate) struct SchemeFile {
    format: Format,
    /// The scheme's own code.
    id: String,
    version: u32,
    title: Words,
    abilities: Vec<Named>,
    #[serde(default)]
    groups: Vec<Named>,
    modules: Vec<Module>,
    ranking: Ranking,
    teams: Option<Teams>,
    #[serde(default)]
    signals: BTreeMap<String, Signal>,
    #[serde(default)]
    phases: BTreeMap<String, Phase>,
    #[serde(default)]
    rules: Vec<Rule>,
}

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($variant:ident $text:literal),* })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Deserialize, JsonSchema)]
        pub(crate) enum $name { $(#[serde(rename = $text)] $variant),* }
    )*};
}
pub(crate) use words;

words! {
    Format { One "guildhall/scheme/1" }
    AspectType { Measurement "measurement", Judgement "judgement", Automatic "automatic", Theory "theory" }
    /// What a verdict is worth: it counts, a judge confirms it, it is only recorded, nothing.
    Policy { Automatic "automatic", Confirm "confirm", Shadow "shadow", Off "off" }
    StartsAt { Zero "zero", Full "full" }
    Total { Sum "sum", Mean "mean" }
    Then { Time "time" }
    SignalType { Bool "bool", Integer "integer", Real "real", Text "text" }
    Extent { Run "run", Phase "phase" }
    Unfinished { Undecided "undecided", Missed "missed" }
    /// Of `sequence`: its marks are for the whole or for each step; of `while`: for each violation or second.
    Per { Sequence "sequence", Step "step", Violation "violation", Second "second", StartedSecond "started_second" }
}

/// A number or a text such as `2.75`, `48.5mm`, `2s`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
#[allow(dead_code)]
pub(crate) enum Quantity {
    Number(f64),
    Text(String),
}

macro_rules! shapes {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $kind:ty),* $(,)? })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields)]
        #[allow(dead_code)]
        pub(crate) struct $name { $($(#[$field_doc])* $field: $kind),* }
    )*};
}
pub(crate) use shapes;

shapes! {
    /// The same words in both languages.
    Words { zh: String, en: String }
    Named { code: String, name: Words }
    Module { code: String, name: Words, minutes: Option<u32>, criteria: Vec<Criterion> }
    /// `aspects`, or `sub_criteria`.
    Criterion { code: String, name: Words, aspects: Option<Vec<Aspect>>, sub_criteria: Option<Vec<SubCriterion>> }
    SubCriterion { code: String, name: Words, aspects: Vec<Aspect> }
    /// The smallest thing that gets a mark.
    Aspect {
        code: String, name: Words, #[serde(rename = "type")] aspect_type: AspectType, max: Quantity, abilities: Vec<String>,
        tolerance: Option<UnitTolerance>, steps: Option<Vec<Part>>, deductions: Option<Vec<Part>>,
        /// What the levels 0 to 3 mean.
        levels: Option<Vec<Words>>, judges: Option<u32>, spread_max: Option<u32>, rounds_most: Option<u32>,
        panel: Option<Panel>, policy: Option<Policy>, starts_at: Option<StartsAt>,
    }
    UnitTolerance { unit: String, target: Quantity, full: Quantity, zero: Quantity }
    Part { code: String, name: Words, marks: Quantity }
    Panel { judges: u32, drop_extremes: Option<bool>, step: Option<Quantity> }
    Ranking { ties: Vec<Tie>, shared: Option<bool> }
    /// Exactly one of them.
    Tie { module: Option<String>, practice: Option<bool>, theory: Option<bool>, time: Option<bool> }
    Teams { total: Total, then: Option<Then> }
    Signal { #[serde(rename = "type")] signal_type: SignalType, unit: Option<String>, stale_after: Option<String> }
    /// `while`, or `from` and `to`.
    Phase { #[serde(rename = "while")] condition: Option<String>, from: Option<Event>, to: Option<Event> }
    /// Exactly one of them.
    Event {
        rises: Option<String>, falls: Option<String>, changes: Option<String>, request: Option<String>,
        begins: Option<Extent>, ends: Option<Extent>, agree: Option<Agree>,
    }
    /// An event, or `holds` and `for`.
    On {
        rises: Option<String>, falls: Option<String>, changes: Option<String>, request: Option<String>,
        begins: Option<Extent>, ends: Option<Extent>, agree: Option<Agree>, holds: Option<String>, #[serde(rename = "for")] lasting: Option<String>,
    }
    ThenEvent {
        rises: Option<String>, falls: Option<String>, changes: Option<String>, request: Option<String>,
        ends: Option<Extent>, agree: Option<Agree>, within: String, unless: Option<Event>,
    }
    Step {
        rises: Option<String>, falls: Option<String>, changes: Option<String>, request: Option<String>,
        begins: Option<Extent>, agree: Option<Agree>, within: Option<String>,
    }
    /// An event that must not come `within` a time after, or `before`.
    Without {
        rises: Option<String>, falls: Option<String>, changes: Option<String>, request: Option<String>,
        agree: Option<Agree>, within: Option<String>, before: Option<String>,
    }
    Check {
        is: Option<String>, held: Option<String>, #[serde(rename = "for")] lasting: Option<String>, mean: Option<String>,
        min: Option<String>, max: Option<String>, last: Option<String>, time_mean: Option<String>,
        integral: Option<String>, percentile: Option<String>, p: Option<Quantity>, time_in_band: Option<String>,
        share_in_band: Option<String>, band: Option<Vec<Option<Quantity>>>, over: Option<String>, between: Option<Vec<Option<Quantity>>>,
        tolerance: Option<Tolerance>, curve: Option<Vec<(Quantity, Quantity)>>,
    }
    Tolerance { target: Quantity, full: Quantity, zero: Quantity }
    Count {
        rises: Option<String>, falls: Option<String>, changes: Option<String>, request: Option<String>,
        agree: Option<Agree>, between: Option<Vec<Option<Quantity>>>, tolerance: Option<Tolerance>, curve: Option<Vec<(Quantity, Quantity)>>,
    }
    Measure {
        from: Event, to: Event, between: Option<Vec<Option<Quantity>>>, tolerance: Option<Tolerance>,
        curve: Option<Vec<(Quantity, Quantity)>>,
    }
    /// One rule of the referee: one of `on`, `check`, `count`, `measure`, `absent`, `sequence`, `forbidden`, `while`; and what it is worth.
    Rule {
        id: String, aspect: String, says: Words, during: Option<During>, on: Option<On>, then: Option<ThenEvent>,
        without: Option<Without>, check: Option<Check>, count: Option<Count>, measure: Option<Measure>,
        absent: Option<Event>, by: Option<String>,
        sequence: Option<Vec<Step>>, within: Option<String>, forbidden: Option<Vec<Event>>,
        #[serde(rename = "while")] never: Option<String>, per: Option<Per>, award: Option<Quantity>,
        deduct: Option<Quantity>, otherwise: Option<Quantity>, at_most: Option<Quantity>,
        min_total: Option<Quantity>, best_of: Option<u32>, gate: Option<Gate>, once: Option<bool>,
        unfinished: Option<Unfinished>,
    }
}

/// Witnesses of one event, of whom more than half or so many speak within a time of each other.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
#[allow(dead_code)]
pub(crate) enum Agree {
    Witnesses(Vec<String>),
    Some { witnesses: Vec<String>, at_least: Option<u32>, within: Option<String> },
}

/// The id of a rule that must have been met, or several.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
#[allow(dead_code)]
pub(crate) enum Gate {
    One(String),
    All(Vec<String>),
}

/// The name of a phase, or a phase.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
#[allow(dead_code)]
pub(crate) enum During {
    Name(String),
    Phase(Box<Phase>),
}

/// Reads a file by the schema's own types, so that a test can hold them against the loader's.
pub fn check_shape(yaml: &str) -> Result<(), String> {
    serde_saphyr::from_str::<SchemeFile>(yaml).map(drop).map_err(|error| error.to_string())
}
