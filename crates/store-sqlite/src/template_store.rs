use application::model::{Layout, MailKind, Template, TemplateSet};
use application::ports::{StoreError, TemplateStore};
use async_trait::async_trait;
use domain::{Language, OrganisationId};
use sqlx::sqlite::SqliteRow;

use crate::SqliteStore;
use crate::columns::{Columns, millis};
use crate::query_error::QueryError;
use crate::writer::{Statement, own_savepoint};

const TEMPLATES: &str = "SELECT kind, language, subject, html, text, valid_from, valid_until FROM template \
     WHERE organisation_id = $1 ORDER BY valid_from DESC, kind, language";
const LAYOUTS: &str = "SELECT language, html, valid_from, valid_until FROM layout \
     WHERE organisation_id = $1 ORDER BY valid_from DESC, language";
const SAVE_TEMPLATE: &str = own_savepoint!(
    "INSERT INTO template (organisation_id, kind, language, valid_from, valid_until, subject, html, text) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (organisation_id, kind, language, valid_from) \
     DO UPDATE SET valid_until = $5, subject = $6, html = $7, text = $8"
);
const SAVE_LAYOUT: &str = own_savepoint!(
    "INSERT INTO layout (organisation_id, language, valid_from, valid_until, html) VALUES ($1, $2, $3, $4, $5) \
     ON CONFLICT (organisation_id, language, valid_from) DO UPDATE SET valid_until = $4, html = $5"
);
const REMOVE: &str = own_savepoint!(
    "DELETE FROM template WHERE organisation_id = $1 AND kind = $2 AND language = $3; SELECT changes() AS rows"
);

#[async_trait]
impl TemplateStore for SqliteStore {
    async fn templates(&self, organisation: OrganisationId) -> Result<TemplateSet, StoreError> {
        let id = organisation.as_bytes().to_vec();
        let readers = &self.database.readers;
        let templates =
            sqlx::query(TEMPLATES).bind(id.clone()).fetch_all(readers).await.map_err(QueryError::Sql)?;
        let layouts = sqlx::query(LAYOUTS).bind(id).fetch_all(readers).await.map_err(QueryError::Sql)?;
        Ok(TemplateSet {
            templates: templates.iter().map(template).collect::<Result<_, QueryError>>()?,
            layouts: layouts.iter().map(layout).collect::<Result<_, QueryError>>()?,
        })
    }

    async fn save_template(
        &self,
        organisation: OrganisationId,
        template: &Template,
    ) -> Result<(), StoreError> {
        let statement = Statement::new(SAVE_TEMPLATE)
            .bind(organisation.as_bytes().to_vec())
            .bind(template.kind.as_str())
            .bind(template.language.as_str().to_owned())
            .bind(millis(template.valid_from))
            .bind(template.valid_until.map(millis))
            .bind(template.subject.clone())
            .bind(template.html.clone())
            .bind(template.text.clone());
        self.database.writer.work(|unit| Box::pin(async move { Ok(unit.run(statement).await?) })).await
    }

    async fn save_layout(&self, organisation: OrganisationId, layout: &Layout) -> Result<(), StoreError> {
        let statement = Statement::new(SAVE_LAYOUT)
            .bind(organisation.as_bytes().to_vec())
            .bind(layout.language.as_str().to_owned())
            .bind(millis(layout.valid_from))
            .bind(layout.valid_until.map(millis))
            .bind(layout.html.clone());
        self.database.writer.work(|unit| Box::pin(async move { Ok(unit.run(statement).await?) })).await
    }

    async fn remove_templates(
        &self,
        organisation: OrganisationId,
        kind: MailKind,
        language: Language,
    ) -> Result<u64, StoreError> {
        let statement = Statement::new(REMOVE)
            .bind(organisation.as_bytes().to_vec())
            .bind(kind.as_str())
            .bind(language.as_str().to_owned());
        self.database
            .writer
            .work(|unit| {
                Box::pin(async move {
                    let row = unit.row(statement).await?;
                    row.map_or(Ok(0), |row| Ok(row.count("template.rows")?.into()))
                })
            })
            .await
    }
}

fn template(row: &SqliteRow) -> Result<Template, QueryError> {
    Ok(Template {
        kind: MailKind::parse(row.read("template.kind")?)
            .ok_or_else(|| QueryError::corrupt("template.kind", "an unknown kind of mail"))?,
        language: language(row.read("template.language")?, "template.language")?,
        subject: row.read("template.subject")?,
        html: row.read("template.html")?,
        text: row.read("template.text")?,
        valid_from: row.time("template.valid_from")?,
        valid_until: row.optional_time("template.valid_until")?,
    })
}

fn layout(row: &SqliteRow) -> Result<Layout, QueryError> {
    Ok(Layout {
        language: language(row.read("layout.language")?, "layout.language")?,
        html: row.read("layout.html")?,
        valid_from: row.time("layout.valid_from")?,
        valid_until: row.optional_time("layout.valid_until")?,
    })
}

/// A language as it is stored.
pub(crate) fn language(tag: &str, place: &'static str) -> Result<Language, QueryError> {
    Language::parse(tag).map_err(|error| QueryError::corrupt(place, error))
}
