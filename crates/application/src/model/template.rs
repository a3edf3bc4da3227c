use chrono::{DateTime, Utc};
use domain::Language;

use crate::model::MailKind;

/// An organisation's own text for one kind of mail in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// Which mail.
    pub kind: MailKind,
    /// In which language.
    pub language: Language,
    /// The subject line.
    pub subject: String,
    /// The HTML put into the layout's `{{ htmlBody }}`.
    pub html: String,
    /// The plain-text part, whole.
    pub text: String,
    /// Used from this time on …
    pub valid_from: DateTime<Utc>,
    /// … until this one, if it ends.
    pub valid_until: Option<DateTime<Utc>>,
}

/// The frame of an organisation's mails in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// In which language.
    pub language: Language,
    /// HTML holding `{{ htmlBody }}`.
    pub html: String,
    /// Used from this time on …
    pub valid_from: DateTime<Utc>,
    /// … until this one, if it ends.
    pub valid_until: Option<DateTime<Utc>>,
}

/// Everything an organisation brought of its own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TemplateSet {
    /// Its templates; the newest `valid_from` first.
    pub templates: Vec<Template>,
    /// Its layouts; the newest `valid_from` first.
    pub layouts: Vec<Layout>,
}
