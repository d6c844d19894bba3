//! A scheme as data: what `GET …/scheme` answers, and what the tablet and the scheme viewer show.

use kernel::Text;
use marking::{Aspect, AspectKind, StartsAt, TeamTotal, TieBreak};
use referee::SignalKind;
use serde::Serialize;

use crate::LoadedScheme;
use crate::tree::{Node, Tree};

/// Marks are text with two decimals, texts are in both languages.
#[derive(Debug, Clone, Serialize)]
pub struct SchemeView {
    pub format: &'static str,
    pub id: String,
    pub version: u32,
    pub hash: String,
    pub title: TextView,
    pub max: String,
    pub theory_max: String,
    pub abilities: Vec<NamedView>,
    pub groups: Vec<NamedView>,
    pub modules: Vec<ModuleView>,
    pub ranking: RankingView,
    pub teams: TeamsView,
    pub signals: Vec<SignalView>,
    pub rules: Vec<RuleView>,
    /// Where a competitor may ask to be judged.
    pub checkpoints: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TextView {
    pub zh: String,
    pub en: String,
}

impl From<&Text> for TextView {
    fn from(text: &Text) -> TextView {
        TextView { zh: text.zh.clone(), en: text.en.clone() }
    }
}

#[derive(Debug, Clone, Serialize)]
pub struct NamedView {
    pub code: String,
    pub name: TextView,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
pub struct ModuleView {
    pub code: String,
    pub name: TextView,
    pub minutes: Option<u32>,
    pub max: String,
    pub criteria: Vec<CriterionView>,
}

#[derive(Debug, Clone, Serialize)]
pub struct CriterionView {
    pub code: String,
    pub name: TextView,
    pub max: String,
    /// The parts in which its aspects stand; null where it isn't divided.
    pub sub_criteria: Option<Vec<SubCriterionView>>,
    /// All of them, whether it is divided or not.
    pub aspects: Vec<AspectView>,
}

#[derive(Debug, Clone, Serialize)]
pub struct SubCriterionView {
    pub code: String,
    pub name: TextView,
    pub max: String,
}

#[derive(Debug, Clone, Serialize)]
pub struct AspectView {
    pub code: String,
    pub name: TextView,
    #[serde(rename = "type")]
    pub aspect_type: &'static str,
    /// The code of the part of its criterion; null where that isn't divided.
    pub sub_criterion: Option<String>,
    pub max: String,
    pub abilities: Vec<String>,
    pub policy: Option<&'static str>,
    pub how: HowView,
}

/// How an aspect gets its mark; the same shape stands in a judge's sheet.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum HowView {
    YesNo,
    Tolerance { unit: String, target: String, full: String, zero: String },
    Steps { steps: Vec<PartView> },
    Deductions { deductions: Vec<PartView> },
    Levels { levels: Vec<TextView>, judges: u32, spread_max: u32 },
    Panel { judges: u32, drop_extremes: bool, step: String },
    Automatic { starts_at: &'static str, rules: Vec<RuleOfAspect> },
    Imported,
}

#[derive(Debug, Clone, Serialize)]
pub struct PartView {
    pub code: String,
    pub name: TextView,
    pub marks: String,
}

#[derive(Debug, Clone, Serialize)]
pub struct RuleOfAspect {
    pub id: String,
    pub says: TextView,
}

#[derive(Debug, Clone, Serialize)]
pub struct RankingView {
    /// `module:A`, `practice`, `theory`, `time`.
    pub ties: Vec<String>,
    pub shared: bool,
}

#[derive(Debug, Clone, Serialize)]
pub struct TeamsView {
    pub total: &'static str,
    pub then: Option<&'static str>,
}

#[derive(Debug, Clone, Serialize)]
pub struct SignalView {
    pub name: String,
    pub kind: &'static str,
    pub unit: String,
    pub stale_after_ms: Option<u64>,
}

#[derive(Debug, Clone, Serialize)]
pub struct RuleView {
    pub id: String,
    pub aspect: String,
    pub says: TextView,
    /// The rule as it stands in the file.
    pub written: Written,
}

/// A part of a file as it is written, its scalars as text.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Written(pub serde_json::Value);

impl Written {
    pub(crate) fn of(tree: &Tree) -> Written {
        Written(json(tree))
    }
}

fn json(tree: &Tree) -> serde_json::Value {
    match &tree.node {
        Node::Nothing => serde_json::Value::Null,
        Node::Scalar { text, .. } => serde_json::Value::String(text.clone()),
        Node::List(items) => serde_json::Value::Array(items.iter().map(json).collect()),
        Node::Map(entries) => {
            let named = entries.iter().filter_map(|(key, value)| match &key.node {
                Node::Scalar { text, .. } => Some((text.clone(), json(value))),
                _ => None,
            });
            serde_json::Value::Object(named.collect())
        }
    }
}

impl SchemeView {
    pub(crate) fn of(loaded: &LoadedScheme) -> SchemeView {
        let scheme = &loaded.scheme;
        let modules = scheme.modules().iter().map(|module| ModuleView {
            code: module.code.clone(),
            name: (&module.name).into(),
            minutes: module.minutes,
            max: module.max.to_string(),
            criteria: module.criteria.clone().map(|at| criterion(loaded, &scheme.criteria()[at as usize])).collect(),
        });
        let ties = scheme.ranking().ties.iter().map(|tie| match tie {
            TieBreak::Module(ix) => format!("module:{}", scheme.modules()[ix.index()].code),
            TieBreak::Practice => "practice".to_owned(),
            TieBreak::Theory => "theory".to_owned(),
            TieBreak::Time => "time".to_owned(),
        });
        SchemeView {
            format: crate::SCHEME_FORMAT,
            id: scheme.code().to_owned(),
            version: scheme.version(),
            hash: loaded.hash.clone(),
            title: scheme.title().into(),
            max: scheme.max().to_string(),
            theory_max: scheme.theory_max().to_string(),
            abilities: (scheme.abilities().iter())
                .map(|ability| NamedView {
                    code: ability.code.clone(),
                    name: (&ability.name).into(),
                    max: Some(ability.max.to_string()),
                })
                .collect(),
            groups: (scheme.groups().iter())
                .map(|group| NamedView { code: group.code.clone(), name: (&group.name).into(), max: None })
                .collect(),
            modules: modules.collect(),
            ranking: RankingView { ties: ties.collect(), shared: scheme.ranking().shared },
            teams: TeamsView {
                total: match scheme.teams().total {
                    TeamTotal::Sum => "sum",
                    TeamTotal::Mean => "mean",
                },
                then: scheme.teams().then_time.then_some("time"),
            },
            signals: (loaded.rules.signals().iter())
                .map(|signal| SignalView {
                    name: signal.name.clone(),
                    kind: signal.kind.code(),
                    unit: match &signal.kind {
                        SignalKind::Real { unit } => unit.clone(),
                        _ => String::new(),
                    },
                    stale_after_ms: signal.stale_after.map(|after| after.as_millis() as u64),
                })
                .collect(),
            rules: (loaded.rule_specs.iter().zip(loaded.written.iter()))
                .map(|(rule, written)| RuleView {
                    id: rule.id.clone(),
                    aspect: rule.aspect.clone(),
                    says: (&rule.says).into(),
                    written: written.clone(),
                })
                .collect(),
            checkpoints: loaded.rules.checkpoints().into_iter().map(str::to_owned).collect(),
        }
    }
}

fn criterion(loaded: &LoadedScheme, criterion: &marking::Criterion) -> CriterionView {
    let aspects = criterion.aspects.clone().map(|at| aspect(loaded, &loaded.scheme.aspects()[at as usize]));
    let parts = criterion.sub_criteria.clone().map(|at| &loaded.scheme.sub_criteria()[at as usize]);
    let parts: Vec<SubCriterionView> = parts
        .map(|part| SubCriterionView { code: part.code.clone(), name: (&part.name).into(), max: part.max.to_string() })
        .collect();
    CriterionView {
        code: criterion.code.clone(),
        name: (&criterion.name).into(),
        max: criterion.max.to_string(),
        sub_criteria: (!parts.is_empty()).then_some(parts),
        aspects: aspects.collect(),
    }
}

fn aspect(loaded: &LoadedScheme, aspect: &Aspect) -> AspectView {
    let ability = |ix: &marking::AbilityIx| loaded.scheme.abilities()[ix.index()].code.clone();
    AspectView {
        code: aspect.code.clone(),
        name: (&aspect.name).into(),
        aspect_type: aspect.kind.aspect_type().code(),
        sub_criterion: aspect.sub_criterion.map(|ix| loaded.scheme.sub_criteria()[ix.index()].code.clone()),
        max: aspect.max.to_string(),
        abilities: aspect.abilities.iter().map(ability).collect(),
        policy: match aspect.kind {
            AspectKind::Automatic { policy, .. } => Some(policy.code()),
            _ => None,
        },
        how: HowView::of(loaded, aspect),
    }
}

impl HowView {
    /// How this aspect of the scheme gets its mark.
    pub fn of(loaded: &LoadedScheme, aspect: &Aspect) -> HowView {
        match &aspect.kind {
            AspectKind::YesNo => HowView::YesNo,
            AspectKind::Tolerance(tolerance) => HowView::Tolerance {
                unit: tolerance.unit.clone(),
                target: tolerance.target.to_string(),
                full: tolerance.full.to_string(),
                zero: tolerance.zero.to_string(),
            },
            AspectKind::Steps(steps) => {
                HowView::Steps { steps: steps.iter().map(|step| part(&step.code, &step.name, step.marks)).collect() }
            }
            AspectKind::Deductions(deductions) => HowView::Deductions {
                deductions: deductions.iter().map(|found| part(&found.code, &found.name, found.marks)).collect(),
            },
            AspectKind::Levels(levels) => HowView::Levels {
                levels: levels.levels.iter().map(TextView::from).collect(),
                judges: levels.judges,
                spread_max: levels.spread_max,
            },
            AspectKind::Panel(panel) => HowView::Panel {
                judges: panel.judges,
                drop_extremes: panel.drop_extremes,
                step: panel.step.to_string(),
            },
            AspectKind::Automatic { starts_at, .. } => HowView::Automatic {
                starts_at: match starts_at {
                    StartsAt::Zero => "zero",
                    StartsAt::Full => "full",
                },
                rules: (loaded.rules_of(&aspect.code))
                    .map(|(id, says)| RuleOfAspect { id: id.to_owned(), says: says.into() })
                    .collect(),
            },
            AspectKind::Theory => HowView::Imported,
        }
    }
}

fn part(code: &str, name: &Text, marks: kernel::Mark) -> PartView {
    PartView { code: code.to_owned(), name: name.into(), marks: marks.to_string() }
}
