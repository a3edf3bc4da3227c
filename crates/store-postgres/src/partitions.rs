//! Partitions by day of `mail` and `mail_event`, and by month of `audit`: made ahead, dropped
//! whole.
//!
//! An identifier is a UUIDv7 (RFC 9562) and begins with its milliseconds, so that a day is a range
//! of identifiers.

use std::pin::Pin;

use application::ports::StoreError;
use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};
use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tracing::{info, warn};

use crate::PostgresDatabase;
use crate::columns::{Columns, uuid};
use crate::connections::{Connections, limited};
use crate::query_error::QueryError;

/// Makers and droppers of partitions take turns.
pub(crate) const TURN: &str = "SELECT pg_advisory_xact_lock(hashtextextended('resetd partitions', 7))";
/// Whoever wants a table to itself makes all others wait while it waits itself: not for longer than
/// this.
pub(crate) const HURRY: &str = "SELECT set_config('lock_timeout', '10ms', true)";
pub(crate) const DAYS: &str = "SELECT c.relname::text AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid \
     WHERE i.inhparent = 'mail'::regclass ORDER BY c.relname";
pub(crate) const IN_DEFAULT: &str = "SELECT EXISTS (SELECT FROM mail_default WHERE id >= $1 AND id < $2) \
     OR EXISTS (SELECT FROM mail_event_default WHERE mail_id >= $1 AND mail_id < $2) AS taken";
pub(crate) const IN_QUEUE: &str =
    "SELECT EXISTS (SELECT FROM mail_queue WHERE id >= $1 AND id < $2) AS waiting";
pub(crate) const ROWS: &str =
    "SELECT greatest(reltuples, 0)::bigint AS rows FROM pg_class WHERE oid = to_regclass($1)";
pub(crate) const AUDIT_HEAD: &str = "SELECT sequence FROM audit_head FOR UPDATE";
pub(crate) const AUDIT_PARTS: &str = "SELECT c.relname::text AS name, pg_get_expr(c.relpartbound, c.oid) AS bound \
     FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'audit'::regclass ORDER BY c.relname";

/// Days for which there are partitions ahead of time, today not counted.
const DAYS_AHEAD: i64 = 3;
/// Days for which there are partitions behind, at most, when an installation moves in.
const BACK: i64 = 366;
/// How often a lock is asked for that others hold, and the pause between.
const TRIES: (u32, std::time::Duration) = (50, std::time::Duration::from_millis(20));
/// The upper bound of the partition that takes new audit rows, as PostgreSQL prints it.
const OPEN_END: &str = "TO (MAXVALUE)";

/// A day in UTC, counted from 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Day(i64);

/// What became of a partition.
pub(crate) enum Drop {
    /// It is gone, with about so many rows.
    Gone(u64),
    /// Somebody is working on it, or mails of that day are still in the queue.
    InUse,
}

impl Day {
    const MILLISECONDS: i64 = 86_400_000;

    fn of(at: DateTime<Utc>) -> Self {
        Self(at.timestamp_millis().div_euclid(Self::MILLISECONDS))
    }

    /// The first identifier of this day and the first of the next.
    pub(crate) fn range(self) -> ([u8; 16], [u8; 16]) {
        (first_id(self.0 * Self::MILLISECONDS), first_id((self.0 + 1) * Self::MILLISECONDS))
    }

    fn is_over(self, at: DateTime<Utc>) -> bool {
        (self.0 + 1) * Self::MILLISECONDS <= at.timestamp_millis()
    }

    fn date(self) -> NaiveDate {
        NaiveDate::default() + TimeDelta::days(self.0)
    }

    fn table(self, parent: &str) -> String {
        format!("{parent}_p{}", self.date().format("%Y%m%d"))
    }

    fn from_table(name: &str) -> Option<Self> {
        let date = NaiveDate::parse_from_str(name.strip_prefix("mail_p")?, "%Y%m%d").ok()?;
        Some(Self((date - NaiveDate::default()).num_days()))
    }
}

/// The smallest identifier of this millisecond.
fn first_id(milliseconds: i64) -> [u8; 16] {
    let [_, _, a, b, c, d, e, f] = milliseconds.to_be_bytes();
    [a, b, c, d, e, f, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
}

impl PostgresDatabase {
    /// Makes the partitions of today and the next three days, and begins a new part of the audit
    /// log with a new month. Called at the end of every round of
    /// [`DeliveryQueue::purge`](application::ports::DeliveryQueue::purge), or by any other caller: on one
    /// replica or on all. Missing a call (or three days of them) costs nothing but that rows of
    /// those days are purged in batches instead of at once.
    ///
    /// # Errors
    /// [`StoreError`] when some of it was not done; what was done stays.
    pub async fn maintain(&self, now: DateTime<Utc>) -> Result<(), StoreError> {
        self.maintain_since(None, now).await
    }

    /// The same for the days since `oldest`, too (as far back as a year), for mails that come from
    /// elsewhere.
    pub(crate) async fn maintain_since(
        &self,
        oldest: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let pool = &self.pool.without_statement_timeout();
        let known = days(pool).await?;
        let Day(today) = Day::of(now);
        let Day(first) = Day::of(oldest.unwrap_or(now));
        for day in (first.clamp(today - BACK, today)..=today + DAYS_AHEAD)
            .map(Day)
            .filter(|day| !known.contains(day))
        {
            create_day(pool, day).await?;
        }
        Ok(begin_audit_month(pool, now).await?)
    }
}

pub(crate) type Work<'c, T> = Pin<Box<dyn Future<Output = Result<T, QueryError>> + Send + 'c>>;

/// Runs `work` in a transaction until it gets its locks, or gives up.
pub(crate) async fn with_patience<T>(
    pool: &Connections,
    work: impl for<'c> Fn(&'c mut PgConnection) -> Work<'c, T>,
) -> Result<Option<T>, QueryError> {
    for _ in 0..TRIES.0 {
        let mut connection = pool.acquire().await?;
        let tried = limited(connection.limit(), try_once(&mut connection, &work)).await;
        match connection.settle(tried) {
            Ok(done) => return Ok(Some(done)),
            Err(error) if error.gave_way() => {}
            Err(error) => return Err(error),
        }
        tokio::time::sleep(TRIES.1).await;
    }
    Ok(None)
}

async fn try_once<T>(
    connection: &mut PgConnection,
    work: &impl for<'c> Fn(&'c mut PgConnection) -> Work<'c, T>,
) -> Result<T, QueryError> {
    let mut transaction = connection.begin().await?;
    sqlx::query(TURN).execute(&mut *transaction).await?;
    sqlx::query(HURRY).execute(&mut *transaction).await?;
    match work(&mut transaction).await {
        Ok(done) => {
            transaction.commit().await?;
            Ok(done)
        }
        Err(error) => {
            transaction.rollback().await?;
            Err(error)
        }
    }
}

/// Names and bounds are made here of numbers and dates alone.
pub(crate) async fn run(connection: &mut PgConnection, sql: String) -> Result<(), QueryError> {
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(connection).await?;
    Ok(())
}

async fn days(pool: &Connections) -> Result<Vec<Day>, QueryError> {
    named(&sqlx::query(DAYS).fetch_all(pool).await?)
}

/// The days that ended before `before`, oldest first.
pub(crate) async fn days_until(pool: &Connections, before: DateTime<Utc>) -> Result<Vec<Day>, QueryError> {
    let mut days = days(pool).await?;
    days.retain(|day| day.is_over(before));
    days.sort_unstable();
    Ok(days)
}

/// Attaching a table that is ready locks out nobody who works on the others, but for the default
/// partition.
async fn create_day(pool: &Connections, day: Day) -> Result<(), QueryError> {
    let created = with_patience(pool, |connection| Box::pin(create_day_within(connection, day)));
    match created.await? {
        Some(true) => info!(day = %day.date(), "a partition was made"),
        Some(false) => {
            warn!(day = %day.date(), "a day has begun without its partition; its rows stay in the default one")
        }
        None => warn!(day = %day.date(), "a partition could not be made for the moment: the table is in use"),
    }
    Ok(())
}

/// `false`: rows of that day are in the default partition.
async fn create_day_within(connection: &mut PgConnection, day: Day) -> Result<bool, QueryError> {
    let (from, to) = day.range();
    let (from, to) = (uuid(&from), uuid(&to));
    if days_within(connection).await?.contains(&day) {
        return Ok(true);
    }
    let taken = sqlx::query(IN_DEFAULT).bind(from).bind(to).fetch_one(&mut *connection).await?;
    if taken.read::<bool>("mail_default.taken")? {
        return Ok(false);
    }
    for parent in ["mail", "mail_event"] {
        let table = day.table(parent);
        run(
            connection,
            format!("CREATE TABLE {table} (LIKE {parent} INCLUDING DEFAULTS INCLUDING CONSTRAINTS)"),
        )
        .await?;
        let attach =
            format!("ALTER TABLE {parent} ATTACH PARTITION {table} FOR VALUES FROM ('{from}') TO ('{to}')");
        run(connection, attach).await?;
    }
    Ok(true)
}

async fn days_within(connection: &mut PgConnection) -> Result<Vec<Day>, QueryError> {
    named(&sqlx::query(DAYS).fetch_all(connection).await?)
}

fn named(rows: &[PgRow]) -> Result<Vec<Day>, QueryError> {
    let names = rows.iter().map(|row| row.read::<String>("pg_class.name")).collect::<Result<Vec<_>, _>>()?;
    Ok(names.iter().filter_map(|name| Day::from_table(name)).collect())
}

/// Drops a day, unless mails of it are still in the queue.
pub(crate) async fn drop_day(pool: &Connections, day: Day) -> Result<Drop, QueryError> {
    let dropped = with_patience(pool, |connection| Box::pin(drop_day_within(connection, day)));
    Ok(dropped.await?.unwrap_or(Drop::InUse))
}

async fn drop_day_within(connection: &mut PgConnection, day: Day) -> Result<Drop, QueryError> {
    let (from, to) = day.range();
    let waiting = sqlx::query(IN_QUEUE).bind(uuid(&from)).bind(uuid(&to)).fetch_one(&mut *connection).await?;
    if waiting.read::<bool>("mail_queue.waiting")? {
        return Ok(Drop::InUse);
    }
    let rows = sqlx::query(ROWS).bind(day.table("mail")).fetch_optional(&mut *connection).await?;
    let rows = rows.map(|row| row.read::<i64>("pg_class.rows")).transpose()?.unwrap_or_default();
    for parent in ["mail_event", "mail"] {
        run(connection, format!("DROP TABLE IF EXISTS {}", day.table(parent))).await?;
    }
    Ok(Drop::Gone(u64::try_from(rows).unwrap_or_default()))
}

/// Ends the open part of the audit log at its last row and opens this month's.
async fn begin_audit_month(pool: &Connections, now: DateTime<Utc>) -> Result<(), QueryError> {
    let begun = with_patience(pool, |connection| Box::pin(begin_audit_month_within(connection, now)));
    if begun.await?.is_none() {
        warn!("this month's part of the audit log could not be begun for the moment: the table is in use");
    }
    Ok(())
}

async fn begin_audit_month_within(
    connection: &mut PgConnection,
    now: DateTime<Utc>,
) -> Result<(), QueryError> {
    let month = format!("audit_p{:04}{:02}", now.year(), now.month());
    let parts = audit_parts(connection).await?;
    let open = parts.iter().find_map(|(name, bound)| Some((name, bound.strip_suffix(OPEN_END)?)));
    let Some((open, from)) =
        open.filter(|_| parts.iter().all(|(name, _)| *name < month || name == "audit_first"))
    else {
        return Ok(());
    };
    let head = sqlx::query(AUDIT_HEAD).fetch_one(&mut *connection).await?;
    let next = head.read::<i64>("audit_head.sequence")? + 1;
    run(connection, format!("ALTER TABLE audit DETACH PARTITION {open}")).await?;
    run(connection, format!("ALTER TABLE audit ATTACH PARTITION {open} {from}TO ({next})")).await?;
    let create = format!("CREATE TABLE {month} PARTITION OF audit FOR VALUES FROM ({next}) {OPEN_END}");
    run(connection, create).await
}

/// The parts of the audit log and their bounds, oldest first.
pub(crate) async fn audit_parts(connection: &mut PgConnection) -> Result<Vec<(String, String)>, QueryError> {
    let rows = sqlx::query(AUDIT_PARTS).fetch_all(connection).await?;
    rows.iter().map(|row| Ok((row.read("pg_class.name")?, row.read("pg_class.bound")?))).collect()
}

#[cfg(test)]
mod tests {
    use domain::RequestId;

    use super::*;

    fn day(text: &str) -> Day {
        Day::of(text.parse().unwrap())
    }

    #[test]
    fn a_day_holds_the_identifiers_made_on_it() {
        let today = day("2026-11-23T12:00:00Z");
        assert_eq!(today.table("mail"), "mail_p20261123");
        assert_eq!(Day::from_table("mail_p20261123"), Some(today));
        assert_eq!(Day::from_table("mail_default"), None);
        let (from, to) = today.range();
        let id = |text: &str, random: u8| {
            let milliseconds = text.parse::<DateTime<Utc>>().unwrap().timestamp_millis();
            *RequestId::from_parts(u64::try_from(milliseconds).unwrap(), [random; 10]).as_bytes()
        };
        assert!(id("2026-11-22T23:59:59.999Z", 0xff) < from);
        assert!(from <= id("2026-11-23T00:00:00Z", 0));
        assert!(id("2026-11-23T23:59:59.999Z", 0xff) < to);
        assert!(to <= id("2026-11-24T00:00:00Z", 0));
    }

    #[test]
    fn a_day_is_over_at_midnight() {
        assert!(!day("2026-11-23T00:00:00Z").is_over("2026-11-23T23:59:59.999Z".parse().unwrap()));
        assert!(day("2026-11-23T00:00:00Z").is_over("2026-11-24T00:00:00Z".parse().unwrap()));
        assert!(day("1969-12-31T23:00:00Z") < day("1970-01-01T00:00:00Z"));
    }
}
