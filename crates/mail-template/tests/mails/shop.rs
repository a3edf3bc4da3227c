//! An organisation, a place and a store of templates that can be changed at will.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use application::model::{
    ComposedMail, Layout, MailContent, MailKind, Organisation, OrganisationSettings, Template, TemplateSet,
};
use application::ports::{ComposeError, MailComposer, StoreError, TemplateStore};
use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, TimeZone, Utc};
use domain::{GeoContext, Language, OrganisationId, PlaceName};
use resetd_mail_template::TemplateComposer;

pub(crate) const LINK: &str = "https://shop.example/reset/0123456789abcdefghijABCDEFGHIJ01?a=1&b=2";
pub(crate) const CANCEL: &str = "https://shop.example/cancel/0123456789abcdefghijABCDEFGHIJ01";

#[derive(Default)]
pub(crate) struct Shelf {
    pub(crate) set: Mutex<TemplateSet>,
    pub(crate) down: Mutex<bool>,
    pub(crate) reads: AtomicUsize,
}

#[async_trait]
impl TemplateStore for Shelf {
    async fn templates(&self, _: OrganisationId) -> Result<TemplateSet, StoreError> {
        self.reads.fetch_add(1, Ordering::Relaxed);
        if *self.down.lock().unwrap() {
            return Err(StoreError::Unavailable("on holiday".to_owned()));
        }
        Ok(self.set.lock().unwrap().clone())
    }

    async fn save_template(&self, _: OrganisationId, template: &Template) -> Result<(), StoreError> {
        self.set.lock().unwrap().templates.push(template.clone());
        Ok(())
    }

    async fn save_layout(&self, _: OrganisationId, layout: &Layout) -> Result<(), StoreError> {
        self.set.lock().unwrap().layouts.push(layout.clone());
        Ok(())
    }

    async fn remove_templates(&self, _: OrganisationId, _: MailKind, _: Language) -> Result<u64, StoreError> {
        Ok(0)
    }
}

pub(crate) struct Shop {
    pub(crate) shelf: Arc<Shelf>,
    pub(crate) composer: TemplateComposer,
    pub(crate) organisation: Organisation,
    pub(crate) place: Option<GeoContext>,
    pub(crate) link: &'static str,
    pub(crate) cancel: Option<&'static str>,
}

pub(crate) fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 23, 14, 20, 0).unwrap()
}

pub(crate) fn prague() -> GeoContext {
    GeoContext {
        country_code: Some("CZ".to_owned()),
        country: Some(PlaceName::new("Czechia")),
        city: Some(PlaceName {
            name: "Prague".to_owned(),
            names: [("cs".to_owned(), "Praha".to_owned())].into(),
        }),
        time_zone: Some("Europe/Prague".to_owned()),
        ..GeoContext::default()
    }
}

impl Shop {
    pub(crate) fn open() -> Self {
        Self::with_cache_life(std::time::Duration::ZERO)
    }

    pub(crate) fn with_cache_life(life: std::time::Duration) -> Self {
        let shelf = Arc::new(Shelf::default());
        let store: Arc<dyn TemplateStore> = Arc::<Shelf>::clone(&shelf);
        Self {
            shelf,
            composer: TemplateComposer::with_cache_life(store, life).unwrap(),
            organisation: Organisation {
                id: OrganisationId::from_bytes([3; 16]),
                name: "Barášek s.r.o.".to_owned(),
                suspended: false,
                settings: OrganisationSettings {
                    footer: Some("Barášek s.r.o., Růžová 3\nPraha 1".to_owned()),
                    logo_url: None,
                    ..OrganisationSettings::default()
                },
                created_at: now(),
            },
            place: Some(prague()),
            link: LINK,
            cancel: Some(CANCEL),
        }
    }

    pub(crate) async fn write(
        &self,
        kind: MailKind,
        language: &str,
        name: &str,
    ) -> Result<ComposedMail, ComposeError> {
        let reset = kind == MailKind::ResetPassword;
        self.composer
            .compose(MailContent {
                kind,
                organisation: &self.organisation,
                customer_name: name,
                language: Language::parse(language).unwrap(),
                reset_url: reset.then_some(self.link),
                cancel_url: self.cancel.filter(|_| reset),
                effective_at: now() + TimeDelta::hours(1),
                requested_from: self.place.as_ref(),
                now: now(),
            })
            .await
    }

    pub(crate) async fn reset(&self, language: &str, name: &str) -> ComposedMail {
        self.write(MailKind::ResetPassword, language, name).await.unwrap()
    }

    pub(crate) fn add_template(
        &self,
        language: &str,
        subject: &str,
        html: &str,
        text: &str,
        from_hours: i64,
        until_hours: Option<i64>,
    ) {
        self.shelf.set.lock().unwrap().templates.push(Template {
            valid_from: now() + TimeDelta::hours(from_hours),
            valid_until: until_hours.map(|hours| now() + TimeDelta::hours(hours)),
            ..template(language, subject, html, text)
        });
    }

    pub(crate) fn add_layout(&self, language: &str, html: &str) {
        self.shelf.set.lock().unwrap().layouts.push(layout(language, html));
    }
}

pub(crate) fn template(language: &str, subject: &str, html: &str, text: &str) -> Template {
    Template {
        kind: MailKind::ResetPassword,
        language: Language::parse(language).unwrap(),
        subject: subject.to_owned(),
        html: html.to_owned(),
        text: text.to_owned(),
        valid_from: DateTime::UNIX_EPOCH,
        valid_until: None,
    }
}

pub(crate) fn layout(language: &str, html: &str) -> Layout {
    Layout {
        language: Language::parse(language).unwrap(),
        html: html.to_owned(),
        valid_from: DateTime::UNIX_EPOCH,
        valid_until: None,
    }
}
