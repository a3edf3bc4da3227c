use std::fmt::Display;
use std::time::Duration;

use lettre::transport::smtp::Error;
use lettre::transport::smtp::commands::{Data, Mail, Rcpt, Rset};
use lettre::transport::smtp::extension::{Extension, MailParameter};
use lettre::transport::smtp::response::{Response, Severity};
use tokio::time::timeout;

use crate::connection::Connection;
use crate::failure::{Cause, Failure, Stage};
use crate::message::Letter;

impl Connection {
    /// Hands one letter over and returns the reply to the final dot. After a failure the connection may be used again only
    /// where [`Failure::leaves_connection_usable`] says so.
    pub(crate) async fn carry(&mut self, letter: &Letter, limit: Duration) -> Result<String, Failure> {
        let envelope = |cause| Failure { stage: Stage::Envelope, cause };
        if self.needs_reset {
            self.step(Rset, limit).await.map_err(envelope)?;
            self.needs_reset = false;
        }
        let parameters = self.parameters(letter).map_err(envelope)?;
        self.needs_reset = true;
        self.step(Mail::new(Some(letter.from.clone()), parameters), limit).await.map_err(envelope)?;
        self.step(Rcpt::new(letter.to.clone(), vec![]), limit).await.map_err(envelope)?;
        let go = within(limit, self.smtp.command(Data)).await.map_err(envelope)?;
        if !go.has_code(354) {
            // To send the text now would be to send it as commands.
            return Err(envelope(Cause::Garbage(format!("{} in answer to DATA", go.code()))));
        }
        let text = |cause| Failure { stage: Stage::Text, cause };
        let done = within(limit, self.smtp.message(&letter.bytes)).await;
        self.needs_reset = false;
        let done = done.map_err(text)?;
        if done.code().severity != Severity::PositiveCompletion {
            return Err(text(Cause::Garbage(format!("{} in answer to the text", done.code()))));
        }
        self.mails = self.mails.saturating_add(1);
        Ok(words(&done))
    }

    /// One command that wants a 2xx.
    async fn step(&mut self, command: impl Display, limit: Duration) -> Result<(), Cause> {
        let reply = within(limit, self.smtp.command(command)).await?;
        if reply.code().severity == Severity::PositiveCompletion {
            Ok(())
        } else {
            Err(Cause::Garbage(format!("{} out of turn", reply.code())))
        }
    }

    fn parameters(&self, letter: &Letter) -> Result<Vec<MailParameter>, Cause> {
        let server = self.smtp.server_info();
        let mut parameters = Vec::new();
        if letter.needs_utf8() {
            if !server.supports_feature(Extension::SmtpUtfEight) {
                return Err(Cause::Unfit(
                    "the server does not take internationalised addresses (no SMTPUTF8, RFC 6531)",
                ));
            }
            parameters.push(MailParameter::SmtpUtfEight);
        }
        if let Some(body) = letter.body() {
            // RFC 6531, section 3.1, item 8: who has SMTPUTF8 has 8BITMIME.
            if !server.supports_feature(Extension::EightBitMime) {
                return Err(Cause::Unfit("the server does not take 8-bit headers (no 8BITMIME, RFC 6152)"));
            }
            parameters.push(MailParameter::Body(body));
        }
        Ok(parameters)
    }
}

/// A reply, or the end of patience.
pub(crate) async fn within(
    limit: Duration,
    reply: impl Future<Output = Result<Response, Error>>,
) -> Result<Response, Cause> {
    match timeout(limit, reply).await {
        Ok(reply) => reply.map_err(Cause::from),
        Err(_) => Err(Cause::TimedOut),
    }
}

/// `250 2.0.0 Ok: queued as 4D2A`.
fn words(reply: &Response) -> String {
    let mut words = reply.code().to_string();
    for line in reply.message() {
        words.push(' ');
        words.push_str(line);
    }
    words
}
