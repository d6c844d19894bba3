//! `guildhall doctor`: looks at everything a start needs, and says all that stands in its way at once.

use std::io::Write;
use std::path::PathBuf;

use crate::commands::runtime;
use crate::config::{self, Overrides};

#[derive(Debug, clap::Args)]
pub struct Doctor {
    /// Settings file (YAML)
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    overrides: Overrides,
}

impl Doctor {
    pub fn run(self) -> anyhow::Result<()> {
        let mut ailing = 0;
        let mut tell = |name: &str, found: Result<String, String>| {
            let line = match found {
                Ok(well) => format!("ok    {name}: {well}"),
                Err(ill) => {
                    ailing += 1;
                    format!("WRONG {name}: {ill}")
                }
            };
            // Whoever reads no further, as `head` does, is told by the exit code all the same.
            let _ = writeln!(std::io::stdout(), "{line}");
        };
        let config = match config::load(self.config.as_deref(), &self.overrides) {
            Ok(config) => {
                tell("settings", Ok("read".into()));
                config
            }
            Err(error) => {
                tell("settings", Err(error));
                anyhow::bail!("1 thing is wrong");
            }
        };
        tell(
            "address",
            std::net::TcpListener::bind(config.listen)
                .map(|_| format!("{} is free", config.listen))
                .map_err(|error| format!("{} can't be listened on: {error}", config.listen)),
        );
        if let Ok(Some(live)) = config.live() {
            let bound = std::net::TcpListener::bind(live.listen);
            tell(
                "live address",
                if live.listen == config.listen {
                    Err(format!("{} is the main address; the live listener needs one of its own", live.listen))
                } else {
                    bound
                        .map(|_| format!("{} is free", live.listen))
                        .map_err(|error| format!("{} can't be listened on: {error}", live.listen))
                },
            );
            if let Some(files) = &live.seal {
                let read = live::Seal::read(&files.certificate, &files.key);
                let shown = format!("{} and its key fit together", files.certificate.display());
                tell("live certificate", read.map(|_| shown).map_err(|error| error.to_string()));
            }
        }
        tell(
            "screens",
            match crate::screens::count() {
                0 => Err("none are built in: run `npm ci && npm run build` in web/, then build again".into()),
                count => Ok(format!("{count} files")),
            },
        );
        // What certificates are issued and checked by comes with the screens.
        if crate::screens::count() > 0 {
            let contexts = crate::screens::contexts();
            tell(
                "certificates",
                contexts.map(|_| "can be issued and checked".into()).map_err(|error| error.to_string()),
            );
        }
        runtime()?.block_on(async {
            let found = database(&config.database).await;
            let set_up = found.as_ref().ok().map(|(_, has_administrator)| *has_administrator);
            tell("database", found.map(|(well, _)| well));
            if let Some(set_up) = set_up {
                tell("administrator", if set_up { Ok("there is one".into()) } else { Err(NO_ADMINISTRATOR.into()) });
            }
            if let Some(nats) = &config.nats {
                let reached = live::Bus::nats(nats).await;
                tell("bus", reached.map(|_| format!("{nats} answers")).map_err(|error| error.to_string()));
            }
        });
        match ailing {
            0 => Ok(()),
            1 => anyhow::bail!("1 thing is wrong"),
            more => anyhow::bail!("{more} things are wrong"),
        }
    }
}

const NO_ADMINISTRATOR: &str = "the hall has none, so nobody can let anybody in; the first is made by \
                                `guildhall migrate --admin LOGIN --admin-password-file FILE`";

/// What there is to say of the database, and whether it holds an administrator.
async fn database(url: &str) -> Result<(String, bool), String> {
    // Looking makes nothing: neither a file nor a schema.
    let db = store::Db::connect_existing(url).await.map_err(|error| {
        let is_file = url.starts_with("sqlite:");
        let made = if is_file { "; a new database is made by `guildhall migrate`" } else { "" };
        format!("{:#}{made}", anyhow::Error::from(error))
    })?;
    db.ping().await.map_err(|error| error.to_string())?;
    let shown = db.shown_url().to_owned();
    let (position, set_up) = (archive::newest(&db).await, people::is_set_up(&db).await);
    db.close().await;
    match position {
        Ok(position) => Ok((format!("{shown} answers; the archive holds {position} statements"), set_up)),
        Err(error) => {
            Err(format!("{shown} answers, but is not at this program's version ({error}): run `guildhall migrate`"))
        }
    }
}
