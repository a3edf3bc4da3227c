use std::cmp::Reverse;

use application::model::{Layout, MailKind, Template, TemplateSet};
use application::ports::{StoreError, TemplateStore};
use async_trait::async_trait;
use domain::{Language, OrganisationId};

use super::MemoryStore;

#[async_trait]
impl TemplateStore for MemoryStore {
    async fn templates(&self, organisation: OrganisationId) -> Result<TemplateSet, StoreError> {
        Ok(self.tables().templates.get(&organisation).cloned().unwrap_or_default())
    }

    async fn save_template(
        &self,
        organisation: OrganisationId,
        template: &Template,
    ) -> Result<(), StoreError> {
        let mut tables = self.tables();
        let templates = &mut tables.templates.entry(organisation).or_default().templates;
        let identity = |one: &Template| (one.kind, one.language, one.valid_from);
        templates.retain(|one| identity(one) != identity(template));
        templates.push(template.clone());
        templates.sort_by_key(|one| Reverse(one.valid_from));
        Ok(())
    }

    async fn save_layout(&self, organisation: OrganisationId, layout: &Layout) -> Result<(), StoreError> {
        let mut tables = self.tables();
        let layouts = &mut tables.templates.entry(organisation).or_default().layouts;
        layouts.retain(|one| (one.language, one.valid_from) != (layout.language, layout.valid_from));
        layouts.push(layout.clone());
        layouts.sort_by_key(|one| Reverse(one.valid_from));
        Ok(())
    }

    async fn remove_templates(
        &self,
        organisation: OrganisationId,
        kind: MailKind,
        language: Language,
    ) -> Result<u64, StoreError> {
        let mut tables = self.tables();
        let templates = &mut tables.templates.entry(organisation).or_default().templates;
        let before = templates.len();
        templates.retain(|one| (one.kind, one.language) != (kind, language));
        Ok((before - templates.len()) as u64)
    }
}
