//! The JSON Schema of rule-set files, for editors. It says the shape; what `load_rule_set` says beyond it needs the whole file.

use schemars::{JsonSchema, schema_for};
use serde::Deserialize;

use crate::schema::{Quantity, Words, shapes, words};

/// The JSON Schema of `guildhall/rule-set/1`, generated from the types below.
pub fn rule_set_json_schema() -> serde_json::Value {
    schema_for!(RuleSetFile).to_value()
}

/// Reads a file by the schema's own types, so that a test can hold them against the loader's.
pub fn check_rule_set_shape(yaml: &str) -> Result<(), String> {
    serde_saphyr::from_str::<RuleSetFile>(yaml).map(drop).map_err(|error| error.to_string())
}

words! {
    Format { One "guildhall/rule-set/1" }
    PrizeTo { Competitors "competitors", Teams "teams" }
    /// All together, or each group by itself.
    Over { WholeField "whole_field", EachGroup "each_group" }
    /// Of the place of somebody who doesn't meet the conditions: those behind move up, or nobody gets it.
    Vacant { PassedOn "passed_on", Kept "kept" }
    /// Everybody who was entered, or everybody who has a rank.
    ShareOf { Entered "entered", Ranked "ranked" }
    Rounding { Up "up", Down "down", Nearest "nearest" }
    /// Of a shared rank that reaches beyond the last place of a prize: all of it gets the prize, or none.
    Edge { All "all", None "none" }
    NoScale { None "none" }
    Formula { GuildhallOpen "guildhall_open" }
    RecusalKind { Union "union", Enterprise "enterprise" }
    Signer { ChiefJudge "chief_judge", Supervisor "supervisor", Organiser "organiser" }
    Shows { Names "names", Numbers "numbers" }
    Rest { Rest "rest" }
    Entrants { Individuals "individuals", Teams "teams", Both "both" }
    /// Of a place that gets free: the organiser takes the first who waits, or he has it at once.
    Waiting { ByHand "by_hand", ByItself "by_itself" }
    FieldType { Text "text", Number "number", Date "date", Choice "choice" }
}

shapes! {
    /// A rule set: what differs from contest to contest beside the scheme.
    RuleSetFile {
        format: Format,
        /// The rule set's own code.
        id: String,
        version: u32,
        title: Words,
        prizes: Vec<PrizeRule>,
        scale: Option<Scale>,
        recheck: Recheck,
        appeals: Appeals,
        panels: Panels,
        draw: Draw,
        /// Who signs a result before it is published.
        signatures: Vec<Signer>,
        publication: Publication,
        theory: Option<Theory>,
        /// How people come into the field by applying.
        registration: Option<Registration>,
    }
    /// Exactly one of `shares`, `ranks` and `medals`.
    PrizeRule {
        to: PrizeTo, over: Over, conditions: Option<Vec<Condition>>, vacant: Option<Vacant>,
        shares: Option<Shares>, ranks: Option<Ranks>, medals: Option<Medals>,
    }
    /// The least mark for any prize. Exactly one of them.
    Condition { total: Option<Quantity>, practice: Option<Quantity>, theory: Option<Quantity> }
    Shares { of: ShareOf, rounding: Rounding, ties: Edge, prizes: Vec<SharePrize> }
    SharePrize { code: String, name: Words,
        /// A percentage such as `12.5%`.
        share: String,
    }
    Ranks { ties: Edge, prizes: Vec<RankPrize> }
    RankPrize { code: String, name: Words,
        /// The last place, or `rest`.
        to: LastPlace,
    }
    Medals {
        /// The greatest difference in points from the best of a medal that still shares it.
        tie_within: Quantity,
        gold: Prize, silver: Prize, bronze: Prize,
        /// For all others at the median or above.
        medallion: Option<Prize>,
    }
    Prize { code: String, name: Words }
    OpenScale { formula: Formula, over: Over, decimals: u32 }
    Recheck {
        over: Over,
        /// So many of the first, or so large a share; where both are written the greater counts.
        top_ranks: Option<u32>, top_share: Option<String>,
        /// The share of the others that is drawn.
        sample: String,
        /// More errors than this mean that all is rechecked.
        error_rate_max: String,
        /// A mark that is off by no more than this is not wrong.
        tolerance: Option<Quantity>,
    }
    /// Durations such as `2h`.
    Appeals {
        after_run: Option<String>, after_publication: Option<String>, answer_within: String, instances: u32,
        second_within: Option<String>,
    }
    Panels { levels: LevelPanel, marks: MarkPanel,
        /// Whose competitors a judge doesn't mark.
        recusal: Vec<RecusalKind>,
    }
    LevelPanel { judges: u32, spread_max: u32, rounds_most: u32 }
    MarkPanel { judges: u32, drop_extremes: bool }
    Draw { over: Over, layers: Vec<Layer> }
    Layer { code: String, name: Words,
        /// One run of # for the digits, such as `C##`.
        number: String,
    }
    Publication { shows: Shows,
        /// The public board stops so long before the end.
        freeze: Option<String>,
    }
    Registration {
        /// So long before the start, such as `45d` or `12h`; both or neither.
        opens: Option<String>, closes: Option<String>,
        #[serde(rename = "as")] entrants: Entrants, team: Option<TeamSize>, capacity: Option<u32>, groups: Option<Vec<GroupCapacity>>,
        /// In each group.
        per_organisation: Option<u32>,
        waiting: Option<Waiting>, fields: Option<Vec<Field>>, eligibility: Option<Vec<Eligibility>>,
    }
    TeamSize { least: u32, most: u32 }
    GroupCapacity { group: String, capacity: u32 }
    /// `choices` with the type `choice`, and with no other; where they have an order, from the lowest to the highest.
    Field {
        code: String, name: Words, #[serde(rename = "type")] field_type: FieldType, required: Option<bool>, choices: Option<Vec<FieldChoice>>,
    }
    FieldChoice { code: String, name: Words }
    /// Exactly one condition.
    Eligibility {
        code: String,
        /// Said where it isn't met.
        says: Words,
        /// For these only.
        groups: Option<Vec<String>>,
        age: Option<Age>, number: Option<NumberWithin>, level: Option<LeastLevel>, one_of: Option<OneOf>,
        /// By Chinese names or ids.
        organisation: Option<Vec<String>>,
    }
    /// Complete years on a day; without one, on the day of the start.
    Age { field: String, at_least: Option<u32>, at_most: Option<u32>, on: Option<String> }
    NumberWithin { field: String, at_least: Option<u32>, at_most: Option<u32> }
    LeastLevel { field: String, at_least: String }
    OneOf { field: String, choices: Vec<String> }
    Theory {
        /// The most that theory may weigh in the total.
        share_max: String,
    }
}

/// `none`, or the Guildhall open scale.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
#[allow(dead_code)]
enum Scale {
    None(NoScale),
    Open(OpenScale),
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
#[allow(dead_code)]
enum LastPlace {
    Place(u32),
    Rest(Rest),
}
