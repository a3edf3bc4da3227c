//! The life of a request's mail.

use crate::macros::{deserialize_impl, parse_impls, serialize_impl, string_enum};

string_enum! {
    /// Where the mail of a request stands, in the platform's words.
    DeliveryState, "state of a delivery", unknown
    /// The text is no state of a delivery.
    UnknownDeliveryState {
        /// A worker may take it at once.
        InQueue = "in-queue",
        /// Recorded, but something has to come before it: nobody takes it yet.
        NotReadyToQueue = "not-ready-to-queue",
        /// An attempt failed for a passing reason; the next one comes after the back-off.
        WaitingForNextAttempt = "waiting-for-next-attempt",
        /// The mail server took it.
        Sent = "sent",
        /// The mail could not be made, by a error in a template for instance.
        PreparingError = "preparing-error",
        /// The mail server never took it while the link was alive.
        SendingError = "sending-error",
        /// The mail server refused it for good.
        Undeliverable = "undeliverable",
        /// The request owes no mail; [`NoMailReason`] says why.
        NoMail = "no-mail",
    }
}

impl DeliveryState {
    /// Whether no worker touches it any more. An operator may still: see
    /// [`DeliveryState::may_be_retried`].
    #[must_use]
    pub const fn is_terminal(self) -> bool {
        match self {
            Self::InQueue | Self::NotReadyToQueue | Self::WaitingForNextAttempt => false,
            Self::Sent | Self::PreparingError | Self::SendingError | Self::Undeliverable | Self::NoMail => {
                true
            }
        }
    }

    /// Whether `resetd mail retry` may put it back into the queue: it failed, and nothing was sent.
    #[must_use]
    pub const fn may_be_retried(self) -> bool {
        matches!(self, Self::PreparingError | Self::SendingError | Self::Undeliverable)
    }

    /// Whether a mail may go from this state to that one.
    ///
    /// | from | to |
    /// |---|---|
    /// | `not-ready-to-queue` | `in-queue`, or an end that needs no attempt to send |
    /// | `in-queue` | `waiting-for-next-attempt`, `not-ready-to-queue`, any end |
    /// | `waiting-for-next-attempt` | itself, `in-queue`, any end |
    /// | `preparing-error`, `sending-error`, `undeliverable` | `in-queue`, by an operator's retry |
    /// | `sent`, `no-mail` | nothing |
    #[must_use]
    pub const fn may_become(self, next: Self) -> bool {
        match (self, next) {
            (
                Self::NotReadyToQueue,
                Self::InQueue | Self::PreparingError | Self::SendingError | Self::NoMail,
            )
            | (Self::InQueue, Self::NotReadyToQueue | Self::WaitingForNextAttempt)
            | (Self::WaitingForNextAttempt, Self::WaitingForNextAttempt | Self::InQueue) => true,
            (Self::InQueue | Self::WaitingForNextAttempt, end) => end.is_terminal(),
            (failed, Self::InQueue) => failed.may_be_retried(),
            _ => false,
        }
    }
}

string_enum! {
    /// Why a request owes no mail. Its caller never learns it.
    NoMailReason, "reason for no mail", unknown
    /// The text is no reason for no mail.
    UnknownNoMailReason {
        /// No customer has this address.
        UnknownAddress = "unknown-address",
        /// The customer is banned, deleted or otherwise not to be mailed.
        Inactive = "inactive",
        /// The address has had its share of mails.
        OverBudget = "over-budget",
        /// A newer request, a changed password or a changed address came first.
        Superseded = "superseded",
        /// The organisation or the platform refuses to mail for this request.
        Refused = "refused",
    }
}

/// What goes first: the higher, the sooner; among equals the oldest. The default is 0.
///
/// ```
/// use resetd_domain::Priority;
///
/// assert!(Priority(1) > Priority::default());
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Priority(pub i16);

#[cfg(test)]
mod tests {
    use DeliveryState::{
        InQueue, NoMail, NotReadyToQueue, PreparingError, SendingError, Sent, Undeliverable,
        WaitingForNextAttempt,
    };

    use super::*;

    #[test]
    fn every_transition_is_decided() {
        for (from, allowed) in [
            (NotReadyToQueue, &[InQueue, PreparingError, SendingError, NoMail][..]),
            (
                InQueue,
                &[
                    NotReadyToQueue,
                    WaitingForNextAttempt,
                    Sent,
                    PreparingError,
                    SendingError,
                    Undeliverable,
                    NoMail,
                ],
            ),
            (
                WaitingForNextAttempt,
                &[InQueue, WaitingForNextAttempt, Sent, PreparingError, SendingError, Undeliverable, NoMail],
            ),
            (PreparingError, &[InQueue]),
            (SendingError, &[InQueue]),
            (Undeliverable, &[InQueue]),
            (Sent, &[]),
            (NoMail, &[]),
        ] {
            for to in DeliveryState::ALL {
                assert_eq!(from.may_become(*to), allowed.contains(to), "{from} -> {to}");
            }
        }
    }

    #[test]
    fn ends_are_left_by_an_operator_alone() {
        for state in DeliveryState::ALL {
            let leaves = DeliveryState::ALL.iter().any(|next| state.may_become(*next));
            assert_eq!(leaves, !state.is_terminal() || state.may_be_retried(), "{state}");
        }
    }

    #[test]
    fn words_round_trip() {
        for state in DeliveryState::ALL {
            assert_eq!(DeliveryState::parse(state.as_str()), Ok(*state));
        }
        for reason in NoMailReason::ALL {
            assert_eq!(NoMailReason::parse(reason.as_str()), Ok(*reason));
        }
        assert_eq!(DeliveryState::parse("In-Queue"), Err(UnknownDeliveryState));
        assert!(UnknownNoMailReason.to_string().contains("`over-budget`"));
    }
}
