use application::ports::ComposeError;
use minijinja::{AutoEscape, Environment, Error, ErrorKind, UndefinedBehavior, Value};

use crate::bounds;

/// Steps a template may take: a hundred times what the built-in ones need, and far from an endless
/// loop.
const FUEL: u64 = 50_000;

/// Templates compiled once. What a template is called ends in `.html` or `.txt`, and that alone
/// decides on escaping.
pub(crate) struct Engine(Environment<'static>);

impl Engine {
    pub(crate) fn new() -> Self {
        let mut environment = Environment::empty();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_fuel(Some(FUEL));
        environment.set_recursion_limit(20);
        environment
            .set_auto_escape_callback(|name| if is_html(name) { AutoEscape::Html } else { AutoEscape::None });
        environment.set_formatter(|out, state, value| {
            if value.is_undefined() {
                return Err(Error::from(ErrorKind::UndefinedError));
            }
            let escaped = is_html(state.name()) && !value.is_safe();
            let written = match (value.as_str(), escaped) {
                (Some(text), false) => out.write_str(text),
                (Some(text), true) => write_escaped(out, text),
                (None, false) => out.write_str(&value.to_string()),
                (None, true) => write_escaped(out, &value.to_string()),
            };
            written.map_err(|_| Error::new(ErrorKind::WriteFailure, "out of memory"))
        });
        Self(environment)
    }

    /// Compiles `source` under `name`, unless it is too complex to.
    pub(crate) fn add(&mut self, name: &str, source: &str) -> Result<(), ComposeError> {
        bounds::check(source).map_err(|error| ComposeError::Template { template: name.to_owned(), error })?;
        self.0
            .add_template_owned(name.to_owned(), source.to_owned())
            .map_err(|error| template_error(name, &error))
    }

    pub(crate) fn render(&self, name: &str, values: Value) -> Result<String, ComposeError> {
        self.0
            .get_template(name)
            .and_then(|template| template.render(values))
            .map_err(|error| template_error(name, &error))
    }

    /// The variables a template may come to need, in whatever branch.
    pub(crate) fn wanted(&self, name: &str) -> Result<Vec<String>, ComposeError> {
        let template = self.0.get_template(name).map_err(|error| template_error(name, &error))?;
        let mut wanted: Vec<String> = template.undeclared_variables(false).into_iter().collect();
        wanted.sort();
        Ok(wanted)
    }
}

fn is_html(name: &str) -> bool {
    name.ends_with(".html")
}

/// The five characters of HTML. `/` stays: a link should read as one.
fn write_escaped(out: &mut minijinja::Output<'_>, text: &str) -> std::fmt::Result {
    let mut rest = text;
    while let Some(at) = rest.find(['&', '<', '>', '"', '\'']) {
        let (plain, tail) = rest.split_at(at);
        out.write_str(plain)?;
        let mut characters = tail.chars();
        out.write_str(match characters.next() {
            Some('&') => "&amp;",
            Some('<') => "&lt;",
            Some('>') => "&gt;",
            Some('"') => "&quot;",
            _ => "&#39;",
        })?;
        rest = characters.as_str();
    }
    out.write_str(rest)
}

/// `text` escaped for HTML, its line breaks as `<br>`.
pub(crate) fn html_lines(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\n' => escaped.push_str("<br>"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// The engine's own words and the line; never the values.
fn template_error(template: &str, error: &Error) -> ComposeError {
    let what = match error.detail() {
        Some(detail) => format!("{}: {detail}", error.kind()),
        None => error.kind().to_string(),
    };
    let error = match error.line() {
        Some(line) => format!("line {line}: {what}"),
        None => what,
    };
    ComposeError::Template { template: template.to_owned(), error }
}
