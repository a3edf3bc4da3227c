//! `cargo xtask chaos`: what the service stands on fails under load, and nothing that was promised
//! may be lost.

mod disruption;
mod kind;
mod scene;
mod verdict;

use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

pub use self::disruption::Disruption;
pub use self::kind::Kind;
use self::scene::Scene;
pub use self::verdict::Verdict;
use crate::bench::{Store, positive};
use crate::loadgen::{Group, Paced, apart, paced};
use crate::sink::{Behaviour, Keep, Sink};
use xtask::output::{figure, note, step};
use xtask::workspace;

use crate::Result;

/// Seconds of a run that an outage needs beside its own length, so that what follows it is seen.
const AROUND_AN_OUTAGE: u32 = 12;

/// What to do to whom.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The server under test.
    pub binary: PathBuf,
    /// Where it keeps the requests.
    pub store: Store,
    /// How many servers share the store.
    pub replicas: u32,
    /// Requests due per second.
    pub rate: u32,
    /// For how long there is load.
    pub duration: Duration,
    /// What happens meanwhile.
    pub disruptions: Vec<Kind>,
    /// How often a server, each in its turn, is killed and started again.
    pub kill_every: Duration,
    /// How long what goes away stays away.
    pub outage: Duration,
}

impl Plan {
    /// What happens once, in its order; a restart of PostgreSQL at the beginning and at the end.
    fn events(&self) -> Vec<Kind> {
        let mut events: Vec<Kind> = self.disruptions.iter().copied().filter(|kind| kind.is_event()).collect();
        if self.disruptions.contains(&Kind::PostgresRestart) {
            events.push(Kind::PostgresRestart);
        }
        events
    }
}

/// The command line.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Seconds of load [default: 60, or as many as the disruptions need]
    #[arg(long, value_parser = positive())]
    seconds: Option<u32>,
    /// Requests per second.
    #[arg(long, default_value_t = 500, value_parser = positive())]
    rate: u32,
    /// Servers that share the store.
    #[arg(long, default_value_t = 1, value_parser = positive())]
    replicas: u32,
    /// The database under the servers.
    #[arg(long, value_enum, default_value = "sqlite")]
    store: Store,
    /// A disruption by its name, or `all`; repeatable [default: kill, relay, and restarts of
    /// PostgreSQL and Redis where they are used]
    #[arg(long = "disruption", value_name = "NAME")]
    disruptions: Vec<String>,
    /// Seconds for which what goes away stays away.
    #[arg(long, default_value_t = 8, value_parser = positive())]
    outage: u32,
    /// Seconds between two kills [default: 3, with replicas 5]
    #[arg(long, value_parser = positive())]
    kill_every: Option<u32>,
    /// The resetd under test [default: a release build of this workspace]
    #[arg(long)]
    binary: Option<PathBuf>,
    /// Lists the disruptions.
    #[arg(long)]
    list: bool,
}

/// Carries out what the command line asks for in release builds, and prints the verdict.
///
/// # Errors
/// When something was lost, doubled without a reason, late, or stuck.
pub fn run(options: Options) -> Result {
    if options.list {
        Kind::ALL.into_iter().for_each(|kind| figure(kind.name(), kind.description()));
        return Ok(());
    }
    let Options { store, replicas, rate, outage, .. } = options;
    if replicas > 1 && store == Store::Sqlite {
        return Err("an SQLite file has one server; add --store postgres".into());
    }
    let kill_every = options.kill_every.unwrap_or(if replicas > 1 { 5 } else { 3 });
    let mut plan = Plan {
        binary: PathBuf::new(),
        store,
        replicas,
        rate,
        duration: Duration::ZERO,
        disruptions: disruptions(&options.disruptions, store)?,
        kill_every: Duration::from_secs(kill_every.into()),
        outage: Duration::from_secs(outage.into()),
    };
    let events = u32::try_from(plan.events().len())?;
    let seconds = options.seconds.unwrap_or_else(|| 60.max(events * (outage + AROUND_AN_OUTAGE)));
    plan.duration = Duration::from_secs(seconds.into());
    let given = options.binary.as_deref();
    step(given.map_or_else(|| "building resetd in release".to_owned(), |path| path.display().to_string()));
    plan.binary = workspace::resetd(given)?;
    let verdict = carry_out(&plan)?;
    verdict.print();
    if verdict.is_clean() { Ok(()) } else { Err("a promise was broken".into()) }
}

/// What was asked for and can be had here. What cannot is named.
fn disruptions(names: &[String], store: Store) -> Result<Vec<Kind>> {
    let mut wanted = Vec::new();
    for name in names {
        match Kind::from_name(name) {
            Some(kind) if !wanted.contains(&kind) => wanted.push(kind),
            Some(_) => {}
            None if name == "all" => wanted = Kind::ALL.to_vec(),
            None => return Err(format!("there is no disruption {name:?}; see --list").into()),
        }
    }
    let by_default = wanted.is_empty();
    if by_default {
        wanted = Kind::DEFAULT.to_vec();
    }
    wanted.retain(|kind| match kind.obstacle(store) {
        Some(_) if by_default && store == Store::Sqlite => false,
        Some(obstacle) => {
            note(format!("not run: {}: {obstacle}", kind.name()));
            false
        }
        None => true,
    });
    if wanted.is_empty() { Err("none of these disruptions can be run here".into()) } else { Ok(wanted) }
}

/// Carries out the plan and judges.
///
/// # Errors
/// When something could not be set up, a server did not come back, or the time was too short for
/// the plan.
pub fn carry_out(plan: &Plan) -> Result<Verdict> {
    let sink = Sink::start(Keep::Arrivals)?;
    let mut scene = Scene::set(plan, &sink)?;
    let customers = plan.rate * u32::try_from(plan.duration.as_secs())?;
    let names: Vec<&str> = plan.disruptions.iter().map(|kind| kind.name()).collect();
    step(format!(
        "{customers} customers, {} requests/s for {:?}: {}",
        plan.rate,
        plan.duration,
        names.join(", ")
    ));
    scene.installation.import(Group::Known, 0..customers)?;
    scene.start_servers()?;

    let load = Paced {
        servers: scene.listen.clone(),
        api_key: scene.key.clone(),
        rate: plan.rate,
        duration: plan.duration,
        connections: 64,
        customers,
    };
    let start = Instant::now();
    let generator = thread::spawn(move || apart(move || paced(load)));
    scene.direct(plan, start)?;
    let outcomes = generator.join().map_err(|_| "the load generator panicked")??;

    step("the load has ended; waiting for the queue to run dry");
    sink.behave(Behaviour::Accept);
    let stuck = scene.wait_until_dry(&outcomes)?;
    let verdict = Verdict::judge(&outcomes, &sink.record().all(), &scene.happened, stuck);
    Ok(Verdict { breaches: std::mem::take(&mut scene.breaches), unsynced: scene.unsynced, ..verdict })
}
