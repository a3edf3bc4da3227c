//! Physical lines, bounded, with their numbers.

use std::io::{self, BufRead};

/// Longest line and longest CSV record, in octets.
pub(super) const LONGEST: usize = 64 * 1024;

/// One line, without its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// From 1.
    pub(super) number: u64,
    pub(super) bytes: Vec<u8>,
    /// It was longer than [`LONGEST`]; what is behind that was dropped.
    pub(super) cut: bool,
}

/// Lines that end with LF, CR LF or CR.
pub(super) struct Lines<R> {
    reader: R,
    number: u64,
    pub(super) bytes_read: u64,
    /// The last line ended with CR: an LF that follows belongs to it.
    after_cr: bool,
}

impl<R: BufRead> Lines<R> {
    pub(super) const fn new(reader: R) -> Self {
        Self { reader, number: 0, bytes_read: 0, after_cr: false }
    }

    pub(super) fn next_line(&mut self) -> io::Result<Option<Line>> {
        let mut line = Line { number: self.number + 1, bytes: Vec::new(), cut: false };
        let mut begun = false;
        loop {
            let mut buffer = self.reader.fill_buf()?;
            if buffer.is_empty() {
                self.number += u64::from(begun);
                return Ok(begun.then_some(line));
            }
            let mut used = 0;
            if std::mem::take(&mut self.after_cr) && buffer.first() == Some(&b'\n') {
                used = 1;
                buffer = buffer.get(1..).unwrap_or_default();
            }
            let end = buffer.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
            let text = buffer.get(..end.unwrap_or(buffer.len())).unwrap_or_default();
            let room = LONGEST.saturating_sub(line.bytes.len());
            line.cut |= text.len() > room;
            line.bytes.extend(text.iter().take(room));
            begun |= !text.is_empty() || end.is_some();
            self.after_cr = end.is_some_and(|end| buffer.get(end) == Some(&b'\r'));
            used += text.len() + usize::from(end.is_some());
            self.reader.consume(used);
            self.bytes_read += used as u64;
            if end.is_some() {
                self.number += 1;
                return Ok(Some(line));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_end_of_a_line_counts_once() {
        // A buffer of one octet: CR and LF come apart.
        for capacity in [1, 2, 64] {
            let input = io::BufReader::with_capacity(capacity, &b"a\r\nb\n\nc\rd\r\n\r\ne"[..]);
            let mut lines = Lines::new(input);
            let read: Vec<_> = std::iter::from_fn(|| lines.next_line().unwrap())
                .map(|line| (line.number, String::from_utf8(line.bytes).unwrap()))
                .collect();
            let expected = [(1, "a"), (2, "b"), (3, ""), (4, "c"), (5, "d"), (6, ""), (7, "e")];
            assert_eq!(read, expected.map(|(number, text)| (number, text.to_owned())), "{capacity}");
        }
    }
}
