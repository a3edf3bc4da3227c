use async_trait::async_trait;
use domain::{Language, OrganisationId};

use crate::model::{Layout, MailKind, Template, TemplateSet};
use crate::ports::StoreError;

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
