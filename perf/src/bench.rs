//! `cargo xtask bench`: what resetd does, beside the ceiling of the same machine in the same run.

mod accept;
mod ages;
mod ceiling;
mod connections;
mod dkim;
mod drain;
pub mod echo;
mod latency;
mod mixed;
mod soak;
mod sustained;
mod timing;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::time::Duration;

use clap::ValueEnum;
use clap::builder::RangedU64ValueParser;
use xtask::output::{note, step};
use xtask::services::Durability;
use xtask::services::postgres::{self, Database, Postgres};
use xtask::workspace;

use self::dkim::DkimKey;
use crate::installation::{Budget, Installation};
use crate::sink::Sink;
use crate::{Result, loadgen};

/// Where the requests are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Store {
    /// An SQLite file in a folder of its own.
    Sqlite,
    /// A database of its own in the PostgreSQL of this machine, else in a throwaway one.
    Postgres,
}

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Measurement {
    /// Accepted requests per second from connections that ask as fast as they can.
    Accept,
    /// How fast a full queue empties when the relay is back, and at a slow relay.
    Drain,
    /// From the acknowledgement to the relay's 250, on an idle server.
    Latency,
    /// Whether the time of an answer says that an account exists; fails when it does.
    Timing,
    /// The same load beside a thousand idle and dripping connections; memory; a cold start.
    Connections,
    /// The highest rate at which the oldest mail stays under a second (--seconds 60).
    Sustained,
    /// Mails per second while 32 connections ask as fast as they can (--seconds 20).
    Mixed,
    /// A constant load for long; fails when memory or the queue grows.
    Soak,
    /// The first five, one after the other.
    All,
}

/// The command line.
#[derive(Debug, clap::Args)]
pub struct Options {
    #[arg(value_enum, default_value = "all")]
    measurement: Measurement,
    /// The database under the server.
    #[arg(long, value_enum, default_value = "sqlite")]
    store: Store,
    /// Seconds of each measurement [default: 10, where the measurement names no other]
    #[arg(long, value_parser = positive())]
    seconds: Option<u32>,
    /// Connections to the server.
    #[arg(long, default_value_t = 32, value_parser = positive())]
    connections: u32,
    /// `timing`: pairs of requests in each comparison.
    #[arg(long, default_value_t = 8_000, value_parser = positive())]
    pairs: u32,
    /// `drain`: mails in the queue.
    #[arg(long, default_value_t = 20_000, value_parser = positive())]
    mails: u32,
    /// `soak`: minutes.
    #[arg(long, default_value_t = 10, value_parser = positive())]
    minutes: u32,
    /// Requests per second [soak: 5000, connections: 500; sustained: where the search begins, 1000]
    #[arg(long, value_parser = positive())]
    rate: Option<u32>,
    /// Signs each mail by a key made for this run.
    #[arg(long, value_enum, num_args = 0..=1, default_missing_value = "rsa")]
    dkim: Option<DkimKey>,
    /// The resetd to measure [default: a release build of this workspace]
    #[arg(long)]
    binary: Option<PathBuf>,
}

/// Whole numbers from 1.
pub(crate) fn positive() -> RangedU64ValueParser<u32> {
    RangedU64ValueParser::new().range(1..)
}

/// What the command line asked for, with the binary it is measured on.
#[derive(Debug)]
struct Plan {
    binary: PathBuf,
    store: Store,
    seconds: Option<u32>,
    connections: u32,
    pairs: u32,
    mails: u32,
    minutes: u32,
    rate: Option<u32>,
    dkim: Option<DkimKey>,
}

impl Plan {
    /// Seconds of a measurement that has no length of its own.
    fn seconds(&self) -> u32 {
        self.seconds.unwrap_or(10)
    }
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
        let mut installation = Installation::new(&plan.binary, url.as_deref(), &sink.url())?;
        if let Some(key) = plan.dkim {
            key.sign_mails_of(&mut installation)?;
        }
        let key = installation.set_up(budget)?;
        Ok(Self { installation, database, _server: server, key })
    }
}

/// Runs the asked-for measurements against a release build.
///
/// # Errors
/// When something does not build or start, or a gate fails.
pub fn run(options: Options) -> Result {
    let given = options.binary.as_deref();
    let what =
        given.map_or_else(|| "building resetd in release".to_owned(), |path| path.display().to_string());
    step(format!("{what}; store: {:?}", options.store));
    let plan = Plan {
        binary: workspace::resetd(given)?,
        store: options.store,
        seconds: options.seconds,
        connections: options.connections,
        pairs: options.pairs,
        mails: options.mails,
        minutes: options.minutes,
        rate: options.rate,
        dkim: options.dkim,
    };
    if let Some(cores) = std::thread::available_parallelism().ok().filter(|cores| cores.get() < 4) {
        note(format!("{cores} cores for server, load generator and relay together"));
    }
    match options.measurement {
        Measurement::Accept => accept::run(&plan),
        Measurement::Drain => drain::run(&plan),
        Measurement::Latency => latency::run(&plan),
        Measurement::Timing => timing::run(&plan),
        Measurement::Connections => connections::run(&plan),
        Measurement::Sustained => sustained::run(&plan),
        Measurement::Mixed => mixed::run(&plan),
        Measurement::Soak => soak::run(&plan),
        Measurement::All => {
            accept::run(&plan)?;
            drain::run(&plan)?;
            latency::run(&plan)?;
            timing::run(&plan)?;
            connections::run(&plan)
        }
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
