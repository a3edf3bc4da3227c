//! Everything that runs, and what is done to it.

use std::net::SocketAddr;
use std::thread;
use std::time::{Duration, Instant};

use super::disruption::{Disruption, relay_at};
use super::{Kind, Plan};
use crate::Result;
use crate::bench::Store;
use crate::disk::SimulatedDisk;
use crate::installation::{Budget, Installation};
use crate::loadgen::{Group, Outcome, address};
use crate::proxy::Proxy;
use crate::sink::{Behaviour, Sink};
use xtask::output::note;
use xtask::process::{Running, free_address};
use xtask::services::postgres::{self, Postgres};
use xtask::services::{Durability, Redis};

/// How long nothing may move at the end before what is left counts as stuck. Leases and back-off
/// are shorter.
const STANDSTILL: Duration = Duration::from_secs(60);
/// How long the end may take altogether.
const LONGEST_END: Duration = Duration::from_secs(300);
/// How long a relay may take, in seconds: an operator's settings, whose defaults leave a slow relay
/// more time than anybody here is to wait.
const RELAY_LIMITS: &str = "connect_timeout=5&command_timeout=5";
/// Within this a server has ended whose disk has failed.
const LAST_WORDS: Duration = Duration::from_secs(10);

/// The database server, behind a network that can fail, and the one before the last failover.
struct Cluster {
    primary: Postgres,
    proxy: Proxy,
    /// Kept for those that are still connected to it.
    demoted: Option<Postgres>,
}

/// Everything that runs, and what it stands on. Dropped from the top.
pub(super) struct Scene<'a> {
    servers: Vec<Option<Running>>,
    pub(super) installation: Installation,
    relay: Proxy,
    cluster: Option<Cluster>,
    redis: Option<Redis>,
    disk: Option<SimulatedDisk>,
    sink: &'a Sink,
    pub(super) listen: Vec<SocketAddr>,
    pub(super) key: String,
    pub(super) happened: Vec<Disruption>,
    pub(super) breaches: Vec<String>,
    pub(super) unsynced: usize,
    /// Since when the relay has not been well.
    relay_unwell: Option<Instant>,
}

impl<'a> Scene<'a> {
    /// The store and limiter are throwaway ones, since they are disturbed.
    pub(super) fn set(plan: &Plan, sink: &'a Sink) -> Result<Self> {
        let relay = Proxy::start(sink.address())?;
        let (mut cluster, mut redis, mut disk) = (None, None, None);
        let mut url = None;
        if plan.store == Store::Postgres {
            let primary = Postgres::start(Durability::Full)?;
            postgres::execute(&primary.url("postgres"), "CREATE DATABASE chaos")?;
            let proxy = Proxy::start(primary.address())?;
            url = Some(format!("postgres://postgres@{}/chaos", proxy.address()));
            cluster = Some(Cluster { primary, proxy, demoted: None });
            redis = Some(Redis::start()?);
        } else if plan.disruptions.iter().any(|kind| kind.needs_disk()) {
            let mounted = SimulatedDisk::mount()?;
            url = Some(format!("sqlite://{}", mounted.file("resetd.db").display()));
            disk = Some(mounted);
        }
        let mail_url = format!("smtp://{}?{RELAY_LIMITS}", relay.address());
        let mut installation = Installation::new(&plan.binary, url.as_deref(), &mail_url)?;
        if let Some(redis) = &redis {
            installation.set("RESETD_LIMITER_URL", redis.url());
        }
        let key = installation.set_up(Budget::DEFAULT)?;
        let listen = (0..plan.replicas).map(|_| free_address()).collect::<Result<_>>()?;
        Ok(Self {
            servers: Vec::new(),
            installation,
            relay,
            cluster,
            redis,
            disk,
            sink,
            listen,
            key,
            happened: Vec::new(),
            breaches: Vec::new(),
            unsynced: 0,
            relay_unwell: None,
        })
    }

    /// Starts every server.
    pub(super) fn start_servers(&mut self) -> Result {
        self.servers = self
            .listen
            .iter()
            .map(|listen| self.installation.serve(*listen).map(Some))
            .collect::<Result<_>>()?;
        Ok(())
    }

    /// Does what is due until the load ends.
    pub(super) fn direct(&mut self, plan: &Plan, start: Instant) -> Result {
        let mut next_kill = plan.kill_every;
        let mut turn = 0;
        let events = plan.events();
        let mut events: Vec<(Kind, Duration)> = (1..)
            .zip(&events)
            .map(|(nth, kind)| (*kind, plan.duration * nth / (events.len() as u32 + 1)))
            .collect();
        events.reverse();
        loop {
            let now = start.elapsed();
            if now >= plan.duration {
                break;
            }
            if let Some((what, _)) = events.pop_if(|(_, at)| *at <= now) {
                note(format!("{:>5.1} s  {}", now.as_secs_f64(), what.name()));
                self.disturb(what, plan, start)?;
            }
            // Not at the very end, when the server would not be there to be asked.
            let now = start.elapsed();
            if plan.disruptions.contains(&Kind::Kill)
                && now >= next_kill
                && now + plan.kill_every / 3 < plan.duration
            {
                next_kill = now + plan.kill_every;
                let index = turn % self.listen.len();
                turn += 1;
                let began = Instant::now();
                self.kill(index);
                self.revive(index)?;
                self.add(Kind::Kill, began);
            }
            self.tick(plan, start)?;
        }
        self.relay_behaves(Behaviour::Accept);
        if events.is_empty() { Ok(()) } else { Err("the time was too short for every disruption".into()) }
    }

    /// Carries out one event; it is over when this returns.
    fn disturb(&mut self, what: Kind, plan: &Plan, start: Instant) -> Result {
        let began = Instant::now();
        match what {
            Kind::Kill | Kind::Relay => return Ok(()),
            Kind::PostgresRestart => self.cluster()?.primary.restart()?,
            Kind::RedisRestart => self.redis.as_mut().ok_or("there is no Redis")?.restart()?,
            Kind::PostgresAway => {
                self.cluster()?.primary.stop_immediately();
                self.hold(plan.outage, plan, start)?;
                self.cluster()?.primary.launch()?;
            }
            Kind::Failover => {
                let standby = self.cluster()?.primary.standby()?;
                let began = Instant::now();
                self.cluster()?.primary.demote()?;
                self.hold(plan.outage, plan, start)?;
                let cluster = self.cluster()?;
                standby.promote()?;
                cluster.proxy.lead_to(standby.address());
                // It stays: clients that are still connected may read there for ever.
                cluster.demoted.replace(std::mem::replace(&mut cluster.primary, standby));
                self.add(what, began);
                return Ok(());
            }
            Kind::DatabaseSilent => self.cluster()?.proxy.forget_connections(),
            Kind::RelaySilent => self.relay.forget_connections(),
            Kind::DatabaseDown => {
                self.cluster()?.proxy.set_down(true);
                self.hold(plan.outage, plan, start)?;
                self.cluster()?.proxy.set_down(false);
            }
            Kind::RelayDown => {
                self.relay.set_down(true);
                self.hold(plan.outage, plan, start)?;
                self.relay.set_down(false);
            }
            Kind::DiskFull => {
                self.disk()?.set_full(true);
                self.hold(plan.outage, plan, start)?;
                self.disk()?.set_full(false);
            }
            Kind::SyncError => {
                self.fail_a_sync()?;
                self.add(what, began);
                self.hold(plan.outage / 2, plan, start)?;
                return self.disturb(Kind::PowerCut, plan, start);
            }
            Kind::PowerCut => {
                (0..self.servers.len()).for_each(|index| self.kill(index));
                self.unsynced += self.disk()?.cut_power()?;
                (0..self.servers.len()).try_for_each(|index| self.revive(index))?;
            }
        }
        self.add(what, began);
        Ok(())
    }

    /// One sync answers `EIO`; the server must end itself, since only a process that begins anew
    /// can know what it has.
    fn fail_a_sync(&mut self) -> Result {
        self.disk()?.fail_next_sync();
        let deadline = Instant::now() + LAST_WORDS;
        let ended = |servers: &mut Vec<Option<Running>>| {
            servers.iter_mut().flatten().all(|server| !server.is_alive())
        };
        while !ended(&mut self.servers) {
            if Instant::now() > deadline {
                let struck =
                    if self.disk()?.is_failure_due() { "no sync was asked for" } else { "it runs on" };
                self.breaches.push(format!("the server did not end itself after a failed sync: {struck}"));
                break;
            }
            thread::sleep(Duration::from_millis(20));
        }
        (0..self.servers.len()).try_for_each(|index| {
            self.kill(index);
            self.revive(index)
        })
    }

    /// Lets the time pass.
    fn hold(&mut self, length: Duration, plan: &Plan, start: Instant) -> Result {
        let until = Instant::now() + length;
        while Instant::now() < until {
            self.tick(plan, start)?;
        }
        Ok(())
    }

    /// What is done all the time: the relay has its moods, and a server that ended is started
    /// again, and reported.
    fn tick(&mut self, plan: &Plan, start: Instant) -> Result {
        if plan.disruptions.contains(&Kind::Relay) {
            self.relay_behaves(relay_at(start.elapsed(), plan.duration));
        }
        for index in 0..self.servers.len() {
            if let Some(Some(server)) = self.servers.get_mut(index)
                && !server.is_alive()
            {
                self.breaches.push(format!("a server ended by itself\n{}", self.installation.log_tail()));
                self.revive(index)?;
            }
        }
        thread::sleep(Duration::from_millis(20));
        Ok(())
    }

    fn relay_behaves(&mut self, behaviour: Behaviour) {
        self.sink.behave(behaviour);
        match (behaviour, self.relay_unwell) {
            (Behaviour::Accept, Some(began)) => {
                self.relay_unwell = None;
                self.add(Kind::Relay, began);
            }
            (Behaviour::Accept, None) | (_, Some(_)) => {}
            (_, None) => self.relay_unwell = Some(Instant::now()),
        }
    }

    fn kill(&mut self, index: usize) {
        if let Some(server) = self.servers.get_mut(index).and_then(Option::take) {
            server.kill();
        }
    }

    /// Starts the server that is not there.
    fn revive(&mut self, index: usize) -> Result {
        if let (Some(listen), Some(slot)) = (self.listen.get(index), self.servers.get_mut(index)) {
            *slot = Some(self.installation.serve(*listen)?);
        }
        Ok(())
    }

    fn add(&mut self, what: Kind, began: Instant) {
        self.happened.push(Disruption { what, began, ended: Instant::now() });
    }

    fn cluster(&mut self) -> Result<&mut Cluster> {
        self.cluster.as_mut().ok_or_else(|| "there is no PostgreSQL".into())
    }

    fn disk(&mut self) -> Result<&mut SimulatedDisk> {
        self.disk.as_mut().ok_or_else(|| "there is no disk to disturb".into())
    }

    /// Waits until every promised mail is there and the queue is empty. Hands back the mails that
    /// are stuck in it.
    pub(super) fn wait_until_dry(&self, outcomes: &[Outcome]) -> Result<usize> {
        let promised: Vec<String> = outcomes
            .iter()
            .filter(|outcome| outcome.is_acknowledged())
            .map(|outcome| address(Group::Known, outcome.customer))
            .collect();
        let start = Instant::now();
        let mut last = (0, start);
        loop {
            let taken = self.sink.record().mails();
            if taken != last.0 {
                last = (taken, Instant::now());
            }
            let all = self.sink.record().all();
            let dry = promised.iter().all(|recipient| all.contains_key(recipient));
            let queued = if dry { self.queued()? } else { usize::MAX };
            if queued == 0 {
                return Ok(0);
            }
            if last.1.elapsed() > STANDSTILL || start.elapsed() > LONGEST_END {
                return self.queued();
            }
            thread::sleep(Duration::from_millis(500));
        }
    }

    /// Mails in a state that is not an end.
    fn queued(&self) -> Result<usize> {
        let mut queued = 0;
        for state in ["in-queue", "not-ready-to-queue", "waiting-for-next-attempt"] {
            let list = self
                .installation
                .command(&["mail", "list", "--json", "--limit", "1000", "--state", state])?;
            queued += list.lines().filter(|line| line.starts_with('{')).count();
        }
        Ok(queued)
    }
}
