/// What no value may carry into a mail: control characters and line separators (they become a
/// space) …
fn breaks_line(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

/// … and invisible characters that reorder or hide text (they vanish): bidirectional controls (UAX
/// #9), zero-width characters, tags and variation selectors out of the astral planes.
fn misleads(c: char) -> bool {
    matches!(
        c,
        '\u{061C}'
            | '\u{200B}'
            | '\u{200E}'
            | '\u{200F}'
            | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}'
            | '\u{FEFF}'
            | '\u{FFF9}'..='\u{FFFB}'
            | '\u{E0000}'..='\u{E0FFF}'
    )
}

/// `text` on one line: breaks become spaces, runs of white space one space, misleading characters
/// vanish, and what exceeds `limit` characters is cut with an ellipsis.
pub(crate) fn one_line(text: &str, limit: usize) -> String {
    let mut line = String::with_capacity(text.len().min(limit * 4));
    let mut length = 0;
    let mut gap = false;
    for c in text.chars().filter(|&c| !misleads(c)) {
        if breaks_line(c) || c.is_whitespace() {
            gap = length > 0;
            continue;
        }
        if length + usize::from(gap) >= limit {
            while line.chars().count() >= limit {
                line.pop();
            }
            line.push('…');
            break;
        }
        if gap {
            line.push(' ');
            length += 1;
            gap = false;
        }
        line.push(c);
        length += 1;
    }
    line
}

/// `text` with its lines kept, each cleaned by [`one_line`].
pub(crate) fn lines(text: &str, limit: usize) -> String {
    let cleaned: Vec<String> = text.trim().lines().map(|line| one_line(line, limit)).collect();
    cleaned.join("\n")
}

/// A customer's name for a greeting: at most 100 characters. A name that a mail program would turn
/// into a link is no name but an advertisement sent at our expense, and is left out.
pub(crate) fn customer_name(name: &str) -> String {
    let name = one_line(name, 100);
    if advertises(&name) { String::new() } else { name }
}

fn advertises(name: &str) -> bool {
    let lower = name.to_lowercase();
    lower.contains("://")
        || lower.contains("www.")
        || lower.contains(['@', '\u{FF20}', '\u{FE6B}'])
        || name.split(|c: char| c.is_whitespace() || ",;()[]<>\"".contains(c)).any(looks_like_host)
}

/// `shop.example/…`: labels, a dot and a top-level domain, as linkifiers see it, in any script. An
/// initial before a name (`J.Novák`) is none, unless something follows it as it follows a host.
fn looks_like_host(word: &str) -> bool {
    let end = word.find(['/', '?', '#', ':', '\\']).unwrap_or(word.len());
    let (host, rest) = word.split_at(end);
    // IDNA takes these for a dot (UTS #46).
    let host = host.replace(['\u{3002}', '\u{FF0E}', '\u{FF61}'], ".");
    let host = host.trim_matches(|c: char| !c.is_alphanumeric());
    let Some((head, tail)) = host.rsplit_once('.') else { return false };
    let label = |label: &str| {
        !label.is_empty()
            && label.chars().all(|c| c.is_alphanumeric() || is_mark(c) || matches!(c, '-' | '_'))
    };
    let last = head.rsplit('.').next().unwrap_or(head);
    let tail_is_domain = tail.to_ascii_lowercase().starts_with("xn--")
        || tail.chars().count() >= 2 && tail.chars().all(|c| c.is_alphabetic() || is_mark(c));
    let is_address = host.parse::<std::net::Ipv4Addr>().is_ok();
    let an_initial = rest.is_empty()
        && head.split('.').all(|part| part.chars().count() == 1)
        && is_written_as_a_name(tail);
    is_address || label(last) && label(tail) && tail_is_domain && !an_initial
}

/// `Novák`; not `co`, and not `Com`.
fn is_written_as_a_name(word: &str) -> bool {
    const DOMAINS: [&str; 12] =
        ["com", "net", "org", "info", "app", "dev", "xyz", "top", "shop", "site", "online", "store"];
    let mut characters = word.chars();
    characters.next().is_some_and(char::is_uppercase)
        && characters.clone().count() >= 2
        && characters.all(char::is_lowercase)
        && !DOMAINS.contains(&word.to_lowercase().as_str())
}

/// A combining mark, as Indic and Arabic labels have.
const fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36F}' | '\u{610}'..='\u{65F}' | '\u{900}'..='\u{DFF}' | '\u{E31}'..='\u{E4E}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn breaks_become_single_spaces() {
        assert_eq!(one_line(" Jan\r\nBcc: x\u{2028}y\t\0z ", 100), "Jan Bcc: x y z");
    }

    #[test]
    fn direction_marks_vanish() {
        assert_eq!(one_line("abc\u{202E}fed\u{200B}\u{2066}g", 100), "abcfedg");
    }

    #[test]
    fn right_to_left_names_stay() {
        assert_eq!(one_line("דוד לוי", 100), "דוד לוי");
    }

    #[test]
    fn long_values_are_cut() {
        let line = one_line(&"á".repeat(10_000), 100);
        assert_eq!(line.chars().count(), 100);
        assert!(line.ends_with('…'));
        assert_eq!(one_line("abcd", 4), "abcd");
        assert_eq!(one_line("abc de", 4), "abc…");
    }

    #[test]
    fn footers_keep_their_lines() {
        assert_eq!(lines("Shop s.r.o.\r\nPraha\u{7} 1\n", 100), "Shop s.r.o.\nPraha 1");
    }

    #[test]
    fn hosts_of_any_length_and_script_are_links() {
        for name in [
            "t.co/abc",
            "t.co",
            "X.Com",
            "Jan (t.co/abc)",
            "bücher.de/win",
            "купить.рф",
            "win.xn--p1ai/x",
            "win.xn--p1ai",
            "promo@evil.test",
            "x@y.cz",
            "promo\u{FF20}evil.test",
            "a.b.co",
            "例え。テスト",
            "उदाहरण.भारत",
            "EVIL.COM.",
            "evil.com,jan",
            "a-1.io?x",
            "x.io:80",
            "192.0.2.7/win",
            "ä.de/x",
            "my_shop.example",
        ] {
            assert_eq!(customer_name(name), "", "{name}");
        }
        for name in ["Dr. Jan", "J.Novák", "J.R.R.Tolkien", "A. B.", "Jan Novák, 3.", "Ž.Šťastná", "Ph.D."]
        {
            assert_eq!(customer_name(name), name);
        }
    }

    #[test]
    fn names_with_links_are_left_out() {
        for name in
            ["Win at https://evil.test", "www.evil.test", "Jan evil.com/x", "claim bit.ly", "(evil.com)"]
        {
            assert_eq!(customer_name(name), "", "{name}");
        }
        for name in ["Jan Novák", "J. R. R. Tolkien", "Ing. Petr Král, Ph.D.", "O'Brien & <b>", "J.Novák"]
        {
            assert_eq!(customer_name(name), name);
        }
    }
}
