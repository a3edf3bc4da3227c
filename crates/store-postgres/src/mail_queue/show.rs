use application::model::{MailDetail, TimelineEntry};
use application::ports::AddressVault;
use domain::MailId;
use sqlx::postgres::PgRow;

use super::list::{ended, waiting};
use crate::PostgresStore;
use crate::columns::{Columns, uuid};
use crate::query_error::QueryError;
use application::sealed::{self, Entry, Submitted};

pub(super) const MAIL: &str = concat!(waiting!("id = $1"), " UNION ALL ", ended!("id = $1"));
pub(super) const EVENTS: &str = "SELECT at, event, detail FROM mail_event WHERE mail_id = $1 ORDER BY at, n";

impl PostgresStore {
    pub(super) async fn detail(&self, id: MailId) -> Result<Option<MailDetail>, QueryError> {
        let vault = self.vault.as_ref();
        let row = sqlx::query(MAIL).bind(uuid(id.as_bytes())).fetch_optional(self.pool()).await?;
        let Some(row) = row else { return Ok(None) };
        let Some(summary) = self.summaries(std::slice::from_ref(&row)).await?.pop() else { return Ok(None) };
        let events = sqlx::query(EVENTS).bind(uuid(id.as_bytes())).fetch_all(self.pool()).await?;
        let accepted =
            TimelineEntry { at: summary.accepted_at, event: "accepted".to_owned(), detail: String::new() };
        let mut timeline = vec![accepted];
        for entry in row.read::<Vec<Vec<u8>>>("mail.timeline")? {
            timeline.push(Entry::open(vault, &entry)?.try_into()?);
        }
        for event in &events {
            timeline.push(mail_event(vault, event)?);
        }
        // The mail's own steps before what was done with it at the same moment.
        timeline.sort_by_key(|entry| entry.at);
        let geo = row.read::<Option<&[u8]>>("mail.geo")?;
        Ok(Some(MailDetail {
            summary,
            customer: row.optional_id("mail.customer_id")?,
            customer_ip: Submitted::open(vault, row.read("mail.submitted")?).ok().and_then(|known| known.ip),
            geo: geo.and_then(|geo| sealed::open_json(vault, geo, "mail.geo").ok()),
            timeline,
        }))
    }
}

fn mail_event(vault: &dyn AddressVault, row: &PgRow) -> Result<TimelineEntry, QueryError> {
    let detail = row.read::<Option<&[u8]>>("mail_event.detail")?;
    let detail = detail.map(|detail| sealed::open_text(vault, detail, "mail_event.detail")).transpose()?;
    Ok(TimelineEntry {
        at: row.time("mail_event.at")?,
        event: row.read("mail_event.event")?,
        detail: detail.unwrap_or_default(),
    })
}
