//! `cargo xtask bench`: what resetd does, beside the ceiling of the same machine in the same run.

mod accept;
mod ceiling;
mod connections;
mod drain;
pub mod echo;
mod latency;
mod soak;
mod timing;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use crate::arguments::Arguments;
use crate::installation::{Budget, Installation};
use crate::output::{note, step};
use crate::services::Durability;
use crate::services::postgres::{self, Database, Postgres};
use crate::sink::Sink;
use crate::{Result, loadgen, process, workspace};

/// Where the requests are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Store {
    /// An SQLite file in a folder of its own.
    Sqlite,
    /// A database of its own in the PostgreSQL of this machine, else in a throwaway one.
    Postgres,
}

impl Store {
    /// From `--store`; SQLite without it.
    ///
    /// # Errors
    /// When there is no such store.
    pub fn from_option(arguments: &mut Arguments) -> Result<Self> {
        match arguments.option("--store")?.as_deref() {
            None | Some("sqlite") => Ok(Self::Sqlite),
            Some("postgres") => Ok(Self::Postgres),
            Some(other) => Err(format!("there is no store {other:?}, only sqlite and postgres").into()),
        }
    }
}

/// What the command line asked for.
#[derive(Debug)]
struct Plan {
    binary: PathBuf,
    store: Store,
    seconds: u32,
    connections: u32,
    pairs: u32,
    mails: u32,
    minutes: u32,
    /// 0: the benchmark's own.
    rate: u32,
}

/// A fresh installation for one measurement, with the database it stands on.
#[derive(Debug)]
struct Bench {
    // In this order: the installation lets go of the database, the database of the server.
    installation: Installation,
    database: Option<Database>,
    _server: Option<Postgres>,
    key: String,
}

impl Bench {
    fn new(plan: &Plan, sink: &Sink, budget: Budget) -> Result<Self> {
        let (database, server) = match plan.store {
            Store::Sqlite => (None, None),
            Store::Postgres => {
                let (url, server) = postgres::any(Durability::Full)?;
                (Some(Database::create(&url, "bench")?), server)
            }
        };
        let url = database.as_ref().map(Database::url);
        let installation = Installation::new(&plan.binary, url.as_deref(), &sink.url())?;
        let key = installation.set_up(budget)?;
        Ok(Self { installation, database, _server: server, key })
    }
}

/// Runs the asked-for measurements in release builds.
///
/// # Errors
/// When something does not build or start, or the timing gate fails.
pub fn run(words: &[String]) -> Result {
    if cfg!(debug_assertions) {
        return run_in_release(words);
    }
    let mut arguments = Arguments::new(words);
    let store = Store::from_option(&mut arguments)?;
    let seconds = arguments.number("--seconds", 10)?;
    let connections = arguments.number("--connections", 32)?;
    let pairs = arguments.number("--pairs", 8_000)?;
    let mails = arguments.number("--mails", 20_000)?;
    let minutes = arguments.number("--minutes", 10)?;
    let rate = arguments.number("--rate", 0)?;
    let binary = arguments.option("--binary")?;
    let which = arguments.rest()?;
    let which = which.first().map_or("all", String::as_str);

    step(format!("{}; store: {store:?}", binary.as_deref().unwrap_or("building resetd in release")));
    let binary = workspace::resetd(binary.as_deref())?;
    let plan = Plan { binary, store, seconds, connections, pairs, mails, minutes, rate };
    if let Some(cores) = std::thread::available_parallelism().ok().filter(|cores| cores.get() < 4) {
        note(format!("{cores} cores for server, load generator and relay together"));
    }
    match which {
        "accept" => accept::run(&plan),
        "drain" => drain::run(&plan),
        "latency" => latency::run(&plan),
        "timing" => timing::run(&plan),
        "connections" => connections::run(&plan),
        "soak" => soak::run(&plan),
        "all" => {
            accept::run(&plan)?;
            drain::run(&plan)?;
            latency::run(&plan)?;
            timing::run(&plan)?;
            connections::run(&plan)
        }
        other => Err(format!("there is no benchmark {other:?}").into()),
    }
}

/// What a server of this machine answers to a GET.
fn scrape(server: SocketAddr, path: &str) -> Result<String> {
    loadgen::refuse_foreign(server)?;
    let mut stream = TcpStream::connect(server)?;
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    stream.write_all(
        format!("GET {path} HTTP/1.1\r\nHost: {server}\r\nConnection: close\r\n\r\n").as_bytes(),
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    match answer.split_once("\r\n\r\n") {
        Some((head, body)) if head.starts_with("HTTP/1.1 200 ") => Ok(body.to_owned()),
        _ => Err(format!("{path} was answered with {:?}", answer.lines().next()).into()),
    }
}

/// A generator built for debugging would measure itself.
fn run_in_release(words: &[String]) -> Result {
    step("building xtask in release");
    process::run(workspace::cargo().args(["build", "--quiet", "--release", "--package", "xtask"]))?;
    let program = workspace::target().join("release").join("xtask");
    Err(Command::new(program).arg("bench").args(words).exec().into())
}
