//! CSV (RFC 4180) with a header, read so that one open quote costs one row and no more.

use std::collections::VecDeque;
use std::io::{self, BufRead};

use super::columns::{self, Column, ReadRow, RowBuilder};
use super::lines::{LONGEST, Line, Lines};
use crate::command_error::CommandError;

/// What may stand between two fields, if nobody says.
const DELIMITERS: [u8; 3] = [b',', b';', b'\t'];

/// The fields of a record, or why it has none.
#[derive(Debug, PartialEq, Eq)]
enum Split {
    Fields(Vec<Vec<u8>>),
    /// The record goes on in the next line.
    Open,
    /// Text behind a closing quote.
    Misquoted,
}

/// Splits one record. A quote opens a quoted field at its beginning only; elsewhere it is a
/// character.
fn split(record: &[u8], delimiter: u8) -> Split {
    let mut fields = Vec::new();
    let mut bytes = record.iter().copied().peekable();
    loop {
        let mut field = Vec::new();
        if bytes.next_if_eq(&b'"').is_some() {
            loop {
                match bytes.next() {
                    None => return Split::Open,
                    Some(b'"') if bytes.next_if_eq(&b'"').is_none() => break,
                    Some(byte) => field.push(byte),
                }
            }
            if bytes.peek().is_some_and(|byte| *byte != delimiter) {
                return Split::Misquoted;
            }
        } else {
            while let Some(byte) = bytes.next_if(|byte| *byte != delimiter) {
                field.push(byte);
            }
        }
        fields.push(field);
        if bytes.next().is_none() {
            return Split::Fields(fields);
        }
    }
}

/// Rows in order, in constant memory.
pub(super) struct CsvRows<R> {
    lines: Lines<R>,
    /// Lines that were read ahead for a record that none of them closed.
    ahead: VecDeque<Line>,
    delimiter: u8,
    columns: Vec<Option<Column>>,
}

impl<R: BufRead> CsvRows<R> {
    pub(super) fn new(lines: Lines<R>, header: Line, delimiter: Option<u8>) -> Result<Self, CommandError> {
        let mut rows = Self { lines, ahead: VecDeque::new(), delimiter: b',', columns: Vec::new() };
        let mut header = header;
        let mut delimiter = delimiter;
        // Excel's own line.
        if let Some([excels]) = header.bytes.strip_prefix(b"sep=") {
            delimiter = delimiter.or(Some(*excels));
            let next = rows.lines.next_line().map_err(CommandError::io("the input"))?;
            header = next.ok_or_else(|| CommandError::refused("CSV: the header is missing"))?;
        }
        let names = |delimiter| match split(&header.bytes, delimiter) {
            Split::Fields(fields) => {
                fields.iter().map(|name| String::from_utf8_lossy(name).into_owned()).collect()
            }
            Split::Open | Split::Misquoted => Vec::new(),
        };
        let known = |names: &Vec<String>| names.iter().filter(|name| columns::column(name).is_some()).count();
        let candidates = delimiter.map_or(DELIMITERS.to_vec(), |delimiter| vec![delimiter]);
        // The first of the best.
        let best = candidates.into_iter().rev().max_by_key(|delimiter| known(&names(*delimiter)));
        rows.delimiter = best.unwrap_or(b',');
        let names = names(rows.delimiter);
        if known(&names) == 0 {
            return Err(CommandError::refused(
                "CSV header: expected some of id, email, phone, name, language, status, password_hash, \
                 password_changed_at, revision, with a comma, a semicolon or a tab between them; see --delimiter",
            ));
        }
        if let Some((first, second)) = columns::twice(names.iter().map(String::as_str)) {
            let error = format!("CSV header: `{first}` and `{second}` mean the same; which one counts?");
            return Err(CommandError::refused(error));
        }
        rows.columns = names.iter().map(|name| columns::column(name)).collect();
        Ok(rows)
    }

    pub(super) const fn bytes_read(&self) -> u64 {
        self.lines.bytes_read
    }

    fn line(&mut self) -> io::Result<Option<Line>> {
        match self.ahead.pop_front() {
            Some(line) => Ok(Some(line)),
            None => self.lines.next_line(),
        }
    }

    pub(super) fn next_row(&mut self) -> io::Result<Option<ReadRow>> {
        loop {
            let Some(first) = self.line()? else { return Ok(None) };
            let blank = |byte: &u8| *byte == self.delimiter || byte.is_ascii_whitespace();
            if !first.cut && first.bytes.iter().all(blank) {
                continue;
            }
            return self.record(first).map(Some);
        }
    }

    fn record(&mut self, first: Line) -> io::Result<ReadRow> {
        let number = first.number;
        let bad = |error: &str| ReadRow::Bad { line: number, error: error.to_owned() };
        if first.cut {
            return Ok(bad("the line is longer than 64 KiB"));
        }
        let mut record = first.bytes;
        let mut taken = Vec::new();
        loop {
            match split(&record, self.delimiter) {
                Split::Fields(fields) if !self.swallows(&fields) => return Ok(self.row(number, &fields)),
                Split::Fields(_) | Split::Misquoted => break,
                Split::Open => {}
            }
            let Some(next) = self.line()? else { break };
            let too_long = next.cut || record.len() + next.bytes.len() >= LONGEST;
            record.push(b'\n');
            record.extend_from_slice(&next.bytes);
            taken.push(next);
            if too_long {
                break;
            }
        }
        // What was taken for the rest of a field are rows again.
        taken.into_iter().rev().for_each(|line| self.ahead.push_front(line));
        Ok(bad("a quote is not closed, or text stands behind one that is"))
    }

    /// Whether a field that we know holds what looks like further rows: a quote that the next open
    /// one closed.
    fn swallows(&self, fields: &[Vec<u8>]) -> bool {
        let rest = self.columns.len().saturating_sub(1);
        let like_a_row =
            |line: &[u8]| rest > 0 && line.iter().filter(|byte| **byte == self.delimiter).count() >= rest;
        fields.iter().zip(&self.columns).any(|(field, column)| {
            column.is_some() && field.split(|byte| *byte == b'\n').skip(1).any(like_a_row)
        })
    }

    fn row(&self, line: u64, fields: &[Vec<u8>]) -> ReadRow {
        if fields.len() != self.columns.len() {
            let error = format!("expected {} fields, found {}", self.columns.len(), fields.len());
            return ReadRow::Bad { line, error };
        }
        let mut row = RowBuilder::new(line);
        for (value, column) in fields.iter().zip(&self.columns) {
            let Ok(value) = std::str::from_utf8(value) else {
                return ReadRow::Bad { line, error: "the row is not UTF-8; see --encoding".to_owned() };
            };
            if let Some(column) = column {
                row.put(*column, value);
            }
        }
        ReadRow::Row(row.finish())
    }
}
