/// Whether `url` may stand where a person clicks: `http` or `https` with something behind it, no
/// white space, no control characters, no quotes.
pub(crate) fn is_web(url: &str) -> bool {
    let rest = strip_scheme(url, "https://").or_else(|| strip_scheme(url, "http://"));
    rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'))
        && !url.chars().any(|c| c.is_whitespace() || c.is_control() || matches!(c, '"' | '<' | '>' | '\\'))
}

fn strip_scheme<'a>(url: &'a str, scheme: &str) -> Option<&'a str> {
    let head = url.get(..scheme.len())?;
    head.eq_ignore_ascii_case(scheme).then(|| url.get(scheme.len()..)).flatten()
}

/// The first address in an attribute of `html` that leads anywhere but to `http`, `https` or
/// `mailto`. An empty one, a fragment (`#…`) and, for pictures, `cid:` are harmless.
pub(crate) fn unsafe_link(html: &str) -> Option<String> {
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let tag = rest.get(at + 1..).unwrap_or_default();
        if let Some(comment) = tag.strip_prefix("!--") {
            rest = comment.find("-->").and_then(|end| comment.get(end..)).unwrap_or_default();
            continue;
        }
        if !tag.starts_with(|c: char| c.is_ascii_alphabetic()) {
            rest = tag;
            continue;
        }
        let name = tag.find(|c: char| c.is_whitespace() || matches!(c, '/' | '>')).unwrap_or(tag.len());
        let mut attributes = Attributes(tag.get(name..).unwrap_or_default());
        for (name, value) in attributes.by_ref() {
            if leads_somewhere(name) && !is_harmless(name, value) {
                return Some(value.chars().take(60).collect());
            }
        }
        rest = attributes.0;
    }
    None
}

fn leads_somewhere(attribute: &str) -> bool {
    ["href", "src", "action", "formaction", "background", "xlink:href", "poster", "ping", "srcset"]
        .iter()
        .any(|name| attribute.eq_ignore_ascii_case(name))
}

fn is_harmless(attribute: &str, value: &str) -> bool {
    let value = value.trim_matches(|c: char| c.is_ascii_whitespace());
    if value.is_empty() || value.starts_with('#') {
        return true;
    }
    let picture = attribute.eq_ignore_ascii_case("src") && strip_scheme(value, "cid:").is_some();
    picture || ["http://", "https://", "mailto:"].iter().any(|scheme| strip_scheme(value, scheme).is_some())
}

/// The attributes of one tag, as HTML reads them; what is left in `.0` afterwards follows the tag.
struct Attributes<'a>(&'a str);

impl<'a> Iterator for Attributes<'a> {
    type Item = (&'a str, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.0.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
        if let Some(after) = rest.strip_prefix('>') {
            self.0 = after;
            return None;
        }
        if rest.is_empty() {
            self.0 = rest;
            return None;
        }
        // A name may begin with `=`, oddly (HTML, "before attribute name state").
        let length = rest
            .char_indices()
            .find(|&(at, c)| c.is_ascii_whitespace() || matches!(c, '/' | '>') || (c == '=' && at > 0))
            .map_or(rest.len(), |(at, _)| at);
        let (name, after) = rest.split_at(length);
        let Some(value) = after.trim_start_matches(|c: char| c.is_ascii_whitespace()).strip_prefix('=')
        else {
            self.0 = after;
            return Some((name, ""));
        };
        let value = value.trim_start_matches(|c: char| c.is_ascii_whitespace());
        let quoted = ['"', '\''].into_iter().find(|quote| value.starts_with(*quote));
        let (value, after) = match quoted {
            Some(quote) => value.get(1..).and_then(|inner| inner.split_once(quote)).unwrap_or((value, "")),
            None => {
                let end = value.find(|c: char| c.is_ascii_whitespace() || c == '>').unwrap_or(value.len());
                value.split_at(end)
            }
        };
        self.0 = after;
        Some((name, value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_web_addresses_are_links() {
        for url in
            ["https://shop.example/reset/abc?x=1&y=2", "http://127.0.0.1:8080/reset/a", "HTTPS://a.example/"]
        {
            assert!(is_web(url), "{url}");
        }
        for url in [
            "",
            "https://",
            "https:///x",
            "javascript:alert(1)",
            "data:text/html,x",
            "//a.example",
            "https://a b",
            "https://a\"b",
            "https://a\nb",
        ] {
            assert!(!is_web(url), "{url}");
        }
    }

    #[test]
    fn harmless_pages_pass() {
        for html in [
            r##"<a href="https://a.example/">x</a><img src='cid:logo'><a href=mailto:help@a.example>y</a><a href="#">z</a>"##,
            r#"<!-- <a href="javascript:x"> --><p>href=javascript:alert(1) &lt;a href=&quot;javascript:x&quot;&gt;</p>"#,
            r#"<img alt="a > b" src="">1 < 2 <br/><p title="href='data:x'">"#,
        ] {
            assert_eq!(unsafe_link(html), None, "{html}");
        }
    }

    #[test]
    fn tricks_are_found() {
        for html in [
            r#"<a href="javascript:alert(1)">"#,
            "<a\nHREF = 'JaVaScRiPt:alert(1)'>",
            "<a class=x href=data:text/html,x>",
            r#"<img alt="a > b" src="file:///etc/passwd">"#,
            r#"<a href="java&#115;cript:x">"#,
            r#"<a href="&#106;avascript:x">"#,
            "<a/href=javascript:x>",
            "<form action='ftp://x'>",
            r#"<a href="//evil.example">"#,
            "<p><a href='vbscript:x",
        ] {
            assert!(unsafe_link(html).is_some(), "{html}");
        }
    }
}
