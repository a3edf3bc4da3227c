//! From settings to adapters.

#[cfg_attr(not(feature = "geo"), path = "adapters/no_geo.rs")]
mod geo;
mod limiter;

use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;
use std::thread::available_parallelism;

use application::ports::{GeoResolver, MailSender, PasswordHasher, WebhookSender};
use http_client::AddressPolicy;
use mail_capture::{DirectoryCapture, SandboxCapture};
use mail_smtp::{DkimKey, DkimSettings, SmtpSender, SmtpSettings};
use mail_template::TemplateComposer;
use secrecy::ExposeSecret as _;
use system::{HashScheme, OsRandom, SystemClock, SystemHasher};
use webhook_http::{HttpWebhooks, WebhookOptions};

pub(crate) use self::geo::geo;
use self::limiter::Limiter;
use super::tls::TlsListener;
use crate::command_error::CommandError;
use crate::settings::{MailSettings, MailUrl, PasswordScheme, Settings, SettingsError};
use crate::stores::Stores;
use crate::telemetry;

/// What the settings name, made before anything is opened or called.
pub(crate) struct Adapters {
    pub(super) sender: Arc<dyn MailSender>,
    pub(super) geo: Arc<dyn GeoResolver>,
    pub(super) tls: Option<TlsListener>,
    pub(super) limiter: Limiter,
}

impl Adapters {
    /// All that `serve` makes of the settings. Everything that it refuses is in the error.
    pub(crate) fn for_serving(settings: &Settings) -> Result<Self, CommandError> {
        let mut errors = Vec::new();
        keep(settings.public_url(), &mut errors);
        keep(settings.database_url(), &mut errors);
        keep(telemetry::check(settings), &mut errors);
        let sender = keep(sender(settings), &mut errors);
        let geo = keep(geo(&settings.geo), &mut errors);
        let tls = keep(TlsListener::from_settings(&settings.tls), &mut errors);
        let limiter = keep(Limiter::from_settings(settings), &mut errors);
        match (sender, geo, tls, limiter) {
            (Some(sender), Some(geo), Some(tls), Some(limiter)) if errors.is_empty() => {
                Ok(Self { sender, geo, tls, limiter })
            }
            _ => Err(CommandError::Several(errors)),
        }
    }

    /// Mail goes to `sender`; plain HTTP.
    pub(crate) fn for_demo(settings: &Settings, sender: Arc<dyn MailSender>) -> Result<Self, CommandError> {
        Ok(Self { sender, geo: geo(&settings.geo)?, tls: None, limiter: Limiter::memory() })
    }

    pub(crate) const fn is_tls(&self) -> bool {
        self.tls.is_some()
    }
}

fn keep<T>(result: Result<T, impl Into<CommandError>>, errors: &mut Vec<CommandError>) -> Option<T> {
    result.map_err(|error| errors.push(error.into())).ok()
}

/// Captured mail in a directory.
pub(crate) fn capture(directory: &Path, settings: &Settings) -> Result<DirectoryCapture, CommandError> {
    DirectoryCapture::open(directory, own_sender(settings), Arc::new(SystemClock))
        .map_err(|error| CommandError::Setup(format!("captured mail in {}: {error}", directory.display())))
}

/// The mail of `DEV_` keys, in the database.
pub(super) fn sandbox(settings: &Settings, stores: &Stores) -> SandboxCapture {
    SandboxCapture {
        store: Arc::clone(&stores.sandbox),
        from: own_sender(settings).to_owned(),
        clock: Arc::clone(&stores.clock),
        random: Arc::new(OsRandom),
    }
}

/// `mail_from`, where captured mail needs none.
fn own_sender(settings: &Settings) -> &str {
    settings.mail_from.as_deref().unwrap_or("no-reply@localhost.localdomain")
}

/// `mail_url`: SMTP, or a directory.
pub(crate) fn sender(settings: &Settings) -> Result<Arc<dyn MailSender>, CommandError> {
    match settings.mail_url()? {
        MailUrl::Capture(directory) => Ok(Arc::new(capture(directory, settings)?)),
        MailUrl::Smtp(smtp) => Ok(Arc::new(relay(smtp, settings)?)),
    }
}

/// The relay of `mail_url`.
pub(crate) fn relay(smtp: &SmtpSettings, settings: &Settings) -> Result<SmtpSender, CommandError> {
    let mut smtp = smtp.clone();
    smtp.ca_file = settings.mail.ca_file.clone().or(smtp.ca_file);
    let sender = SmtpSender::new(smtp, settings.mail_from()?, dkim(&settings.mail)?.as_ref());
    sender.map_err(|error| CommandError::Setup(format!("mail: {error}")))
}

fn dkim(mail: &MailSettings) -> Result<Option<DkimSettings>, SettingsError> {
    match (&mail.dkim_domain, &mail.dkim_selector, &mail.dkim_key) {
        (None, None, None) => Ok(None),
        (Some(domain), Some(selector), Some(key)) => Ok(Some(DkimSettings {
            selector: selector.clone(),
            domain: domain.clone(),
            key: DkimKey::read(key.expose_secret()),
        })),
        _ => Err(SettingsError::invalid("mail.dkim_key", "domain, selector and key belong together")),
    }
}

/// Built-in and organisations' own templates.
pub(crate) fn composer(stores: &Stores, settings: &Settings) -> Result<Arc<TemplateComposer>, CommandError> {
    let composer = TemplateComposer::new(Arc::clone(&stores.templates))
        .map_err(|error| CommandError::Setup(format!("templates: {error}")))?;
    let composer = composer.with_attribution(settings.geo.attribution.as_deref());
    Ok(Arc::new(composer.with_public_url(settings.public_url.as_ref().map_or("", |url| url.as_str()))))
}

/// Calls to organisations' endpoints.
pub(crate) fn webhooks(settings: &Settings) -> Arc<dyn WebhookSender> {
    let addresses = AddressPolicy::allowing_private(settings.webhooks.allow_private);
    Arc::new(HttpWebhooks::new(WebhookOptions { addresses, ..WebhookOptions::default() }))
}

/// `password.scheme` and `password.concurrency`.
pub(super) fn hasher(settings: &Settings) -> Arc<dyn PasswordHasher> {
    let scheme = match settings.password.scheme {
        PasswordScheme::Argon2id => HashScheme::Argon2id,
        PasswordScheme::Bcrypt => HashScheme::Bcrypt,
    };
    Arc::new(SystemHasher::with_concurrency(scheme, hashes_at_once(settings)))
}

/// `password.concurrency`: by default one hash for each core.
pub(super) fn hashes_at_once(settings: &Settings) -> NonZeroUsize {
    settings.password.concurrency.unwrap_or_else(|| available_parallelism().unwrap_or(NonZeroUsize::MIN))
}
