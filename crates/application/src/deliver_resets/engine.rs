//! The loop: claim, start, record, pause while the relay is down, wind down on shutdown.

use std::collections::VecDeque;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use metrics::{counter, gauge, histogram};
use tokio::task::{self, JoinError, JoinSet};
use tokio::time::{Instant, MissedTickBehavior};
use tracing::field::Empty;
use tracing::{Instrument, error, info, warn};

use super::DeliverResets;
use super::intake_throttle::IntakeThrottle;
use super::judge::RelayObservation;
use super::leases::Leases;
use super::prepare::Prepared;
use crate::model::{ClaimedMail, Completion, FailureKind, OutgoingMail};
use crate::ports::{SendError, StoreError};
use crate::relay_health::{Obstacle, RelayHealth, Turn};
use crate::trace::{ended, stage};

pub(super) struct Engine {
    pub(super) worker: Arc<DeliverResets>,
    health: RelayHealth,
    throttle: IntakeThrottle,
    pub(super) ready: VecDeque<ClaimedMail>,
    in_flight: JoinSet<RelayObservation>,
    pub(super) leases: Leases,
    pub(super) more: bool,
}

impl DeliverResets {
    /// Delivers until `stop` completes, then lets the mails on their way finish and gives back the
    /// others.
    pub async fn run(self: Arc<Self>, stop: impl Future<Output = ()> + Send) {
        gauge!("resetd_relay_up").set(1.0);
        let health = RelayHealth::new(
            self.settings.concurrency,
            self.settings.probe_back_off,
            self.settings.refusal_back_off,
        );
        let engine = Engine {
            worker: self,
            health,
            throttle: IntakeThrottle::new(Instant::now()),
            ready: VecDeque::new(),
            in_flight: JoinSet::new(),
            leases: Leases::default(),
            more: true,
        };
        engine.run(stop).await;
    }

    /// One mail from claim to outcome.
    async fn deliver(&self, mail: ClaimedMail) -> RelayObservation {
        match self.attempt(&mail).await {
            Ok(observation) => observation,
            Err(error) => {
                warn!(mail = %mail.id(), %error, "a mail waits for the store");
                counter!("resetd_mails_total", "outcome" => "store-unavailable").increment(1);
                match error {
                    StoreError::Unavailable(_) => RelayObservation::StoreUnavailable,
                    StoreError::Corrupt { .. } | StoreError::Conflict(_) => RelayObservation::StoreFailed,
                }
            }
        }
    }

    async fn attempt(&self, mail: &ClaimedMail) -> Result<RelayObservation, StoreError> {
        let prepared = self.prepare(mail).instrument(stage!("prepare")).await?;
        let (completion, observation) = match prepared {
            Prepared::LeaseLost => return Ok(RelayObservation::Nothing),
            Prepared::Done(completion) => (completion, RelayObservation::Nothing),
            Prepared::Mail(outgoing) => self.send(mail, &outgoing).instrument(stage!("send")).await,
        };
        let now = self.ports.clock.now();
        counter!("resetd_mails_total", "outcome" => outcome(&completion)).increment(1);
        ended(outcome(&completion));
        if matches!(completion, Completion::Sent { .. }) {
            let waited = (now - mail.accepted_at).to_std().unwrap_or_default();
            histogram!("resetd_delivery_seconds").record(waited.as_secs_f64());
        }
        let completed = self.ports.delivery.complete(mail.lease, completion, now);
        if !completed.instrument(stage!("complete")).await? {
            warn!(mail = %mail.id(), "the lease had passed on before the outcome was recorded");
        }
        Ok(observation)
    }

    async fn send(&self, mail: &ClaimedMail, outgoing: &OutgoingMail) -> (Completion, RelayObservation) {
        if mail.sandbox {
            let (completion, _) = self.judge(mail, outgoing, self.ports.sandbox.send(outgoing).await);
            return (completion, RelayObservation::Nothing);
        }
        self.judge(mail, outgoing, self.ports.sender.send(outgoing).await)
    }

    /// A probe without a mail.
    async fn connect(&self) -> RelayObservation {
        match self.ports.sender.connect().await {
            Ok(()) => RelayObservation::Connected,
            Err(SendError { kind: FailureKind::HostRefuses, reply, .. }) => {
                RelayObservation::Down(Obstacle::Refusal, reply)
            }
            Err(SendError { reply, .. }) => RelayObservation::Down(Obstacle::Unreachable, reply),
        }
    }
}

impl Engine {
    async fn run(mut self, stop: impl Future<Output = ()> + Send) {
        tokio::pin!(stop);
        let settings = self.worker.settings.clone();
        let mut renewal = tokio::time::interval(settings.lease / 3);
        renewal.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            self.give_back().await;
            self.fill().await;
            let idle = tokio::time::sleep_until(Instant::now() + self.idle_timeout());
            tokio::select! {
                () = &mut stop => break,
                Some(observation) = self.in_flight.join_next_with_id() => self.observe(observation),
                () = self.worker.signal.raised(), if !self.more => self.start_jitter().await,
                () = self.worker.ports.delivery.remote_work_available(), if !self.more => self.more = true,
                _ = renewal.tick() => self.renew().await,
                () = idle => self.more = true,
            }
        }
        self.wind_down().await;
    }

    /// Starts as many mails as there is room for, claiming more when the last batch is used up.
    async fn fill(&mut self) {
        let now = self.worker.ports.clock.now();
        let turn = self.health.turn(now, self.in_flight.len());
        let room = match turn {
            Turn::Mails(room) => room,
            Turn::Connect => 1,
            Turn::Wait => 0,
        };
        let room = self.throttle.room(Instant::now(), self.worker.signal.count(), room);
        if room == 0 {
            return;
        }
        if self.ready.is_empty() && self.more {
            self.claim().await;
        }
        if turn == Turn::Connect {
            self.start_what_needs_no_relay(now);
            if !self.ready.is_empty() {
                let worker = Arc::clone(&self.worker);
                self.in_flight.spawn(async move { worker.connect().await });
            }
            return;
        }
        for mail in self.ready.drain(..room.min(self.ready.len())).collect::<Vec<_>>() {
            self.start(mail);
        }
        gauge!("resetd_mails_in_flight").set(self.in_flight.len() as f64);
    }

    /// Captured mail, and mail that is too late, do not wait for the relay.
    fn start_what_needs_no_relay(&mut self, now: DateTime<Utc>) {
        let ready = std::mem::take(&mut self.ready);
        for mail in ready {
            if mail.sandbox || mail.expires_at <= now {
                self.start(mail);
            } else {
                self.ready.push_back(mail);
            }
        }
    }

    fn start(&mut self, mail: ClaimedMail) {
        self.throttle.started(1);
        let worker = Arc::clone(&self.worker);
        let span = stage!(
            "deliver",
            mail = %mail.id(),
            kind = mail.kind().as_str(),
            attempt = i64::from(mail.attempts),
            outcome = Empty
        );
        let id = mail.id();
        let task = self.in_flight.spawn(async move { worker.deliver(mail).await }.instrument(span));
        self.leases.started(task.id(), id);
    }

    /// A short random pause, so that the work of one request does not coincide with the answer to
    /// the next.
    async fn start_jitter(&mut self) {
        if self.in_flight.is_empty() {
            tokio::time::sleep(self.worker.settings.start_jitter.delay(0, self.worker.random())).await;
        }
        self.more = true;
    }

    /// How long nothing need be looked at: until the next poll, until the next probe, or until
    /// mails may be begun again.
    fn idle_timeout(&self) -> Duration {
        let poll = self.worker.settings.poll;
        let poll = self.throttle.rest(Instant::now()).map_or(poll, |rest| rest.min(poll));
        let probe = self.health.probe_at().map(|at| at - self.worker.ports.clock.now());
        // One that is due waits for a mail or is on its way.
        let probe = probe.and_then(|wait| wait.to_std().ok()).filter(|wait| !wait.is_zero());
        probe.map_or(poll, |wait| wait.min(poll))
    }

    fn observe(&mut self, ended: Result<(task::Id, RelayObservation), JoinError>) {
        let task = ended.as_ref().map_or_else(JoinError::id, |(task, _)| *task);
        let observation = ended.map(|(_, observation)| observation);
        self.leases.ended(task, observation.as_ref().ok(), Instant::now() + self.worker.settings.lease);
        match observation {
            Ok(RelayObservation::Answered) => {
                if self.health.answered() {
                    info!("the relay takes mail again; the queue drains");
                    gauge!("resetd_relay_up").set(1.0);
                }
                self.worker.relay.set(None);
            }
            Ok(RelayObservation::Connected) => {
                self.health.connected();
                self.more = true;
            }
            Ok(RelayObservation::Down(obstacle, reply)) => self.pause(obstacle, reply),
            Ok(
                RelayObservation::Nothing
                | RelayObservation::StoreUnavailable
                | RelayObservation::StoreFailed,
            ) => {}
            Err(error) => error!(%error, "a delivery ended in a panic; its lease brings it back"),
        }
    }

    /// The queue pauses, and whoever asks is told why.
    fn pause(&mut self, obstacle: Obstacle, reply: String) {
        let now = self.worker.ports.clock.now();
        let newly_down = self.health.down(obstacle, now, self.worker.random());
        let what = match obstacle {
            Obstacle::Unreachable => "the relay cannot be reached",
            Obstacle::Refusal => "the relay refuses us",
        };
        let changed = self.worker.relay.set(Some(format!("{what}: {reply}")));
        if newly_down {
            warn!(%reply, "{what}; the queue pauses and probes");
            gauge!("resetd_relay_up").set(0.0);
        } else if changed {
            warn!(%reply, "{what}, still");
        }
        self.more = true;
    }

    async fn wind_down(mut self) {
        let grace = self.worker.settings.grace;
        let finish = async { while self.in_flight.join_next().await.is_some() {} };
        if tokio::time::timeout(grace, finish).await.is_err() {
            warn!(mails = self.in_flight.len(), "mails still on their way; their leases bring them back");
            self.in_flight.shutdown().await;
        }
        if let Err(error) = self.release(&[]).await {
            warn!(%error, "leases could not be given back; they end by themselves");
        }
    }
}

const fn outcome(completion: &Completion) -> &'static str {
    match completion {
        Completion::Sent { .. } => "sent",
        Completion::RetryAt { .. } => "waiting-for-next-attempt",
        Completion::NotReadyUntil { .. } => "not-ready-to-queue",
        Completion::PreparingError { .. } => "preparing-error",
        Completion::SendingError { .. } => "sending-error",
        Completion::Undeliverable { .. } => "undeliverable",
        Completion::NoMail(_) => "no-mail",
    }
}
