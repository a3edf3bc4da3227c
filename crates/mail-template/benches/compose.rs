//! Composing one mail, templates warm. The target is under 30 µs.

use std::sync::Arc;

use application::model::{
    ComposedMail, Layout, MailContent, MailKind, Organisation, OrganisationSettings, Template, TemplateSet,
};
use application::ports::{MailComposer, StoreError, TemplateStore};
use chrono::{DateTime, TimeZone, Utc};
use divan::Bencher;
use domain::{GeoContext, Language, OrganisationId, PlaceName};
use resetd_mail_template::TemplateComposer;

fn main() {
    divan::main();
}

/// One set of templates for everybody.
struct Fixed(TemplateSet);

#[async_trait::async_trait]
impl TemplateStore for Fixed {
    async fn templates(&self, _: OrganisationId) -> Result<TemplateSet, StoreError> {
        Ok(self.0.clone())
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

fn now() -> DateTime<Utc> {
    Utc.timestamp_opt(1_795_000_000, 0).single().unwrap_or_default()
}

fn organisation() -> Organisation {
    Organisation {
        id: OrganisationId::from_bytes([7; 16]),
        name: "Květinářství U Tří růží".to_owned(),
        suspended: false,
        settings: OrganisationSettings {
            footer: Some("Růžová 3\nPraha 1".to_owned()), ..Default::default()
        },
        created_at: now(),
    }
}

fn compose(bencher: Bencher<'_, '_>, set: TemplateSet, language: Language) {
    let Ok(composer) = TemplateComposer::new(Arc::new(Fixed(set))) else { return };
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().build() else { return };
    let organisation = organisation();
    let place = GeoContext {
        country_code: Some("CZ".to_owned()),
        city: Some(PlaceName::new("Prague")),
        time_zone: Some("Europe/Prague".to_owned()),
        ..GeoContext::default()
    };
    bencher.bench_local(|| {
        let mail: Option<ComposedMail> = runtime
            .block_on(composer.compose(MailContent {
                kind: MailKind::ResetPassword,
                organisation: &organisation,
                customer_name: "Jan Barášek",
                language,
                reset_url: Some("https://shop.example/reset/0123456789abcdefghijABCDEFGHIJ01"),
                cancel_url: Some("https://shop.example/cancel/0123456789abcdefghijABCDEFGHIJ01"),
                effective_at: now(),
                requested_from: Some(&place),
                now: now(),
            }))
            .ok();
        assert!(mail.is_some());
        mail
    });
}

#[divan::bench]
fn built_in(bencher: Bencher<'_, '_>) {
    compose(bencher, TemplateSet::default(), Language::CS);
}

#[divan::bench]
fn own(bencher: Bencher<'_, '_>) {
    let template = Template {
        kind: MailKind::ResetPassword,
        language: Language::CS,
        subject: "Nové heslo".to_owned(),
        html: include_str!("../templates/contact-reset-password.html").to_owned(),
        text: include_str!("../templates/contact-reset-password.txt").to_owned(),
        valid_from: DateTime::UNIX_EPOCH,
        valid_until: None,
    };
    let layout = Layout {
        language: Language::CS,
        html: include_str!("../templates/layout.html").to_owned(),
        valid_from: DateTime::UNIX_EPOCH,
        valid_until: None,
    };
    compose(bencher, TemplateSet { templates: vec![template], layouts: vec![layout] }, Language::CS);
}
