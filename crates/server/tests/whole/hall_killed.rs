//! The hall is killed under load: judges submit and a venue reports when the process dies, twice. What was acknowledged is there; what was
//! not is sent again under the same key and is there once; the board is the one that it was.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use serde_json::{Value, json};
use testkit::{eventually, postgres_database, temp_dir};

use crate::common::board::{Board, Spectator};
use crate::common::judge::{Ledger, mark_on, next_mark};
use crate::common::program::{Hall, migrate, sqlite_in};
use crate::common::stage::{COMPETITORS, STATIONS, Staged, stage};
use crate::common::telemeter::{self, Telemetry};
use crate::common::visitor::new_key;

/// Judges that submit while the hall dies.
const MARKING: usize = 3;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_survives_a_kill_under_load() {
    let folder = temp_dir();
    survives(&sqlite_in(folder.path())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_survives_a_kill_under_load_on_postgresql() {
    survives(&postgres_database().await.url).await;
}

async fn survives(database: &str) {
    migrate(database).await;
    let mut hall = Hall::open(database).await;
    let staged = Arc::new(stage(&hall.base()).await);
    let (ledger, telemetry) = (Arc::new(Ledger::default()), Arc::new(Telemetry::default()));
    let mut working = tokio::task::JoinSet::new();
    for judge in 0..MARKING {
        working.spawn(mark_on(staged.clone(), judge, ledger.clone()));
    }
    working.spawn(telemeter::report(hall.base(), staged.clone(), telemetry.clone()));

    for death in 1..=2 {
        let (marks, batches) = (ledger.count() + 30, telemetry.acknowledged.load(Ordering::SeqCst) + 30);
        let spectator = Spectator::follow(&hall.base(), &staged.overall(), "").await;
        eventually("the load is on", async || {
            ledger.count() >= marks && telemetry.acknowledged.load(Ordering::SeqCst) >= batches
        })
        .await;
        let (before, accepted, acknowledged) =
            (spectator.board(), ledger.all(), telemetry.acknowledged.load(Ordering::SeqCst));
        hall.program.kill();
        hall.reopen().await;

        // Each mark stands where the hall said that it stands: sent again under a new key it is known by its id.
        for one in &accepted {
            let sent = json!({"marks": [one.mark]});
            let (status, answer) =
                staged.judges[one.judge].try_post(&staged.path("/marks"), &new_key(), &sent).await.unwrap();
            assert_eq!(
                (status, answer["accepted"][0]["position"].as_i64()),
                (200, Some(one.position)),
                "death {death}: {answer}"
            );
        }
        let far = telemeter::batch(1_000_000);
        let (status, answer) = telemeter::send(&hall.base(), &staged, far).await.unwrap();
        assert_eq!((status, &answer["code"]), (409, &json!("telemetry_gap")), "{answer}");
        assert!(
            answer["next"].as_u64().unwrap() > acknowledged,
            "death {death}: acknowledged {acknowledged}, {answer}"
        );
        let after = Spectator::follow(&hall.base(), &staged.overall(), "").await.board();
        no_step_back(&before, &after);
    }
    assert!(
        ledger.repeated.load(Ordering::SeqCst) + telemetry.repeated.load(Ordering::SeqCst) > 0,
        "nobody met the death"
    );

    // The work goes on, and ends.
    let (marks, batches) = (ledger.count() + 20, telemetry.acknowledged.load(Ordering::SeqCst) + 20);
    eventually("the work goes on", async || {
        ledger.count() >= marks && telemetry.acknowledged.load(Ordering::SeqCst) >= batches
    })
    .await;
    ledger.enough.store(true, Ordering::SeqCst);
    telemetry.enough.store(true, Ordering::SeqCst);
    while let Some(ended) = working.join_next().await {
        ended.unwrap();
    }
    let positions: BTreeSet<i64> = ledger.all().iter().map(|one| one.position).collect();
    assert_eq!(positions.len(), ledger.count(), "every mark has a place of its own");
    let verdicts = settled(&staged).await;
    let last = telemetry.acknowledged.load(Ordering::SeqCst);
    samples_are_complete(&staged, last).await;
    for run in &staged.runs {
        let cycles: Vec<&String> =
            verdicts.iter().filter(|told| told.contains(run) && told.contains("grip-force")).collect();
        assert_eq!(cycles.len() as u64, last / 10, "each cycle of {run} was judged once; {last} samples, {cycles:#?}");
    }

    let spectator = Spectator::follow(&hall.base(), &staged.overall(), "").await;
    eventually("the board shows all verdicts", async || spectator.board().keys["s"]["verdicts"] == verdicts.len())
        .await;
    let before = stands_still(&spectator).await;
    hall.program.kill();
    hall.reopen().await;
    let spectator = Spectator::follow(&hall.base(), &staged.overall(), "").await;
    let after = stands_still(&spectator).await;
    assert_eq!(before.lasting(), after.lasting());
    assert_eq!(settled(&staged).await, verdicts, "a restart judges nothing twice");
}

/// The public board was frozen: a kill must not show what it hides, nor lose what came meanwhile.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_frozen_board_is_frozen_after_a_kill_too() {
    let folder = temp_dir();
    let database = sqlite_in(folder.path());
    migrate(&database).await;
    let mut hall = Hall::open(&database).await;
    let staged = stage(&hall.base()).await;
    let submit = async |judge: usize| {
        let mark = next_mark(&staged, &staged.judges[judge]).await;
        staged.judges[judge].post(&staged.path("/marks"), json!({"marks": [mark]})).await;
    };
    let control = format!("/live/staff/contests/{}/overall", staged.contest);
    submit(0).await;
    let public = Spectator::follow(&hall.base(), &staged.overall(), "").await;
    eventually("the first mark is shown", async || public.board().marks() == 1).await;
    staged.chief.post(&staged.path("/state"), json!({"to": "frozen", "reason": "封榜"})).await;
    eventually("the board is frozen", async || public.board().keys["h"]["state"] == "frozen").await;
    submit(1).await;
    let staff = Spectator::follow(&hall.base(), &control, &staged.chief.cookie).await;
    eventually("staff see the second mark", async || staff.board().marks() == 2).await;
    let frozen = public.board();
    assert_eq!(frozen.marks(), 1);

    hall.program.kill();
    hall.reopen().await;
    let public = Spectator::follow(&hall.base(), &staged.overall(), "").await;
    let staff = Spectator::follow(&hall.base(), &control, &staged.chief.cookie).await;
    eventually("staff see both marks again", async || staff.board().marks() == 2).await;
    assert_eq!(stands_still(&public).await.lasting(), frozen.lasting());
    staged.chief.post(&staged.path("/state"), json!({"to": "live", "reason": "揭榜"})).await;
    eventually("the board shows what it had hidden", async || public.board().marks() == 2).await;
}

/// All that the board knew it still knows.
fn no_step_back(before: &Board, after: &Board) {
    assert_eq!(before.keys["h"]["contest"], after.keys["h"]["contest"]);
    let entries = |board: &Board| -> BTreeMap<String, Value> {
        board
            .keys
            .iter()
            .filter(|(key, _)| key.starts_with("e/"))
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect()
    };
    assert_eq!(entries(before).len(), COMPETITORS);
    assert_eq!(entries(before), entries(after));
    let done = after.done();
    for (row, count) in before.done() {
        assert!(done[&row] >= count, "{row}: {count} aspects were done, now {}", done[&row]);
    }
    assert!(after.marks() >= before.marks(), "{} marks, now {}", before.marks(), after.marks());
}

/// The board once it has not moved for a second's worth of looks: the hall tells its spread each second.
async fn stands_still(spectator: &Spectator) -> Board {
    let (mut last, mut since) = (spectator.board().lasting(), std::time::Instant::now());
    eventually("the board stands still", async || {
        let now = spectator.board().lasting();
        if now != last {
            (last, since) = (now, std::time::Instant::now());
        }
        since.elapsed().as_millis() > 2_500
    })
    .await;
    spectator.board()
}

/// What the referee has found of all runs, once it has judged all samples; none of it twice.
async fn settled(staged: &Staged) -> BTreeSet<String> {
    let (mut count, mut since) = (0, std::time::Instant::now());
    let mut found = Vec::new();
    eventually("the referee has judged everything", async || {
        found = staged.chief.list(&staged.path("/verdicts")).await;
        if found.len() != count {
            (count, since) = (found.len(), std::time::Instant::now());
        }
        count > 0 && since.elapsed().as_millis() > 2_500
    })
    .await;
    let told: BTreeSet<String> =
        found.iter().map(|verdict| format!("{} {} {}", verdict["run"], verdict["rule"], verdict["at_ms"])).collect();
    assert_eq!(told.len(), found.len(), "a verdict is there twice");
    told
}

/// Each station said each number once.
async fn samples_are_complete(staged: &Staged, last: u64) {
    for (run, station) in staged.runs.iter().zip(STATIONS) {
        let path = staged.path(&format!("/runs/{run}/signals?names=cycle_count&points=5000"));
        let plot = staged.admin.get(&path).await;
        let points = plot["series"][0]["points"].as_array().unwrap();
        let mut said: Vec<u64> = Vec::new();
        for point in points {
            // Two samples may share a stretch of the picture; then they are its least and greatest.
            let (least, greatest) = (point[1].as_f64().unwrap() as u64, point[2].as_f64().unwrap() as u64);
            said.extend(least..=greatest);
        }
        assert_eq!(said, (1..=last).collect::<Vec<_>>(), "{station}");
    }
}
