//! What a running hall tells a scraper about contests and spectators.

use testkit::{eventually, temp_dir};

use crate::common::board::Spectator;
use crate::common::program::{Hall, migrate, sqlite_in};
use crate::common::stage::stage;
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
    drop(spectators);
    eventually("they have left", async || measured("guildhall_live_connections 0").await).await;
}
