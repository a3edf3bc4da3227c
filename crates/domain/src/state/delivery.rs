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
        /// The mail could not be made, by an error in a template for instance.
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

#[cfg(test)]
mod tests {
    use super::*;

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
