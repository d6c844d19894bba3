//! A large contest's marks to everything that is said about them, part by part: how long one who asks has to wait.
//!
//! No peer: nobody else's program gives these figures at once, and each is checked against one that gives it
//! (`crates/analysis/tests`).

use std::hint::black_box;
use std::time::Instant;

use ::analysis::facets::{Estimation, facets};
use ::analysis::krippendorff::Metric;
use ::analysis::{Aspect, By, Limits, Observation, Observations, Setting, analyse, panels, ratings};
use anyhow::{anyhow, ensure};
use kernel::{Mark, Rng, Text};
use serde_json::json;

#[derive(clap::Args)]
pub struct Options {
    #[arg(long, default_value_t = 500)]
    competitors: u32,
    #[arg(long, default_value_t = 120)]
    aspects: u32,
    /// Of each panel; there are two, one for each venue.
    #[arg(long, default_value_t = 5)]
    judges: u32,
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

pub fn run(options: &Options) -> anyhow::Result<()> {
    ensure!(options.competitors > 0 && options.aspects > 0 && options.judges > 0);
    let (setting, rows) = contest(options);
    let count = rows.len();
    println!(
        "{} competitors x {} aspects x {} judges: {count} marks",
        options.competitors, options.aspects, options.judges
    );
    let (observations, taken_ms) = timed(|| Observations::new(setting, rows));
    let observations = observations.map_err(|faults| anyhow!("{faults:?}"))?;
    let limits = Limits::default();
    let cells = observations.cells();
    let (_, model_ms) = timed(|| facets(&ratings(&observations, &limits), Estimation::Corrected));
    let (_, agreement_ms) = timed(|| panels::agreement(&cells, Metric::Interval, limits.bootstrap));
    let (analysis, all_ms) = timed(|| analyse(&observations, &limits));
    ensure!(analysis.facets.is_ok() && analysis.reliability.is_ok(), "a figure is missing");
    println!("checked and put in order            {taken_ms:9.0} ms");
    println!("many-facet Rasch model              {model_ms:9.0} ms");
    println!("Krippendorff's alpha, 1000 resamples{agreement_ms:9.0} ms");
    println!("everything                          {all_ms:9.0} ms");
    let figures = json!({
        "bench": "analysis", "marks": count, "seed": options.seed,
        "taken_ms": taken_ms.round(), "facets_ms": model_ms.round(), "agreement_ms": agreement_ms.round(),
        "everything_ms": all_ms.round(), "findings": analysis.findings.len(),
    });
    println!("{figures}");
    Ok(())
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let begun = Instant::now();
    let done = black_box(work());
    (done, begun.elapsed().as_secs_f64() * 1000.0)
}

/// Each venue has its panel; a third of the aspects are levels, a third panels' marks, a third yes or no.
fn contest(options: &Options) -> (Setting, Vec<Observation>) {
    let mut rng = Rng::from_seed(options.seed);
    let steps = |aspect: u32| [3, 40, 1][aspect as usize % 3];
    let setting = Setting {
        aspects: (0..options.aspects)
            .map(|at| Aspect {
                code: format!("A{at}"),
                name: Text::new(format!("评分项{at}"), format!("aspect {at}")),
                max: Mark::from_hundredths(400),
                steps: steps(at),
                abilities: vec![at % 6],
            })
            .collect(),
        judges: (0..2 * options.judges).map(|judge| format!("J{judge}")).collect(),
        venues: vec![Text::new("东", "East"), Text::new("西", "West")],
        abilities: (0..6).map(|at| Text::new(format!("能力{at}"), format!("ability {at}"))).collect(),
    };
    let severity: Vec<f64> = (0..2 * options.judges).map(|_| 0.06 * rng.gauss()).collect();
    let mut rows = Vec::new();
    for competitor in 0..options.competitors {
        let (skill, venue) = ((0.6 + 0.15 * rng.gauss()).clamp(0.05, 0.95), competitor % 2);
        for aspect in 0..options.aspects {
            let hardness = 0.2 * (f64::from(aspect % 7) / 6.0 - 0.5);
            for judge in venue * options.judges..(venue + 1) * options.judges {
                let seen = (skill - hardness - severity[judge as usize] + 0.16 * rng.gauss()).clamp(0.0, 1.0);
                let by_step = f64::from(steps(aspect));
                let mark = Mark::from_hundredths(((seen * by_step).round() / by_step * 400.0).round() as i64);
                let at_ms = i64::from(competitor / 20) * 3_600_000 + i64::from(aspect) * 25_000;
                rows.push(Observation { competitor, aspect, by: By::Judge(judge), mark, venue, at_ms });
            }
        }
    }
    (setting, rows)
}
