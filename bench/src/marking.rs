//! From marks to ranking: a large contest in full, and one changed mark of it, against a plain recomputation.
//!
//! The peer is the program that one writes first: latest marks in a dense array; for a new ranking go through all of them,
//! make every mean and every sum, sort every list. It keeps no ids, rounds, verdicts or states, so it does less than the
//! board, and it runs on the same marks in the same process. Both must agree on every rank, or the run fails.

use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use ::marking::*;
use anyhow::ensure;
use kernel::{AccountId, Mark, Rng, Text};
use serde_json::json;

const MODULES: usize = 5;
const ABILITIES: usize = 6;
const GROUPS: usize = 3;
const TEAM_SIZE: usize = 5;
/// What the issue asks for.
const FULL_RANKING_MS_MOST: f64 = 20.0;
const ONE_MARK_US_MOST: f64 = 200.0;

#[derive(clap::Args)]
pub struct Options {
    #[arg(long, default_value_t = 500)]
    competitors: usize,
    #[arg(long, default_value_t = 120)]
    aspects: usize,
    #[arg(long, default_value_t = 5)]
    judges: usize,
    /// Changed marks, one after the other.
    #[arg(long, default_value_t = 20_000)]
    changes: usize,
    /// How often each full computation is timed; the median counts.
    #[arg(long, default_value_t = 21)]
    repeats: usize,
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

pub fn run(options: &Options) -> anyhow::Result<()> {
    ensure!(options.judges >= 3, "a panel that drops extremes needs at least three judges");
    ensure!(options.competitors > 0 && options.aspects >= MODULES && options.repeats > 0 && options.changes > 0);
    let (competitors, aspects, judges) = (options.competitors, options.aspects, options.judges);
    println!("{competitors} competitors x {aspects} aspects x {judges} judges, seed {}", options.seed);

    let scheme = scheme(aspects, judges)?;
    let field = field(&scheme, competitors)?;
    let mut rng = Rng::from_seed(options.seed);
    let seats = Seats::new(judges);
    let mut plain = Plain::new(&scheme, &field, judges);
    let mut events = Vec::with_capacity(competitors * aspects * judges);
    for entry in field.entry_ixs() {
        // Some competitors are better than others, so that marks spread as they do in a contest.
        let skill = (6.0 + 1.5 * rng.gauss()).clamp(1.0, 9.5);
        for aspect in scheme.aspect_ixs() {
            for judge in 0..judges {
                let tenths = (skill * 4.0 + 3.0 * rng.gauss()).round().clamp(0.0, 40.0) as i64;
                events.push(seats.give(
                    &mut plain,
                    events.len(),
                    entry,
                    aspect,
                    judge,
                    Mark::from_hundredths(tenths * 10),
                ));
            }
        }
    }
    rng.shuffle(&mut events);

    let replay = median(options.repeats, || {
        let (board, refused) = Board::replay(scheme.clone(), field.clone(), &events);
        assert!(refused.is_empty());
        board
    });
    let (mut board, _) = Board::replay(scheme.clone(), field.clone(), &events);
    let full = median(options.repeats, || {
        board.recount();
        board.ranking().next()
    });
    let plain_full = median(options.repeats, || plain.rank());
    ensure!(plain.agrees(&board), "the board and the plain computation disagree on a rank");
    let sentences = median(options.repeats, || field.entry_ixs().map(|entry| board.why(entry).en.len()).sum::<usize>());

    let mut changed_us = Vec::with_capacity(options.changes);
    let (mut moved, mut plain_us) = (0, Vec::new());
    for at in 0..options.changes {
        let entry = EntryIx(rng.below(competitors as u64) as u32);
        let aspect = AspectIx(rng.below(aspects as u64) as u32);
        let judge = rng.below(judges as u64) as usize;
        let marks = Mark::from_hundredths(rng.below(41) as i64 * 10);
        let event = seats.give(&mut plain, events.len() + at, entry, aspect, judge, marks);
        let begun = Instant::now();
        let changes = board.apply(&event)?;
        changed_us.push(begun.elapsed().as_secs_f64() * 1e6);
        moved += changes.ranks.overall.len();
        // The peer answers now and then: a few hundred times give its median, all of them would take minutes.
        if at % (options.changes / 100).max(1) == 0 {
            let begun = Instant::now();
            black_box(plain.rank());
            plain_us.push(begun.elapsed().as_secs_f64() * 1e6);
            ensure!(plain.agrees(&board), "the board and the plain computation disagree after change {at}");
        }
    }
    changed_us.sort_unstable_by(f64::total_cmp);
    plain_us.sort_unstable_by(f64::total_cmp);
    let at = |share: f64| changed_us[((changed_us.len() - 1) as f64 * share) as usize];
    let (p50, p99, max) = (at(0.5), at(0.99), at(1.0));
    let plain_one = plain_us[plain_us.len() / 2];

    println!("full ranking from the given marks   {full:9.3} ms   (plain {plain_full:.3} ms)");
    println!("replay of {} events             {replay:9.3} ms", events.len());
    println!("a sentence for each rank            {sentences:9.3} ms");
    println!("one changed mark   p50 {p50:.2} us, p99 {p99:.2} us, max {max:.2} us   (plain {plain_one:.0} us)");
    println!("ranks moved by one mark, mean       {:9.1}", moved as f64 / options.changes as f64);
    println!("peer / board, one changed mark      {:9.0}", plain_one / p50);
    let round = |figure: f64| (figure * 1000.0).round() / 1000.0;
    let figures = json!({
        "bench": "marking",
        "competitors": competitors, "aspects": aspects, "judges": judges, "marks": events.len(), "seed": options.seed,
        "full_ranking_ms": round(full), "replay_ms": round(replay), "sentences_ms": round(sentences),
        "one_mark_us": {"p50": round(p50), "p99": round(p99), "max": round(max)},
        "peer": {"name": "plain recomputation", "full_ranking_ms": round(plain_full), "one_mark_us": round(plain_one)},
        "ratios": {
            "full_ranking": round(plain_full / full),
            "one_mark_p50": round(plain_one / p50),
            "one_mark_p99": round(plain_one / p99),
        },
        "targets": {
            "full_ranking_ms": FULL_RANKING_MS_MOST, "one_mark_us": ONE_MARK_US_MOST,
            "met": full <= FULL_RANKING_MS_MOST && p99 <= ONE_MARK_US_MOST,
        },
    });
    println!("{figures}");
    Ok(())
}

/// The median time of `work`, in milliseconds.
fn median<T>(repeats: usize, mut work: impl FnMut() -> T) -> f64 {
    let mut times: Vec<f64> = (0..repeats)
        .map(|_| {
            let begun = Instant::now();
            let made = black_box(work());
            let elapsed_ms = begun.elapsed().as_secs_f64() * 1e3;
            // Taking a board apart is no part of building it.
            drop(made);
            elapsed_ms
        })
        .collect();
    times.sort_unstable_by(f64::total_cmp);
    times[times.len() / 2]
}

fn word(text: String) -> Text {
    Text::new(text.clone(), text)
}

/// Panels that drop the extremes, five modules, each aspect in one or two abilities, a chain of ties to its end.
fn scheme(aspects: usize, judges: usize) -> anyhow::Result<Arc<Scheme>> {
    let named = |what: &str, at: usize| NamedDraft { code: format!("{what}{at}"), name: word(format!("{what}{at}")) };
    let panel = Panel { judges: judges as u32, drop_extremes: true, step: Mark::from_hundredths(10) };
    let aspect = |at: usize| AspectDraft {
        code: format!("X{at}"),
        name: word(format!("X{at}")),
        max: Mark::from_hundredths(400),
        abilities: (0..1 + at % 2).map(|more| format!("ability{}", (at + more * 2) % ABILITIES)).collect(),
        kind: AspectKind::Panel(panel.clone()),
    };
    let module = |m: usize| ModuleDraft {
        code: format!("M{m}"),
        name: word(format!("M{m}")),
        minutes: None,
        criteria: vec![CriterionDraft {
            code: format!("M{m}1"),
            name: word(format!("M{m}1")),
            aspects: (m * aspects / MODULES..(m + 1) * aspects / MODULES).map(aspect).collect(),
            sub_criteria: None,
        }],
    };
    let mut ties: Vec<TieDraft> = (0..MODULES).map(|m| TieDraft::Module(format!("M{m}"))).collect();
    ties.extend([TieDraft::Practice, TieDraft::Theory, TieDraft::Time]);
    let draft = SchemeDraft {
        code: "bench".into(),
        version: 1,
        title: word("bench".into()),
        abilities: (0..ABILITIES).map(|at| named("ability", at)).collect(),
        groups: (0..GROUPS).map(|at| named("group", at)).collect(),
        modules: (0..MODULES).map(module).collect(),
        ranking: RankingDraft { ties, shared: true },
        teams: TeamRule { total: TeamTotal::Sum, then_time: true },
    };
    Ok(Arc::new(draft.check().map_err(|faults| anyhow::anyhow!("{}", faults[0]))?))
}

fn field(scheme: &Scheme, competitors: usize) -> anyhow::Result<Field> {
    let teams = (0..competitors.div_ceil(TEAM_SIZE))
        .map(|at| Ok(TeamSeat { id: format!("tea_{at}").parse()?, name: word(format!("T{at}")) }))
        .collect::<anyhow::Result<_>>()?;
    let entries = (0..competitors)
        .map(|at| {
            Ok(EntrySeat {
                id: format!("ent_{at}").parse()?,
                number: format!("N{at:05}"),
                group: Some(GroupIx((at % GROUPS) as u32)),
                team: Some(TeamIx((at / TEAM_SIZE) as u32)),
            })
        })
        .collect::<anyhow::Result<_>>()?;
    Field::new(scheme, teams, entries).map_err(|faults| anyhow::anyhow!("{}", faults[0]))
}

/// The judges: what they give becomes an event, and the peer is told the same.
struct Seats {
    judges: Vec<AccountId>,
}

impl Seats {
    fn new(judges: usize) -> Self {
        let id = |at: usize| format!("acc_{at:020}").parse().expect("digits make an id");
        Self { judges: (0..judges).map(id).collect() }
    }

    fn give(
        &self,
        plain: &mut Plain,
        position: usize,
        entry: EntryIx,
        aspect: AspectIx,
        judge: usize,
        marks: Mark,
    ) -> Event {
        plain.give(entry, aspect, judge, marks);
        Event::Given {
            position: Position(position as i64),
            mark: format!("mrk_{position:020}").parse().expect("digits make an id"),
            entry,
            aspect,
            judge: self.judges[judge].clone(),
            round: 1,
            value: GivenValue::Marks(marks),
            replaces: None,
        }
    }
}

/// The peer: marks in an array, everything made anew.
struct Plain {
    judges: usize,
    aspects: usize,
    /// Entry by entry, aspect by aspect, judge by judge, in hundredths.
    marks: Vec<i64>,
    modules: Vec<usize>,
    abilities: Vec<Vec<usize>>,
    groups: Vec<usize>,
    teams: Vec<usize>,
}

#[derive(PartialEq)]
struct PlainRanks {
    overall: Vec<u32>,
    group: Vec<u32>,
    modules: Vec<Vec<u32>>,
    abilities: Vec<Vec<u32>>,
    teams: Vec<u32>,
}

impl Plain {
    fn new(scheme: &Scheme, field: &Field, judges: usize) -> Self {
        let aspects = scheme.aspects();
        Self {
            judges,
            aspects: aspects.len(),
            marks: vec![0; field.entries().len() * aspects.len() * judges],
            modules: aspects.iter().map(|aspect| aspect.module.index()).collect(),
            abilities: aspects.iter().map(|aspect| aspect.abilities.iter().map(|it| it.index()).collect()).collect(),
            groups: field.entries().iter().map(|entry| entry.group.map_or(0, GroupIx::index)).collect(),
            teams: field.entries().iter().map(|entry| entry.team.map_or(0, TeamIx::index)).collect(),
        }
    }

    fn give(&mut self, entry: EntryIx, aspect: AspectIx, judge: usize, marks: Mark) {
        self.marks[(entry.index() * self.aspects + aspect.index()) * self.judges + judge] = marks.hundredths();
    }

    fn rank(&self) -> PlainRanks {
        let competitors = self.groups.len();
        let mut totals = vec![0i64; competitors];
        let mut modules = vec![vec![0i64; competitors]; MODULES];
        let mut abilities = vec![vec![0i64; competitors]; ABILITIES];
        let mut teams = vec![0i64; self.teams.iter().max().map_or(0, |last| last + 1)];
        for (at, given) in self.marks.chunks_exact(self.judges).enumerate() {
            let (entry, aspect) = (at / self.aspects, at % self.aspects);
            let sum: i64 = given.iter().sum();
            let (low, high) = (given.iter().min().unwrap_or(&0), given.iter().max().unwrap_or(&0));
            let n = self.judges as i64 - 2;
            let mark = (sum - low - high + n / 2) / n;
            totals[entry] += mark;
            modules[self.modules[aspect]][entry] += mark;
            for ability in &self.abilities[aspect] {
                abilities[*ability][entry] += mark;
            }
            teams[self.teams[entry]] += mark;
        }
        // Theory and time are the same for all here; practice is the total.
        let key = |entry: usize| {
            let mut key = [0i64; 1 + MODULES];
            key[0] = totals[entry];
            for (at, module) in modules.iter().enumerate() {
                key[1 + at] = module[entry];
            }
            key
        };
        let keys: Vec<_> = (0..competitors).map(key).collect();
        let mut group = vec![0; competitors];
        for g in 0..GROUPS {
            let members: Vec<usize> = (0..competitors).filter(|entry| self.groups[*entry] == g).collect();
            let among: Vec<_> = members.iter().map(|entry| keys[*entry]).collect();
            for (member, rank) in members.iter().zip(ranks(&among)) {
                group[*member] = rank;
            }
        }
        PlainRanks {
            overall: ranks(&keys),
            group,
            modules: modules.iter().map(|marks| ranks(marks)).collect(),
            abilities: abilities.iter().map(|marks| ranks(marks)).collect(),
            teams: ranks(&teams),
        }
    }

    fn agrees(&self, board: &Board) -> bool {
        let (scheme, field) = (board.scheme(), board.field());
        let of = |rank: &dyn Fn(EntryIx) -> Option<u32>| -> Vec<u32> {
            field.entry_ixs().map(|entry| rank(entry).unwrap_or(0)).collect()
        };
        let theirs = PlainRanks {
            overall: of(&|entry| board.rank(entry)),
            group: of(&|entry| board.group_rank(entry)),
            modules: scheme.module_ixs().map(|module| of(&|entry| board.module_rank(entry, module))).collect(),
            abilities: scheme.ability_ixs().map(|ability| of(&|entry| board.ability_rank(entry, ability))).collect(),
            teams: field.team_ixs().map(|team| board.team_rank(team).unwrap_or(0)).collect(),
        };
        self.rank() == theirs
    }
}

/// Greater is better; equals share a rank.
fn ranks<K: Ord>(keys: &[K]) -> Vec<u32> {
    let mut order: Vec<usize> = (0..keys.len()).collect();
    order.sort_unstable_by(|a, b| keys[*b].cmp(&keys[*a]));
    let mut ranks = vec![0; keys.len()];
    for (at, who) in order.iter().enumerate() {
        ranks[*who] = match at.checked_sub(1).map(|last| order[last]) {
            Some(last) if keys[last] == keys[*who] => ranks[last],
            _ => at as u32 + 1,
        };
    }
    ranks
}
