//! `guildhall demo`: a hall on SQLite with a live contest, and everybody in it simulated.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use anyhow::Context;
use kernel::{Role, Text};
use people::{DemoDoor, DemoDoors};
use web::{Hall, HallConfig, PasswordCost};

use crate::commands::{asked_to_stop, log, runtime};
use crate::config::{LivePlace, LogFormat, database_in};
use crate::hall::{self, Opening};

#[derive(Debug, clap::Args)]
pub struct DemoCommand {
    /// Where to listen; port 0 takes a free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Folder of the hall; a new temporary one without it
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Everything that happens follows from it
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// live: every run once, some twenty minutes at speed 1, and then it stands open; final: it is run through, frozen and closed; season: a year of contests in four tiers, set up and left open
    #[arg(long, value_enum, default_value_t = Scenario::Live)]
    scenario: Scenario,
    /// How many times faster than a clock on the wall
    #[arg(long, default_value_t = 1.0, value_parser = speed)]
    speed: f64,
    /// Where the live listener listens; port 0 takes a free one; none without it
    #[arg(long, value_name = "ADDR")]
    live_listen: Option<SocketAddr>,
    /// PostgreSQL instead of the folder's SQLite
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    /// Where the standing is written as JSON: at the end of the final, or else when the demonstration is asked to stop
    #[arg(long, value_name = "FILE")]
    export: Option<PathBuf>,
    /// text or json
    #[arg(long, default_value = "text")]
    log: LogFormat,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Scenario {
    Live,
    Final,
    Season,
}

fn speed(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(speed) if (0.1..=100.0).contains(&speed) => Ok(speed),
        _ => Err("a number from 0.1 to 100".into()),
    }
}

impl DemoCommand {
    #[allow(clippy::print_stdout)]
    pub fn run(self) -> anyhow::Result<()> {
        log(self.log);
        let temporary;
        let folder = match &self.data {
            Some(folder) => {
                std::fs::create_dir_all(folder).with_context(|| format!("{} can't be made", folder.display()))?;
                folder.clone()
            }
            None => {
                temporary =
                    tempfile::Builder::new().prefix("guildhall-demo-").tempdir().context("no temporary folder")?;
                temporary.path().to_owned()
            }
        };
        runtime()?.block_on(async {
            let database = self.database.clone().unwrap_or_else(|| database_in(&folder));
            must_be_fresh(&database).await?;
            let (clock, first_turn) = demo::DemoClock::start(self.speed);
            let doors = DemoDoors::default();
            let opening = Opening {
                listen: self.listen,
                database,
                nats: None,
                spectators_max: 100_000,
                live: self.live_listen.map(|listen| LivePlace { listen, origin: None, seal: None }),
                config: HallConfig {
                    demo: true,
                    password_cost: PasswordCost::CHEAP,
                    zone: kernel::Zone::named("Asia/Shanghai").map_err(anyhow::Error::msg)?,
                    ..HallConfig::default()
                },
                clock: clock.clone(),
                seed: Some(self.seed),
                doors: doors.clone(),
            };
            let running = hall::open(opening).await?;
            let base = format!("http://{}", running.address);
            let administrator = administrator(&running.hall, &doors).await?;
            println!("Guildhall 匠家 — demo — {base}/");
            let staged = demo::Staged {
                base,
                administrator,
                folder: folder.clone(),
                seed: self.seed,
                scenario: match self.scenario {
                    Scenario::Live => demo::Scenario::Live,
                    Scenario::Final => demo::Scenario::Final,
                    Scenario::Season => demo::Scenario::Season,
                },
                clock,
            };
            let standing = Arc::new(Standing { path: self.export.clone(), exporter: OnceLock::new() });
            let (ready, ended) = (standing.clone(), Arc::new(tokio::sync::Notify::new()));
            let at_end = ended.clone();
            let cues = demo::Cues {
                open_doors: opener(doors),
                ready: Box::new(move |exporter| drop(ready.exporter.set(exporter))),
                ended: Box::new(move || at_end.notify_one()),
            };
            let play = tokio::spawn(demo::play(staged, first_turn, cues));
            let playing = play.abort_handle();
            let followed = tokio::spawn(async move {
                match play.await {
                    Ok(Ok(())) => tracing::info!("the play is over; the hall stays open"),
                    Ok(Err(error)) => tracing::error!("the play stopped: {error:#}; the hall stays open"),
                    Err(error) => tracing::error!(%error, "the play stopped; the hall stays open"),
                }
            });
            let asked = asked_to_stop();
            tokio::pin!(asked);
            tokio::select! {
                () = &mut asked => standing.write().await,
                () = ended.notified() => {
                    standing.write().await;
                    // What is final doesn't change any more.
                    asked.await;
                }
            }
            // Before the hall: nobody acts in a hall that is closing.
            followed.abort();
            playing.abort();
            running.close().await;
            Ok(())
        })
    }
}

const HELD: &str = "a hall is here already; take an empty folder or database for a demonstration";

/// A demonstration is played in a hall of its own: one that is there already is neither opened nor brought to this program's version.
async fn must_be_fresh(database: &str) -> anyhow::Result<()> {
    // What isn't there can't be looked at; what else is wrong with it is said when it is opened.
    let Ok(db) = store::Db::connect_existing(database).await else { return Ok(()) };
    let held = people::is_set_up(&db).await;
    db.close().await;
    anyhow::ensure!(!held, "{}: {HELD}", db.shown_url());
    Ok(())
}

/// Writes the standing down, where that was asked for.
struct Standing {
    path: Option<PathBuf>,
    exporter: OnceLock<demo::Exporter>,
}

impl Standing {
    async fn write(&self) {
        let Some(path) = &self.path else { return };
        let written = match self.exporter.get() {
            Some(exporter) => exporter.write(path).await,
            None => Err(anyhow::anyhow!("the contest was not set up yet")),
        };
        match written {
            Ok(()) => tracing::info!(path = %path.display(), "the standing is written"),
            Err(error) => tracing::error!("the standing is not written: {error:#}"),
        }
    }
}

/// Makes the administrator, whose password nobody knows, and opens his door: the first one of the play.
async fn administrator(hall: &Hall, doors: &DemoDoors) -> anyhow::Result<String> {
    let key = "administrator";
    match people::bootstrap_admin(hall, key, &hall.secret()).await {
        Ok(Some(account)) => {
            doors.set(vec![DemoDoor {
                key: key.to_owned(),
                role: Role::Administrator,
                title: Text::new("系统管理员", "Administrator"),
                note: Text::new("账号、角色与整个大厅", "Accounts, roles and the whole hall"),
                lands_on: "/desk/".to_owned(),
                account,
            }]);
            Ok(key.to_owned())
        }
        Ok(None) => anyhow::bail!(HELD),
        Err(problem) => anyhow::bail!("the administrator can't be made: {problem}"),
    }
}

/// Adds the play's doors to those that are open.
fn opener(doors: DemoDoors) -> demo::OpenDoors {
    Arc::new(move |more| {
        let mut all = more
            .into_iter()
            .filter_map(|door| {
                Some(DemoDoor {
                    key: door.key,
                    role: door.role,
                    title: door.title,
                    note: door.note,
                    lands_on: door.lands_on,
                    account: door.account.parse().ok()?,
                })
            })
            .collect::<Vec<_>>();
        all.extend(doors.all());
        doors.set(all);
    })
}
