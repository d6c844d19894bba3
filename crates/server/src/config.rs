//! Settings of `serve`: defaults, then a YAML file, then the environment (`GUILDHALL_…`), then flags. The last one wins.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use figment::Figment;
use figment::error::Kind;
use figment::providers::{Env, Format, Serialized, Yaml};
use serde::{Deserialize, Serialize};
use web::LiveOrigin;

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
    /// The live listener: an address for spectators' streams alone.
    pub live_listen: Option<SocketAddr>,
    /// Its origin as browsers see it, such as `https://live.example:8443`; without it, its port at the host they came to.
    pub live_url: Option<String>,
    /// Its certificate chain and key (PEM), for TLS.
    pub live_certificate: Option<PathBuf>,
    pub live_key: Option<PathBuf>,
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
            live_listen: None,
            live_url: None,
            live_certificate: None,
            live_key: None,
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
    /// Where the live listener listens, such as 0.0.0.0:8081; none without it
    #[arg(long, value_name = "ADDR")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub live_listen: Option<SocketAddr>,
    /// The live listener's origin as browsers see it, such as https://live.example:8443
    #[arg(long, value_name = "ORIGIN")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub live_url: Option<String>,
    /// The live listener's certificate chain (PEM), for TLS
    #[arg(long, value_name = "FILE")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub live_certificate: Option<PathBuf>,
    /// The key of that certificate (PEM)
    #[arg(long, value_name = "FILE")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub live_key: Option<PathBuf>,
    /// text or json
    #[arg(long)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log: Option<LogFormat>,
}

/// The live listener, from the settings that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LivePlace {
    pub listen: SocketAddr,
    pub origin: Option<LiveOrigin>,
    pub seal: Option<SealFiles>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealFiles {
    pub certificate: PathBuf,
    pub key: PathBuf,
}

impl Config {
    /// The live listener, if there is one; otherwise all that is wrong with its settings.
    pub fn live(&self) -> Result<Option<LivePlace>, Vec<String>> {
        let mut faults = Vec::new();
        let origin = self.live_url.as_deref().map(LiveOrigin::named).transpose();
        let origin = origin.unwrap_or_else(|fault| {
            faults.push(format!("live_url: {fault}"));
            None
        });
        let seal = match (&self.live_certificate, &self.live_key) {
            (Some(certificate), Some(key)) => Some(SealFiles { certificate: certificate.clone(), key: key.clone() }),
            (None, None) => None,
            (Some(_), None) => {
                faults.push("live_key: a certificate needs its key".to_owned());
                None
            }
            (None, Some(_)) => {
                faults.push("live_certificate: a key needs its certificate".to_owned());
                None
            }
        };
        let place = self.live_listen.map(|listen| LivePlace { listen, origin: origin.clone(), seal: seal.clone() });
        if place.is_none() && (origin.is_some() || seal.is_some()) {
            faults.push(
                "live_listen: without it there is no live listener, and its other settings say nothing".to_owned(),
            );
        }
        if faults.is_empty() { Ok(place) } else { Err(faults) }
    }
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
    let config: Config = figment
        .merge(Env::prefixed("GUILDHALL_").filter(|name| !ELSEWHERE.iter().any(|other| name.starts_with(other))))
        .merge(Serialized::defaults(overrides))
        .extract()
        .map_err(|error| {
            let lines: Vec<String> = error.into_iter().map(|fault| format!("  {}", said(&fault))).collect();
            format!("the settings are not acceptable:\n{}", lines.join("\n"))
        })?;
    config.live().map_err(|faults| format!("the settings are not acceptable:\n  {}", faults.join("\n  ")))?;
    Ok(config)
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
        // figment quotes what it found in backticks.
        other => other.to_string().replace('`', ""),
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
    fn the_live_listener_is_one_place() {
        assert_eq!(in_file("log: text\n", &Overrides::default()).unwrap().live(), Ok(None));
        let yaml = "live_listen: 0.0.0.0:8443\nlive_url: https://live.example:8443\nlive_certificate: a.pem\nlive_key: b.pem\n";
        let place = in_file(yaml, &Overrides::default()).unwrap().live().unwrap().unwrap();
        assert_eq!(place.listen.port(), 8443);
        assert_eq!(place.origin, Some(LiveOrigin::Named("https://live.example:8443".into())));
        assert_eq!(place.seal, Some(SealFiles { certificate: "a.pem".into(), key: "b.pem".into() }));
        let both = in_file("live_url: x\nlive_key: b.pem\n", &Overrides::default()).unwrap_err();
        assert!(both.contains("live_url") && both.contains("live_certificate"), "all at once: {both}");
    }

    #[test]
    fn faults_name_the_setting() {
        for (yaml, expected) in [
            ("listne: 0.0.0.0:80\n", "listne"),
            ("listen: nowhere\n", "listen"),
            ("spectators_max: many\n", "spectators_max"),
            ("log: xml\n", "log"),
            ("behind_proxy: perhaps\n", "behind_proxy"),
            ("live_listen: 8081\n", "live_listen"),
            ("live_url: https://live.example\n", "live_listen"),
            ("live_listen: 0.0.0.0:8081\nlive_url: live.example\n", "live_url"),
            ("live_listen: 0.0.0.0:8081\nlive_certificate: a.pem\n", "live_key"),
            ("live_listen: 0.0.0.0:8081\nlive_key: a.pem\n", "live_certificate"),
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
