//! Writes the built-in mails of all languages as HTML and text into a directory, to be looked at:
//! `cargo run -p resetd-mail-template --example render_mails -- DIR`.

use std::path::PathBuf;
use std::sync::Arc;

use application::model::{
    Layout, MailContent, MailKind, Organisation, OrganisationSettings, Template, TemplateSet,
};
use application::ports::{MailComposer, StoreError, TemplateStore};
use async_trait::async_trait;
use chrono::{DateTime, TimeDelta};
use domain::{GeoContext, Language, OrganisationId, PlaceName};
use resetd_mail_template::TemplateComposer;

/// An organisation that brought nothing of its own.
struct Nothing;

#[async_trait]
impl TemplateStore for Nothing {
    async fn templates(&self, _: OrganisationId) -> Result<TemplateSet, StoreError> {
        Ok(TemplateSet::default())
    }
    async fn save_template(&self, _: OrganisationId, _: &Template) -> Result<(), StoreError> {
        Ok(())
    }
    async fn save_layout(&self, _: OrganisationId, _: &Layout) -> Result<(), StoreError> {
        Ok(())
    }
    async fn remove_templates(&self, _: OrganisationId, _: MailKind, _: Language) -> Result<u64, StoreError> {
        Ok(0)
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let directory = PathBuf::from(std::env::args().nth(1).ok_or("say where to: render_mails DIR")?);
    std::fs::create_dir_all(&directory)?;
    let composer = TemplateComposer::new(Arc::new(Nothing))?;
    let now = DateTime::from_timestamp(1_795_443_600, 0).ok_or("no such time")?;
    let organisation = Organisation {
        id: OrganisationId::from_bytes([1; 16]),
        name: "Květinářství U Tří růží".to_owned(),
        suspended: false,
        settings: OrganisationSettings {
            footer: Some("Květinářství U Tří růží s.r.o., Růžová 3, 110 00 Praha 1".to_owned()),
            ..OrganisationSettings::default()
        },
        created_at: now,
    };
    let place = GeoContext {
        country_code: Some("CZ".to_owned()),
        city: Some(PlaceName {
            name: "Prague".to_owned(),
            names: [("cs", "Praha"), ("sk", "Praha"), ("pl", "Praga"), ("de", "Prag")]
                .map(|(tag, name)| (tag.to_owned(), name.to_owned()))
                .into(),
        }),
        time_zone: Some("Europe/Prague".to_owned()),
        ..GeoContext::default()
    };
    for language in Language::BUILT_IN {
        for kind in MailKind::ALL {
            let reset = kind == MailKind::ResetPassword;
            let mail = composer
                .compose(MailContent {
                    kind,
                    organisation: &organisation,
                    customer_name: "Jan Barášek",
                    language,
                    reset_url: reset
                        .then_some("https://ucet.utriruzi.example/reset/Xq7LrT0vGk3ZbYd9WmPs2HfNcJ5uAe81"),
                    cancel_url: reset.then_some(
                        "https://ucet.utriruzi.example/reset/Xq7LrT0vGk3ZbYd9WmPs2HfNcJ5uAe81/disown",
                    ),
                    effective_at: now + TimeDelta::hours(1),
                    requested_from: Some(&place),
                    now,
                })
                .await?;
            let name = format!("{}-{}", kind.as_str(), language.as_str());
            std::fs::write(directory.join(format!("{name}.html")), mail.html)?;
            std::fs::write(
                directory.join(format!("{name}.txt")),
                format!("Subject: {}\n\n{}\n", mail.subject, mail.text),
            )?;
        }
    }
    Ok(())
}
