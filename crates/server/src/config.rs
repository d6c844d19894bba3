//! Settings of `serve`: defaults, then a YAML file, then the environment (`GUILDHALL_…`), then flags. The last one wins.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use figment::error::{Actual, Kind};
use figment::providers::{Env, Format, Serialized, Yaml};
use figment::value::{Dict, Map};
use figment::{Figment, Metadata, Profile, Provider};
use kernel::Zone;
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
    /// The hall's address as it stands on paper, such as `https://hall.example`; without it, the one that whoever prints came to.
    pub public_url: Option<String>,
    /// By whose clocks times are printed, such as `Asia/Shanghai`.
    pub time_zone: String,
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
            public_url: None,
            time_zone: "Asia/Shanghai".to_owned(),
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

/// What papers say of the hall, and by whose clocks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Printing {
    pub public_url: Option<String>,
    pub zone: Zone,
}

impl Config {
    /// All that is wrong with these settings, or what papers need.
    pub fn printing(&self) -> Result<Printing, Vec<String>> {
        let named = self.public_url.as_deref().map(LiveOrigin::named).transpose();
        let mut faults: Vec<String> = named.err().into_iter().map(|fault| format!("public_url: {fault}")).collect();
        match Zone::named(&self.time_zone) {
            Ok(zone) if faults.is_empty() => Ok(Printing { public_url: self.public_url.clone(), zone }),
            Ok(_) => Err(faults),
            Err(fault) => {
                faults.push(format!("time_zone: {fault}"));
                Err(faults)
            }
        }
    }
}

/// Beginnings of `GUILDHALL_…` variables that are meant for others than a hall: its gateways, the tests, the browser tests.
const ELSEWHERE: &[&str] = &["edge_", "test_", "chromium"];

/// Reads the settings; the error names each fault: the file, the setting and what was expected.
pub fn load(file: Option<&Path>, overrides: &Overrides) -> Result<Config, String> {
    if let Some(path) = file.filter(|path| !path.is_file()) {
        return Err(format!("the settings file {} does not exist or is no file", path.display()));
    }
    let (mut faults, mut faulty) = (Vec::new(), BTreeSet::new());
    let config = loop {
        let error = match sources(file, overrides, &faulty).extract::<Config>() {
            Ok(config) => break config,
            Err(error) => error,
        };
        // Reading stops at the first fault: without that setting it goes on to the next.
        let known = faulty.len();
        for fault in error {
            faults.push(said(&fault, file));
            faulty.extend(setting_of(&fault));
        }
        if faulty.len() == known {
            break Config::default();
        }
    };
    if faults.is_empty() {
        faults.extend(config.live().err().unwrap_or_default());
        faults.extend(config.printing().err().unwrap_or_default());
    }
    if faults.is_empty() {
        Ok(config)
    } else {
        Err(format!("the settings are not acceptable:\n  {}", faults.join("\n  ")))
    }
}

/// The settings from all sources, without those that are faulty.
fn sources(file: Option<&Path>, overrides: &Overrides, faulty: &BTreeSet<String>) -> Figment {
    let environment = Env::prefixed("GUILDHALL_").filter(|name| !ELSEWHERE.iter().any(|other| name.starts_with(other)));
    let mut figment = Figment::from(Serialized::defaults(Config::default()));
    if let Some(path) = file {
        figment = figment.merge(Without { source: Yaml::file_exact(path), faulty });
    }
    figment
        .merge(Without { source: environment, faulty })
        .merge(Without { source: Serialized::defaults(overrides), faulty })
}

struct Without<'a, P> {
    source: P,
    faulty: &'a BTreeSet<String>,
}

impl<P: Provider> Provider for Without<'_, P> {
    fn metadata(&self) -> Metadata {
        self.source.metadata()
    }

    fn data(&self) -> Result<Map<Profile, Dict>, figment::Error> {
        let mut data = self.source.data()?;
        data.values_mut().for_each(|settings| settings.retain(|name, _| !self.faulty.contains(name)));
        Ok(data)
    }
}

fn setting_of(fault: &figment::Error) -> Option<String> {
    match &fault.kind {
        Kind::UnknownField(name, _) => Some(name.clone()),
        _ => fault.path.first().cloned(),
    }
}

/// A fault in words: where it stands, which setting, what is wrong. What was written there is not repeated: it may be a secret, or a whole
/// file that is no list of settings.
fn said(fault: &figment::Error, file: Option<&Path>) -> String {
    let setting = fault.path.join(".");
    let in_file = fault.metadata.as_ref().is_some_and(|from| matches!(from.source, Some(figment::Source::File(_))));
    let place = match file.filter(|_| in_file) {
        Some(path) => match place_of(path, &setting) {
            Some((line, column)) => format!("{}:{line}:{column}: {setting}: ", path.display()),
            None => format!("{}: ", path.display()),
        },
        None if setting.is_empty() => String::new(),
        None => format!("GUILDHALL_{}: ", setting.to_uppercase()),
    };
    let wrong = match &fault.kind {
        Kind::UnknownField(_, known) => format!("there is no such setting; known are {}", known.join(", ")),
        Kind::UnknownVariant(_, known) => format!("there is no such choice; possible are {}", known.join(", ")),
        Kind::InvalidType(found, expected) | Kind::InvalidValue(found, expected) => {
            format!("expected is {}, and {} is there", expected.replace('`', ""), kind_of(found))
        }
        Kind::Message(text) if setting.is_empty() && text.starts_with("invalid type") => {
            "this is no list of settings; write one a line, such as listen: 127.0.0.1:8080".to_owned()
        }
        other => other.to_string().replace('`', ""),
    };
    format!("{place}{wrong}")
}

fn kind_of(found: &Actual) -> &'static str {
    match found {
        Actual::Bool(_) => "true or false",
        Actual::Unsigned(_) | Actual::Signed(_) | Actual::Float(_) => "a number",
        Actual::Char(_) | Actual::Str(_) => "a text",
        Actual::Unit => "nothing",
        Actual::Seq => "a list",
        Actual::Map => "a mapping",
        _ => "something else",
    }
}

/// Line and column of a setting in a file: settings are one to a line, at its beginning.
fn place_of(file: &Path, setting: &str) -> Option<(usize, usize)> {
    let text = std::fs::read_to_string(file).ok()?;
    let key = |line: &str| line.split_once(':').map(|(key, _)| key.trim().trim_matches(['"', '\'']).to_owned());
    let line = text.lines().position(|line| key(line).is_some_and(|key| !setting.is_empty() && key == setting))?;
    let before = text.lines().nth(line)?;
    Some((line + 1, before.len() - before.trim_start().len() + 1))
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
    fn what_was_written_is_not_repeated() {
        for yaml in [
            "s3cret is what this file says\nand it is no list of settings\n",
            "- s3cret\n",
            "\"s3cret\"\n",
            "log: s3cret\n",
            "listen: s3cret\n",
            "spectators_max: s3cret\n",
            "behind_proxy: s3cret\n",
            "live_listen: {a: s3cret}\n",
            "database: [s3cret]\n",
        ] {
            let error = in_file(yaml, &Overrides::default()).unwrap_err();
            assert!(error.contains("hall.yaml") && !error.contains("s3cret"), "{yaml} → {error}");
        }
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
        for (yaml, place) in [
            ("log: text\n\nlisten: nowhere\n", "hall.yaml:3:1: listen: "),
            ("log: text\n  \n\"spectators_max\": many\n", "hall.yaml:3:1: spectators_max: "),
            ("listne: 0.0.0.0:80\n", "hall.yaml:1:1: listne: "),
            ("log: text\nlisten: [\n", "line 3"),
        ] {
            let error = in_file(yaml, &Overrides::default()).unwrap_err();
            assert!(error.contains(place), "{yaml} → {error}");
        }
        let yaml = "listne: 0.0.0.0:80\nlisten: nowhere\nlog: xml\nspectators_max: 7\nlive_listen: 8081\n";
        let error = in_file(yaml, &Overrides::default()).unwrap_err();
        for fault in ["1:1: listne: ", "2:1: listen: ", "3:1: log: ", "5:1: live_listen: "] {
            assert_eq!(error.matches(fault).count(), 1, "all at once, each once: {error}");
        }
        assert_eq!(error.lines().count(), 5, "{error}");
        assert!(
            load(Some(Path::new("/nowhere/hall.yaml")), &Overrides::default()).unwrap_err().contains("does not exist")
        );
    }
}
