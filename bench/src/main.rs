//! `cargo run --release -p bench -- NAME` (or `cargo xtask bench NAME`): one measurement against a peer in the same run.
//! What is measured and how stands in `bench/README.md`. The last line on stdout is one JSON object with the figures and
//! the ratios; everything before it is for people.
#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "a benchmark prints and reads the machine's clock")]

mod analysis;
mod credential;
mod edge;
mod live;
mod lrs;
mod marking;
mod referee;
mod xapi;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "bench", about = "Measurements of the hall, each against a peer in the same run")]
struct Arguments {
    #[command(subcommand)]
    name: Name,
}

#[derive(Subcommand)]
enum Name {
    /// A large contest's marks to everything that is said about them.
    Analysis(analysis::Options),
    /// Certificates issued and checked in a second, against bare signatures.
    Credential(credential::Options),
    /// A venue's samples from MQTT through the gateway to the hall: rate, processor shares, latency.
    Edge(edge::Options),
    /// Deliveries of the live hub for each CPU-second against a raw epoll loop; a mark's way to every spectator.
    Live(Box<live::Options>),
    /// The record store: batches in, queries out, with little stored and with much.
    Lrs(lrs::Options),
    /// A contest's marks to its ranking: in full, and after one changed mark.
    Marking(marking::Options),
    /// Telemetry to verdicts, against a hand-written loop and RTLola's interpreter.
    Referee(referee::Options),
    /// Learning records from a request's bytes to what is stored, against reading that keeps nothing.
    Xapi(xapi::Options),
}

fn main() -> anyhow::Result<()> {
    match Arguments::parse().name {
        Name::Analysis(options) => analysis::run(&options),
        Name::Credential(options) => credential::run(&options),
        Name::Edge(options) => edge::run(&options),
        Name::Live(options) => live::run(&options),
        Name::Lrs(options) => lrs::run(&options),
        Name::Marking(options) => marking::run(&options),
        Name::Referee(options) => referee::run(&options),
        Name::Xapi(options) => xapi::run(&options),
    }
}
