use application::model::{Layout, MailKind, Template, TemplateSet};
use application::ports::ComposeError;
use chrono::{DateTime, Utc};
use domain::Language;
use minijinja::Value;

use crate::engine::Engine;

/// An organisation's own templates and layouts, compiled. A broken one fails the mails that need it
/// and no other.
pub(crate) struct OwnTemplates {
    set: TemplateSet,
    engine: Engine,
    errors: Vec<(String, ComposeError)>,
}

/// The parts of an own template, in the order of [`OwnTemplates::part`].
#[derive(Debug, Clone, Copy)]
pub(crate) enum Part {
    Subject,
    Html,
    Text,
}

impl OwnTemplates {
    pub(crate) fn compile(set: TemplateSet) -> Self {
        let mut own = Self { engine: Engine::new(), errors: Vec::new(), set: TemplateSet::default() };
        for (at, template) in set.templates.iter().enumerate() {
            own.add(template_name(at, template, Part::Subject), &template.subject);
            own.add(template_name(at, template, Part::Html), &template.html);
            own.add(template_name(at, template, Part::Text), &template.text);
        }
        for (at, layout) in set.layouts.iter().enumerate() {
            own.add(layout_name(at, layout), &layout.html);
        }
        own.set = set;
        own
    }

    fn add(&mut self, name: String, source: &str) {
        if let Err(error) = self.engine.add(&name, source) {
            self.errors.push((name, error));
        }
    }

    /// What it was compiled from.
    pub(crate) fn set(&self) -> &TemplateSet {
        &self.set
    }

    /// The active template of this kind, by the fallback of languages.
    pub(crate) fn template(
        &self,
        kind: MailKind,
        wanted: [Language; 2],
        now: DateTime<Utc>,
    ) -> Option<(usize, Language)> {
        let active = |template: &Template| {
            template.kind == kind && is_active(template.valid_from, template.valid_until, now)
        };
        pick(&self.set.templates, active, |template| (template.language, template.valid_from), wanted)
    }

    /// The active layout, by the same fallback.
    pub(crate) fn layout(&self, wanted: [Language; 2], now: DateTime<Utc>) -> Option<(usize, Language)> {
        let active = |layout: &Layout| is_active(layout.valid_from, layout.valid_until, now);
        pick(&self.set.layouts, active, |layout| (layout.language, layout.valid_from), wanted)
    }

    pub(crate) fn render_part(&self, at: usize, part: Part, values: Value) -> Result<String, ComposeError> {
        self.set
            .templates
            .get(at)
            .map_or_else(|| Err(gone()), |template| self.render(&template_name(at, template, part), values))
    }

    pub(crate) fn render_layout(&self, at: usize, values: Value) -> Result<String, ComposeError> {
        self.set
            .layouts
            .get(at)
            .map_or_else(|| Err(gone()), |layout| self.render(&layout_name(at, layout), values))
    }

    fn render(&self, name: &str, values: Value) -> Result<String, ComposeError> {
        match self.errors.iter().find(|(broken, _)| broken == name) {
            Some((_, error)) => Err(error.clone()),
            None => self.engine.render(name, values),
        }
    }
}

fn gone() -> ComposeError {
    ComposeError::Unavailable("the templates changed in mid-rendering".to_owned())
}

fn template_name(at: usize, template: &Template, part: Part) -> String {
    let part = match part {
        Part::Subject => "subject.txt",
        Part::Html => "html.html",
        Part::Text => "text.txt",
    };
    format!("{}/{}/#{at} {part}", template.kind.as_str(), template.language.as_str())
}

fn layout_name(at: usize, layout: &Layout) -> String {
    format!("layout/{}/#{at} html.html", layout.language.as_str())
}

fn is_active(from: DateTime<Utc>, until: Option<DateTime<Utc>>, now: DateTime<Utc>) -> bool {
    from <= now && until.is_none_or(|until| now < until)
}

/// Of the active ones: the newest in the first wanted language that has any, else the newest of
/// all.
fn pick<T>(
    all: &[T],
    active: impl Fn(&T) -> bool,
    key: impl Fn(&T) -> (Language, DateTime<Utc>),
    wanted: [Language; 2],
) -> Option<(usize, Language)> {
    let newest = |language: Option<Language>| {
        all.iter()
            .enumerate()
            .filter(|(_, item)| active(item))
            .map(|(at, item)| (at, key(item)))
            .filter(|(_, (tag, _))| language.is_none_or(|language| *tag == language))
            // Of equals the first, as the port lists them.
            .reduce(|best, next| if next.1.1 > best.1.1 { next } else { best })
            .map(|(at, (tag, _))| (at, tag))
    };
    wanted.into_iter().find_map(|language| newest(Some(language))).or_else(|| newest(None))
}
