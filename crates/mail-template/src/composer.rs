use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use application::model::{ComposedMail, LogoKind, MailContent, MailKind, Organisation, OrganisationSettings};
use application::ports::{ComposeError, MailComposer, TemplateStore};
use async_trait::async_trait;
use domain::{Language, OrganisationId};
use minijinja::Value;

use crate::builtin::{self, LAYOUT_NAME, Names};
use crate::cache::Cache;
use crate::engine::{Engine, html_lines};
use crate::own::{OwnTemplates, Part};
use crate::variables::Variables;
use crate::{clean, links, place, timestamp};

/// How long an organisation's templates are used before the store is asked again.
pub const CACHE_LIFE: Duration = Duration::from_secs(5);

/// Characters of an attribution; what exceeds them is cut.
const ATTRIBUTION_LIMIT: usize = 200;

/// Characters of a subject line; what exceeds them is cut.
const SUBJECT_LIMIT: usize = 250;

/// Characters of a contact; what exceeds them is cut.
const CONTACT_LIMIT: usize = 200;

/// The colours of organisations without one of their own.
const ACCENT: &str = "#1a5fd8";
const ACCENT_LIGHT: &str = "#8fb8ff";
/// The background of the layout's card in the dark.
const DARK: [u8; 3] = [0x1f, 0x24, 0x29];

/// Composes mails from built-in templates and organisations' own.
pub struct TemplateComposer {
    builtin: Engine,
    names: HashMap<(MailKind, &'static str), Names>,
    cache: Cache,
    attribution: Option<String>,
    public_url: String,
}

impl std::fmt::Debug for TemplateComposer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TemplateComposer").finish_non_exhaustive()
    }
}

impl TemplateComposer {
    /// Compiles the built-in templates; organisations' own come from `store` and are kept for
    /// [`CACHE_LIFE`].
    ///
    /// # Errors
    /// [`ComposeError::Template`] if a built-in template is broken.
    pub fn new(store: Arc<dyn TemplateStore>) -> Result<Self, ComposeError> {
        Self::with_cache_life(store, CACHE_LIFE)
    }

    /// The same with another life of the cache; zero asks the store for every mail.
    ///
    /// # Errors
    /// [`ComposeError::Template`] if a built-in template is broken.
    pub fn with_cache_life(store: Arc<dyn TemplateStore>, life: Duration) -> Result<Self, ComposeError> {
        let mut builtin = Engine::new();
        let names = builtin::compile(&mut builtin)?;
        let names = names.into_iter().map(|(kind, language, names)| ((kind, language), names)).collect();
        Ok(Self {
            builtin,
            names,
            cache: Cache::new(store, life),
            attribution: None,
            public_url: String::new(),
        })
    }

    /// Names the source of places below the footer of every mail that shows one, as licences of
    /// free databases ask.
    #[must_use]
    pub fn with_attribution(mut self, attribution: Option<&str>) -> Self {
        self.attribution = attribution.map(|text| clean::one_line(text, ATTRIBUTION_LIMIT));
        self
    }

    /// Where customers reach this installation: logos that it serves are below.
    #[must_use]
    pub fn with_public_url(mut self, url: &str) -> Self {
        url.trim_end_matches('/').clone_into(&mut self.public_url);
        self
    }

    /// The logo's address: that of a URL, else of a file; mail programs do not show SVG.
    fn logo(&self, organisation: &Organisation) -> Option<String> {
        let settings = &organisation.settings;
        let file = settings.logo.as_ref().filter(|logo| logo.kind == LogoKind::Png);
        let served = file.filter(|_| !self.public_url.is_empty());
        let served = served.map(|logo| format!("{}{}", self.public_url, logo.path(organisation.id)));
        settings.logo_url.clone().or(served)
    }

    /// Asks the store again at the next mail of `organisation`, or of any.
    pub fn reload(&self, organisation: Option<OrganisationId>) {
        self.cache.forget(organisation);
    }

    /// The organisation's last lines and, where a location is shown, whom it is owed to.
    fn footer(&self, footer: Option<&str>, place: &str) -> String {
        let footer = footer.map(|footer| clean::lines(footer, 500)).filter(|footer| !footer.is_empty());
        let attribution = self.attribution.clone().filter(|_| !place.is_empty());
        footer.into_iter().chain(attribution).collect::<Vec<_>>().join("\n")
    }

    fn render(&self, own: &OwnTemplates, content: &MailContent<'_>) -> Result<ComposedMail, ComposeError> {
        let settings = &content.organisation.settings;
        let wanted = [content.language, settings.language];
        let template = own.template(content.kind, wanted, content.now);
        let language = template.map_or_else(|| builtin::language(wanted), |(_, language)| language);
        let place = place::requested_from(content.requested_from, &language);
        let footer = self.footer(settings.footer.as_deref(), &place);
        let organisation = clean::one_line(&content.organisation.name, 200);
        let values = mail_variables(content, &language, place, &footer, &organisation)?.into_value();

        let (subject, body, text, preheader) = match template {
            Some((at, _)) => (
                own.render_part(at, Part::Subject, values.clone())?,
                own.render_part(at, Part::Html, values.clone())?,
                own.render_part(at, Part::Text, values)?,
                String::new(),
            ),
            None => {
                let names = self.names.get(&(content.kind, language.as_str())).ok_or_else(|| {
                    ComposeError::Template {
                        template: content.kind.as_str().to_owned(),
                        error: format!("there is no built-in text in {}", language.as_str()),
                    }
                })?;
                (
                    self.builtin.render(&names.subject, values.clone())?,
                    self.builtin.render(&names.html, values.clone())?,
                    self.builtin.render(&names.text, values.clone())?,
                    self.builtin.render(&names.preheader, values)?,
                )
            }
        };
        let subject = clean::one_line(&subject, SUBJECT_LIMIT);
        let layout = own.layout([language, settings.language], content.now);
        let frame = Variables::new(vec![
            ("htmlBody", Value::from_safe_string(body)),
            (
                "logoUrl",
                Value::from(web_url(content, self.logo(content.organisation).as_deref(), "logoUrl")?),
            ),
            ("footer", Value::from_safe_string(html_lines(&footer))),
            ("organisationName", Value::from(organisation)),
            ("language", Value::from(language.as_str())),
            ("subject", Value::from(subject.as_str())),
            ("preheader", Value::from(preheader)),
            ("accentColor", Value::from(accent(settings))),
            ("accentLight", Value::from(light_accent(settings))),
        ])
        .into_value();
        let html = match layout {
            Some((at, _)) => own.render_layout(at, frame)?,
            None => self.builtin.render(LAYOUT_NAME, frame)?,
        };
        // Built-in templates put nothing but checked addresses into links.
        if (template.is_some() || layout.is_some())
            && let Some(link) = links::unsafe_link(&html)
        {
            return Err(unsafe_address(content.kind, &link));
        }
        Ok(ComposedMail { subject, html, text, language })
    }
}

#[async_trait]
impl MailComposer for TemplateComposer {
    async fn compose<'a>(&self, content: MailContent<'a>) -> Result<ComposedMail, ComposeError> {
        let own = self.cache.get(content.organisation.id).await?;
        self.render(&own, &content)
    }
}

fn mail_variables(
    content: &MailContent<'_>,
    language: &Language,
    place: String,
    footer: &str,
    organisation: &str,
) -> Result<Variables, ComposeError> {
    let settings = &content.organisation.settings;
    let zone = settings.time_zone.as_deref();
    let timestamp = timestamp::written(content.effective_at, content.requested_from, zone, language);
    let contact = settings.contact.as_deref().map(|text| clean::one_line(text, CONTACT_LIMIT));
    let mut values = vec![
        ("contact", Value::from(contact.unwrap_or_default())),
        ("contactUrl", Value::from(settings.contact_url().unwrap_or_default())),
        ("accentColor", Value::from(accent(settings))),
        ("customerName", Value::from(clean::customer_name(content.customer_name))),
        ("requestedFrom", Value::from(place)),
        ("organisationName", Value::from(organisation)),
        ("language", Value::from(language.as_str())),
        ("footer", Value::from(footer)),
    ];
    match content.kind {
        MailKind::ResetPassword => {
            let reset = web_url(content, content.reset_url, "resetUrl")?;
            if reset.is_empty() {
                return Err(error(content.kind, "a reset mail without a resetUrl"));
            }
            values.push(("resetUrl", Value::from(reset)));
            values.push(("disownUrl", Value::from(web_url(content, content.cancel_url, "disownUrl")?)));
            values.push(("expiresAt", Value::from(timestamp)));
            let life = (content.effective_at - content.now).num_seconds();
            values.push(("expiresIn", Value::from(builtin::life(life, *language))));
        }
        MailKind::PasswordChanged => {
            values.push(("changedAt", Value::from(timestamp)));
            let sign_in = web_url(content, settings.sign_in_url.as_deref(), "signInUrl")?;
            values.push(("signInUrl", Value::from(sign_in)));
        }
    }
    Ok(Variables::new(values))
}

/// The colour of buttons and links.
fn accent(settings: &OrganisationSettings) -> String {
    settings.accent.map_or_else(|| ACCENT.to_owned(), |color| color.to_string())
}

/// The colour of links on a dark background.
fn light_accent(settings: &OrganisationSettings) -> String {
    settings.accent.map_or_else(|| ACCENT_LIGHT.to_owned(), |color| color.lighter_on(DARK))
}

/// The address, or nothing where there is none.
fn web_url(content: &MailContent<'_>, url: Option<&str>, name: &str) -> Result<String, ComposeError> {
    match url {
        None | Some("") => Ok(String::new()),
        Some(url) if links::is_web(url) => Ok(url.to_owned()),
        // The address itself stays out of the error: it may hold the token.
        Some(_) => Err(error(content.kind, &format!("{name} is not an http or https address"))),
    }
}

fn error(kind: MailKind, error: &str) -> ComposeError {
    ComposeError::Template { template: kind.as_str().to_owned(), error: error.to_owned() }
}

/// Says where the link leads by its scheme alone: the rest may hold the token.
fn unsafe_address(kind: MailKind, link: &str) -> ComposeError {
    let scheme: String = link.chars().take_while(|c| c.is_ascii_alphanumeric()).take(20).collect();
    error(kind, &format!("a link leads to `{scheme}…`: only http, https and mailto may stand in a link"))
}
