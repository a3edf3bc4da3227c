use std::time::Duration;

use lettre::transport::smtp::commands::{Mail, Rcpt};
use lettre::transport::smtp::extension::MailParameter;
use tokio::time::timeout;

use crate::connection::Connection;
use crate::failure::{Cause, Failure, Stage};
use crate::message::EncodedMessage;
use crate::reply::Reply;

impl Connection {
    /// Hands one message over and returns the reply to the final dot. After a failure the
    /// connection may be used again only where [`Failure::leaves_connection_usable`] says so.
    pub(crate) async fn send_message(
        &mut self,
        message: &EncodedMessage,
        limit: Duration,
    ) -> Result<String, Failure> {
        let at = |stage| move |cause| Failure { stage, cause };
        if self.needs_reset {
            self.step("RSET\r\n", limit).await.map_err(at(Stage::Reset))?;
            self.needs_reset = false;
        }
        let parameters = self.parameters(message).map_err(at(Stage::Sender { extended: true }))?;
        let stage = Stage::Sender { extended: !parameters.is_empty() };
        self.needs_reset = true;
        let mail = Mail::new(Some(message.from.clone()), parameters).to_string();
        self.step(&mail, limit).await.map_err(at(stage))?;
        let recipient = Rcpt::new(message.to.clone(), vec![]).to_string();
        self.step(&recipient, limit).await.map_err(at(Stage::Recipient))?;
        let go = within(limit, self.smtp.command("DATA\r\n")).await.map_err(at(Stage::Data))?;
        if go.code != 354 {
            // To send the text now would be to send it as commands.
            return Err(at(Stage::Data)(Cause::Garbage(format!("{} in answer to DATA", go.code))));
        }
        let done = within(limit, self.smtp.text(&message.bytes)).await;
        self.needs_reset = false;
        let done = done.and_then(Reply::completed).map_err(at(Stage::Text))?;
        self.mails = self.mails.saturating_add(1);
        Ok(done.words())
    }

    /// One command that wants a 2xx.
    async fn step(&mut self, command: &str, limit: Duration) -> Result<(), Cause> {
        within(limit, self.smtp.command(command)).await?.completed().map(drop)
    }

    fn parameters(&self, message: &EncodedMessage) -> Result<Vec<MailParameter>, Cause> {
        let mut parameters = Vec::new();
        if message.needs_utf8() {
            if self.smtp.extension("SMTPUTF8").is_none() {
                return Err(Cause::Unfit(
                    "the server does not take internationalised addresses (no SMTPUTF8, RFC 6531)",
                ));
            }
            parameters.push(MailParameter::SmtpUtfEight);
        }
        if let Some(body) = message.body() {
            // RFC 6531, section 3.1, item 8: who has SMTPUTF8 has 8BITMIME.
            if self.smtp.extension("8BITMIME").is_none() {
                return Err(Cause::Unfit("the server does not take 8-bit headers (no 8BITMIME, RFC 6152)"));
            }
            parameters.push(MailParameter::Body(body));
        }
        Ok(parameters)
    }
}

/// A reply, or the end of patience.
async fn within(limit: Duration, reply: impl Future<Output = Result<Reply, Cause>>) -> Result<Reply, Cause> {
    timeout(limit, reply).await.unwrap_or(Err(Cause::TimedOut))
}
