//! A line of JSON that stays one line: what some readers take for the end of a line, or do not
//! show, is escaped.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::Formatter;

struct OneLine;

/// The C1 controls, the line and paragraph separators, and what turns the direction of writing.
fn is_escaped(character: char) -> bool {
    matches!(
        character,
        '\u{7f}'..='\u{9f}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    )
}

impl Formatter for OneLine {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        let mut rest = fragment;
        while let Some((before, character)) =
            rest.find(is_escaped).and_then(|at| Some((rest.get(..at)?, rest.get(at..)?.chars().next()?)))
        {
            writer.write_all(before.as_bytes())?;
            write!(writer, "\\u{:04x}", u32::from(character))?;
            rest = rest.get(before.len() + character.len_utf8()..).unwrap_or_default();
        }
        writer.write_all(rest.as_bytes())
    }
}

/// Writes `value` and the end of its line.
pub(super) fn line(value: &impl Serialize, output: &mut impl Write) -> io::Result<()> {
    value.serialize(&mut Serializer::with_formatter(&mut *output, OneLine))?;
    output.write_all(b"\n")
}
