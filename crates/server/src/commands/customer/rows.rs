//! Reads customers from CSV (RFC 4180, with a header) or NDJSON (one object per line).

use std::io::{self, BufRead, Read};
use std::path::Path;

use application::CustomerRow;
use csv::StringRecord;

use crate::fault::Fault;

/// Longest NDJSON line, in octets.
const LONGEST_LINE: u64 = 64 * 1024;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Csv,
    Ndjson,
}

impl Format {
    /// By the file's ending.
    pub(super) fn of(file: &Path) -> Result<Self, Fault> {
        match file.extension().and_then(|ending| ending.to_str()) {
            Some("csv") => Ok(Self::Csv),
            Some("ndjson" | "jsonl") => Ok(Self::Ndjson),
            _ => Err(Fault::usage("expected a file ending in .csv, .ndjson or .jsonl")),
        }
    }
}

/// One row, or why it is none.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum ReadRow {
    Row(CustomerRow),
    Bad { line: u64, fault: String },
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    ExternalId,
    Email,
    Phone,
    Name,
    FirstName,
    LastName,
    Language,
    Status,
    PasswordHash,
}

/// The names a column may have, compared without case, spaces, dashes and underscores.
const NAMES: &[(Column, &[&str])] = &[
    (Column::ExternalId, &["id", "externalid", "customerid"]),
    (Column::Email, &["email", "mail", "emailaddress"]),
    (Column::Phone, &["phone", "phonenumber", "telephone"]),
    (Column::Name, &["name", "fullname", "customername", "displayname"]),
    (Column::FirstName, &["firstname", "givenname"]),
    (Column::LastName, &["lastname", "surname", "familyname"]),
    (Column::Language, &["language", "locale", "lang"]),
    (Column::Status, &["status", "state"]),
    (Column::PasswordHash, &["passwordhash", "password"]),
];

fn column(name: &str) -> Option<Column> {
    let plain: String = name
        .trim_start_matches('\u{feff}')
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect::<String>()
        .to_lowercase();
    NAMES.iter().find(|(_, names)| names.contains(&plain.as_str())).map(|(column, _)| *column)
}

fn put(row: &mut CustomerRow, column: Column, value: &str) {
    match column {
        Column::ExternalId => row.external_id = value.to_owned(),
        Column::Email => row.email = value.to_owned(),
        Column::Phone => row.phone = value.to_owned(),
        Column::Name => row.name = value.to_owned(),
        Column::FirstName => row.name = format!("{value} {}", row.name).trim().to_owned(),
        Column::LastName => row.name = format!("{} {value}", row.name).trim().to_owned(),
        Column::Language => row.language = value.to_owned(),
        Column::Status => row.status = value.to_owned(),
        Column::PasswordHash => row.password_hash = value.to_owned(),
    }
}

/// Rows in order, in constant memory.
pub(super) enum Rows<R> {
    Csv { reader: Box<csv::Reader<R>>, columns: Vec<Option<Column>>, record: StringRecord },
    Ndjson { reader: R, line: u64, bytes: u64 },
}

impl<R: BufRead> Rows<R> {
    pub(super) fn new(reader: R, format: Format) -> Result<Self, Fault> {
        match format {
            Format::Ndjson => Ok(Self::Ndjson { reader, line: 0, bytes: 0 }),
            Format::Csv => {
                let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(reader);
                let header =
                    reader.headers().map_err(|fault| Fault::usage(format!("CSV header: {fault}")))?;
                let columns: Vec<_> = header.iter().map(column).collect();
                if columns.iter().all(Option::is_none) {
                    return Err(Fault::usage(
                        "CSV header: expected some of id, email, phone, name, language, status, password_hash",
                    ));
                }
                Ok(Self::Csv { reader: Box::new(reader), columns, record: StringRecord::new() })
            }
        }
    }

    /// How far the input is read, in octets.
    pub(super) fn bytes_read(&self) -> u64 {
        match self {
            Self::Csv { reader, .. } => reader.position().byte(),
            Self::Ndjson { bytes, .. } => *bytes,
        }
    }

    pub(super) fn next_row(&mut self) -> io::Result<Option<ReadRow>> {
        match self {
            Self::Csv { reader, columns, record } => csv_row(reader, columns, record),
            Self::Ndjson { reader, line, bytes } => ndjson_row(reader, line, bytes),
        }
    }
}

fn csv_row<R: Read>(
    reader: &mut csv::Reader<R>,
    columns: &[Option<Column>],
    record: &mut StringRecord,
) -> io::Result<Option<ReadRow>> {
    let before = reader.position().line();
    match reader.read_record(record) {
        Ok(false) => return Ok(None),
        Ok(true) => {}
        Err(fault) => {
            let line = fault.position().map_or(before, csv::Position::line);
            return match fault.into_kind() {
                csv::ErrorKind::Io(fault) => Err(fault),
                csv::ErrorKind::Utf8 { .. } => {
                    Ok(Some(ReadRow::Bad { line, fault: "the row is not UTF-8".to_owned() }))
                }
                _ => Ok(Some(ReadRow::Bad { line, fault: "the row is not CSV".to_owned() })),
            };
        }
    }
    let line = record.position().map_or(before, csv::Position::line);
    if record.len() != columns.len() {
        let fault = format!("expected {} fields, found {}", columns.len(), record.len());
        return Ok(Some(ReadRow::Bad { line, fault }));
    }
    let mut row = CustomerRow { line, ..CustomerRow::default() };
    for (value, column) in record.iter().zip(columns) {
        if let Some(column) = column {
            put(&mut row, *column, value);
        }
    }
    Ok(Some(ReadRow::Row(row)))
}

fn ndjson_row(reader: &mut impl BufRead, line: &mut u64, bytes: &mut u64) -> io::Result<Option<ReadRow>> {
    loop {
        let mut text = Vec::new();
        let read = reader.take(LONGEST_LINE).read_until(b'\n', &mut text)?;
        if read == 0 {
            return Ok(None);
        }
        *line += 1;
        *bytes += read as u64;
        if read as u64 == LONGEST_LINE && text.last() != Some(&b'\n') {
            *bytes += reader.skip_until(b'\n')? as u64;
            let fault = format!("the line is longer than {LONGEST_LINE} octets");
            return Ok(Some(ReadRow::Bad { line: *line, fault }));
        }
        if text.trim_ascii().is_empty() {
            continue;
        }
        return Ok(Some(match serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(&text) {
            Err(fault) => {
                ReadRow::Bad { line: *line, fault: format!("not a JSON object: column {}", fault.column()) }
            }
            Ok(object) => from_object(*line, &object),
        }));
    }
}

fn from_object(line: u64, object: &serde_json::Map<String, serde_json::Value>) -> ReadRow {
    let mut row = CustomerRow { line, ..CustomerRow::default() };
    for (name, value) in object {
        let Some(column) = column(name) else { continue };
        match value {
            serde_json::Value::Null => {}
            serde_json::Value::String(text) => put(&mut row, column, text),
            serde_json::Value::Number(number) if column == Column::ExternalId => {
                put(&mut row, column, &number.to_string());
            }
            _ => return ReadRow::Bad { line, fault: format!("{name}: expected a string") },
        }
    }
    ReadRow::Row(row)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(format: Format, input: &[u8]) -> Vec<ReadRow> {
        let mut rows = Rows::new(input, format).unwrap();
        std::iter::from_fn(|| rows.next_row().unwrap()).collect()
    }

    fn row(line: u64, email: &str, name: &str) -> ReadRow {
        ReadRow::Row(CustomerRow { line, email: email.into(), name: name.into(), ..CustomerRow::default() })
    }

    #[test]
    fn csv_by_header_in_any_order_and_spelling() {
        let input = b"\xef\xbb\xbfName,E-Mail,shoe size\n\"Nov\xc3\xa1k, Jan\",jan@a.cz,42\nEva,eva@a.cz\n\xff,x@y.cz,1\nIda,ida@a.cz,7\n";
        let rows = read(Format::Csv, input);
        assert_eq!(rows[0], row(2, "jan@a.cz", "Novák, Jan"));
        assert_eq!(rows[1], ReadRow::Bad { line: 3, fault: "expected 3 fields, found 2".into() });
        assert_eq!(rows[2], ReadRow::Bad { line: 4, fault: "the row is not UTF-8".into() });
        assert_eq!(rows[3], row(5, "ida@a.cz", "Ida"));
    }

    #[test]
    fn a_header_that_names_nothing_is_refused() {
        assert!(Rows::new(&b"foo,bar\n1,2\n"[..], Format::Csv).is_err());
    }

    #[test]
    fn ndjson_reports_bad_lines_and_goes_on() {
        let long = format!("{{\"email\":\"{}\"}}\n", "x".repeat(70_000));
        let input = [
            b"{\"email\":\"a@b.cz\",\"firstName\":\"Jan\",\"lastName\":\"Nov\"}\n\n[1]\n".as_slice(),
            long.as_bytes(),
            b"{\"email\":7}\n{\"id\":7,\"email\":null,\"phone\":\"+420\"}",
        ]
        .concat();
        let rows = read(Format::Ndjson, &input);
        assert_eq!(rows[0], row(1, "a@b.cz", "Jan Nov"));
        assert!(matches!(&rows[1], ReadRow::Bad { line: 3, .. }));
        assert!(matches!(&rows[2], ReadRow::Bad { line: 4, .. }));
        assert_eq!(rows[3], ReadRow::Bad { line: 5, fault: "email: expected a string".into() });
        let ReadRow::Row(last) = &rows[4] else { panic!("{:?}", rows[4]) };
        assert_eq!((last.line, last.external_id.as_str(), last.phone.as_str()), (6, "7", "+420"));
    }
}
