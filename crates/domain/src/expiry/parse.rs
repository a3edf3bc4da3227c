//! The two notations, read byte by byte with checked arithmetic.

use super::{DAY, ExpiryError, HOUR, MINUTE, WEEK};

/// The seconds a text names, and the byte where it begins.
pub(super) fn seconds(text: &str) -> Result<(u64, usize), ExpiryError> {
    let mut cursor = Cursor { text, position: 0 };
    cursor.spaces();
    let start = cursor.position;
    let seconds = match cursor.peek() {
        None => return Err(ExpiryError::Empty),
        Some(b'P' | b'p') => iso(&mut cursor)?,
        Some(_) => words(&mut cursor)?,
    };
    Ok((seconds, start))
}

/// `3h 20m`, to the end of the text.
fn words(cursor: &mut Cursor<'_>) -> Result<u64, ExpiryError> {
    let mut total = Total::default();
    loop {
        let part = cursor.position;
        let count = cursor.number()?;
        cursor.spaces();
        let position = cursor.position;
        let unit = match cursor.letters() {
            [] => return Err(cursor.error(|position| ExpiryError::MissingUnit { position })),
            word => unit(word, position)?,
        };
        total.add(count, unit, part)?;
        cursor.spaces();
        if cursor.peek().is_none() {
            return Ok(total.seconds);
        }
    }
}

/// The length of a unit in seconds.
fn unit(word: &[u8], position: usize) -> Result<u32, ExpiryError> {
    // The longest unit has seven letters: what is longer stays zeros here and is unknown.
    let mut lower = [0_u8; 7];
    for (lower, letter) in lower.iter_mut().zip(word) {
        *lower = letter.to_ascii_lowercase();
    }
    match lower.get(..word.len()).unwrap_or_default() {
        b"s" | b"sec" | b"secs" | b"second" | b"seconds" => Ok(1),
        b"m" | b"min" | b"mins" | b"minute" | b"minutes" => Ok(MINUTE),
        b"h" | b"hr" | b"hrs" | b"hour" | b"hours" => Ok(HOUR),
        b"d" | b"day" | b"days" => Ok(DAY),
        b"w" | b"week" | b"weeks" => Ok(WEEK),
        b"mo" | b"mon" | b"mth" | b"month" | b"months" => Err(ExpiryError::Months { position }),
        b"y" | b"yr" | b"yrs" | b"year" | b"years" => Err(ExpiryError::Years { position }),
        b"and" => Err(ExpiryError::And { position }),
        _ => Err(ExpiryError::UnknownUnit { position }),
    }
}

/// `P1DT3H20M`, to the end of the text or the spaces there.
fn iso(cursor: &mut Cursor<'_>) -> Result<u64, ExpiryError> {
    cursor.position += 1;
    let mut total = Total::default();
    let mut time = false;
    let mut part_expected = true;
    loop {
        let part = cursor.position;
        match cursor.peek() {
            Some(b'T' | b't') if !time => {
                cursor.position += 1;
                (time, part_expected) = (true, true);
                continue;
            }
            None | Some(b' ') if !part_expected => break,
            _ => {}
        }
        let count = cursor.number()?;
        let position = cursor.position;
        let unit = match (cursor.peek().map(|byte| byte.to_ascii_uppercase()), time) {
            (Some(b'W'), false) => WEEK,
            (Some(b'D'), false) => DAY,
            (Some(b'H'), true) => HOUR,
            (Some(b'M'), true) => MINUTE,
            (Some(b'S'), true) => 1,
            (Some(b'M'), false) => return Err(ExpiryError::Months { position }),
            (Some(b'Y'), _) => return Err(ExpiryError::Years { position }),
            (Some(letter), _) if letter.is_ascii_alphabetic() => {
                return Err(ExpiryError::UnknownUnit { position });
            }
            _ => return Err(cursor.error(|position| ExpiryError::MissingUnit { position })),
        };
        cursor.position += 1;
        total.add(count, unit, part)?;
        part_expected = false;
    }
    cursor.spaces();
    match cursor.peek() {
        None => Ok(total.seconds),
        Some(_) => Err(cursor.unexpected()),
    }
}

/// The sum so far and the unit that came last.
#[derive(Default)]
struct Total {
    seconds: u64,
    last: Option<u32>,
}

impl Total {
    fn add(&mut self, count: u64, unit: u32, position: usize) -> Result<(), ExpiryError> {
        match self.last {
            Some(last) if unit == last => return Err(ExpiryError::RepeatedUnit { position }),
            Some(last) if unit > last => return Err(ExpiryError::OutOfOrder { position }),
            _ => self.last = Some(unit),
        }
        self.seconds = count
            .checked_mul(u64::from(unit))
            .and_then(|seconds| seconds.checked_add(self.seconds))
            .ok_or(ExpiryError::Overflow { position })?;
        Ok(())
    }
}

struct Cursor<'a> {
    text: &'a str,
    position: usize,
}

impl<'a> Cursor<'a> {
    #[inline]
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.position).copied()
    }

    #[inline]
    fn spaces(&mut self) {
        while self.peek() == Some(b' ') {
            self.position += 1;
        }
    }

    /// The letters from here on, perhaps none.
    #[inline]
    fn letters(&mut self) -> &'a [u8] {
        let start = self.position;
        while self.peek().is_some_and(|byte| byte.is_ascii_alphabetic()) {
            self.position += 1;
        }
        self.text.as_bytes().get(start..self.position).unwrap_or_default()
    }

    /// The whole number that has to stand here.
    #[inline]
    fn number(&mut self) -> Result<u64, ExpiryError> {
        let start = self.position;
        let mut value = Some(0_u64);
        while let Some(digit @ b'0'..=b'9') = self.peek() {
            value = value.and_then(|value| value.checked_mul(10)?.checked_add(u64::from(digit - b'0')));
            self.position += 1;
        }
        if self.position == start {
            return Err(self.error(|position| ExpiryError::MissingNumber { position }));
        }
        value.ok_or(ExpiryError::Overflow { position: start })
    }

    /// The error at this position: what stands here says more than that something else was
    /// expected.
    #[cold]
    fn error(&mut self, expected: fn(usize) -> ExpiryError) -> ExpiryError {
        let position = self.position;
        match self.peek() {
            None | Some(b'0'..=b'9') => expected(position),
            Some(byte) if byte.is_ascii_alphabetic() => {
                if self.letters().eq_ignore_ascii_case(b"and") {
                    ExpiryError::And { position }
                } else {
                    expected(position)
                }
            }
            Some(_) => self.unexpected(),
        }
    }

    #[cold]
    fn unexpected(&self) -> ExpiryError {
        let position = self.position;
        match self.text.get(position..).and_then(|rest| rest.chars().next()) {
            None => ExpiryError::MissingNumber { position },
            Some('+' | '-') => ExpiryError::Signed { position },
            Some('.') if self.is_digit(position.wrapping_sub(1)) || self.is_digit(position + 1) => {
                ExpiryError::Fraction { position }
            }
            Some(',') => ExpiryError::Comma { position },
            Some(character) if character.is_ascii() => {
                ExpiryError::UnexpectedCharacter { position, character }
            }
            Some(character) => ExpiryError::NotAscii { position, character },
        }
    }

    fn is_digit(&self, position: usize) -> bool {
        self.text.as_bytes().get(position).is_some_and(u8::is_ascii_digit)
    }
}
