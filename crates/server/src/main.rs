//! `guildhall`: the one binary. Each command is a file; none holds logic of a room.

mod commands;
mod config;
mod hall;
mod measures;
mod screens;
mod taking;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Debug, Parser)]
#[command(
    name = "guildhall",
    version,
    about = "Guildhall (匠家): the open digital trade-union platform",
    arg_required_else_help = true
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run a hall
    Serve(commands::serve::Serve),
    /// Run a venue's gateway: equipment in, recordings kept, samples forwarded
    Edge(commands::edge::EdgeCommand),
    /// Run a hall with a live contest in two venues, simulated from a seed
    Demo(commands::demo::DemoCommand),
    /// Bring a database to this program's version, and make the first administrator
    Migrate(commands::migrate::Migrate),
    /// Look whether a hall could start here, and say what stands in its way
    Doctor(commands::doctor::Doctor),
    /// Judge a recording by a scheme
    Replay(commands::replay::ReplayCommand),
    /// Make a recording (MCAP) of a CSV or NDJSON file
    Convert(commands::convert::ConvertCommand),
    /// Work a published result out again from its pack, and say where it first differs
    Verify(commands::verify::VerifyCommand),
    /// Look after the archive: verify its chain, rebuild its look-ups, export it
    Archive(commands::archive::ArchiveCommand),
    /// Write the generated parts of `contract/`
    #[command(hide = true)]
    Contract(commands::contract::Contract),
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    // The gateway speaks TLS with the hall; an error means that a provider is installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let done = match cli.command {
        Command::Serve(command) => command.run(),
        Command::Edge(command) => command.run(),
        Command::Demo(command) => command.run(),
        Command::Migrate(command) => command.run(),
        Command::Doctor(command) => command.run(),
        Command::Replay(command) => command.run(),
        Command::Convert(command) => command.run(),
        Command::Verify(command) => command.run(),
        Command::Archive(command) => command.run(),
        Command::Contract(command) => command.run(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("guildhall: {error:#}");
            ExitCode::FAILURE
        }
    }
}
