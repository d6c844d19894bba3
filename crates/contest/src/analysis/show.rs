//! `GET /api/contests/{contest}/analysis`: every figure of the contest, and what follows from them in words.

use analysis::abilities::AbilityFigures;
use analysis::aspects::AspectFigures;
use analysis::drift::{HourFigures, VenueFigures};
use analysis::facets::Measure;
use analysis::judges::JudgeFigures;
use analysis::krippendorff::Krippendorff;
use analysis::machine::MachineFigures;
use analysis::panels::PanelFigures;
use analysis::reliability::Reliability;
use analysis::{Interval, Lack, Setting};
use axum::extract::State;
use kernel::{Role, Scope};
use serde::Serialize;
use utoipa::ToSchema;
use web::wire::{ContestId, Text, Timestamp};
use web::{ApiResult, Json, Path, Signed};

use super::figure::Figure;
use super::findings::{FindingSeen, seen};
use super::kept::{Analysed, newest};
use super::observed::judge_code;
use crate::ContestRoom;
use crate::arena::Arena;
use crate::event::ContestState;
use crate::plan::told_apart;

/// Who may know judges by their names.
const KNOW_JUDGES: &[Role] = &[Role::ChiefJudge, Role::Organiser];

/// All shares are of 1; an interval is one of 95 %.
#[derive(Debug, Serialize, ToSchema)]
pub struct AnalysisShown {
    pub state: ContestState,
    /// Marks are still being given: any figure may change.
    pub provisional: bool,
    /// Where the log stood, and when that was.
    pub position: i64,
    pub as_of: Timestamp,
    /// Who has a mark.
    pub competitors: usize,
    /// Aspects of competitors that are marked in full.
    pub marks: usize,
    /// Of these, how many were marked anew after the judges had talked: there they agree because they did.
    pub again: usize,
    /// What is to be done first; by theme, then by what it is about.
    pub findings: Vec<FindingSeen>,
    pub reliability: ReliabilitySeen,
    pub aspects: Vec<AspectSeen>,
    pub judges: Vec<JudgeAnalysed>,
    pub panels: Vec<PanelSeen>,
    pub agreement: AgreementSeen,
    pub facets: FacetsSeen,
    /// How marks change in an hour, in shares of the maximum.
    pub drift: Figure,
    pub hours: Vec<HourSeen>,
    pub venues: Vec<VenueSeen>,
    pub machine: Vec<MachineSeen>,
    pub abilities: Vec<AbilitySeen>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ReliabilitySeen {
    /// Cronbach's α.
    pub alpha: Figure,
    /// The standard error of a total, in marks.
    pub error: Figure,
    /// The deviation of the totals, in marks.
    pub deviation: Figure,
    /// Who has all the marks, and who is left out because he has not.
    pub competitors: usize,
    pub left_out: usize,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct AspectSeen {
    pub code: String,
    pub name: Text,
    pub module: String,
    /// `measurement`, `judgement`, `automatic` or `theory`.
    pub r#type: String,
    pub count: usize,
    /// The mean share of the maximum: high is easy.
    #[schema(required = true)]
    pub difficulty: Option<f64>,
    #[schema(required = true)]
    pub full: Option<f64>,
    #[schema(required = true)]
    pub zero: Option<f64>,
    pub item_rest: Figure,
    pub upper_lower: Figure,
    /// Cronbach's α of all the others.
    #[schema(required = true)]
    pub alpha_without: Option<f64>,
    /// The kinds of the findings about it.
    pub flags: Vec<&'static str>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct JudgeAnalysed {
    /// His place in the order in which judges joined, such as `J03`.
    pub code: String,
    /// For chief judge and organiser.
    #[schema(required = true)]
    pub name: Option<String>,
    pub venue: Text,
    /// Marks of his that can be compared with those of others on the same panel.
    pub compared: usize,
    /// Below zero is severe.
    pub deviation: Figure,
    pub wander: Figure,
    pub follows: Figure,
    pub drift: Figure,
    /// In logits of the many-facet Rasch model: above zero is severe.
    pub severity: Figure,
    #[schema(required = true)]
    pub infit: Option<f64>,
    #[schema(required = true)]
    pub outfit: Option<f64>,
    /// Severities can be compared within one subset.
    #[schema(required = true)]
    pub subset: Option<u32>,
    pub flags: Vec<&'static str>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct PanelSeen {
    /// Their codes.
    pub judges: Vec<String>,
    pub aspects: Vec<String>,
    pub competitors: usize,
    /// ICC(2,1), of one judge.
    pub agreement: Figure,
    /// ICC(2,k), of the panel's mean.
    pub mean_agreement: Figure,
    /// ICC(3,k), of the panel's mean where only the order matters.
    pub mean_consistency: Figure,
}

/// Krippendorff's α of all judges over everything that two or more marked, by four metrics.
#[derive(Debug, Serialize, ToSchema)]
pub struct AgreementSeen {
    pub nominal: Figure,
    pub ordinal: Figure,
    /// With an interval, by a bootstrap.
    pub interval: Figure,
    pub ratio: Figure,
    pub units: usize,
    pub marks: usize,
    /// Whoever draws with this seed draws the same.
    pub seed: u64,
    pub resamples: u32,
}

/// The many-facet Rasch model as a whole.
#[derive(Debug, Serialize, ToSchema)]
pub struct FacetsSeen {
    pub separation: Figure,
    /// How many marks of judges it is about.
    pub ratings: usize,
    /// Groups of judges between which severities can't be compared.
    pub subsets: usize,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct HourSeen {
    /// Of the day, counted from its first mark.
    pub hour: i64,
    pub count: usize,
    pub residual: Figure,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct VenueSeen {
    pub name: Text,
    pub residual: Figure,
    pub drift: Figure,
    pub flags: Vec<&'static str>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct MachineSeen {
    pub code: String,
    pub name: Text,
    pub pairs: usize,
    pub agreed: usize,
    pub rate: Figure,
    /// Above zero, the referee is the milder.
    pub difference: Figure,
    pub flags: Vec<&'static str>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct AbilitySeen {
    pub code: String,
    pub name: Text,
    pub aspects: usize,
    pub mean: f64,
    /// First quartile, median, third.
    pub quartiles: [f64; 3],
    #[schema(required = true)]
    pub reliability: Option<f64>,
    pub flags: Vec<&'static str>,
}

/// In review and final; before that it is marked as provisional. Judges have names for chief judge and organiser, codes for others.
#[utoipa::path(get, path = "/api/contests/{contest}/analysis", tag = "results", operation_id = "contest_analysis", params(ContestId), responses((status = 200, body = AnalysisShown)))]
pub async fn show(
    State(room): State<ContestRoom>,
    Signed(actor): Signed,
    Path(contest): Path<ContestId>,
) -> ApiResult<Json<AnalysisShown>> {
    let floor = room.floor(&contest).await?;
    let analysed = newest(&floor).await?;
    let named = actor.holds_any(KNOW_JUDGES, &Scope::Contest(contest.0.clone()));
    let arena = floor.arena();
    Ok(Json(shown(&arena, &analysed, named)))
}

fn shown(arena: &Arena, analysed: &Analysed, named: bool) -> AnalysisShown {
    let (analysis, setting) = (&analysed.analysis, named_setting(arena, analysed, named));
    let scheme = arena.board.scheme();
    let ability_codes: Vec<String> = scheme.abilities().iter().map(|ability| ability.code.clone()).collect();
    let judge_codes = analysed.observations.setting().judges.clone();
    let found = analysis::findings(analysis, &setting, &analysed.limits);
    let mut findings: Vec<FindingSeen> =
        found.iter().map(|finding| seen(finding, &setting, &ability_codes, &judge_codes)).collect();
    findings.sort_by_key(|finding| finding.theme as u8);
    let flags = |about: super::findings::AboutKind, code: &str| -> Vec<&'static str> {
        let of_this =
            findings.iter().filter(|finding| finding.about == about && finding.codes.iter().any(|it| it == code));
        of_this.map(|finding| finding.kind).collect()
    };
    use super::findings::AboutKind;
    let reader = Reader { setting: &setting, judge_codes: &judge_codes };
    let without = analysis.reliability.as_ref().map(|reliability| reliability.without.as_slice()).unwrap_or_default();
    let measures = analysis.facets.as_ref().map(|facets| facets.judges.as_slice()).unwrap_or_default();
    let cells = analysed
        .observations
        .rows()
        .chunk_by(|one, other| (one.competitor, one.aspect) == (other.competitor, other.aspect));
    let competitors = analysed.observations.rows().chunk_by(|one, other| one.competitor == other.competitor);
    AnalysisShown {
        state: arena.state,
        provisional: !matches!(arena.state, ContestState::Review | ContestState::Final),
        position: analysed.position,
        as_of: analysed.at.into(),
        competitors: competitors.count(),
        marks: cells.count(),
        again: analysed.again,
        reliability: reliability_seen(&analysis.reliability),
        aspects: (analysis.aspects.iter().enumerate())
            .map(|(at, (aspect, figures))| {
                let of_scheme = &scheme.aspects()[*aspect as usize];
                let flags =
                    flags(AboutKind::Aspect, &of_scheme.code).into_iter().filter(|kind| *kind != "machine_disagrees");
                aspect_seen(arena, of_scheme, figures, without.get(at).copied().flatten(), flags.collect())
            })
            .collect(),
        judges: (analysis.judges.iter())
            .map(|figures| {
                let at = figures.judge as usize;
                let planned = arena.plan.judges.get(at);
                let measure = measures.iter().find(|measure| measure.of == figures.judge);
                JudgeAnalysed {
                    name: planned.filter(|_| named).map(|judge| judge.person_name.clone()),
                    venue: (planned.and_then(|judge| arena.plan.venue(&judge.venue)))
                        .map(|venue| venue.name.clone())
                        .unwrap_or_default(),
                    flags: flags(AboutKind::Judge, &judge_code(at)),
                    ..judge_seen(figures, measure, analysis.facets.as_ref().err().copied())
                }
            })
            .collect(),
        panels: analysis.panels.iter().map(|panel| reader.panel(panel)).collect(),
        agreement: agreement_seen(analysed),
        facets: facets_seen(analysed),
        drift: analysis.drift.into(),
        hours: analysis.hours.iter().map(hour_seen).collect(),
        venues: (analysis.venues.iter())
            .map(|figures| reader.venue(figures, flags(AboutKind::Venue, &figures.venue.to_string())))
            .collect(),
        machine: (analysis.machine.iter())
            .map(|figures| {
                let code = &setting.aspects[figures.aspect as usize].code;
                let flags = flags(AboutKind::Aspect, code).into_iter().filter(|kind| *kind == "machine_disagrees");
                reader.machine(figures, flags.collect())
            })
            .collect(),
        abilities: (analysis.abilities.iter())
            .map(|(ability, figures)| {
                let code = &ability_codes[*ability as usize];
                ability_seen(code, &setting.abilities[*ability as usize], figures, flags(AboutKind::Ability, code))
            })
            .collect(),
        findings,
    }
}

/// What judges are called in sentences.
fn named_setting(arena: &Arena, analysed: &Analysed, named: bool) -> Setting {
    let mut setting = analysed.observations.setting().clone();
    if named {
        let names: Vec<&str> = arena.plan.judges.iter().map(|judge| judge.person_name.as_str()).collect();
        // Judges may have joined since the figures were worked out; those keep their places.
        for (label, name) in setting.judges.iter_mut().zip(told_apart(&names)) {
            *label = name;
        }
    }
    setting
}

fn reliability_seen(found: &Result<Reliability, Lack>) -> ReliabilitySeen {
    let of = |figure: fn(&Reliability) -> (f64, Option<Interval>)| match found {
        Ok(found) => {
            let (value, interval) = figure(found);
            Figure::with(value, interval)
        }
        Err(lack) => Figure::lacking(*lack),
    };
    ReliabilitySeen {
        alpha: of(|found| (found.alpha, Some(found.interval))),
        error: of(|found| (found.error, None)),
        deviation: of(|found| (found.deviation, None)),
        competitors: found.as_ref().map_or(0, |found| found.competitors),
        left_out: found.as_ref().map_or(0, |found| found.left_out),
    }
}

fn aspect_seen(
    arena: &Arena,
    aspect: &marking::Aspect,
    figures: &AspectFigures,
    alpha_without: Option<f64>,
    flags: Vec<&'static str>,
) -> AspectSeen {
    AspectSeen {
        code: aspect.code.clone(),
        name: (&aspect.name).into(),
        module: arena.board.scheme().module(aspect.module).map(|module| module.code.clone()).unwrap_or_default(),
        r#type: aspect.kind.aspect_type().code().to_owned(),
        count: figures.count,
        difficulty: figures.difficulty,
        full: figures.full,
        zero: figures.zero,
        item_rest: match figures.item_rest {
            Ok(value) => Figure::with(value, figures.item_rest_interval()),
            Err(lack) => Figure::lacking(lack),
        },
        upper_lower: figures.upper_lower.into(),
        alpha_without,
        flags,
    }
}

fn judge_seen(figures: &JudgeFigures, measure: Option<&Measure>, lack: Option<Lack>) -> JudgeAnalysed {
    JudgeAnalysed {
        code: judge_code(figures.judge as usize),
        name: None,
        venue: Text::default(),
        compared: figures.marks,
        deviation: figures.deviation.into(),
        wander: figures.wander.into(),
        follows: figures.follows.into(),
        drift: figures.drift.into(),
        severity: match (measure, lack) {
            (Some(measure), _) => {
                let half = NORMAL_95 * measure.error;
                Figure::with(measure.logits, Some(Interval::around(measure.logits, half)))
            }
            (None, lack) => Figure::lacking(lack.unwrap_or(Lack::OnlyExtremes)),
        },
        infit: measure.and_then(|measure| measure.fit).map(|fit| fit.infit),
        outfit: measure.and_then(|measure| measure.fit).map(|fit| fit.outfit),
        subset: measure.map(|measure| measure.subset),
        flags: Vec::new(),
    }
}

/// The 97.5th percentile of the normal distribution, which measures of maximum likelihood follow for many ratings.
const NORMAL_95: f64 = 1.959_963_984_540_054;

struct Reader<'a> {
    setting: &'a Setting,
    judge_codes: &'a [String],
}

impl Reader<'_> {
    fn panel(&self, figures: &PanelFigures) -> PanelSeen {
        let form = |of: fn(&analysis::icc::IccForms) -> Option<analysis::icc::Icc>| match &figures.icc {
            Ok(forms) => match of(forms) {
                Some(form) => Figure::with(form.value, form.interval),
                None => Figure::lacking(Lack::NoVariance),
            },
            Err(lack) => Figure::lacking(*lack),
        };
        PanelSeen {
            judges: figures.judges.iter().filter_map(|at| self.judge_codes.get(*at as usize).cloned()).collect(),
            aspects: figures.aspects.iter().map(|at| self.setting.aspects[*at as usize].code.clone()).collect(),
            competitors: figures.icc.as_ref().map_or(0, |forms| forms.competitors),
            agreement: form(|forms| forms.agreement),
            mean_agreement: form(|forms| forms.mean_agreement),
            mean_consistency: form(|forms| forms.mean_consistency),
        }
    }

    fn venue(&self, figures: &VenueFigures, flags: Vec<&'static str>) -> VenueSeen {
        let name = (&self.setting.venues[figures.venue as usize]).into();
        VenueSeen { name, residual: figures.residual.into(), drift: figures.drift.into(), flags }
    }

    fn machine(&self, figures: &MachineFigures, flags: Vec<&'static str>) -> MachineSeen {
        let aspect = &self.setting.aspects[figures.aspect as usize];
        MachineSeen {
            code: aspect.code.clone(),
            name: (&aspect.name).into(),
            pairs: figures.pairs,
            agreed: figures.agreed,
            rate: Figure::with(figures.rate, Some(figures.interval)),
            difference: figures.difference.into(),
            flags,
        }
    }
}

fn agreement_seen(analysed: &Analysed) -> AgreementSeen {
    let found = &analysed.analysis.agreement;
    let of = |found: &Result<Krippendorff, Lack>| match found {
        Ok(found) => Figure::with(found.alpha, found.interval),
        Err(lack) => Figure::lacking(*lack),
    };
    AgreementSeen {
        nominal: of(&found.nominal),
        ordinal: of(&found.ordinal),
        interval: of(&found.interval),
        ratio: of(&found.ratio),
        units: found.interval.map_or(0, |found| found.units),
        marks: found.interval.map_or(0, |found| found.marks),
        seed: analysed.limits.bootstrap.seed,
        resamples: analysed.limits.bootstrap.resamples,
    }
}

fn facets_seen(analysed: &Analysed) -> FacetsSeen {
    match &analysed.analysis.facets {
        Ok(facets) => FacetsSeen {
            separation: facets.separation().ok_or(Lack::NoVariance).into(),
            ratings: facets.judges.iter().map(|judge| judge.ratings).sum(),
            subsets: facets.judges.iter().map(|judge| judge.subset).collect::<std::collections::BTreeSet<_>>().len(),
        },
        Err(lack) => FacetsSeen { separation: Figure::lacking(*lack), ratings: 0, subsets: 0 },
    }
}

fn hour_seen(figures: &HourFigures) -> HourSeen {
    HourSeen { hour: figures.hour, count: figures.count, residual: figures.residual.into() }
}

fn ability_seen(code: &str, name: &kernel::Text, figures: &AbilityFigures, flags: Vec<&'static str>) -> AbilitySeen {
    AbilitySeen {
        code: code.to_owned(),
        name: name.into(),
        aspects: figures.aspects,
        mean: figures.mean,
        quartiles: figures.quartiles,
        reliability: figures.reliability,
        flags,
    }
}
