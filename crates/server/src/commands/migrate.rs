//! `guildhall migrate`.

use std::path::PathBuf;

use anyhow::Context;

use crate::commands::{log, runtime};
use crate::config::{self, LogFormat, Overrides};
use crate::hall;

#[derive(Debug, clap::Args)]
pub struct Migrate {
    /// Settings file (YAML)
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    overrides: Overrides,
    /// Login of the first administrator; made only if the hall has none
    #[arg(long, value_name = "LOGIN", requires = "admin_password_file")]
    admin: Option<String>,
    /// File that holds his password
    #[arg(long, value_name = "FILE")]
    admin_password_file: Option<PathBuf>,
}

impl Migrate {
    #[allow(clippy::print_stdout)]
    pub fn run(self) -> anyhow::Result<()> {
        let config = config::load(self.config.as_deref(), &self.overrides).map_err(anyhow::Error::msg)?;
        log(LogFormat::Text);
        let password = match &self.admin_password_file {
            Some(path) => {
                Some(std::fs::read_to_string(path).with_context(|| format!("{} can't be read", path.display()))?)
            }
            None => None,
        };
        runtime()?.block_on(async {
            // The store names the database itself, without its password.
            let db = store::Db::connect(&config.database).await?;
            let applied = db.migrate().await?;
            match applied.as_slice() {
                [] => println!("the database is at this program's version"),
                applied => println!("applied: {}", applied.join(", ")),
            }
            if let (Some(login), Some(password)) = (&self.admin, &password) {
                let printing = config.printing().map_err(|faults| anyhow::anyhow!(faults.join("; ")))?;
                let hall = hall::of(db.clone(), &hall::Opening::of(&config, None, printing))?;
                match people::bootstrap_admin(&hall, login, password.trim_end_matches(['\n', '\r'])).await {
                    Ok(Some(_)) => println!("made the administrator {login}"),
                    Ok(None) => println!("the hall has an administrator already; none was made"),
                    Err(problem) => anyhow::bail!("the administrator can't be made: {problem}"),
                }
            }
            db.close().await;
            Ok(())
        })
    }
}
