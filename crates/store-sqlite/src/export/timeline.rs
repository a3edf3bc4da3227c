//! A mail's own steps as one list. This store keeps them where they arise: attempts and reasons in
//! tables of their own, what a token says in the token's row, and the end without a mail in the
//! mail's.

use std::collections::HashMap;

use application::model::{Kind, Row, Table, Value};
use application::ports::AddressVault;
use application::sealed::{self, Entry};
use chrono::{DateTime, Utc};
use domain::{DeliveryState, GeoContext};
use futures_util::future::BoxFuture;

use super::rows::{Reading, moment};
use crate::columns::Columns;
use crate::mail_queue::place;
use crate::query_error::QueryError;

/// Whether an event is a step of the mail itself, rather than something that befell its link.
macro_rules! own_event {
    ($event:literal) => {
        concat!(
            "(",
            $event,
            " IN ('retried', 'not-ready-to-queue', 'preparing-error', 'sending-error', 'undeliverable'))"
        )
    };
}
pub(super) use own_event;

const ATTEMPTS: &str = "SELECT mail, at, host, reply, outcome FROM mail_attempt \
     WHERE mail IN (SELECT value FROM json_each($1)) ORDER BY mail, n";
const EVENTS: &str = concat!(
    "SELECT mail, at, event, detail FROM mail_event WHERE mail IN (SELECT value FROM json_each($1)) AND ",
    own_event!("event"),
    " ORDER BY mail, n"
);
const TOKENS: &str = "SELECT mail, issued_at FROM reset_token WHERE mail IN (SELECT value FROM json_each($1)) \
     ORDER BY mail, n";

/// The steps of one mail: when, which comes first where the clock shows no difference, and what.
type Steps = Vec<(DateTime<Utc>, u8, Entry)>;

/// Writes the timelines of `rows` into them.
pub(super) fn complete<'r>(
    mut reading: Reading<'r>,
    table: &'r Table,
    rows: &'r mut [(Vec<Value>, Row)],
) -> BoxFuture<'r, Result<(), QueryError>> {
    Box::pin(async move {
        let column = table.columns.iter().position(|column| column.kind == Kind::SealedTexts);
        let mut mails = HashMap::with_capacity(rows.len());
        for (extra, _) in rows.iter() {
            let mail = Mail::of(extra, reading.vault)?;
            mails.insert(mail.seq, mail);
        }
        let all: Vec<i64> = mails.keys().copied().collect();
        let all = serde_json::Value::from(all).to_string();
        gather(&mut reading, &all, &mut mails).await?;
        for (extra, row) in rows.iter_mut() {
            let Some(Value::Int(seq)) = extra.first() else { continue };
            let timeline = mails.remove(seq).map(Mail::timeline).transpose()?.unwrap_or_default();
            if let Some(value) = column.and_then(|column| row.get_mut(column)) {
                *value = Value::Texts(timeline);
            }
        }
        Ok(())
    })
}

struct Mail {
    seq: i64,
    geo: Option<GeoContext>,
    /// The error that ended it, and when: a step that may not have left an event.
    error: Option<(DateTime<Utc>, String)>,
    steps: Steps,
}

impl Mail {
    /// From the extra values of its row.
    fn of(extra: &[Value], vault: &dyn AddressVault) -> Result<Self, QueryError> {
        let [Value::Int(seq), Value::Text(state), reason, Value::Int(since), reply, geo] = extra else {
            return Err(QueryError::corrupt("mail", "not the values expected"));
        };
        let since = moment(*since, "mail.due_at")?;
        let mut steps = Vec::new();
        if let Value::Text(reason) = reason {
            let word = DeliveryState::NoMail.as_str();
            steps.push((since, 9, Entry::of(word, since, reason.as_str())));
        }
        let error = match reply {
            Value::Bytes(reply) if state == DeliveryState::PreparingError.as_str() => {
                Some((since, sealed::open_text(vault, reply, "mail.last_reply")?))
            }
            _ => None,
        };
        let geo = match geo {
            Value::Bytes(geo) => Some(sealed::open_json(vault, geo, "mail.geo")?),
            _ => None,
        };
        Ok(Self { seq: *seq, geo, error, steps })
    }

    fn timeline(mut self) -> Result<Vec<String>, QueryError> {
        let word = DeliveryState::PreparingError.as_str();
        if let Some((at, error)) = self.error.take()
            && !self.steps.iter().any(|(_, _, entry)| entry.event() == word)
        {
            self.steps.push((at, 9, Entry::error(word, at, error)));
        }
        self.steps.sort_by_key(|(at, rank, _)| (*at, *rank));
        let text = |(_, _, entry): &(_, _, Entry)| {
            serde_json::to_string(entry).map_err(|error| QueryError::corrupt(Entry::PLACE, error))
        };
        self.steps.iter().map(text).collect()
    }
}

async fn gather(
    reading: &mut Reading<'_>,
    all: &str,
    mails: &mut HashMap<i64, Mail>,
) -> Result<(), QueryError> {
    let (connection, vault) = (&mut *reading.connection, reading.vault);
    for token in sqlx::query(TOKENS).bind(all).fetch_all(&mut *connection).await? {
        let Some(mail) = mails.get_mut(&token.read("reset_token.mail")?) else { continue };
        let at = token.time("reset_token.issued_at")?;
        if let Some(geo) = mail.geo.take() {
            mail.steps.push((at, 3, Entry::of("resolved", at, place(&geo))));
        }
        mail.steps.push((at, 4, Entry::of("rendered", at, "")));
    }
    for attempt in sqlx::query(ATTEMPTS).bind(all).fetch_all(&mut *connection).await? {
        let Some(mail) = mails.get_mut(&attempt.read("mail_attempt.mail")?) else { continue };
        let at = attempt.time("mail_attempt.at")?;
        let sent = attempt.read::<&str>("mail_attempt.outcome")? == DeliveryState::Sent.as_str();
        let reply = sealed::open_text(vault, attempt.read("mail_attempt.reply")?, "mail_attempt.reply")?;
        let host = attempt.read("mail_attempt.host")?;
        let word = if sent { "sent" } else { "attempt" };
        mail.steps.push((at, 5, Entry::attempt(word, at, host, reply)));
    }
    for event in sqlx::query(EVENTS).bind(all).fetch_all(&mut *connection).await? {
        let Some(mail) = mails.get_mut(&event.read("mail_event.mail")?) else { continue };
        let (at, word) = (event.time("mail_event.at")?, event.read::<&str>("mail_event.event")?);
        let detail = event.read::<Option<&[u8]>>("mail_event.detail")?;
        let detail =
            detail.map(|detail| sealed::open_text(vault, detail, "mail_event.detail")).transpose()?;
        mail.steps.push(match detail {
            Some(reason) => (at, 6, Entry::error(word, at, reason)),
            None => (at, 1, Entry::of(word, at, "")),
        });
    }
    Ok(())
}
