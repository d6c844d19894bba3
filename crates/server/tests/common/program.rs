//! The real binary as a process: started with its output in files, looked at, asked to stop, killed.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use testkit::{TempDir, eventually, temp_dir};

/// Long enough for anything that ends by itself on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running `guildhall`. Dropped, it is killed by its own pid.
pub struct Program {
    child: Child,
    said: TempDir,
    arguments: String,
}

/// What a program that has ended leaves.
#[derive(Debug)]
pub struct Done {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Program {
    pub fn start(arguments: &[&str]) -> Program {
        Self::start_with(arguments, &[])
    }

    pub fn start_with(arguments: &[&str], environment: &[(&str, &str)]) -> Program {
        let said = temp_dir();
        let file = |name: &str| File::create(said.path().join(name)).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_guildhall"));
        // Settings of whoever runs the tests are not theirs.
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("GUILDHALL_") || name == "RUST_LOG") {
            command.env_remove(name);
        }
        let child = command
            .args(arguments)
            .envs(environment.iter().copied())
            .current_dir(said.path())
            .stdin(Stdio::null())
            .stdout(file("stdout"))
            .stderr(file("stderr"))
            .spawn()
            .unwrap();
        Program { child, said, arguments: arguments.join(" ") }
    }

    pub fn stdout(&self) -> String {
        self.read("stdout")
    }

    pub fn stderr(&self) -> String {
        self.read("stderr")
    }

    fn read(&self, name: &str) -> String {
        String::from_utf8_lossy(&std::fs::read(self.said.path().join(name)).unwrap()).into_owned()
    }

    /// As a power cut for the process: no destructor runs.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.must_be_calm();
    }

    /// As a service manager asks.
    pub fn ask_to_stop(&self) {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
    }

    pub fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Waits for the end.
    pub async fn ended(&mut self, within: Duration) -> ExitStatus {
        let end = async {
            loop {
                if let Some(status) = self.child.try_wait().unwrap() {
                    return status;
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        match tokio::time::timeout(within, end).await {
            Ok(status) => {
                self.must_be_calm();
                status
            }
            Err(_) => {
                panic!("`guildhall {}` did not end within {within:?}; it said:\n{}", self.arguments, self.stderr())
            }
        }
    }

    /// Whatever happens to a program, it doesn't panic.
    fn must_be_calm(&self) {
        let stderr = self.stderr();
        assert!(!stderr.contains("panicked at"), "`guildhall {}` panicked:\n{stderr}", self.arguments);
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            eprintln!("`guildhall {}` said:\n{}", self.arguments, self.stderr());
        }
    }
}

/// Runs a command to its end.
pub async fn run(arguments: &[&str]) -> Done {
    run_with(arguments, &[]).await
}

pub async fn run_with(arguments: &[&str], environment: &[(&str, &str)]) -> Done {
    let mut program = Program::start_with(arguments, environment);
    let status = program.ended(PATIENCE).await;
    Done { code: status.code(), stdout: program.stdout(), stderr: program.stderr() }
}

impl Done {
    /// A refusal to start: code 1, and one message for a person.
    #[track_caller]
    pub fn refuses(&self, expected: &[&str]) {
        assert_eq!(self.code, Some(1), "{self:#?}");
        let messages = self.stderr.lines().filter(|line| line.starts_with("guildhall: ")).count();
        assert_eq!(messages, 1, "one message: {self:#?}");
        for trace in ["RUST_BACKTRACE", "stack backtrace", "panicked", "Error {", "Os {"] {
            assert!(!self.stderr.contains(trace), "{trace}: {self:#?}");
        }
        for words in expected {
            assert!(self.stderr.contains(words), "{words:?} is not said: {self:#?}");
        }
    }
}

/// A hall that is served, and can be served again at the same address from the same database.
pub struct Hall {
    pub program: Program,
    pub address: String,
    database: String,
    more: Vec<String>,
    environment: Vec<(&'static str, &'static str)>,
}

impl Hall {
    pub async fn open(database: &str) -> Hall {
        Self::open_with(database, &[]).await
    }

    pub async fn open_with(database: &str, more: &[&str]) -> Hall {
        Self::open_in(database, more, &[]).await
    }

    pub async fn open_in(database: &str, more: &[&str], environment: &[(&'static str, &'static str)]) -> Hall {
        let more: Vec<String> = more.iter().map(|&one| one.to_owned()).collect();
        let (program, address) = serve("127.0.0.1:0", database, &more, environment).await;
        Hall { program, address, database: database.to_owned(), more, environment: environment.to_vec() }
    }

    pub fn base(&self) -> String {
        format!("http://{}", self.address)
    }

    /// A field of a line that it has logged.
    pub fn logged(&self, message: &str, field: &str) -> Option<String> {
        logged(&self.program.stderr(), message, field)
    }

    pub async fn reopen(&mut self) {
        assert!(!self.program.is_running(), "the old one still runs");
        self.program = serve(&self.address, &self.database, &self.more, &self.environment).await.0;
    }
}

async fn serve(listen: &str, database: &str, more: &[String], environment: &[(&str, &str)]) -> (Program, String) {
    let mut arguments = vec!["serve", "--listen", listen, "--database", database, "--log", "json"];
    arguments.extend(more.iter().map(String::as_str));
    let mut program = Program::start_with(&arguments, environment);
    let mut address = None;
    eventually("the hall opens", async || {
        address = logged(&program.stderr(), "the hall is open", "address");
        assert!(address.is_some() || program.is_running(), "the hall did not open:\n{}", program.stderr());
        address.is_some()
    })
    .await;
    (program, address.unwrap())
}

/// A field of a line of the log.
fn logged(log: &str, message: &str, field: &str) -> Option<String> {
    log.lines().find_map(|line| {
        let line: serde_json::Value = serde_json::from_str(line).ok()?;
        (line["fields"]["message"] == message).then(|| line["fields"][field].as_str().map(str::to_owned))?
    })
}

pub const ADMIN: &str = "admin";
pub const ADMIN_PASSWORD: &str = "一句很长的口令 long enough";

/// Brings a database up and makes its administrator.
pub async fn migrate(database: &str) -> Done {
    let folder = temp_dir();
    let secret = folder.path().join("secret");
    std::fs::write(&secret, format!("{ADMIN_PASSWORD}\n")).unwrap();
    let done =
        run(&["migrate", "--database", database, "--admin", ADMIN, "--admin-password-file", text(&secret)]).await;
    assert_eq!(done.code, Some(0), "{done:#?}");
    done
}

pub fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

pub fn sqlite_in(folder: &Path) -> String {
    format!("sqlite://{}", folder.join("hall.db").display())
}

/// The repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}
