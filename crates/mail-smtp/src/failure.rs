use std::error::Error as _;
use std::io;

use application::ports::FailureKind;
use lettre::transport::smtp::Error;

/// How far an attempt had come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Before the first mail: TCP, TLS, greeting, `EHLO`, login.
    Connect,
    /// `MAIL`, `RCPT` or `DATA`: the server has nothing of the text.
    Envelope,
    /// The text is on its way or there.
    Text,
}

/// What went wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Cause {
    /// A negative reply.
    Reply { code: u16, text: String },
    /// The connection broke.
    Lost(String),
    /// No reply in time.
    TimedOut,
    /// The handshake failed, or the certificate is not the host's.
    Tls(String),
    /// A reply that is none, or does not end.
    Garbage(String),
    /// The server cannot carry this mail.
    Unfit(&'static str),
}

/// A failed step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) stage: Stage,
    pub(crate) cause: Cause,
}

impl Failure {
    pub(crate) fn kind(&self) -> FailureKind {
        match (&self.cause, self.stage) {
            (_, Stage::Connect) | (Cause::TimedOut, Stage::Envelope) => FailureKind::HostDown,
            (Cause::Reply { code, .. }, _) => of_code(*code),
            (Cause::Unfit(_), _) => FailureKind::Permanent,
            (Cause::Lost(_) | Cause::TimedOut | Cause::Tls(_) | Cause::Garbage(_), _) => {
                FailureKind::Transient
            }
        }
    }

    /// Whether a kept connection may be to blame, and nobody has got anything yet.
    pub(crate) fn is_stale(&self) -> bool {
        self.stage == Stage::Envelope
            && match &self.cause {
                Cause::Reply { code, .. } => *code == 421,
                Cause::Lost(_) | Cause::TimedOut | Cause::Tls(_) | Cause::Garbage(_) => true,
                Cause::Unfit(_) => false,
            }
    }

    /// Whether the connection can carry another mail after `RSET`.
    pub(crate) fn leaves_connection_usable(&self) -> bool {
        match &self.cause {
            Cause::Reply { code, .. } => *code != 421,
            Cause::Unfit(_) => true,
            Cause::Lost(_) | Cause::TimedOut | Cause::Tls(_) | Cause::Garbage(_) => false,
        }
    }

    /// For a person to read.
    pub(crate) fn text(&self) -> String {
        let when = match self.stage {
            Stage::Connect => "while connecting",
            Stage::Envelope => "before the mail was taken",
            Stage::Text => "while the server had the mail",
        };
        match &self.cause {
            Cause::Reply { code, text } => format!("{code} {text}"),
            Cause::Lost(what) if self.stage == Stage::Connect => format!("cannot connect: {what}"),
            Cause::Tls(what) => format!("TLS failed: {what}"),
            Cause::Lost(what) => format!("connection lost {when}: {what}"),
            Cause::TimedOut => format!("no reply in time {when}"),
            Cause::Garbage(what) => format!("not an SMTP reply {when}: {what}"),
            Cause::Unfit(what) => (*what).to_owned(),
        }
    }
}

/// 421: the server closes (RFC 5321, section 3.8). 530, 534, 535, 538: it wants TLS or a login (RFC 3207, RFC 4954): a
/// fault of configuration that every mail would meet, so the queue waits for the operator.
fn of_code(code: u16) -> FailureKind {
    match code {
        421 | 530 | 534 | 535 | 538 => FailureKind::HostDown,
        500.. => FailureKind::Permanent,
        _ => FailureKind::Transient,
    }
}

impl From<Error> for Cause {
    fn from(error: Error) -> Self {
        let source = error.source();
        let text = source.map_or_else(|| error.to_string(), ToString::to_string);
        if let Some(code) = error.status() {
            return Self::Reply { code: code.into(), text };
        }
        // `lettre` has no question for this kind; over a stream of our own nothing but the handshake is of it.
        if error.to_string().starts_with("Connection error") {
            // Wrapped twice by STARTTLS: the innermost says what it was.
            let mut innermost = source;
            while let Some(deeper) = innermost.and_then(std::error::Error::source) {
                innermost = Some(deeper);
            }
            return Self::Tls(innermost.map_or(text, ToString::to_string));
        }
        let io = source.and_then(|source| source.downcast_ref::<io::Error>()).map(io::Error::kind);
        match io {
            Some(io::ErrorKind::TimedOut) => Self::TimedOut,
            // Not UTF-8, or our own bound on a reply.
            Some(io::ErrorKind::InvalidData) => Self::Garbage(text),
            // What lettre says when the other side has closed in mid-reply.
            None if error.is_response() && text == "incomplete response" => {
                Self::Lost("closed by the server".to_owned())
            }
            None if error.is_response() => Self::Garbage(text),
            _ => Self::Lost(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(stage: Stage, cause: Cause) -> FailureKind {
        Failure { stage, cause }.kind()
    }

    fn reply(code: u16) -> Cause {
        Cause::Reply { code, text: String::new() }
    }

    #[test]
    fn whatever_stops_a_connection_stops_the_queue() {
        for cause in [
            reply(554),
            reply(450),
            reply(535),
            reply(421),
            Cause::TimedOut,
            Cause::Lost(String::new()),
            Cause::Garbage(String::new()),
        ] {
            assert_eq!(kind(Stage::Connect, cause), FailureKind::HostDown);
        }
    }

    #[test]
    fn replies_count_by_their_first_digit_with_exceptions() {
        for stage in [Stage::Envelope, Stage::Text] {
            for code in [450, 451, 452, 454, 471] {
                assert_eq!(kind(stage, reply(code)), FailureKind::Transient, "{code}");
            }
            for code in [500, 503, 550, 552, 553, 554] {
                assert_eq!(kind(stage, reply(code)), FailureKind::Permanent, "{code}");
            }
            for code in [421, 530, 534, 535, 538] {
                assert_eq!(kind(stage, reply(code)), FailureKind::HostDown, "{code}");
            }
        }
    }

    #[test]
    fn silence_before_the_text_is_the_hosts_and_after_it_the_mails() {
        assert_eq!(kind(Stage::Envelope, Cause::TimedOut), FailureKind::HostDown);
        assert_eq!(kind(Stage::Text, Cause::TimedOut), FailureKind::Transient);
        assert_eq!(kind(Stage::Text, Cause::Lost(String::new())), FailureKind::Transient);
        assert_eq!(kind(Stage::Envelope, Cause::Garbage(String::new())), FailureKind::Transient);
    }

    #[test]
    fn a_mail_the_server_may_have_is_never_sent_twice_at_once() {
        for cause in [Cause::Lost(String::new()), Cause::TimedOut, Cause::Garbage(String::new()), reply(421)]
        {
            assert!(Failure { stage: Stage::Envelope, cause: cause.clone() }.is_stale());
            assert!(!Failure { stage: Stage::Text, cause }.is_stale());
        }
        assert!(!Failure { stage: Stage::Envelope, cause: reply(550) }.is_stale());
    }
}
