//! Reads customers from CSV or NDJSON (one object per line), told apart by how the input begins.

use std::io::{self, BufRead};

use serde_json::{Map, Value};

use super::columns::{self, Column, ReadRow, RowBuilder};
use super::csv_rows::CsvRows;
use super::lines::{Line, Lines};
use crate::cli::FormatArg;
use crate::command_error::CommandError;

/// Rows in order, in constant memory.
pub(super) enum Rows<R> {
    Csv(CsvRows<R>),
    Ndjson { lines: Lines<R>, first: Option<Line> },
}

impl<R: BufRead> Rows<R> {
    pub(super) fn new(
        reader: R,
        format: Option<FormatArg>,
        delimiter: Option<u8>,
    ) -> Result<Self, CommandError> {
        let mut lines = Lines::new(reader);
        let first = loop {
            match lines.next_line().map_err(CommandError::io("the input"))? {
                None => return Err(CommandError::refused("the input is empty")),
                Some(line) if line.bytes.trim_ascii().is_empty() => {}
                Some(line) => break line,
            }
        };
        let begins = |byte: u8| first.bytes.trim_ascii_start().first() == Some(&byte);
        match format {
            None if begins(b'[') => Err(CommandError::refused(
                "a JSON array: expected one object per line, as `jq -c '.[]'` writes them",
            )),
            Some(FormatArg::Ndjson) => Ok(Self::Ndjson { lines, first: Some(first) }),
            None if begins(b'{') => Ok(Self::Ndjson { lines, first: Some(first) }),
            Some(FormatArg::Csv) | None => Ok(Self::Csv(CsvRows::new(lines, first, delimiter)?)),
        }
    }

    /// How far the input is read, in octets.
    pub(super) const fn bytes_read(&self) -> u64 {
        match self {
            Self::Csv(rows) => rows.bytes_read(),
            Self::Ndjson { lines, .. } => lines.bytes_read,
        }
    }

    pub(super) fn next_row(&mut self) -> io::Result<Option<ReadRow>> {
        let (lines, first) = match self {
            Self::Csv(rows) => return rows.next_row(),
            Self::Ndjson { lines, first } => (lines, first),
        };
        loop {
            let line = match first.take() {
                Some(line) => Some(line),
                None => lines.next_line()?,
            };
            let Some(Line { number: line, bytes, cut }) = line else { return Ok(None) };
            if cut {
                return Ok(Some(ReadRow::Bad { line, error: "the line is longer than 64 KiB".to_owned() }));
            }
            if !bytes.trim_ascii().is_empty() {
                return Ok(Some(object(line, &bytes)));
            }
        }
    }
}

fn object(line: u64, bytes: &[u8]) -> ReadRow {
    let bad = |error: String| ReadRow::Bad { line, error };
    let object = match serde_json::from_slice::<Map<String, Value>>(bytes) {
        Ok(object) => object,
        Err(error) => return bad(format!("not a JSON object: column {}", error.column())),
    };
    if let Some((first, second)) = columns::twice(object.keys().map(String::as_str)) {
        return bad(format!("`{first}` and `{second}` mean the same; which one counts?"));
    }
    let mut row = RowBuilder::new(line);
    for (name, value) in &object {
        let Some(column) = columns::column(name) else { continue };
        let numeric = matches!(column, Column::ExternalId | Column::Revision);
        match value {
            Value::Null => row.put(column, ""),
            Value::String(text) => row.put(column, text),
            Value::Number(number) if numeric && !number.is_f64() => row.put(column, &number.to_string()),
            _ => return bad(format!("{name}: expected a string")),
        }
    }
    ReadRow::Row(row.finish())
}

#[cfg(test)]
#[path = "rows_tests.rs"]
mod tests;
