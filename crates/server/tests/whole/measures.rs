//! What a running hall tells a scraper about contests, spectators and venues.

use testkit::{eventually, temp_dir};

use crate::common::board::Spectator;
use crate::common::program::{Hall, migrate, sqlite_in};
use crate::common::stage::{EDGE, stage};
use crate::common::visitor::http;

#[tokio::test]
async fn spectators_and_contests_are_measured() {
    let folder = temp_dir();
    let database = sqlite_in(folder.path());
    migrate(&database).await;
    let hall = Hall::open(&database).await;
    let staged = stage(&hall.base()).await;
    let spectators = [
        Spectator::follow(&hall.base(), &staged.overall(), "").await,
        Spectator::follow(&hall.base(), &staged.overall(), "").await,
    ];
    let staff = format!("/live/staff/contests/{}/overall", staged.contest);
    let _supervisor = Spectator::follow(&hall.base(), &staff, &staged.chief.cookie).await;
    let measured = async |line: &str| {
        let text = http().get(format!("{}/metrics", hall.base())).send().await.unwrap().text().await.unwrap();
        text.lines().any(|found| found == line)
    };
    for line in [
        "guildhall_contests 1",
        "guildhall_live_connections 2",
        "guildhall_live_streams 1",
        "guildhall_live_accepted_total 2",
    ] {
        eventually(line, async || measured(line).await).await;
    }
    let of_venue = async |name: &str| {
        let text = http().get(format!("{}/metrics", hall.base())).send().await.unwrap().text().await.unwrap();
        let is_it = |line: &&str| line.starts_with(&format!("guildhall_{name}{{contest=\"{}\"", staged.contest));
        let found = text.lines().find(is_it)?;
        assert!(found.contains(&format!("edge=\"{EDGE}\"")), "{found}");
        found.rsplit(' ').next().unwrap().parse::<i64>().ok()
    };
    // A gateway is heard, with what waits there.
    let now = kernel::Clock::now(&kernel::SystemClock);
    let batch = |seq: u64, backlog: u64| {
        let t = now.to_nanos().0 + seq as i64;
        format!(
            "{{\"v\":1,\"edge\":\"{EDGE}\",\"seq\":{seq},\"backlog\":{backlog},\"lag_ms\":4000,\"sent_at\":\"{now}\"}}\n\
             {{\"station\":\"E1\",\"t\":{t},\"s\":{{\"estop\":false}}}}\n"
        )
    };
    let url = format!("{}{}", hall.base(), staged.path("/telemetry"));
    let answer = http().post(&url).bearer_auth(&staged.edge_key).body(batch(1, 17)).send().await.unwrap();
    assert_eq!(answer.status(), 200, "{}", answer.text().await.unwrap());
    assert_eq!((of_venue("venue_up").await, of_venue("venue_backlog_ticks").await), (Some(1), Some(17)));
    assert!(of_venue("venue_lag_milliseconds").await.unwrap() >= 4_000);
    assert!(of_venue("venue_silent_milliseconds").await.unwrap() < 60_000);
    drop(spectators);
    eventually("they have left", async || measured("guildhall_live_connections 0").await).await;
}
