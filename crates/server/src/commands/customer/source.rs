//! Where the rows come from, as UTF-8: a file or standard input, in whatever encoding it is
//! written.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::Path;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1250};
use encoding_rs_io::DecodeReaderBytesBuilder;

use crate::cli::EncodingArg;
use crate::command_error::CommandError;

/// How much of the input tells its encoding, in octets.
const SAMPLE: u64 = 256 * 1024;

/// What `-` and every file open as.
pub(super) fn input(file: &Path) -> Result<Box<dyn Read>, CommandError> {
    if file.as_os_str() == "-" {
        return Ok(Box::new(io::stdin().lock()));
    }
    Ok(Box::new(File::open(file).map_err(CommandError::io(file.display()))?))
}

/// The size of a regular file, in octets. `None`: something that can be read only once.
pub(super) fn regular_size(file: &Path) -> Result<Option<u64>, CommandError> {
    if file.as_os_str() == "-" {
        return Ok(None);
    }
    let metadata = file.metadata().map_err(CommandError::io(file.display()))?;
    Ok(Some(metadata.len()).filter(|_| metadata.is_file()))
}

/// The input as UTF-8, without a byte order mark. Octets that are no UTF-8 in a file that otherwise
/// is stay as they are.
pub(super) fn open(file: &Path, encoding: Option<EncodingArg>) -> Result<Box<dyn BufRead>, CommandError> {
    let mut input = input(file)?;
    let mut sample = Vec::new();
    input.by_ref().take(SAMPLE).read_to_end(&mut sample).map_err(CommandError::io(file.display()))?;
    let encoding = encoding.map_or_else(|| detect(&sample), EncodingArg::encoding);
    if encoding != UTF_8 {
        tracing::info!("the input is read as {}; --encoding says otherwise", encoding.name());
    }
    let whole = Cursor::new(sample).chain(input);
    let decoded = DecodeReaderBytesBuilder::new()
        .encoding(Some(encoding))
        .bom_override(true)
        .strip_bom(true)
        .utf8_passthru(encoding == UTF_8)
        .build(whole);
    Ok(Box::new(BufReader::with_capacity(64 * 1024, decoded)))
}

impl EncodingArg {
    fn encoding(self) -> &'static Encoding {
        match self {
            Self::Utf8 => UTF_8,
            Self::Utf16le => UTF_16LE,
            Self::Utf16be => UTF_16BE,
            Self::Windows1250 => WINDOWS_1250,
        }
    }
}

/// Tells the encoding by how the input begins.
fn detect(sample: &[u8]) -> &'static Encoding {
    if let Some((encoding, _)) = Encoding::for_bom(sample) {
        return encoding;
    }
    // A header begins with ASCII letters.
    match sample {
        [1..=u8::MAX, 0, 1..=u8::MAX, 0, ..] => return UTF_16LE,
        [0, 1..=u8::MAX, 0, 1..=u8::MAX, ..] => return UTF_16BE,
        _ => {}
    }
    let mut chunks = sample.utf8_chunks().peekable();
    let (mut good, mut bad) = (0, 0);
    while let Some(chunk) = chunks.next() {
        good += chunk.valid().chars().filter(|letter| !letter.is_ascii()).count();
        // The sample may end in the middle of a character.
        let cut = chunks.peek().is_none() && sample.len() as u64 == SAMPLE;
        bad += usize::from(!chunk.invalid().is_empty() && !cut);
    }
    if bad > good && looks_like_windows_1250(sample) { WINDOWS_1250 } else { UTF_8 }
}

/// Whether what is not ASCII would be letters of words, or signs that occur in text.
fn looks_like_windows_1250(sample: &[u8]) -> bool {
    let (text, _) = WINDOWS_1250.decode_without_bom_handling(sample);
    let letters: Vec<char> = text.chars().collect();
    let neighbour =
        |index: Option<usize>| index.and_then(|index| letters.get(index)).is_some_and(|c| c.is_alphabetic());
    letters.iter().enumerate().filter(|(_, letter)| !letter.is_ascii()).all(|(index, letter)| {
        let word = neighbour(index.checked_sub(1)) || neighbour(index.checked_add(1));
        (letter.is_alphabetic() && word) || "\u{a0}„“”‚‘’–—…§°€«»".contains(*letter)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_are_told_apart() {
        let utf16 = |text: &str, big: bool| -> Vec<u8> {
            text.encode_utf16()
                .flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() })
                .collect()
        };
        let (windows, ..) = WINDOWS_1250.encode("id;jméno\r\n1;Jiří Žák – Plzeň\r\n");
        for (input, encoding) in [
            ("id,name\n1,Žofie\n".as_bytes().to_vec(), UTF_8),
            ("\u{feff}id,name\n1,Ann\n".as_bytes().to_vec(), UTF_8),
            (b"id,name\n1,Ann\n".to_vec(), UTF_8),
            (Vec::new(), UTF_8),
            (windows.into_owned(), WINDOWS_1250),
            (utf16("id,name\n1,Žofie\n", false), UTF_16LE),
            (utf16("id,name\n1,Žofie\n", true), UTF_16BE),
            (utf16("\u{feff}id,name\n", false), UTF_16LE),
            (utf16("\u{feff}id,name\n", true), UTF_16BE),
            // One damaged row does not make another encoding of it.
            (b"id,name\n1,\xff\xfe\n2,Ann\n".to_vec(), UTF_8),
            ("id,name\n1,Žofie\n2,".bytes().chain(*b"\xe1\n").collect(), UTF_8),
        ] {
            assert_eq!(detect(&input), encoding, "{:?}", String::from_utf8_lossy(&input));
        }
    }
}
