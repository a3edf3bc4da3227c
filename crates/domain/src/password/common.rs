//! The passwords that are tried first.

use core::cmp::Ordering;

use crate::random;

/// Lower case, sorted bytewise, one a line: what leads every list of leaked passwords in English,
/// Czech, Slovak, Polish and German (numbers, walks over the keyboard, names, teams, months), with
/// the endings that people add when a digit or a sign is asked of them. Gathered by hand for this
/// crate; to add one, add its line in its place.
static LIST: &str = include_str!("common.txt");

/// Whether a password is one of the most common ones, whatever its case.
pub(super) fn is_common(plain: &str) -> bool {
    let mut lower = plain.to_lowercase().into_bytes();
    let found = contains(LIST.as_bytes(), &lower);
    random::wipe(&mut lower);
    found
}

/// Binary search by line: halve the bytes, go back to the beginning of the line there.
fn contains(list: &[u8], wanted: &[u8]) -> bool {
    let mut rest = list;
    while !rest.is_empty() {
        let half = rest.get(..rest.len() / 2).unwrap_or_default();
        let start = half.iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1);
        let (before, from) = rest.split_at(start);
        let line = from.split(|byte| *byte == b'\n').next().unwrap_or_default();
        rest = match wanted.cmp(line) {
            Ordering::Equal => return true,
            Ordering::Less => before,
            Ordering::Greater => from.get(line.len() + 1..).unwrap_or_default(),
        };
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_as_the_search_needs_it() {
        let lines: Vec<&str> = LIST.lines().collect();
        assert!(lines.is_sorted_by(|one, next| one < next), "sorted, and each once");
        assert!(LIST.ends_with('\n') && lines.iter().all(|line| !line.is_empty()));
        assert!(lines.iter().all(|line| line.is_ascii() && *line == line.to_lowercase()));
    }

    #[test]
    fn every_line_is_found_and_nothing_else() {
        for line in LIST.lines() {
            assert!(contains(LIST.as_bytes(), line.as_bytes()), "{line}");
            assert!(!contains(LIST.as_bytes(), format!("{line} ").as_bytes()), "{line}");
            assert!(!contains(LIST.as_bytes(), format!(" {line}").as_bytes()), "{line}");
        }
        for other in ["", "\n", "zzzzzzzzz~", "\u{7f}", "tr0ub4dor&3", "password1\npassword2"] {
            assert!(!is_common(other), "{other:?}");
        }
    }

    #[test]
    fn lists_of_any_shape() {
        for list in ["", "a\n", "a\nb\n", "a\nbb\nccc\n", "aaaa\nb\nc\nd\n"] {
            for wanted in ["", "a", "aa", "aaaa", "b", "bb", "c", "ccc", "d", "e", "A"] {
                let expected = list.lines().any(|line| line == wanted);
                assert_eq!(contains(list.as_bytes(), wanted.as_bytes()), expected, "{wanted:?} in {list:?}");
            }
        }
    }
}
