//! Settings of `serve`: defaults, then a YAML file, then the environment (`GUILDHALL_…`), then flags. The last one wins.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use figment::Figment;
use figment::error::Kind;
use figment::providers::{Env, Format, Serialized, Yaml};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where the hall listens.
    pub listen: SocketAddr,
    /// `sqlite:///path/hall.db` or `postgres://user@host/name`.
    pub database: String,
    /// Wakes the other nodes when there are several; none for one node.
    pub nats: Option<String>,
    /// Whether the session cookie is sent over https only. Switch on behind TLS.
    pub secure_cookies: bool,
    /// Whether a proxy in front writes `X-Forwarded-For`. Without one the header is anybody's word.
    pub behind_proxy: bool,
    /// Spectators that one node takes at most.
    pub spectators_max: usize,
    /// `text` or `json`.
    pub log: LogFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    Text,
    Json,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            database: "sqlite:///var/lib/guildhall/hall.db".to_owned(),
            nats: None,
            secure_cookies: false,
            behind_proxy: false,
            spectators_max: 100_000,
            log: LogFormat::Text,
        }
    }
}

/// What the command line sets over file and environment.
#[derive(Debug, Clone, Default, Serialize, clap::Args)]
pub struct Overrides {
    /// Where to listen, such as 0.0.0.0:8080
    #[arg(long, value_name = "ADDR")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listen: Option<SocketAddr>,
    /// sqlite:///path/hall.db or postgres://user@host/name
    #[arg(long, value_name = "URL")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub database: Option<String>,
    /// nats://host:4222, only with several nodes
    #[arg(long, value_name = "URL")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nats: Option<String>,
    /// text or json
    #[arg(long)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log: Option<LogFormat>,
}

/// Beginnings of `GUILDHALL_…` variables that are meant for others than a hall: its gateways, the tests, the browser tests.
const ELSEWHERE: &[&str] = &["edge_", "test_", "chromium"];

/// Reads the settings; the error names the file, the setting and what was expected.
pub fn load(file: Option<&Path>, overrides: &Overrides) -> Result<Config, String> {
    let mut figment = Figment::from(Serialized::defaults(Config::default()));
    if let Some(path) = file {
        if !path.is_file() {
            return Err(format!("the settings file {} does not exist or is no file", path.display()));
        }
        figment = figment.merge(Yaml::file_exact(path));
    }
    figment
        .merge(Env::prefixed("GUILDHALL_").filter(|name| !ELSEWHERE.iter().any(|other| name.starts_with(other))))
        .merge(Serialized::defaults(overrides))
        .extract()
        .map_err(|error| {
            let lines: Vec<String> = error.into_iter().map(|fault| format!("  {}", said(&fault))).collect();
            format!("the settings are not acceptable:\n{}", lines.join("\n"))
        })
}

/// A fault in words: where it stands, which setting, what is wrong. figment's own words quote names that are quoted already, and put the
/// name of a profile before each setting.
fn said(fault: &figment::Error) -> String {
    let file = fault.metadata.as_ref().and_then(|from| from.source.as_ref()).map(|source| format!("{source}: "));
    let setting = match (fault.path.join("."), &file) {
        (path, _) if path.is_empty() => path,
        (path, Some(_)) => format!("{path}: "),
        (path, None) => format!("GUILDHALL_{}: ", path.to_uppercase()),
    };
    let wrong = match &fault.kind {
        Kind::UnknownField(_, known) => format!("there is no such setting; known are {}", known.join(", ")),
        Kind::UnknownVariant(word, known) => format!("{word:?} is unknown; possible are {}", known.join(", ")),
        other => other.to_string(),
    };
    format!("{}{setting}{wrong}", file.unwrap_or_default())
}

/// The database of a folder: what `--data DIR` stands for.
pub fn database_in(folder: &Path) -> String {
    let path: PathBuf = folder.join("hall.db");
    format!("sqlite://{}", path.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_file(yaml: &str, overrides: &Overrides) -> Result<Config, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("hall.yaml");
        std::fs::write(&path, yaml).unwrap();
        load(Some(&path), overrides)
    }

    #[test]
    fn a_flag_wins_over_the_file() {
        let overrides = Overrides { listen: Some("127.0.0.1:9".parse().unwrap()), ..Default::default() };
        let config = in_file("listen: 0.0.0.0:80\nspectators_max: 7\n", &overrides).unwrap();
        assert_eq!((config.listen.port(), config.spectators_max), (9, 7));
    }

    #[test]
    fn faults_name_the_setting() {
        for (yaml, expected) in [
            ("listne: 0.0.0.0:80\n", "listne"),
            ("listen: nowhere\n", "listen"),
            ("spectators_max: many\n", "spectators_max"),
            ("log: xml\n", "log"),
            ("behind_proxy: perhaps\n", "behind_proxy"),
        ] {
            let error = in_file(yaml, &Overrides::default()).unwrap_err();
            assert!(error.contains(expected), "{yaml} → {error}");
            assert!(!error.contains('`'), "quotes within quotes: {error}");
        }
        assert!(
            load(Some(Path::new("/nowhere/hall.yaml")), &Overrides::default()).unwrap_err().contains("does not exist")
        );
    }
}
