//! What the figures say in words, as it travels.

use analysis::{About, Finding, Kind, Setting};
use serde::Serialize;
use utoipa::ToSchema;
use web::wire::Text;

/// Which question of those who hold the contest a finding answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// What to change in selection.
    Selection,
    /// Which abilities to train.
    Training,
    Aspects,
    Judges,
    /// Hours and venues.
    Conduct,
    Machine,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AboutKind {
    Contest,
    Aspect,
    Judge,
    Panel,
    Venue,
    Ability,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FindingSeen {
    pub theme: Theme,
    /// `unreliable`, `judges_disagree`, `marks_drift`, `too_easy`, `too_hard`, `contradicts`, `does_not_discriminate`, `machine_disagrees`,
    /// `severe`, `lenient`, `erratic`, `judge_drifts`, `panel_unreliable`, `venue_differs`, `train`, `uneven` or `not_for_selection`.
    pub kind: &'static str,
    pub about: AboutKind,
    /// Of the aspect, the judge, the judges of the panel, or the ability; of a venue its place among the analysis' venues.
    pub codes: Vec<String>,
    pub figure: f64,
    #[schema(required = true)]
    pub low: Option<f64>,
    #[schema(required = true)]
    pub high: Option<f64>,
    pub limit: f64,
    pub source: Text,
    /// The whole interval lies beyond the limit.
    pub certain: bool,
    pub text: Text,
}

/// `abilities` are the abilities' codes, `judges` the judges'.
pub fn seen(finding: &Finding, setting: &Setting, abilities: &[String], judges: &[String]) -> FindingSeen {
    let code = |codes: &[String], at: u32| codes.get(at as usize).cloned().unwrap_or_default();
    let (about, codes) = match &finding.about {
        About::Contest => (AboutKind::Contest, Vec::new()),
        About::Aspect(at) => (AboutKind::Aspect, vec![setting.aspects[*at as usize].code.clone()]),
        About::Judge(at) => (AboutKind::Judge, vec![code(judges, *at)]),
        About::Panel(panel) => (AboutKind::Panel, panel.iter().map(|at| code(judges, *at)).collect()),
        About::Venue(at) => (AboutKind::Venue, vec![at.to_string()]),
        About::Ability(at) => (AboutKind::Ability, vec![code(abilities, *at)]),
    };
    let (theme, kind) = named(finding.kind);
    FindingSeen {
        theme,
        kind,
        about,
        codes,
        figure: finding.figure,
        low: finding.interval.map(|interval| interval.low),
        high: finding.interval.map(|interval| interval.high),
        limit: finding.limit.value,
        source: Text { zh: finding.limit.source.zh.to_owned(), en: finding.limit.source.en.to_owned() },
        certain: finding.certain,
        text: finding.text.clone().into(),
    }
}

fn named(kind: Kind) -> (Theme, &'static str) {
    match kind {
        Kind::Unreliable => (Theme::Selection, "unreliable"),
        Kind::NotForSelection => (Theme::Selection, "not_for_selection"),
        Kind::Uneven => (Theme::Selection, "uneven"),
        Kind::Train => (Theme::Training, "train"),
        Kind::TooEasy => (Theme::Aspects, "too_easy"),
        Kind::TooHard => (Theme::Aspects, "too_hard"),
        Kind::Contradicts => (Theme::Aspects, "contradicts"),
        Kind::DoesNotDiscriminate => (Theme::Aspects, "does_not_discriminate"),
        Kind::JudgesDisagree => (Theme::Judges, "judges_disagree"),
        Kind::Severe => (Theme::Judges, "severe"),
        Kind::Lenient => (Theme::Judges, "lenient"),
        Kind::Erratic => (Theme::Judges, "erratic"),
        Kind::JudgeDrifts => (Theme::Judges, "judge_drifts"),
        Kind::PanelUnreliable => (Theme::Judges, "panel_unreliable"),
        Kind::MarksDrift => (Theme::Conduct, "marks_drift"),
        Kind::VenueDiffers => (Theme::Conduct, "venue_differs"),
        Kind::MachineDisagrees => (Theme::Machine, "machine_disagrees"),
    }
}
