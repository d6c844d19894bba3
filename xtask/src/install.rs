//! `cargo xtask install`: what tests and the demo need beside Rust and Node: Debian packages, an environment of
//! Python in `target/python` with what only Python has, and the packages of Node that Rust tests run.

use std::path::Path;

use anyhow::bail;
use clap::Args;

use crate::shell::{command, has, output, root, run};
use crate::web;

/// A Debian package, and the file by which we see that it is there.
struct Package {
    name: &'static str,
    there: fn() -> bool,
}

const PACKAGES: &[Package] = &[
    Package { name: "postgresql", there: postgres_is_there },
    Package { name: "nats-server", there: || has("nats-server") },
    Package { name: "mosquitto", there: || has("mosquitto") },
    Package { name: "python3-venv", there: python_has_venv },
    Package { name: "poppler-utils", there: || has("pdftotext") },
    Package { name: "chromium", there: || has("chromium") },
    Package {
        name: "fonts-noto-cjk",
        there: || Path::new("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc").exists(),
    },
];

/// From the package index, into the environment of the tests: an OPC UA server, the recordings' format by its makers, an archiver of
/// contests that knows nothing of this hall but the standard, models of xAPI's statements, and two verifiers of certificates.
const PYTHON_PACKAGES: &[&str] = &[
    "asyncua==2.1.0",
    "mcap==1.6.0",
    "xcpcio==0.85.4",
    "ralph-malph==5.1.0",
    "openvc-core[data-integrity]==1.37.0",
    "openbadgeslib[ldp]==4.6.3",
];
/// Where Rust tests have clients and validators that run in Node.
const NODE_PACKAGES: &str = "crates/server/tests/clients";
/// That they are there, whole, and of these versions.
const PYTHON_LOOKS: &str = "
import importlib, importlib.metadata, sys
modules = {'ralph-malph': 'ralph.models.xapi.base.statements', 'openvc-core': 'openvc'}
for package in sys.argv[1:]:
    name, version = package.split('==')
    name = name.split('[')[0]
    importlib.import_module(modules.get(name, name))
    assert importlib.metadata.version(name) == version
";

fn python_has_venv() -> bool {
    output(command("", "python3", &["-c", "import venv, ensurepip"])).is_ok()
}

fn environment() -> std::path::PathBuf {
    root().join("target/python")
}

fn python_is_whole() -> bool {
    let python = environment().join("bin/python").display().to_string();
    Path::new(&python).is_file()
        && output(command("", &python, &[&["-c", PYTHON_LOOKS][..], PYTHON_PACKAGES].concat())).is_ok()
}

/// Makes the tests' environment of Python, or makes it whole.
fn install_python() -> anyhow::Result<()> {
    if python_is_whole() {
        return Ok(());
    }
    let folder = environment().display().to_string();
    // What an older Python left there is of no use to this one.
    run(command("", "python3", &["-m", "venv", "--clear", &folder]))?;
    let python = environment().join("bin/python").display().to_string();
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
    run(command("", &python, &[&pip[..], PYTHON_PACKAGES].concat()))?;
    if !python_is_whole() {
        bail!("{folder}: {} are installed, and can't be imported", PYTHON_PACKAGES.join(", "));
    }
    Ok(())
}

fn postgres_is_there() -> bool {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    versions.map(|version| version.path().join("bin/postgres")).any(|server| server.is_file())
}

/// Install the packages that the tests need: as root or with sudo, otherwise say the line to type.
#[derive(Args)]
pub struct Install {
    /// Only say what is missing; fail if anything is.
    #[arg(long)]
    check: bool,
}

impl Install {
    pub fn run(self) -> anyhow::Result<()> {
        node_is_there()?;
        if self.check {
            missing_fails()?;
            if !python_is_whole() {
                bail!("the tests' Python environment is missing: run cargo xtask install");
            }
            if !web::is_installed(NODE_PACKAGES) {
                bail!("the packages of {NODE_PACKAGES} are missing: run cargo xtask install");
            }
            Ok(())
        } else {
            install_missing()
        }
    }
}

fn missing() -> Vec<&'static str> {
    PACKAGES.iter().filter(|package| !(package.there)()).map(|package| package.name).collect()
}

fn line(missing: &[&str]) -> String {
    format!("sudo apt-get update && sudo apt-get install -y --no-install-recommends {}", missing.join(" "))
}

fn missing_fails() -> anyhow::Result<()> {
    match missing().as_slice() {
        [] => Ok(()),
        missing => bail!("missing: {}. Run:\n  {}", missing.join(", "), line(missing)),
    }
}

/// Installs if it may; otherwise the error is the line to type.
pub fn install_missing() -> anyhow::Result<()> {
    let missing = missing();
    if missing.is_empty() {
        install_beside()?;
        println!("All packages are there.");
        return Ok(());
    }
    let as_root: &[&str] = if is_root() {
        &[]
    } else if has("sudo") && output(command("", "sudo", &["-n", "true"])).is_ok() {
        &["sudo", "-n"]
    } else {
        return missing_fails();
    };
    if !has("apt-get") {
        bail!("missing: {}. This is no Debian: install them with the system's own means", missing.join(", "));
    }
    let apt = |args: &[&str]| {
        let words: Vec<&str> = as_root
            .iter()
            .copied()
            .chain(["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q"])
            .chain(args.iter().copied())
            .collect();
        run(command("", words[0], &words[1..]))
    };
    // Where the lists are old the install says so itself; a mirror that is down for a moment must not stop it.
    if let Err(error) = apt(&["update"]) {
        println!("{error}; going on with the package lists that are there");
    }
    let words: Vec<&str> =
        ["install", "-y", "--no-install-recommends"].into_iter().chain(missing.iter().copied()).collect();
    apt(&words)?;
    missing_fails()?;
    install_beside()
}

/// What lies beside the build and the tests.
fn install_beside() -> anyhow::Result<()> {
    install_python()?;
    web::install(NODE_PACKAGES)
}

fn is_root() -> bool {
    output(command("", "id", &["-u"])).is_ok_and(|id| id.trim() == "0")
}

fn node_is_there() -> anyhow::Result<()> {
    if !has("node") || !has("npm") {
        bail!(
            "Node.js (20.19 or newer) with npm is missing; install it first: see {}",
            root().join("CONTRIBUTING.md").display()
        );
    }
    Ok(())
}
