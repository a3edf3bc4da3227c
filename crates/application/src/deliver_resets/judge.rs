//! What becomes of a mail after an attempt (contract: section 9 of the mail queue's states).

use std::sync::PoisonError;

use chrono::TimeDelta;

use super::DeliverResets;
use super::refusals::Verdict;
use crate::model::{ClaimedMail, Completion, Delivered, FailureKind, OutgoingMail};
use crate::ports::SendError;
use crate::relay_health::Obstacle;

/// The shortest remaining life of a link for which another attempt makes sense.
const MIN_LINK_LIFE: TimeDelta = TimeDelta::seconds(5);

/// What an attempt taught about the relay.
#[derive(Debug)]
pub(super) enum RelayObservation {
    /// It answered for a mail.
    Answered,
    /// It took a connection.
    Connected,
    /// It takes no mail; what it said or did not say.
    Down(Obstacle, String),
    /// It was not asked.
    Nothing,
    /// Nothing: the store could not be reached for this mail.
    StoreUnavailable,
    /// Nothing: the store could not do its part, and could not if it were asked again at once.
    StoreFailed,
}

impl DeliverResets {
    pub(super) fn judge(
        &self,
        mail: &ClaimedMail,
        outgoing: &OutgoingMail,
        result: Result<Delivered, SendError>,
    ) -> (Completion, RelayObservation) {
        let SendError { kind, host, reply } = match result {
            Ok(Delivered { host, reply }) => {
                self.refusals.lock().unwrap_or_else(PoisonError::into_inner).accepted(mail.id());
                return (Completion::Sent { host, reply }, RelayObservation::Answered);
            }
            Err(error) => error,
        };
        match kind {
            FailureKind::Permanent => (Completion::Undeliverable { host, reply }, RelayObservation::Answered),
            FailureKind::Transient => (self.retry(mail, host, reply), RelayObservation::Answered),
            FailureKind::HostDown => {
                let observation = RelayObservation::Down(Obstacle::Unreachable, reply.clone());
                (self.wait_for_the_relay(mail, host, reply), observation)
            }
            FailureKind::SenderRefused if outgoing.from.is_some() => {
                (self.retry(mail, host, reply), RelayObservation::Answered)
            }
            FailureKind::HostRefuses | FailureKind::SenderRefused => {
                let observation = RelayObservation::Down(Obstacle::Refusal, reply.clone());
                (self.wait_for_the_relay(mail, host, reply), observation)
            }
            FailureKind::PolicyRefused | FailureKind::RecipientRefused => {
                self.judge_refusal(mail, outgoing, kind == FailureKind::RecipientRefused, host, reply)
            }
        }
    }

    fn judge_refusal(
        &self,
        mail: &ClaimedMail,
        outgoing: &OutgoingMail,
        probable: bool,
        host: String,
        reply: String,
    ) -> (Completion, RelayObservation) {
        let now = self.ports.clock.now();
        let mut refusals = self.refusals.lock().unwrap_or_else(PoisonError::into_inner);
        let verdict = refusals.refused(mail.id(), &outgoing.to, probable, now);
        drop(refusals);
        match verdict {
            Verdict::Recipient => (Completion::Undeliverable { host, reply }, RelayObservation::Answered),
            Verdict::Open => {
                let completion = match self.retry(mail, host, reply) {
                    // Nobody else was refused: there is nothing that speaks against the recipient's
                    // refusal.
                    Completion::SendingError { host, reply } => Completion::Undeliverable { host, reply },
                    other => other,
                };
                (completion, RelayObservation::Answered)
            }
            // On its own account, too: the next probe is another mail's.
            Verdict::AboutUs => {
                let observation = RelayObservation::Down(Obstacle::Refusal, reply.clone());
                (self.retry(mail, host, reply), observation)
            }
        }
    }

    /// The whole queue pauses, so this mail need not wait on its own account.
    fn wait_for_the_relay(&self, mail: &ClaimedMail, host: String, reply: String) -> Completion {
        let now = self.ports.clock.now();
        if mail.expires_at - now < MIN_LINK_LIFE {
            return given_up(host, &reply);
        }
        Completion::RetryAt { due_at: now, host, reply }
    }

    /// Another attempt after a random pause, as long as the link would still be alive on arrival.
    fn retry(&self, mail: &ClaimedMail, host: String, reply: String) -> Completion {
        let now = self.ports.clock.now();
        let left = mail.expires_at - now;
        if left < MIN_LINK_LIFE {
            return given_up(host, &reply);
        }
        let delay = self.settings.back_off.delay(mail.attempts, self.random());
        let delay = TimeDelta::from_std(delay).unwrap_or(left).min(left / 2);
        Completion::RetryAt { due_at: now + delay, host, reply }
    }
}

fn given_up(host: String, reply: &str) -> Completion {
    let reply = format!("{reply} (given up: the link would be dead before the next attempt)");
    Completion::SendingError { host, reply }
}
