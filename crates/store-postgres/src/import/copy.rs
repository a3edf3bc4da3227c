//! Rows in the text format of `COPY` (PostgreSQL's documentation of `COPY`, "File Formats").

use application::model::{Column, Identifier, Kind, Row, Table, Value};
use application::ports::{AddressVault, StoreError};
use application::sealed::Person;
use chrono::{DateTime, Utc};
use domain::OrganisationId;
use sqlx::types::Uuid;

use crate::columns::text;

/// Columns that are made of others: what does not move.
pub(super) fn derived(table: &Table) -> &'static [&'static str] {
    match table.name {
        "customer" => &["external_fingerprint"],
        "address_budget" => &["last_at"],
        _ => &[],
    }
}

/// `rows` as `COPY` takes them.
pub(super) fn encode(vault: &dyn AddressVault, table: &Table, rows: &[Row]) -> Result<Vec<u8>, StoreError> {
    let mut out = Vec::with_capacity(rows.len() * 512);
    for row in rows {
        for (index, (column, value)) in table.columns.iter().zip(row).enumerate() {
            if index > 0 {
                out.push(b'\t');
            }
            put(&mut out, vault, *column, value);
        }
        for value in derive(vault, table, row)? {
            out.push(b'\t');
            put_plain(&mut out, &value);
        }
        out.push(b'\n');
    }
    Ok(out)
}

fn derive(vault: &dyn AddressVault, table: &Table, row: &[Value]) -> Result<Vec<Value>, StoreError> {
    let at = |name| {
        let place = table.columns.iter().position(|column| column.name == name);
        place.and_then(|place| row.get(place)).unwrap_or(&Value::Null)
    };
    Ok(match table.name {
        "customer" => {
            let (Value::Text(json), Value::Id(organisation)) = (at("sealed"), at("organisation_id")) else {
                return Err(StoreError::corrupt(Person::PLACE, "not a text"));
            };
            let person: Person = serde_json::from_str(json)
                .map_err(|_| StoreError::corrupt(Person::PLACE, "not the JSON expected"))?;
            let organisation = OrganisationId::from_bytes(*organisation);
            let of = |external: String| vault.fingerprint_of(organisation, Identifier::External, &external);
            vec![person.external_id.map_or(Value::Null, |external| Value::Bytes(of(external).0.to_vec()))]
        }
        "address_budget" => match at("admitted") {
            Value::Times(times) => vec![times.iter().max().map_or(Value::Null, |last| Value::Time(*last))],
            _ => vec![Value::Null],
        },
        _ => Vec::new(),
    })
}

fn put(out: &mut Vec<u8>, vault: &dyn AddressVault, column: Column, value: &Value) {
    match (column.kind, value) {
        (Kind::Sealed, Value::Text(plain)) => put_bytes(out, &vault.seal(plain.as_bytes()), "\\\\x"),
        (Kind::SealedTexts, Value::Texts(plain)) => put_list(out, plain, |out, plain| {
            // Within an array a backslash is escaped once more.
            put_bytes(out, &vault.seal(plain.as_bytes()), "\\\\\\\\x");
        }),
        (_, value) => put_plain(out, value),
    }
}

fn put_plain(out: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Null => out.extend_from_slice(b"\\N"),
        Value::Bool(value) => out.push(if *value { b't' } else { b'f' }),
        Value::Int(value) => out.extend_from_slice(value.to_string().as_bytes()),
        Value::Text(value) => put_text(out, &text(value)),
        Value::Bytes(value) => put_bytes(out, value, "\\\\x"),
        Value::Id(value) => {
            let mut buffer = Uuid::encode_buffer();
            out.extend_from_slice(Uuid::from_bytes(*value).hyphenated().encode_lower(&mut buffer).as_bytes());
        }
        Value::Time(value) => put_time(out, *value),
        Value::Texts(values) => put_list(out, values, |out, value| {
            let quoted = text(value).replace('\\', "\\\\").replace('"', "\\\"");
            put_text(out, &quoted);
        }),
        Value::Times(values) => put_list(out, values, |out, value| put_time(out, *value)),
    }
}

fn put_text(out: &mut Vec<u8>, text: &str) {
    for byte in text.bytes() {
        match byte {
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            other => out.push(other),
        }
    }
}

fn put_bytes(out: &mut Vec<u8>, bytes: &[u8], begin: &str) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |index: u8| DIGITS.get(usize::from(index)).copied().unwrap_or_default();
    out.extend_from_slice(begin.as_bytes());
    out.extend(bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]));
}

fn put_time(out: &mut Vec<u8>, at: DateTime<Utc>) {
    out.extend_from_slice(at.format("%Y-%m-%d %H:%M:%S%.6f+00").to_string().as_bytes());
}

fn put_list<T>(out: &mut Vec<u8>, values: &[T], put: impl Fn(&mut Vec<u8>, &T)) {
    out.push(b'{');
    for (index, value) in values.iter().enumerate() {
        out.extend_from_slice(if index > 0 { b",\"" } else { b"\"" });
        put(out, value);
        out.push(b'"');
    }
    out.push(b'}');
}
