//! A whole contest made up from a seed, with faults put into it: the sentences name them, and nobody else.

mod common;

use analysis::{About, Analysis, By, Kind, Limits, Observation, Observations, analyse};
use common::{ASPECTS, setting};
use kernel::{Mark, Rng};

const TOO_EASY: u32 = 3;
const TOO_HARD: u32 = 4;
const CONTRARY: u32 = 5;
const BY_CHANCE: u32 = 6;
/// The referee marks these two also: the first as judges do, the second differently.
const MACHINE_AGREES: u32 = 7;
const MACHINE_DIFFERS: u32 = 8;

const SEVERE: u32 = 1;
const LENIENT: u32 = 2;
const ERRATIC: u32 = 3;

/// 77 competitors in two halls; five judges mark each of 14 aspects from 0 to 3. Whole marks, so that they are levels.
fn contest(seed: u64) -> Vec<Observation> {
    let mut rng = Rng::from_seed(seed);
    let mut rows = Vec::new();
    for competitor in 0..77u32 {
        let (ability, venue) = (rng.gauss(), competitor % 2);
        let in_hall = if venue == 1 { -0.5 } else { 0.5 };
        for aspect in 0..ASPECTS {
            let own = 0.4 * rng.gauss();
            let level = |judge: u32, rng: &mut Rng| -> i64 {
                let by_judge = match judge {
                    SEVERE => -0.6,
                    LENIENT => 0.6,
                    _ => 0.0,
                };
                let noise = if judge == ERRATIC { 1.8 * rng.gauss() } else { 0.3 * rng.gauss() };
                let by_aspect = match aspect {
                    TOO_EASY => 2.6,
                    TOO_HARD => -2.6,
                    _ => 0.0,
                };
                let strength = match aspect {
                    CONTRARY => -ability,
                    BY_CHANCE => 0.0,
                    _ => ability,
                };
                (1.5 + strength + own + in_hall + by_judge + by_aspect + noise).round().clamp(0.0, 3.0) as i64
            };
            let at_ms = i64::from(competitor) * 400_000 + i64::from(aspect) * 20_000;
            let row = |by: By, level: i64| Observation {
                competitor,
                aspect,
                by,
                mark: Mark::from_hundredths(level * 100),
                venue,
                at_ms,
            };
            let judges: Vec<i64> = (0..5).map(|judge| level(judge, &mut rng)).collect();
            rows.extend((0..5).zip(&judges).map(|(judge, level)| row(By::Judge(judge), *level)));
            // The referee's rule asks for the panel's mean mark; on one aspect it is a level short as a rule.
            let mean = Mark::from_hundredths(judges.iter().sum::<i64>() * 20);
            match aspect {
                MACHINE_AGREES => rows.push(Observation { mark: mean, ..row(By::Machine, 0) }),
                MACHINE_DIFFERS => {
                    let short = if rng.below(4) == 0 {
                        mean
                    } else {
                        (mean - Mark::from_hundredths(100)).clamp(Mark::ZERO, mean)
                    };
                    rows.push(Observation { mark: short, ..row(By::Machine, 0) });
                }
                _ => {}
            }
        }
    }
    rows
}

fn analysed(rows: Vec<Observation>) -> Analysis {
    analyse(&Observations::new(setting(), rows).unwrap(), &Limits::default())
}

fn about(analysis: &Analysis, kind: Kind) -> Vec<About> {
    analysis.findings.iter().filter(|found| found.kind == kind).map(|found| found.about.clone()).collect()
}

#[test]
fn each_fault_is_found_and_named() {
    let analysis = analysed(contest(2026));
    let found = |kind| about(&analysis, kind);
    assert_eq!(found(Kind::TooEasy), [About::Aspect(TOO_EASY)]);
    assert_eq!(found(Kind::TooHard), [About::Aspect(TOO_HARD)]);
    assert_eq!(found(Kind::Contradicts), [About::Aspect(CONTRARY)]);
    assert_eq!(found(Kind::DoesNotDiscriminate), [About::Aspect(BY_CHANCE)]);
    assert_eq!(found(Kind::MachineDisagrees), [About::Aspect(MACHINE_DIFFERS)]);
    assert_eq!(found(Kind::Severe), [About::Judge(SEVERE)]);
    assert_eq!(found(Kind::Lenient), [About::Judge(LENIENT)]);
    assert_eq!(found(Kind::Erratic), [About::Judge(ERRATIC)]);
    assert_eq!(found(Kind::VenueDiffers), [About::Venue(0), About::Venue(1)]);
    assert_eq!(found(Kind::JudgeDrifts), []);
    let facets = analysis.facets.as_ref().unwrap();
    assert_eq!((facets.competitors.len(), facets.aspects.len(), facets.judges.len()), (77, 14, 5));
    assert!(facets.judges.iter().all(|judge| judge.subset == 0));
    let severest = facets.judges.iter().max_by(|one, other| one.logits.total_cmp(&other.logits)).unwrap();
    assert_eq!(severest.of, SEVERE);
}

/// Each sentence holds its figure and its limit, in both languages, and what it says of the interval is so.
#[test]
fn sentences_follow_from_figures() {
    let analysis = analysed(contest(2026));
    for finding in &analysis.findings {
        assert!(finding.text.zh.contains("（界限 ") && finding.text.zh.ends_with('。'), "{}", finding.text.zh);
        assert!(finding.text.en.contains("(limit ") && finding.text.en.ends_with('.'), "{}", finding.text.en);
        assert!(finding.text.zh.contains(finding.limit.source.zh) && finding.text.en.contains(finding.limit.source.en));
        let doubt = finding.interval.is_some() && !finding.certain;
        assert_eq!(finding.text.zh.contains("还不能肯定"), doubt, "{}", finding.text.zh);
        assert_eq!(finding.text.en.contains("not certain"), doubt, "{}", finding.text.en);
    }
    let easy = analysis.findings.iter().find(|finding| finding.kind == Kind::TooEasy).unwrap();
    assert!(easy.text.zh.starts_with("评分项 A3“评分项3”太容易：平均得分率 9"), "{}", easy.text.zh);
    assert!(easy.text.en.starts_with("Aspect A3 “aspect 3” is too easy: the field has 9"), "{}", easy.text.en);
}

/// A contest without judges, one competitor, one aspect, or nothing at all: every figure says why it is not there.
#[test]
fn a_little_is_not_enough_and_says_so() {
    let rows = contest(1);
    for keep in [
        Box::new(|_: &Observation| false) as Box<dyn Fn(&Observation) -> bool>,
        Box::new(|row| row.competitor == 0),
        Box::new(|row| row.competitor == 0 && row.aspect == 0),
        Box::new(|row| row.aspect == 0),
        Box::new(|row| row.by == By::Judge(0)),
        Box::new(|row| row.by == By::Machine),
    ] {
        let analysis = analysed(rows.iter().filter(|row| keep(row)).copied().collect());
        assert!(!format!("{analysis:?}").contains("NaN"));
        assert!(analysis.agreement.interval.is_err() || analysis.judges.len() > 1);
        for lack in [analysis.reliability.as_ref().err(), analysis.facets.as_ref().err(), analysis.drift.as_ref().err()]
        {
            assert!(lack.is_none_or(|lack| !lack.text().zh.is_empty() && !lack.text().en.is_empty()));
        }
    }
}

#[test]
fn all_faults_of_the_input_at_once() {
    let mut setting = setting();
    setting.aspects[0].max = Mark::ZERO;
    setting.aspects[1].steps = 0;
    setting.aspects[2].abilities = vec![0, 9];
    let mut rows = contest(1)[..10].to_vec();
    rows[0].aspect = 99;
    rows[6].mark = Mark::from_hundredths(301);
    rows[7].venue = 2;
    rows[8].by = By::Judge(5);
    rows[9] = rows[7];
    let faults = Observations::new(setting, rows).unwrap_err();
    let places: Vec<&str> = faults.iter().map(|fault| fault.place.as_str()).collect();
    // Aspect 0 has no maximum now, so that the other marks of it are above it.
    assert_eq!(places[..3], ["aspects[0].max", "aspects[1].steps", "aspects[2].abilities[1]"]);
    for place in [
        "observations[0].aspect",
        "observations[6].mark",
        "observations[7].venue",
        "observations[8].by",
        "observations[9].by",
        "observations[9].venue",
    ] {
        assert!(places.contains(&place), "{place} {places:?}");
    }
}
