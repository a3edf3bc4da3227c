//! From settings to adapters.

use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::Duration;

use application::ports::{GeoResolver, MailSender, PasswordHasher, RateLimiter, WebhookSender};
use application::{GEO_DEADLINE, GeoChain};
use geo_local::{DnsOptions, LocalGeo, LocalGeoOptions};
use geo_vikitron::{BearerToken, VikiTron, VikiTronOptions};
use http_client::AddressPolicy;
use limit_memory::MemoryLimiter;
use limit_redis::{RedisLimiter, RedisSettings};
use mail_capture::{DirectoryCapture, SandboxCapture};
use mail_smtp::{DkimKey, DkimSettings, SmtpSender, SmtpSettings};
use mail_template::TemplateComposer;
use system::{HashScheme, OsRandom, SystemClock, SystemHasher};
use webhook_http::{HttpWebhooks, WebhookOptions};

use crate::command_error::CommandError;
use crate::settings::{Settings, SettingsError};
use crate::stores::Stores;

/// Between the end of a resolver's own deadline and that of its turn in the chain.
const SCHEDULING_MARGIN: Duration = Duration::from_millis(15);

/// `limiter_url`: `memory:` or `redis://…`, the latter with a memory behind it for when Redis is
/// away.
pub(super) async fn limiter(settings: &Settings) -> Result<Arc<dyn RateLimiter>, CommandError> {
    let memory: Arc<dyn RateLimiter> = Arc::new(MemoryLimiter::new());
    match settings.text("limiter_url").unwrap_or("memory:") {
        "memory:" | "memory" => Ok(memory),
        url if url.starts_with("redis://") => {
            let limiter = RedisLimiter::start(RedisSettings::new(url), memory).await;
            Ok(Arc::new(limiter.map_err(|error| SettingsError::invalid("limiter_url", error.to_string()))?))
        }
        _ => Err(SettingsError::invalid("limiter_url", "expected memory: or redis://HOST:PORT").into()),
    }
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
    settings.text("mail_from").unwrap_or("no-reply@localhost.localdomain")
}

/// `mail_url`: SMTP, or a directory.
pub(crate) fn sender(settings: &Settings) -> Result<Arc<dyn MailSender>, CommandError> {
    let url = settings.required("mail_url")?;
    if let Some(directory) = url.strip_prefix("capture:") {
        if directory.is_empty() {
            return Err(SettingsError::invalid("mail_url", "expected capture:DIRECTORY").into());
        }
        return Ok(Arc::new(capture(Path::new(directory), settings)?));
    }
    let mut smtp: SmtpSettings =
        url.parse().map_err(|error| SettingsError::invalid("mail_url", format!("{error}")))?;
    if let Some(path) = settings.path("mail.ca_file") {
        smtp.ca_file = Some(path);
    }
    let from = settings.required("mail_from")?;
    let sender = SmtpSender::new(smtp, from, dkim(settings)?.as_ref());
    Ok(Arc::new(sender.map_err(|error| CommandError::Setup(format!("mail: {error}")))?))
}

fn dkim(settings: &Settings) -> Result<Option<DkimSettings>, SettingsError> {
    match (
        settings.text("mail.dkim_domain"),
        settings.text("mail.dkim_selector"),
        settings.text("mail.dkim_key"),
    ) {
        (None, None, None) => Ok(None),
        (Some(domain), Some(selector), Some(key)) => Ok(Some(DkimSettings {
            selector: selector.to_owned(),
            domain: domain.to_owned(),
            key: DkimKey::read(key),
        })),
        _ => Err(SettingsError::invalid("mail.dkim_key", "domain, selector and key belong together")),
    }
}

/// Built-in and organisations' own templates.
pub(crate) fn composer(stores: &Stores, settings: &Settings) -> Result<Arc<TemplateComposer>, CommandError> {
    let composer = TemplateComposer::new(Arc::clone(&stores.templates))
        .map_err(|error| CommandError::Setup(format!("templates: {error}")))?;
    Ok(Arc::new(composer.with_attribution(settings.text("geo.attribution"))))
}

/// VikiTron first, local databases behind it; whichever are set.
pub(crate) fn geo(settings: &Settings) -> Result<Arc<dyn GeoResolver>, CommandError> {
    let mut chain: Vec<Arc<dyn GeoResolver>> = Vec::new();
    let mut local = LocalGeoOptions {
        city: settings.path("geo.city_db").into_iter().collect(),
        asn: settings.path("geo.asn_db").into_iter().collect(),
        anonymous: settings.path("geo.anonymous_db").into_iter().collect(),
        dns: settings.parsed("geo.reverse_dns", "true or false")?.unwrap_or(false).then(DnsOptions::default),
        ..LocalGeoOptions::default()
    };
    let databases = !local.city.is_empty() || !local.asn.is_empty() || !local.anonymous.is_empty();
    let stands_in = databases || local.dns.is_some();
    if let Some(url) = settings.text("geo.vikitron_url") {
        let mut options = VikiTronOptions::new(url);
        options.token = settings.text("geo.vikitron_token").map(BearerToken::new);
        if stands_in {
            // Each within its part of the time, so that VikiTron's breaker learns of every slow
            // answer and a silent DNS costs the host name alone.
            let first = GeoChain::share(GEO_DEADLINE, 1);
            options.deadline = first - SCHEDULING_MARGIN;
            if let Some(dns) = &mut local.dns {
                dns.deadline = GEO_DEADLINE - first - SCHEDULING_MARGIN;
            }
        }
        let resolver = VikiTron::new(options)
            .map_err(|error| SettingsError::invalid("geo.vikitron_url", error.to_string()))?;
        chain.push(Arc::new(resolver));
    }
    if stands_in {
        let resolver = LocalGeo::open(local).map_err(|error| CommandError::Setup(format!("geo: {error}")))?;
        chain.push(Arc::new(resolver));
    }
    Ok(Arc::new(GeoChain::new(chain, GEO_DEADLINE)))
}

/// `webhooks.allow_private`.
pub(crate) fn allow_private(settings: &Settings) -> Result<bool, SettingsError> {
    Ok(settings.parsed("webhooks.allow_private", "true or false")?.unwrap_or(false))
}

/// Calls to organisations' endpoints.
pub(crate) fn webhooks(settings: &Settings) -> Result<Arc<dyn WebhookSender>, CommandError> {
    let addresses = AddressPolicy::allowing_private(allow_private(settings)?);
    let options = WebhookOptions { addresses, ..WebhookOptions::default() };
    Ok(Arc::new(HttpWebhooks::new(options)))
}

/// `password.scheme` and `password.concurrency`.
pub(super) fn hasher(settings: &Settings) -> Result<Arc<dyn PasswordHasher>, CommandError> {
    let scheme = match settings.text("password.scheme").unwrap_or("argon2id") {
        "argon2id" => HashScheme::Argon2id,
        "bcrypt" => HashScheme::Bcrypt,
        _ => return Err(SettingsError::invalid("password.scheme", "expected argon2id or bcrypt").into()),
    };
    Ok(Arc::new(SystemHasher::with_concurrency(scheme, hashes_at_once(settings)?)))
}

/// `password.concurrency`: by default one hash for each core.
pub(super) fn hashes_at_once(settings: &Settings) -> Result<NonZeroUsize, SettingsError> {
    let at_once = settings.parsed("password.concurrency", "a whole number from 1 on")?;
    Ok(at_once.unwrap_or_else(|| available_parallelism().unwrap_or(NonZeroUsize::MIN)))
}
