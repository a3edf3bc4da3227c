//! The lines of an input, in a bounded buffer, and whether the next one has come.

use std::io::{self, BufRead, BufReader, Read};

/// How much is read at once.
const BUFFER: usize = 64 * 1024;

/// The most octets of a line.
pub(super) const LONGEST: usize = 1024 * 1024;

/// What comes next.
pub(super) enum Next<'a> {
    Line(&'a [u8]),
    /// A line of more than [`LONGEST`] octets; it has been skipped.
    TooLong,
    End,
}

pub(super) struct Lines<R> {
    input: BufReader<R>,
    line: Vec<u8>,
}

impl<R: Read> Lines<R> {
    pub(super) fn new(input: R) -> Self {
        Self { input: BufReader::with_capacity(BUFFER, input), line: Vec::with_capacity(512) }
    }

    /// Whether the next line is not here as a whole, so that reading it may have to wait.
    pub(super) fn would_wait(&self) -> bool {
        !self.input.buffer().contains(&b'\n')
    }

    /// The next line without its end.
    pub(super) fn next(&mut self) -> io::Result<Next<'_>> {
        self.line.clear();
        let limit = LONGEST as u64 + 1;
        if self.input.by_ref().take(limit).read_until(b'\n', &mut self.line)? == 0 {
            return Ok(Next::End);
        }
        if self.line.last() == Some(&b'\n') {
            self.line.pop();
        } else if self.line.len() > LONGEST {
            self.skip()?;
            return Ok(Next::TooLong);
        }
        Ok(Next::Line(&self.line))
    }

    /// Reads on to the end of a line that is too long, and keeps nothing of it.
    fn skip(&mut self) -> io::Result<()> {
        loop {
            let buffer = self.input.fill_buf()?;
            let (length, ended) = match buffer.iter().position(|byte| *byte == b'\n') {
                Some(at) => (at + 1, true),
                None => (buffer.len(), buffer.is_empty()),
            };
            self.input.consume(length);
            if ended {
                return Ok(());
            }
        }
    }
}
