use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{Language, OrganisationId};

use super::{MailKind, StoreError};

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
    /// Used from this effective_at on …
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
    /// Used from this effective_at on …
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

/// Organisations' own templates. Whoever saves checks them first: a store takes any text.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait TemplateStore: Send + Sync {
    /// All that `organisation` brought, active or not.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot tell.
    async fn templates(&self, organisation: OrganisationId) -> Result<TemplateSet, StoreError>;

    /// Saves a template; one with the same kind, language and `valid_from` is replaced.
    ///
    /// # Errors
    /// [`StoreError`] when nothing was saved.
    async fn save_template(
        &self,
        organisation: OrganisationId,
        template: &Template,
    ) -> Result<(), StoreError>;

    /// Saves a layout; one with the same language and `valid_from` is replaced.
    ///
    /// # Errors
    /// [`StoreError`] when nothing was saved.
    async fn save_layout(&self, organisation: OrganisationId, layout: &Layout) -> Result<(), StoreError>;

    /// Removes every template of this kind and language. Returns how many there were.
    ///
    /// # Errors
    /// [`StoreError`] when nothing was removed.
    async fn remove_templates(
        &self,
        organisation: OrganisationId,
        kind: MailKind,
        language: Language,
    ) -> Result<u64, StoreError>;
}
