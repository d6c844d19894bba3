//! A bank of questions to a plan, and a plan to papers: how long one who begins an exam waits for his.
//! `cargo run --release -p exam --example draw`; the last line is one JSON object.
//!
//! No peer: those that draw papers at all do it by a query of a database for each cell, without a common difficulty.
#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "a benchmark prints and reads the machine's clock")]

use std::hint::black_box;
use std::time::Instant;

use exam::paper::{Bank, BankItem, CellDraft, PaperDraft, Plan, SectionDraft, Target};
use exam::{Kind, Seed, Words};
use kernel::{Mark, Rng};

const ITEMS: u32 = 30_000;
const PAPERS: u32 = 5_000;
const TARGET: Target = Target { mean: 450, tolerance: 2 };
const KINDS: [Kind; 4] = [Kind::Single, Kind::Multiple, Kind::Judgement, Kind::Blank];
const ABILITIES: u64 = 5;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let items = items();
    let begun = Instant::now();
    let bank = black_box(Bank::new(items));
    let bank_ms = begun.elapsed().as_secs_f64() * 1000.0;
    // 4 kinds, 5 abilities, 5 questions of each: a paper of 100.
    let section = |kind: Kind| SectionDraft {
        title: Words::zh(kind.code()),
        cells: (0..ABILITIES).map(|ability| cell(kind, ability)).collect(),
    };
    let draft = PaperDraft::Drawn { sections: KINDS.map(section).to_vec(), shuffle: true, difficulty: Some(TARGET) };
    let begun = Instant::now();
    let plan = Plan::new(&bank, &draft, None).map_err(|faults| format!("{faults:?}"))?;
    let plan_ms = begun.elapsed().as_secs_f64() * 1000.0;
    let mut drawn_us = Vec::new();
    let (mut exchanges, mut off) = (0, 0);
    for attempt in 0..PAPERS {
        let seed = Seed::of(&[9; 32], "bench", &attempt.to_string());
        let begun = Instant::now();
        let paper = black_box(plan.draw(&seed))?;
        drawn_us.push(begun.elapsed().as_secs_f64() * 1e6);
        exchanges += paper.exchanges;
        off = off.max(paper.difficulty.abs_diff(TARGET.mean));
    }
    drawn_us.sort_by(f64::total_cmp);
    let at = |share: f64| drawn_us[((drawn_us.len() - 1) as f64 * share) as usize];
    let each = f64::from(exchanges) / f64::from(PAPERS);
    println!("{ITEMS} items indexed in {bank_ms:.1} ms, a plan of 20 cells in {plan_ms:.1} ms");
    println!("a paper of 100: median {:.1} us, 99 of 100 within {:.1} us", at(0.5), at(0.99));
    println!("difficulty off by {off} at most, {each:.1} exchanges a paper");
    println!(
        "{{\"bench\":\"exam\",\"items\":{ITEMS},\"bank_ms\":{bank_ms:.1},\"plan_ms\":{plan_ms:.1},\"draw_p50_us\":{:.1},\"draw_p99_us\":{:.1},\
         \"off_most\":{off},\"exchanges\":{each:.2}}}",
        at(0.5),
        at(0.99)
    );
    Ok(())
}

fn cell(kind: Kind, ability: u64) -> CellDraft {
    CellDraft {
        ability: Some(format!("a{ability}")),
        kind: Some(kind.code().to_owned()),
        level: None,
        band: None,
        count: 5,
        marks: Mark::from_hundredths(100),
    }
}

fn items() -> Vec<BankItem> {
    let mut rng = Rng::from_seed(1);
    let item = |id: u32| BankItem {
        id: format!("q-{id}"),
        version: 1,
        kind: KINDS[rng.below(KINDS.len() as u64) as usize],
        level: Some(4),
        abilities: vec![format!("a{}", rng.below(ABILITIES))],
        difficulty: 100 + rng.below(800) as u16,
        marks: Mark::from_hundredths(100),
        takes_any_marks: true,
        variant_of: (id % 10 == 9).then(|| format!("q-{}", id - 1)),
        drawn: 0,
    };
    (0..ITEMS).map(item).collect()
}
