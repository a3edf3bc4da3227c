use application::model::{Layout, MailKind, Template, TemplateSet};
use application::ports::{StoreError, TemplateStore};
use async_trait::async_trait;
use domain::{Language, OrganisationId};
use sqlx::postgres::PgRow;

use crate::PostgresStore;
use crate::columns::{Columns, text, uuid};
use crate::query_error::QueryError;

pub(crate) const TEMPLATES: &str = "SELECT kind, language, subject, html, text, valid_from, valid_until FROM template \
     WHERE organisation_id = $1 ORDER BY valid_from DESC, kind, language";
pub(crate) const LAYOUTS: &str = "SELECT language, html, valid_from, valid_until FROM layout \
     WHERE organisation_id = $1 ORDER BY valid_from DESC, language";
pub(crate) const SAVE_TEMPLATE: &str = "INSERT INTO template (organisation_id, kind, language, valid_from, valid_until, \
     subject, html, text) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
     ON CONFLICT (organisation_id, kind, language, valid_from) DO UPDATE SET valid_until = excluded.valid_until, \
     subject = excluded.subject, html = excluded.html, text = excluded.text";
pub(crate) const SAVE_LAYOUT: &str = "INSERT INTO layout (organisation_id, language, valid_from, valid_until, html) \
     VALUES ($1, $2, $3, $4, $5) ON CONFLICT (organisation_id, language, valid_from) \
     DO UPDATE SET valid_until = excluded.valid_until, html = excluded.html";
pub(crate) const REMOVE: &str =
    "DELETE FROM template WHERE organisation_id = $1 AND kind = $2 AND language = $3";

#[async_trait]
impl TemplateStore for PostgresStore {
    async fn templates(&self, organisation: OrganisationId) -> Result<TemplateSet, StoreError> {
        let id = uuid(organisation.as_bytes());
        let templates =
            sqlx::query(TEMPLATES).bind(id).fetch_all(self.pool()).await.map_err(QueryError::Sql)?;
        let layouts = sqlx::query(LAYOUTS).bind(id).fetch_all(self.pool()).await.map_err(QueryError::Sql)?;
        Ok(TemplateSet {
            templates: templates.iter().map(template).collect::<Result<_, _>>()?,
            layouts: layouts.iter().map(layout).collect::<Result<_, _>>()?,
        })
    }

    async fn save_template(
        &self,
        organisation: OrganisationId,
        template: &Template,
    ) -> Result<(), StoreError> {
        sqlx::query(SAVE_TEMPLATE)
            .bind(uuid(organisation.as_bytes()))
            .bind(template.kind.as_str())
            .bind(template.language.as_str())
            .bind(template.valid_from)
            .bind(template.valid_until)
            .bind(text(&template.subject))
            .bind(text(&template.html))
            .bind(text(&template.text))
            .execute(self.pool())
            .await
            .map_err(QueryError::Sql)?;
        Ok(())
    }

    async fn save_layout(&self, organisation: OrganisationId, layout: &Layout) -> Result<(), StoreError> {
        sqlx::query(SAVE_LAYOUT)
            .bind(uuid(organisation.as_bytes()))
            .bind(layout.language.as_str())
            .bind(layout.valid_from)
            .bind(layout.valid_until)
            .bind(text(&layout.html))
            .execute(self.pool())
            .await
            .map_err(QueryError::Sql)?;
        Ok(())
    }

    async fn remove_templates(
        &self,
        organisation: OrganisationId,
        kind: MailKind,
        language: Language,
    ) -> Result<u64, StoreError> {
        let removed = sqlx::query(REMOVE)
            .bind(uuid(organisation.as_bytes()))
            .bind(kind.as_str())
            .bind(language.as_str())
            .execute(self.pool())
            .await
            .map_err(QueryError::Sql)?;
        Ok(removed.rows_affected())
    }
}

fn template(row: &PgRow) -> Result<Template, QueryError> {
    Ok(Template {
        kind: row.word("template.kind", |word| MailKind::parse(word).ok_or("no kind of mail"))?,
        language: row.word("template.language", Language::parse)?,
        subject: row.read("template.subject")?,
        html: row.read("template.html")?,
        text: row.read("template.text")?,
        valid_from: row.time("template.valid_from")?,
        valid_until: row.optional_time("template.valid_until")?,
    })
}

fn layout(row: &PgRow) -> Result<Layout, QueryError> {
    Ok(Layout {
        language: row.word("layout.language", Language::parse)?,
        html: row.read("layout.html")?,
        valid_from: row.time("layout.valid_from")?,
        valid_until: row.optional_time("layout.valid_until")?,
    })
}
