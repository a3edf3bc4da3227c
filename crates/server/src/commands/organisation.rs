//! `resetd organisation`.

use std::collections::BTreeMap;

use application::model::{
    AuditAction, CustomersMode, GeoAction, Logo, LogoKind, Organisation, OrganisationSettings,
};
use domain::{AccentColor, Expiry, ExpiryPolicy, Language, OrganisationId, ProviderRules};

use crate::cli::{CustomersModeArg, GeoActionArg, OrganisationCommand, OrganisationFlags};
use crate::command_error::CommandError;
use crate::operator::Operator;
use crate::output;

pub(crate) async fn run(command: OrganisationCommand, operator: &Operator) -> Result<(), CommandError> {
    match command {
        OrganisationCommand::Create { name, settings } => create(name, &settings, operator).await,
        OrganisationCommand::List => list(operator).await,
        OrganisationCommand::Update { organisation, name, suspend, resume, settings } => {
            let mut changed = operator.organisation(&organisation).await?;
            if let Some(name) = name {
                changed.name = checked_name(&name)?;
            }
            changed.suspended = (changed.suspended || suspend) && !resume;
            let before = changed.settings.provider_rules.clone();
            apply(&settings, &mut changed.settings)?;
            operator.stores.organisations.update(&changed).await?;
            if changed.settings.provider_rules != before {
                tracing::warn!(
                    "import the customers again: their canonical forms are of the former provider rules"
                );
            }
            operator.audit(AuditAction::OrganisationUpdated, Some(changed.id), changed.id.to_string()).await
        }
    }
}

async fn create(name: String, flags: &OrganisationFlags, operator: &Operator) -> Result<(), CommandError> {
    let mut settings = OrganisationSettings::default();
    apply(flags, &mut settings)?;
    let organisation = Organisation {
        id: OrganisationId::from_bytes(operator.new_id()),
        name: checked_name(&name)?,
        suspended: false,
        settings,
        created_at: operator.now(),
    };
    operator.stores.organisations.create(&organisation).await?;
    operator
        .audit(AuditAction::OrganisationCreated, Some(organisation.id), organisation.id.to_string())
        .await?;
    output::line(&organisation.id.to_string())
}

async fn list(operator: &Operator) -> Result<(), CommandError> {
    let rows: Vec<Vec<String>> = operator
        .stores
        .organisations
        .list()
        .await?
        .into_iter()
        .map(|organisation| {
            let status = if organisation.suspended { "suspended" } else { "active" };
            let created = output::timestamp(organisation.created_at);
            vec![organisation.id.to_string(), organisation.name, status.to_owned(), created]
        })
        .collect();
    output::table(&["ID", "NAME", "STATUS", "CREATED"], &rows)
}

fn checked_name(name: &str) -> Result<String, CommandError> {
    let name = name.trim();
    if name.is_empty() || name.len() > 200 || name.chars().any(char::is_control) {
        return Err(CommandError::usage("name: expected 1 to 200 octets without control characters"));
    }
    Ok(name.to_owned())
}

/// What mails show of a footer, so that none is cut.
const FOOTER: usize = 500;

fn checked_footer(footer: &str) -> Result<String, CommandError> {
    let length = footer.chars().count();
    if length > FOOTER {
        return Err(CommandError::usage(format!(
            "footer: expected at most {FOOTER} characters, found {length}"
        )));
    }
    Ok(footer.to_owned())
}

/// Lays the flags over the settings; each is checked before anything is stored.
fn apply(flags: &OrganisationFlags, settings: &mut OrganisationSettings) -> Result<(), CommandError> {
    if let Some(url) = &flags.reset_url {
        settings.reset_url = optional(url).map(checked_reset_url).transpose()?;
    }
    match flags.customers {
        Some(CustomersModeArg::Own) => settings.customers = CustomersMode::Own,
        Some(CustomersModeArg::Platform) => settings.customers = CustomersMode::Platform,
        None => {}
    }
    if settings.customers == CustomersMode::Platform && settings.reset_url.is_none() {
        return Err(CommandError::usage(
            "customers: the platform sets passwords on its own page: give --reset-url",
        ));
    }
    if let Some(tag) = &flags.language {
        settings.language =
            Language::parse(tag).map_err(|error| CommandError::usage(format!("language: {error}")))?;
    }
    if let Some(mailbox) = &flags.mail_from {
        settings.mail_from = optional(mailbox).map(checked_mailbox).transpose()?;
    }
    if let Some(url) = &flags.logo_url {
        settings.logo_url = optional(url).map(|url| checked_https("logo-url", url)).transpose()?;
    }
    apply_looks(flags, settings)?;
    if let Some(text) = &flags.footer {
        settings.footer = optional(text).map(checked_footer).transpose()?;
    }
    apply_expiry(flags, settings)?;
    settings.address_budget.per_minute = flags.mails_per_minute.unwrap_or(settings.address_budget.per_minute);
    settings.address_budget.per_hour = flags.mails_per_hour.unwrap_or(settings.address_budget.per_hour);
    settings.requests_per_ip_minute = flags.requests_per_ip_minute.unwrap_or(settings.requests_per_ip_minute);
    if let Some(length) = flags.password_min_length {
        if !(8..=128).contains(&length) {
            return Err(CommandError::usage("password-min-length: expected 8 to 128 characters"));
        }
        settings.password.min_length = length;
    }
    if let Some(file) = &flags.provider_rules {
        settings.provider_rules = optional(file).map(read_provider_rules).transpose()?.unwrap_or_default();
    }
    apply_geo(flags, settings)
}

/// How the organisation appears, and how it is reached.
fn apply_looks(flags: &OrganisationFlags, settings: &mut OrganisationSettings) -> Result<(), CommandError> {
    if let Some(file) = &flags.logo {
        settings.logo = optional(file).map(read_logo).transpose()?;
    }
    if let Some(color) = &flags.accent {
        settings.accent = optional(color)
            .map(AccentColor::parse)
            .transpose()
            .map_err(|error| CommandError::usage(format!("accent: {error}")))?;
    }
    if let Some(url) = &flags.sign_in_url {
        settings.sign_in_url = optional(url)
            .map(|url| crate::settings::check_public_link(url).map(|()| url.to_owned()))
            .transpose()
            .map_err(|error| CommandError::usage(format!("sign-in-url: {error}")))?;
    }
    if let Some(contact) = &flags.contact {
        settings.contact = optional(contact).map(checked_contact).transpose()?;
    }
    if let Some(mailbox) = &flags.reply_to {
        settings.reply_to = optional(mailbox)
            .map(|mailbox| mail_smtp::check_mailbox(mailbox).map(|()| mailbox.to_owned()))
            .transpose()
            .map_err(|error| CommandError::usage(format!("reply-to: {error}")))?;
    }
    if let Some(zone) = &flags.time_zone {
        settings.time_zone = optional(zone).map(checked_zone).transpose()?;
    }
    Ok(())
}

/// The largest logo, in bytes.
const MAX_LOGO: u64 = 64 * 1024;

fn read_logo(path: &str) -> Result<Logo, CommandError> {
    let refused = |error: &str| CommandError::usage(format!("logo: {path}: {error}"));
    let length = std::fs::metadata(path).map_err(|error| refused(&error.to_string()))?.len();
    if length > MAX_LOGO {
        return Err(refused("expected at most 64 KiB"));
    }
    let bytes = std::fs::read(path).map_err(|error| refused(&error.to_string()))?;
    let kind = match &bytes {
        png if png.starts_with(b"\x89PNG\r\n\x1a\n") => LogoKind::Png,
        svg if str::from_utf8(svg).is_ok_and(|text| text.contains("<svg")) => LogoKind::Svg,
        _ => return Err(refused("expected a PNG or an SVG")),
    };
    Ok(Logo::new(kind, &bytes))
}

fn checked_contact(contact: &str) -> Result<String, CommandError> {
    if contact.chars().count() > 200 || contact.chars().any(char::is_control) {
        return Err(CommandError::usage("contact: expected one line of at most 200 characters"));
    }
    Ok(contact.to_owned())
}

fn checked_zone(zone: &str) -> Result<String, CommandError> {
    if mail_template::is_time_zone(zone) {
        return Ok(zone.to_owned());
    }
    Err(CommandError::usage("time-zone: expected a name of the IANA database, such as Europe/Prague"))
}

fn read_provider_rules(file: &str) -> Result<ProviderRules, CommandError> {
    let text = std::fs::read_to_string(file)
        .map_err(|error| CommandError::usage(format!("provider-rules: {file}: {error}")))?;
    serde_json::from_str(&text)
        .map_err(|error| CommandError::usage(format!("provider-rules: {file}: {error}")))
}

fn apply_expiry(flags: &OrganisationFlags, settings: &mut OrganisationSettings) -> Result<(), CommandError> {
    let read = |flag: &'static str, text: &Option<String>, present: u64| match text {
        None => Ok(present),
        Some(text) => Expiry::parse(text)
            .map(|expiry| u64::from(expiry.as_seconds()))
            .map_err(|error| CommandError::usage(format!("{flag}: {error}"))),
    };
    let expiry = &mut settings.expiry;
    expiry.floor = read("min-expiry", &flags.min_expiry, expiry.floor)?;
    expiry.ceiling = read("max-expiry", &flags.max_expiry, expiry.ceiling)?;
    expiry.default = read("default-expiry", &flags.default_expiry, expiry.default)?;
    let part =
        |seconds| Expiry::from_seconds(seconds).map_err(|error| CommandError::usage(error.to_string()));
    ExpiryPolicy::new(part(expiry.floor)?, part(expiry.ceiling)?, part(expiry.default)?)
        .map(|_| ())
        .map_err(|error| CommandError::usage(format!("expiry: {error}")))
}

fn apply_geo(flags: &OrganisationFlags, settings: &mut OrganisationSettings) -> Result<(), CommandError> {
    let rules = &mut settings.geo_rules;
    rules.tor = flags.geo_tor.map_or(rules.tor, action);
    rules.hosting = flags.geo_hosting.map_or(rules.hosting, action);
    rules.flag_abroad = flags.geo_flag_abroad.unwrap_or(rules.flag_abroad);
    rules.proxy = flags.geo_proxy.map_or(rules.proxy, action);
    let words: BTreeMap<&str, GeoAction> = [
        ("allow", GeoAction::Allow),
        ("flag", GeoAction::Flag),
        ("slow", GeoAction::Slow),
        ("refuse", GeoAction::Refuse),
    ]
    .into();
    for rule in &flags.geo_country {
        let expected = || CommandError::usage("geo-country: expected CC=ACTION, such as KP=refuse");
        let (country, word) = rule.split_once('=').ok_or_else(expected)?;
        let action = *words.get(word).ok_or_else(expected)?;
        if country.len() != 2 || !country.bytes().all(|byte| byte.is_ascii_alphabetic()) {
            return Err(expected());
        }
        rules.countries.insert(country.to_ascii_uppercase(), action);
    }
    rules.countries.retain(|_, action| *action != GeoAction::Allow);
    Ok(())
}

const fn action(arg: GeoActionArg) -> GeoAction {
    match arg {
        GeoActionArg::Allow => GeoAction::Allow,
        GeoActionArg::Flag => GeoAction::Flag,
        GeoActionArg::Slow => GeoAction::Slow,
        GeoActionArg::Refuse => GeoAction::Refuse,
    }
}

/// `none` takes a setting away.
fn optional(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|text| !text.is_empty() && *text != "none")
}

fn checked_reset_url(url: &str) -> Result<String, CommandError> {
    if !url.contains("{token}") {
        return Err(CommandError::usage(
            "reset-url: expected a URL holding {token}, such as https://shop.example/reset?t={token}",
        ));
    }
    let plain = url.replace("{token}", "token");
    crate::settings::check_public_link(&plain)
        .map_err(|error| CommandError::usage(format!("reset-url: {error}")))?;
    Ok(url.to_owned())
}

fn checked_https(flag: &str, url: &str) -> Result<String, CommandError> {
    match url::Url::parse(url) {
        Ok(parsed) if parsed.scheme() == "https" && parsed.has_host() => Ok(url.to_owned()),
        _ => Err(CommandError::usage(format!("{flag}: expected an https URL"))),
    }
}

fn checked_mailbox(text: &str) -> Result<String, CommandError> {
    mail_smtp::check_mailbox(text)
        .map(|()| text.to_owned())
        .map_err(|error| CommandError::usage(format!("from: {error}")))
}
