//! Standard output: what scripts read. Everything else goes to standard error.

use std::io::{self, Write};

use crate::command_error::CommandError;

/// Writes one line. A closed pipe (`resetd mail list | head -1`) is no error of anybody's.
pub(crate) fn line(text: &str) -> Result<(), CommandError> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.write_all(b"\n")).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(CommandError::Io("standard output".into(), error))
        }
        _ => Ok(()),
    }
}

/// Writes rows in columns as wide as their widest cell.
pub(crate) fn table(heading: &[&str], rows: &[Vec<String>]) -> Result<(), CommandError> {
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count());
        cells.chain(heading.get(column).map(|cell| cell.chars().count())).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..heading.len()).map(width).collect();
    let format = |cells: &[String]| {
        let padded = cells.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}", width = *width));
        padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    line(&format(&heading.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>()))?;
    rows.iter().try_for_each(|row| line(&format(row)))
}

/// A timestamp as operators read it, to the second.
pub(crate) fn timestamp(at: chrono::DateTime<chrono::Utc>) -> String {
    at.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}
