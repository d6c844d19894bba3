//! Servers of other people's, each started for one test, on the loopback only.

use std::fs;
use std::io::Read;
use std::net::{Ipv4Addr, SocketAddrV4, TcpListener};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};

use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

use crate::{TempDir, temp_dir};

/// Starts the program, waits for its standard input to close, stops the program, and removes the folder if told to.
/// Arguments: the signal to stop with, the folder to remove or nothing, the log, the program and its arguments.
const WARDEN: &str = r#"
signal=$1; remove=$2; log=$3; shift 3
"$@" </dev/null >>"$log" 2>&1 &
pid=$!
read -r never
kill "-$signal" "$pid" 2>/dev/null
wait "$pid"
if [ -n "$remove" ]; then rm -rf "$remove"; fi
"#;

/// How often a start is tried: between finding a free port and using it another process may take it.
const STARTS_MAX: u32 = 5;

/// A program under its warden.
pub(crate) struct Running {
    warden: Child,
    leash: Option<ChildStdin>,
    log: PathBuf,
}

impl Running {
    pub(crate) fn start(signal: &str, remove: Option<&Path>, log: &Path, command: &[String]) -> Running {
        let mut warden = Command::new("/bin/sh");
        warden
            .arg("-c")
            .arg(WARDEN)
            .arg("warden")
            .arg(signal)
            .arg(remove.unwrap_or(Path::new("")))
            .arg(log)
            .args(command);
        // A group of its own: an interrupt from the terminal is for the test, which then closes the pipe.
        warden.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
        let mut warden = match warden.spawn() {
            Ok(warden) => warden,
            Err(error) => panic!("can't start {}: {error}", command.join(" ")),
        };
        let leash = warden.stdin.take();
        Running { warden, leash, log: log.to_owned() }
    }

    pub(crate) fn log_text(&self) -> String {
        let mut text = String::new();
        if let Ok(mut file) = fs::File::open(&self.log) {
            let _ = file.read_to_string(&mut text);
        }
        text
    }

    /// Returns once the program is gone.
    pub(crate) fn stop(&mut self) {
        drop(self.leash.take());
        let _ = self.warden.wait();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop();
    }
}

/// A port that was free a moment ago.
pub fn free_port() -> u16 {
    let bound = TcpListener::bind(SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0)).and_then(|listener| listener.local_addr());
    match bound {
        Ok(address) => address.port(),
        Err(error) => panic!("no free port on the loopback: {error}"),
    }
}

/// The program's path, or the reason and the remedy.
pub(crate) fn program(name: &str, package: &str, places: &[&str]) -> String {
    for place in places {
        let path = Path::new(place).join(name);
        if path.is_file() {
            return path.display().to_string();
        }
    }
    panic!("{name} is not installed; run: sudo apt-get install -y {package}");
}

const PROGRAM_PLACES: &[&str] = &["/usr/sbin", "/usr/bin", "/usr/local/bin", "/usr/local/sbin", "/opt/homebrew/sbin"];

/// One way to run a server, so that it can be stopped and started again on the same port and files.
struct Recipe {
    command: Vec<String>,
    /// Bytes by which the server greets a new connection, if it speaks first.
    greeting: &'static [u8],
}

struct Server {
    running: Option<Running>,
    recipe: Recipe,
    port: u16,
    dir: TempDir,
}

impl Server {
    async fn start(recipe: impl Fn(u16, &Path) -> Recipe) -> Server {
        let mut log = String::new();
        for _ in 0..STARTS_MAX {
            let (port, dir) = (free_port(), temp_dir());
            let mut server = Server { running: None, recipe: recipe(port, dir.path()), port, dir };
            match server.up().await {
                Ok(()) => return server,
                Err(said) => log = said,
            }
        }
        panic!("the server didn't start; it said:\n{log}");
    }

    async fn up(&mut self) -> Result<(), String> {
        let log = self.dir.path().join("log");
        let mut running = Running::start("KILL", Some(self.dir.path()), &log, &self.recipe.command);
        for _ in 0..2_400 {
            if answers(self.port, self.recipe.greeting).await {
                self.running = Some(running);
                return Ok(());
            }
            tokio::time::sleep(std::time::Duration::from_millis(25)).await;
        }
        let said = running.log_text();
        running.stop();
        Err(said)
    }

    /// As a cut cable or a crash: at once, without a farewell. The files stay.
    fn stop(&mut self) {
        let Some(mut running) = self.running.take() else { return };
        let aside = self.dir.path().with_extension("kept");
        // The warden removes the folder by its name; moved aside, it survives.
        let moved = fs::rename(self.dir.path(), &aside).is_ok();
        running.stop();
        if moved {
            let _ = fs::rename(&aside, self.dir.path());
        }
    }

    async fn restart(&mut self) {
        self.stop();
        if let Err(log) = self.up().await {
            panic!("the server didn't start again; it said:\n{log}");
        }
    }
}

async fn answers(port: u16, greeting: &[u8]) -> bool {
    let Ok(mut stream) = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await else { return false };
    let mut heard = vec![0; greeting.len()];
    stream.read_exact(&mut heard).await.is_ok() && heard == greeting
}

/// A private NATS server with JetStream.
pub struct NatsServer {
    /// `nats://127.0.0.1:PORT`
    pub url: String,
    server: Server,
}

impl NatsServer {
    /// Ends it at once, as a crash does; its stored streams stay.
    pub fn stop(&mut self) {
        self.server.stop();
    }

    /// Starts it again on the same port with what it had stored.
    pub async fn restart(&mut self) {
        self.server.restart().await;
    }
}

pub async fn nats() -> NatsServer {
    let program = program("nats-server", "nats-server", PROGRAM_PLACES);
    let server = Server::start(|port, dir| Recipe {
        command: [
            &program,
            "-a",
            "127.0.0.1",
            "-p",
            &port.to_string(),
            "-js",
            "-sd",
            &dir.join("js").display().to_string(),
        ]
        .map(str::to_owned)
        .to_vec(),
        greeting: b"INFO ",
    })
    .await;
    NatsServer { url: format!("nats://127.0.0.1:{}", server.port), server }
}

/// A program in Python, with what `cargo xtask install` put beside the build for the tests.
pub struct PythonServer {
    pub port: u16,
    server: Server,
}

impl PythonServer {
    /// Ends it at once, as a crash does.
    pub fn stop(&mut self) {
        self.server.stop();
    }

    /// Starts it again on the same port, with the same folder.
    pub async fn restart(&mut self) {
        self.server.restart().await;
    }

    /// The folder that it was given.
    pub fn folder(&self) -> &Path {
        self.server.dir.path()
    }

    pub fn log(&self) -> String {
        self.server.running.as_ref().map(Running::log_text).unwrap_or_default()
    }
}

/// Runs `python SCRIPT PORT FOLDER ARGUMENTS…`, until it takes connections on that port.
pub async fn python_server(script: &Path, arguments: &[&str]) -> PythonServer {
    let python = interpreter();
    let server = Server::start(|port, dir| {
        let mut command =
            vec![python.clone(), script.display().to_string(), port.to_string(), dir.display().to_string()];
        command.extend(arguments.iter().map(|argument| (*argument).to_owned()));
        Recipe { command, greeting: b"" }
    })
    .await;
    PythonServer { port: server.port, server }
}

/// Runs `python SCRIPT ARGUMENTS…` to its end; what it says.
pub async fn python(script: &Path, arguments: &[&str]) -> String {
    run_script(&interpreter(), script, arguments).await
}

/// Runs `node SCRIPT ARGUMENTS…` to its end; what it says. Packages that it imports lie in the `node_modules` beside it.
pub async fn node(script: &Path, arguments: &[&str]) -> String {
    run_script("node", script, arguments).await
}

async fn run_script(program: &str, script: &Path, arguments: &[&str]) -> String {
    let run = tokio::process::Command::new(program).arg(script).args(arguments).output().await;
    match run {
        Ok(done) if done.status.success() => String::from_utf8_lossy(&done.stdout).into_owned(),
        Ok(done) => {
            let [said, complained] =
                [&done.stdout, &done.stderr].map(|said| String::from_utf8_lossy(said).into_owned());
            panic!("{} (is something missing? cargo xtask install)\n{said}{complained}", script.display())
        }
        Err(error) => panic!("can't run {program} {}: {error}", script.display()),
    }
}

/// Runs `python -m MODULE ARGUMENTS…` to its end: a tool that is a package of its own. What it says, on both of its outputs.
pub async fn python_module(module: &str, arguments: &[&str]) -> String {
    let run = tokio::process::Command::new(interpreter()).args(["-m", module]).args(arguments).output().await;
    match run {
        Ok(done) => {
            let said = [&done.stdout, &done.stderr].map(|said| String::from_utf8_lossy(said).into_owned()).concat();
            assert!(done.status.success(), "{module}: {} (is it missing? cargo xtask install)\n{said}", done.status);
            said
        }
        Err(error) => panic!("can't run {module}: {error}"),
    }
}

/// The interpreter of the tests' own environment.
fn interpreter() -> String {
    if let Ok(chosen) = std::env::var("GUILDHALL_TEST_PYTHON") {
        return chosen;
    }
    let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/python/bin/python");
    if !target.is_file() {
        panic!("{} is not there; run: cargo xtask install (or set GUILDHALL_TEST_PYTHON)", target.display());
    }
    target.display().to_string()
}

/// A private MQTT broker without passwords.
pub struct Mosquitto {
    /// `mqtt://127.0.0.1:PORT`
    pub url: String,
    pub port: u16,
    server: Server,
}

impl Mosquitto {
    /// Ends it at once, as a crash does.
    pub fn stop(&mut self) {
        self.server.stop();
    }

    /// Starts it again on the same port.
    pub async fn restart(&mut self) {
        self.server.restart().await;
    }
}

pub async fn mosquitto() -> Mosquitto {
    let program = program("mosquitto", "mosquitto", PROGRAM_PLACES);
    let server = Server::start(|port, dir| {
        let settings = dir.join("mosquitto.conf");
        let text =
            format!("listener {port} 127.0.0.1\nallow_anonymous true\npersistence false\nmax_queued_messages 0\n");
        if let Err(error) = fs::write(&settings, text) {
            panic!("can't write {}: {error}", settings.display());
        }
        Recipe { command: vec![program.clone(), "-c".to_owned(), settings.display().to_string()], greeting: b"" }
    })
    .await;
    Mosquitto { url: format!("mqtt://127.0.0.1:{}", server.port), port: server.port, server }
}
