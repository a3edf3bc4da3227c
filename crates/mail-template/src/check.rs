use application::model::{Layout, MailKind, Template};
use application::ports::ComposeError;
use minijinja::Value;

use crate::engine::Engine;
use crate::variables::{self, Variables};
use crate::{clean, links};

/// The most a template's part or a layout may measure, in bytes.
const SIZE_LIMIT: usize = 256 * 1024;

/// Checks an organisation's template before it is saved: that it compiles, names no variable that
/// mails of its kind lack (in whatever branch), renders with every variable set and with every
/// optional one empty, has a subject, and links nowhere but to `http`, `https` and `mailto`.
///
/// # Errors
/// [`ComposeError::Template`] with the part and the line.
pub fn check_template(template: &Template) -> Result<(), ComposeError> {
    let name = |part: &str| format!("{}/{} {part}", template.kind.as_str(), template.language.as_str());
    let known = variables::of_kind(template.kind);
    let samples = [sample(known), bare_sample(template.kind, known)];
    for (part, source) in
        [("subject.txt", &template.subject), ("html.html", &template.html), ("text.txt", &template.text)]
    {
        let part = name(part);
        for output in check(&part, source, known, &samples)? {
            if source == &template.subject && clean::one_line(&output, 10).is_empty() {
                return Err(error(&part, "the subject is empty"));
            }
        }
    }
    let (html, text) = (&template.html, &template.text);
    if template.kind == MailKind::ResetPassword && !(html.contains("resetUrl") && text.contains("resetUrl")) {
        return Err(error(&name("html.html"), "both parts must hold {{ resetUrl }}"));
    }
    Ok(())
}

/// Checks an organisation's layout before it is saved, as [`check_template`] does; it must hold `{{
/// htmlBody }}`.
///
/// # Errors
/// [`ComposeError::Template`] with the line.
pub fn check_layout(layout: &Layout) -> Result<(), ComposeError> {
    let name = format!("layout/{} html.html", layout.language.as_str());
    let known = variables::OF_LAYOUT;
    const BODY: &str = "<p>resetd checks for this body</p>";
    let mut full: Vec<(&'static str, Value)> = known.iter().map(|name| (*name, sample_value(name))).collect();
    full.retain(|(name, _)| *name != "htmlBody");
    let bare = full.iter().map(|(name, _)| (*name, Value::from("")));
    let body = ("htmlBody", Value::from_safe_string(BODY.to_owned()));
    let bare: Vec<_> = bare.chain([body.clone()]).collect();
    full.push(body);
    let samples = [Variables::new(full).into_value(), Variables::new(bare).into_value()];
    for output in check(&name, &layout.html, known, &samples)? {
        if !output.contains(BODY) {
            return Err(error(&name, "a layout must hold {{ htmlBody }}, whatever else is set"));
        }
    }
    Ok(())
}

/// Compiles and renders `source` with each sample.
fn check(
    name: &str,
    source: &str,
    known: &'static [&'static str],
    samples: &[Value; 2],
) -> Result<Vec<String>, ComposeError> {
    if source.len() > SIZE_LIMIT {
        return Err(error(name, &format!("longer than {SIZE_LIMIT} bytes")));
    }
    let mut engine = Engine::new();
    engine.add(name, source)?;
    if let Some(unknown) = engine.wanted(name)?.iter().find(|wanted| !known.contains(&wanted.as_str())) {
        let line = source.lines().position(|line| line.contains(unknown.as_str())).map_or(1, |at| at + 1);
        let known = known.join(", ");
        return Err(error(name, &format!("line {line}: unknown variable `{unknown}`; there are {known}")));
    }
    let mut outputs = Vec::with_capacity(samples.len());
    for sample in samples {
        let output = engine.render(name, sample.clone())?;
        if let Some(link) = name.ends_with(".html").then(|| links::unsafe_link(&output)).flatten() {
            return Err(error(name, &format!("`{link}`: only http, https and mailto may stand in a link")));
        }
        outputs.push(output);
    }
    Ok(outputs)
}

fn sample(known: &'static [&'static str]) -> Value {
    Variables::new(known.iter().map(|name| (*name, sample_value(name))).collect()).into_value()
}

/// With nothing but what every mail of the kind has.
fn bare_sample(kind: MailKind, known: &'static [&'static str]) -> Value {
    let always: &[&str] = match kind {
        MailKind::ResetPassword => &["resetUrl", "expiresAt", "organisationName", "language"],
        MailKind::PasswordChanged => &["changedAt", "organisationName", "language"],
    };
    let value = |name: &&'static str| {
        (*name, if always.contains(name) { sample_value(name) } else { Value::from("") })
    };
    Variables::new(known.iter().map(value).collect()).into_value()
}

fn sample_value(name: &str) -> Value {
    Value::from(match name {
        "resetUrl" => "https://shop.example/reset/0123456789abcdefghijABCDEFGHIJ01",
        "disownUrl" => "https://shop.example/cancel/0123456789abcdefghijABCDEFGHIJ01",
        "logoUrl" => "https://shop.example/logo.png",
        "expiresAt" | "changedAt" => "23 November 2026, 15:20 (UTC+1)",
        "customerName" => "Jan Novák",
        "requestedFrom" => "Prague, Czechia",
        "language" => "en",
        "contactUrl" => "mailto:help@shop.example",
        "signInUrl" => "https://shop.example/login",
        "accentColor" | "accentLight" => "#1a5fd8",
        "footer" => "Shop, Prague",
        "subject" => "Set a new password",
        "preheader" => "The link is valid for an hour.",
        _ => "Shop",
    })
}

fn error(template: &str, error: &str) -> ComposeError {
    ComposeError::Template { template: template.to_owned(), error: error.to_owned() }
}
