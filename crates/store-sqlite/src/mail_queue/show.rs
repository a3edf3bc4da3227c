use application::model::{MailDetail, MailSummary, TimelineEntry};
use application::ports::{AddressVault, StoreError};
use chrono::{DateTime, Utc};
use domain::{CustomerId, DeliveryState, GeoContext, MailId};
use sqlx::SqliteConnection;

use super::list::{summary, summary_of};
use crate::SqliteStore;
use crate::columns::Columns;
use crate::query_error::QueryError;
use application::sealed::{Submitted, open_json, open_text};

const MAIL: &str = summary_of!("WHERE m.id = $1");
const ATTEMPTS: &str = "SELECT at, host, reply, outcome FROM mail_attempt WHERE mail = $1 ORDER BY n";
const EVENTS: &str = "SELECT at, event, detail FROM mail_event WHERE mail = $1 ORDER BY n";
const TOKENS: &str = "SELECT issued_at, used_at FROM reset_token WHERE mail = $1 ORDER BY n";

pub(super) async fn show(store: &SqliteStore, id: MailId) -> Result<Option<MailDetail>, StoreError> {
    // One connection and one transaction, so that the parts belong together.
    let mut reading = store.database.readers.begin().await.map_err(QueryError::Sql)?;
    Ok(detail(&mut reading, store.vault.as_ref(), id).await?)
}

async fn detail(
    connection: &mut SqliteConnection,
    vault: &dyn AddressVault,
    id: MailId,
) -> Result<Option<MailDetail>, QueryError> {
    let row = sqlx::query(MAIL).bind(id.as_bytes().to_vec()).fetch_optional(&mut *connection).await?;
    let Some(row) = row else { return Ok(None) };
    let summary = summary(&row, vault)?;
    let geo = row.read::<Option<&[u8]>>("mail.geo")?;
    // A row that cannot be read is shown by what can be.
    let geo: Option<GeoContext> = geo.and_then(|geo| open_json(vault, geo, "mail.geo").ok());
    let mut timeline = Timeline { vault, entries: Vec::new() };
    timeline.columns(&summary);
    timeline.rows(connection, row.read("mail.seq")?, geo.as_ref()).await?;
    Ok(Some(MailDetail {
        customer: row.optional_bytes("mail.customer_id")?.map(CustomerId::from_bytes),
        customer_ip: Submitted::open(vault, row.read("mail.submitted")?).ok().and_then(|known| known.ip),
        timeline: timeline.in_order(),
        summary,
        geo,
    }))
}

/// Gathers what happened from where it is kept.
struct Timeline<'v> {
    vault: &'v dyn AddressVault,
    entries: Vec<TimelineEntry>,
}

impl Timeline<'_> {
    fn add(&mut self, at: DateTime<Utc>, event: impl Into<String>, detail: impl Into<String>) {
        self.entries.push(TimelineEntry { at, event: event.into(), detail: detail.into() });
    }

    fn columns(&mut self, summary: &MailSummary) {
        self.add(summary.accepted_at, "accepted", "");
        if let Some(reason) = summary.no_mail_reason {
            self.add(summary.due_at, DeliveryState::NoMail.as_str(), reason.as_str());
        }
    }

    async fn rows(
        &mut self,
        connection: &mut SqliteConnection,
        seq: i64,
        geo: Option<&GeoContext>,
    ) -> Result<(), QueryError> {
        let tokens = sqlx::query(TOKENS).bind(seq).fetch_all(&mut *connection).await?;
        for (index, token) in tokens.iter().enumerate() {
            let issued_at = token.time("reset_token.issued_at")?;
            if let Some(geo) = geo.filter(|_| index == 0) {
                self.add(issued_at, "resolved", place(geo));
            }
            self.add(issued_at, "rendered", "");
            if let Some(used_at) = token.optional_time("reset_token.used_at")? {
                self.add(used_at, "consumed", "");
            }
        }
        for attempt in sqlx::query(ATTEMPTS).bind(seq).fetch_all(&mut *connection).await? {
            let sent = attempt.read::<&str>("mail_attempt.outcome")? == DeliveryState::Sent.as_str();
            let reply = open_text(self.vault, attempt.read("mail_attempt.reply")?, "mail_attempt.reply")?;
            let detail = format!("{}: {reply}", attempt.read::<&str>("mail_attempt.host")?);
            self.add(attempt.time("mail_attempt.at")?, if sent { "sent" } else { "attempt" }, detail);
        }
        for event in sqlx::query(EVENTS).bind(seq).fetch_all(&mut *connection).await? {
            let detail = event.read::<Option<&[u8]>>("mail_event.detail")?;
            let detail =
                detail.map(|detail| open_text(self.vault, detail, "mail_event.detail")).transpose()?;
            self.add(
                event.time("mail_event.at")?,
                event.read::<String>("mail_event.event")?,
                detail.unwrap_or_default(),
            );
        }
        Ok(())
    }

    /// By time, and what cannot come before something else after it where the clock shows no
    /// difference.
    fn in_order(mut self) -> Vec<TimelineEntry> {
        self.entries.sort_by_key(|entry| (entry.at, rank(&entry.event)));
        self.entries
    }
}

fn rank(event: &str) -> u8 {
    match event {
        "accepted" => 0,
        "retried" => 1,
        "flagged" => 2,
        "resolved" => 3,
        "rendered" => 4,
        "attempt" | "sent" => 5,
        "opened" | "scanned" => 6,
        _ => 7,
    }
}

/// Where a request came from, in a few words.
pub(crate) fn place(geo: &GeoContext) -> String {
    let names =
        [&geo.city, &geo.region, &geo.country].map(|name| name.as_ref().map(|name| name.name.as_str()));
    let words: Vec<&str> = names.into_iter().flatten().collect();
    if words.is_empty() { geo.country_code.clone().unwrap_or_default() } else { words.join(", ") }
}
