/// Subject and detail of an enhanced status code (RFC 3463): `(1, 1)` of `5.1.1`.
pub(crate) type Enhanced = (u16, u16);

/// How far an attempt had come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Before the first mail: TCP, TLS, greeting, `EHLO`, login.
    Connect,
    /// `RSET` on a kept connection.
    Reset,
    /// `MAIL FROM`.
    Sender {
        /// With parameters, which this mail needs and others do not (SMTPUTF8, 8BITMIME).
        extended: bool,
    },
    /// `RCPT TO`.
    Recipient,
    /// `DATA`: the server has nothing of the text yet.
    Data,
    /// The text is on its way or there.
    Text,
}

impl Stage {
    /// Whether a connection is open, and the server has nothing of the text.
    pub(crate) const fn is_envelope(self) -> bool {
        !matches!(self, Self::Connect | Self::Text)
    }
}

/// What went wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Cause {
    /// A negative reply.
    Reply { code: u16, enhanced: Option<Enhanced>, text: String },
    /// The connection broke.
    Lost(String),
    /// No reply in time.
    TimedOut,
    /// The handshake failed, or the certificate is not the host's.
    Tls(String),
    /// A reply that is none, or does not end.
    Garbage(String),
    /// The server cannot take this mail.
    Unfit(&'static str),
}

/// A failed step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) stage: Stage,
    pub(crate) cause: Cause,
}

impl Failure {
    /// Whether a kept connection may be to blame, and nobody has got anything yet.
    pub(crate) fn is_stale(&self) -> bool {
        self.stage == Stage::Reset
            || self.stage.is_envelope()
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
            Stage::Text => "while the server had the mail",
            _ => "before the mail was taken",
        };
        match &self.cause {
            Cause::Reply { text, .. } => text.clone(),
            Cause::Lost(what) if self.stage == Stage::Connect => format!("cannot connect: {what}"),
            Cause::Tls(what) => format!("TLS failed: {what}"),
            Cause::Lost(what) => format!("connection lost {when}: {what}"),
            Cause::TimedOut => format!("no reply in time {when}"),
            Cause::Garbage(what) => format!("not an SMTP reply {when}: {what}"),
            Cause::Unfit(what) => (*what).to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_the_server_may_have_is_never_sent_twice_at_once() {
        let reply = |code| Cause::Reply { code, enhanced: None, text: String::new() };
        for cause in [Cause::Lost(String::new()), Cause::TimedOut, Cause::Garbage(String::new()), reply(421)]
        {
            for stage in [Stage::Sender { extended: false }, Stage::Recipient, Stage::Data] {
                assert!(Failure { stage, cause: cause.clone() }.is_stale());
                assert!(!Failure { stage, cause: reply(550) }.is_stale());
            }
            assert!(!Failure { stage: Stage::Text, cause }.is_stale());
        }
        assert!(Failure { stage: Stage::Reset, cause: reply(502) }.is_stale(), "a fresh one needs no RSET");
    }
}
