//! What a failed attempt means for the queue. This is the one place where a relay's reply is
//! judged, by its code and, where the relay gives one, its enhanced status code (RFC 3463); the
//! text decides nothing.

use application::model::FailureKind;

use crate::failure::{Cause, Enhanced, Failure, Stage};

impl Failure {
    pub(crate) fn kind(&self) -> FailureKind {
        of(self.stage, &self.cause)
    }
}

/// The verdict on `cause` at `stage`.
fn of(stage: Stage, cause: &Cause) -> FailureKind {
    match (cause, stage) {
        (Cause::Reply { code, enhanced, .. }, stage) => of_reply(stage, *code, *enhanced),
        (Cause::Unfit(_), Stage::Connect) => FailureKind::HostRefuses,
        (Cause::Unfit(_), _) => FailureKind::Permanent,
        (_, Stage::Connect) => FailureKind::HostDown,
        (Cause::TimedOut, stage) if stage.is_envelope() => FailureKind::HostDown,
        (Cause::Lost(_) | Cause::TimedOut | Cause::Tls(_) | Cause::Garbage(_), _) => FailureKind::Transient,
    }
}

fn of_reply(stage: Stage, code: u16, enhanced: Option<Enhanced>) -> FailureKind {
    match (stage, code) {
        // The server closes (RFC 5321, section 3.8).
        (_, 421) => FailureKind::HostDown,
        // TLS or a login is missing or was refused (RFC 3207, RFC 4954): every mail would meet it.
        (_, 530 | 534 | 535 | 538) => FailureKind::HostRefuses,
        (Stage::Connect, 500..) => FailureKind::HostRefuses,
        (Stage::Connect, _) => FailureKind::HostDown,
        (_, ..500) => FailureKind::Transient,
        (Stage::Reset, _) => FailureKind::HostDown,
        (Stage::Sender { extended }, _) => of_sender(extended, code, enhanced),
        (Stage::Recipient, _) => of_recipient(code, enhanced),
        (Stage::Data | Stage::Text, _) => of_text(enhanced),
    }
}

fn of_sender(extended: bool, code: u16, enhanced: Option<Enhanced>) -> FailureKind {
    // Parameters that this mail needs and others do not.
    let of_parameters = matches!(code, 501 | 504 | 555) || matches!(enhanced, Some((5, 4) | (6, _)));
    match enhanced {
        _ if extended && of_parameters => FailureKind::Permanent,
        Some(status) if is_authentication(status) => FailureKind::HostRefuses,
        // A command that the server does not know or does not take from us.
        _ if matches!(code, 500 | 502..=504 | 521) => FailureKind::HostRefuses,
        _ => FailureKind::SenderRefused,
    }
}

fn of_recipient(code: u16, enhanced: Option<Enhanced>) -> FailureKind {
    match enhanced {
        Some(status) if is_sender(status) => FailureKind::SenderRefused,
        Some(status) if is_authentication(status) => FailureKind::HostRefuses,
        // The recipient's address, mailbox, or the way to it; a mail too big; a text that cannot be
        // delivered there.
        Some((1 | 2 | 4 | 6, _) | (3, 4)) => FailureKind::Permanent,
        // The system takes nothing (5.3.x), or the protocol went wrong (5.5.x), as in `504 5.5.2
        // Helo command rejected`.
        Some((3 | 5, _)) => FailureKind::HostRefuses,
        // Policy: of the recipient, or against us ("relay access denied").
        Some((7, _)) => FailureKind::PolicyRefused,
        // A status that says nothing, or none at all: the code is left.
        _ => match code {
            500 | 502..=504 | 521 => FailureKind::HostRefuses,
            // This domain takes no mail (RFC 7504).
            556 => FailureKind::Permanent,
            501 | 550..=553 => FailureKind::RecipientRefused,
            _ => FailureKind::PolicyRefused,
        },
    }
}

fn of_text(enhanced: Option<Enhanced>) -> FailureKind {
    match enhanced {
        Some(status) if is_sender(status) => FailureKind::SenderRefused,
        Some(status) if is_authentication(status) => FailureKind::HostRefuses,
        _ => FailureKind::Permanent,
    }
}

/// The sender's address (5.1.7, 5.1.8), or whether its domain vouches for the mail (DKIM, SPF, ARC:
/// RFC 7372, RFC 8617).
const fn is_sender(status: Enhanced) -> bool {
    matches!(status, (1, 7 | 8) | (7, 20..=24 | 26..=29))
}

/// A login or encryption is missing or too weak (RFC 4954, RFC 5248), or our host has no reverse
/// name (RFC 7372).
const fn is_authentication(status: Enhanced) -> bool {
    matches!(status, (7, 8..=11 | 14 | 25))
}

#[cfg(test)]
mod tests {
    use FailureKind::{
        HostDown, HostRefuses, Permanent, PolicyRefused, RecipientRefused, SenderRefused, Transient,
    };

    use super::*;

    const SENDER: Stage = Stage::Sender { extended: false };

    fn verdict(stage: Stage, reply: &str) -> FailureKind {
        let mut parsed = crate::reply::Reply::default();
        parsed.add(reply.as_bytes()).unwrap();
        of(stage, &parsed.accepted().unwrap_err())
    }

    #[test]
    fn what_stops_a_connection_stops_the_queue() {
        for cause in [Cause::TimedOut, Cause::Lost(String::new()), Cause::Garbage(String::new())] {
            assert_eq!(of(Stage::Connect, &cause), HostDown);
        }
        for reply in ["421 busy", "450 later", "454 4.7.0 temporary authentication failure"] {
            assert_eq!(verdict(Stage::Connect, reply), HostDown, "{reply}");
        }
        for reply in ["554 no", "500 what", "535 5.7.8 bad password", "550 5.7.1 not you", "521 no mail here"]
        {
            assert_eq!(verdict(Stage::Connect, reply), HostRefuses, "{reply}");
        }
        assert_eq!(of(Stage::Connect, &Cause::Unfit("")), HostRefuses);
    }

    #[test]
    fn deferrals_are_transient_whatever_they_are_about() {
        for stage in [SENDER, Stage::Recipient, Stage::Data, Stage::Text] {
            for reply in ["450", "451 4.3.0", "452 4.2.2", "454 4.7.1 relay access denied", "471"] {
                assert_eq!(verdict(stage, reply), Transient, "{reply}");
            }
            assert_eq!(verdict(stage, "421 4.3.2"), HostDown);
            for reply in ["530 5.7.0", "534", "535 5.7.8", "538", "550 5.7.25 no reverse name"] {
                assert_eq!(verdict(stage, reply), HostRefuses, "{reply}");
            }
        }
    }

    #[test]
    fn a_refused_sender_is_ours() {
        for reply in ["550", "553 5.7.1 not owned by user", "554 5.1.8", "501 5.1.7", "552 5.2.2"] {
            assert_eq!(verdict(SENDER, reply), SenderRefused, "{reply}");
        }
        for reply in ["503 5.5.1 bad sequence", "502", "521 5.3.2"] {
            assert_eq!(verdict(SENDER, reply), HostRefuses, "{reply}");
        }
        let extended = Stage::Sender { extended: true };
        for reply in ["555 5.5.4", "504", "550 5.6.7"] {
            assert_eq!(verdict(extended, reply), Permanent, "{reply}");
        }
        assert_eq!(verdict(extended, "550 5.7.1"), SenderRefused);
    }

    #[test]
    fn a_refused_recipient_differs_from_a_refusal_of_us() {
        for (reply, expected) in [
            ("550 5.1.1 unknown", Permanent),
            ("550 5.1.10", Permanent),
            ("552 5.2.2 over quota", Permanent),
            ("550 5.4.1", Permanent),
            ("552 5.3.4", Permanent),
            ("553 5.6.7", Permanent),
            ("556", Permanent),
            ("550 5.1.8 sender", SenderRefused),
            ("550 5.7.23 SPF", SenderRefused),
            ("504 5.5.2 Helo command rejected", HostRefuses),
            ("504 need a fully-qualified name", HostRefuses),
            ("503", HostRefuses),
            ("554 5.3.2", HostRefuses),
            ("550 5.7.9 authenticate", HostRefuses),
            ("554 5.7.1 relay access denied", PolicyRefused),
            ("550 5.7.1", PolicyRefused),
            ("554", PolicyRefused),
            ("554 5.0.0", PolicyRefused),
            ("550 no such user", RecipientRefused),
            ("550 5.0.0", RecipientRefused),
            ("553", RecipientRefused),
        ] {
            assert_eq!(verdict(Stage::Recipient, reply), expected, "{reply}");
        }
    }

    #[test]
    fn a_refused_text_is_the_mails() {
        for stage in [Stage::Data, Stage::Text] {
            for reply in ["550", "552 5.3.4", "554 5.7.1 spam", "554 5.6.0", "500"] {
                assert_eq!(verdict(stage, reply), Permanent, "{reply}");
            }
            assert_eq!(verdict(stage, "550 5.7.26 unauthenticated"), SenderRefused);
        }
    }

    #[test]
    fn silence_before_the_text_is_the_hosts_and_after_it_the_mails() {
        assert_eq!(of(SENDER, &Cause::TimedOut), HostDown);
        assert_eq!(of(Stage::Data, &Cause::TimedOut), HostDown);
        assert_eq!(of(Stage::Text, &Cause::TimedOut), Transient);
        assert_eq!(of(Stage::Text, &Cause::Lost(String::new())), Transient);
        assert_eq!(of(SENDER, &Cause::Garbage(String::new())), Transient);
        assert_eq!(of(SENDER, &Cause::Unfit("")), Permanent);
    }
}
