//! From which of this store's tables each table of a move is read.

use application::model::{Kind, Row, Table, Value};
use application::sealed::{Entry, Person};
use serde::Serialize;

use super::rows::{Reading, moment};
use super::timeline;
use crate::query_error::QueryError;

/// Fills in what no column says, with the rows' extra values.
pub(super) type Complete = for<'r> fn(
    Reading<'r>,
    &'r Table,
    &'r mut [(Vec<Value>, Row)],
) -> futures_util::future::BoxFuture<'r, Result<(), QueryError>>;

/// A statement that reads one table, or a part of it.
pub(super) struct Part {
    /// This store's tables that it reads.
    #[cfg_attr(not(test), expect(dead_code, reason = "a test compares it with the schema"))]
    pub(super) tables: &'static [&'static str],
    /// What follows `FROM`.
    pub(super) from: &'static str,
    /// A condition.
    pub(super) rows: &'static str,
    /// What pages go by: an index, unique.
    pub(super) key: &'static [&'static str],
    /// What follows `GROUP BY`, if anything.
    pub(super) group: &'static str,
    /// Columns that are not called what they are called in a move.
    pub(super) columns: &'static [(&'static str, &'static str)],
    /// Further values for `complete`.
    pub(super) extra: &'static [&'static str],
    pub(super) complete: Option<Complete>,
}

/// For a table that this store keeps just as it moves.
const PLAIN: Part = Part {
    tables: &[],
    from: "",
    rows: "true",
    key: &[],
    group: "",
    columns: &[],
    extra: &[],
    complete: None,
};

const CUSTOMER: &[Part] = &[Part {
    tables: &["customer"],
    from: "customer",
    key: &["seq"],
    // What never was has a number of its own here, and none where it goes.
    columns: &[
        ("links_valid_from", "nullif(links_valid_from, -9223372036854775808)"),
        ("sessions_valid_from", "nullif(sessions_valid_from, 0)"),
        ("sealed", "NULL"),
    ],
    extra: &["sealed", "external_id"],
    complete: Some(|reading, table, rows| Box::pin(async move { person(&reading, table, rows) })),
    ..PLAIN
}];

/// Where a mail's timeline comes from: see [`timeline::complete`].
const MAIL_TABLES: &[&str] = &["mail", "mail_attempt", "mail_event", "reset_token"];
const MAIL_EXTRA: &[&str] =
    &["seq", "state", "no_mail_reason", "coalesce(due_at, accepted_at)", "last_reply", "geo"];

const MAIL_QUEUE: &[Part] = &[Part {
    tables: MAIL_TABLES,
    from: "mail NOT INDEXED",
    rows: "stage <> 3",
    key: &["seq"],
    columns: &[("due_at", "CASE stage WHEN 2 THEN due_at END"), ("timeline", "NULL")],
    extra: MAIL_EXTRA,
    complete: Some(timeline::complete),
    ..PLAIN
}];

const MAIL: &[Part] = &[Part {
    tables: MAIL_TABLES,
    from: "mail NOT INDEXED",
    rows: "stage = 3",
    key: &["seq"],
    columns: &[("ended_at", "coalesce(due_at, accepted_at)"), ("timeline", "NULL")],
    extra: MAIL_EXTRA,
    complete: Some(timeline::complete),
    ..PLAIN
}];

/// What is not in a mail's timeline. Numbers up to 100 are notes', which outsiders cause; resetd's
/// own words have higher ones.
const MAIL_EVENT: &[Part] = &[
    Part {
        tables: &["mail_event"],
        from: "mail_event e CROSS JOIN mail m ON m.seq = e.mail",
        rows: concat!("NOT ", timeline::own_event!("e.event")),
        key: &["e.mail", "e.n"],
        columns: &[
            ("mail_id", "m.id"),
            ("n", "CASE WHEN e.event = 'disowned' THEN e.n + 100 ELSE e.n END"),
            ("at", "e.at"),
            ("event", "e.event"),
            ("detail", "e.detail"),
        ],
        ..PLAIN
    },
    Part {
        tables: &["reset_token"],
        from: "reset_token t CROSS JOIN mail m ON m.seq = t.mail",
        rows: "t.used_at IS NOT NULL",
        key: &["t.mail", "t.n"],
        columns: &[
            ("mail_id", "m.id"),
            ("n", "1000000 + t.n"),
            ("at", "t.used_at"),
            ("event", "'consumed'"),
            ("detail", "NULL"),
        ],
        ..PLAIN
    },
];

const RESET_TOKEN: &[Part] = &[Part {
    tables: &["reset_token"],
    from: "reset_token t CROSS JOIN mail m ON m.seq = t.mail",
    key: &["t.mail", "t.n"],
    columns: &[
        ("request_id", "m.id"),
        ("organisation_id", "m.organisation_id"),
        ("customer_id", "t.customer_id"),
        ("sandbox", "m.sandbox"),
        ("accepted_at", "m.accepted_at"),
        ("expires_at", "t.expires_at"),
    ],
    ..PLAIN
}];

const ADDRESS_BUDGET: &[Part] = &[Part {
    tables: &["address_budget"],
    from: "address_budget",
    key: &["address_fingerprint"],
    group: "address_fingerprint",
    columns: &[("admitted", "json_group_array(admitted_at)")],
    ..PLAIN
}];

const WEBHOOK_EVENT: &[Part] = &[Part {
    tables: &["webhook_event"],
    from: "webhook_event v CROSS JOIN mail m ON m.id = v.request_id",
    key: &["v.seq"],
    columns: &[
        ("id", "v.id"),
        ("customer_id", "v.customer_id"),
        ("state", "v.state"),
        ("due_at", "v.due_at"),
        ("expires_at", "v.expires_at"),
        ("attempts", "v.attempts"),
        ("sandbox", "v.sandbox"),
        ("entry", "NULL"),
    ],
    extra: &["v.at", "v.host", "v.reply"],
    complete: Some(|reading, table, rows| Box::pin(async move { answers(&reading, table, rows) })),
    ..PLAIN
}];

/// The parts of `table`; none: it is kept just as it moves.
pub(super) fn of(table: &Table) -> &'static [Part] {
    match table.name {
        "customer" => CUSTOMER,
        "mail_queue" => MAIL_QUEUE,
        "mail" => MAIL,
        "mail_event" => MAIL_EVENT,
        "reset_token" => RESET_TOKEN,
        "address_budget" => ADDRESS_BUDGET,
        "webhook_event" => WEBHOOK_EVENT,
        _ => &[],
    }
}

/// The statement for one page: `$1` is the limit, the cursor follows.
pub(super) fn statement(table: &Table, part: Option<&Part>, after: bool) -> String {
    let part = part.unwrap_or(&PLAIN);
    let own: Vec<&str> = table.columns.iter().take(table.key).map(|column| column.name).collect();
    let key = if part.key.is_empty() { &own } else { part.key };
    let column = |name: &'static str| {
        let known = part.columns.iter().find(|(known, _)| *known == name);
        known.map_or(name, |(_, expression)| expression)
    };
    let values = table.columns.iter().map(|moved| column(moved.name));
    let values: Vec<&str> = key.iter().copied().chain(part.extra.iter().copied()).chain(values).collect();
    let from = if part.from.is_empty() { table.name } else { part.from };
    let mut sql = format!("SELECT {} FROM {from} WHERE {}", values.join(", "), part.rows);
    let key_list = key.join(", ");
    if after {
        let places: Vec<String> = (0..key.len()).map(|place| format!("${}", place + 2)).collect();
        sql.push_str(&format!(" AND ({key_list}) > ({})", places.join(", ")));
    }
    if !part.group.is_empty() {
        sql.push_str(&format!(" GROUP BY {}", part.group));
    }
    sql.push_str(&format!(" ORDER BY {key_list} LIMIT $1"));
    sql
}

/// How many rows a part has.
pub(super) fn count(table: &Table, part: Option<&Part>) -> String {
    let part = part.unwrap_or(&PLAIN);
    let from = if part.from.is_empty() { table.name } else { part.from };
    let what = if part.group.is_empty() { "*".to_owned() } else { format!("DISTINCT {}", part.group) };
    format!("SELECT count({what}) AS count FROM {from} WHERE {}", part.rows)
}

/// How many values of a row are its key, and how many are for `complete`.
pub(super) fn leading(table: &Table, part: Option<&Part>) -> (usize, usize) {
    let key = part.map_or(0, |part| part.key.len());
    (if key == 0 { table.key } else { key }, part.map_or(0, |part| part.extra.len()))
}

/// Puts the platform's own identifier, which stands in a column here, to the rest of what is
/// sealed.
fn person(reading: &Reading<'_>, table: &Table, rows: &mut [(Vec<Value>, Row)]) -> Result<(), QueryError> {
    for (extra, row) in rows {
        let [Value::Bytes(sealed), external] = extra.as_slice() else {
            return Err(QueryError::corrupt(Person::PLACE, "not octets"));
        };
        let mut person: Person = application::sealed::open_json(reading.vault, sealed, Person::PLACE)?;
        if let Value::Text(external) = external {
            person.external_id = Some(external.clone());
        }
        put_sealed(table, row, &person, Person::PLACE)?;
    }
    Ok(())
}

/// Puts together what an event tells of the mail, which stands in columns of its own here.
fn answers(reading: &Reading<'_>, table: &Table, rows: &mut [(Vec<Value>, Row)]) -> Result<(), QueryError> {
    for (extra, row) in rows {
        let [Value::Int(at), host, reply] = extra.as_slice() else {
            return Err(QueryError::corrupt("webhook_event.at", "not the values expected"));
        };
        let Value::Bytes(reply) = reply else { continue };
        let reply = application::sealed::open_text(reading.vault, reply, "webhook_event.reply")?;
        let at = moment(*at, "webhook_event.at")?;
        let entry = match host {
            Value::Text(host) => Entry::attempt("attempt", at, host.clone(), reply),
            _ => Entry::error("attempt", at, reply),
        };
        put_sealed(table, row, &entry, Entry::PLACE)?;
    }
    Ok(())
}

/// Writes a value as JSON into the sealed column of a row.
fn put_sealed(
    table: &Table,
    row: &mut Row,
    value: &impl Serialize,
    place: &'static str,
) -> Result<(), QueryError> {
    let json = serde_json::to_string(value).map_err(|error| QueryError::corrupt(place, error))?;
    let column = table.columns.iter().position(|column| column.kind == Kind::Sealed);
    if let Some(sealed) = column.and_then(|column| row.get_mut(column)) {
        *sealed = Value::Text(json);
    }
    Ok(())
}
