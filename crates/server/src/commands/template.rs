//! `resetd template`.

use std::path::Path;

use application::model::{
    AuditAction, ComposedMail, Layout, MailContent, MailKind, Organisation, OutgoingMail, Template,
};
use application::ports::MailComposer;
use chrono::{DateTime, TimeDelta, Utc};
use domain::{EmailAddress, GeoContext, Language, MailId, OrganisationId, PlaceName};
use mail_template::{check_layout, check_template};

use crate::cli::{TemplateCommand, TemplateWhich};
use crate::command_error::CommandError;
use crate::operator::Operator;
use crate::settings::Settings;
use crate::{output, service};

pub(crate) async fn run(
    command: TemplateCommand,
    operator: &Operator,
    settings: &Settings,
) -> Result<(), CommandError> {
    match command {
        TemplateCommand::Save { which, subject, html, text, from, until } => {
            let which = Which::resolve(&which, operator).await?;
            let template = Template {
                kind: which.kind,
                language: which.language,
                subject,
                html: read(&html)?,
                text: read(&text)?,
                valid_from: from.as_deref().map(timestamp).transpose()?.unwrap_or_else(|| operator.now()),
                valid_until: until.as_deref().map(timestamp).transpose()?,
            };
            check_template(&template).map_err(|error| CommandError::usage(error.to_string()))?;
            operator.stores.templates.save_template(which.organisation.id, &template).await?;
            changed(operator, which.organisation.id, &which.subject()).await
        }
        TemplateCommand::SaveLayout { organisation, language, html } => {
            let organisation = operator.organisation(&organisation).await?.id;
            let language = parse_language(&language)?;
            let layout =
                Layout { language, html: read(&html)?, valid_from: operator.now(), valid_until: None };
            check_layout(&layout).map_err(|error| CommandError::usage(error.to_string()))?;
            operator.stores.templates.save_layout(organisation, &layout).await?;
            changed(operator, organisation, &format!("layout {language}")).await
        }
        TemplateCommand::List { organisation } => {
            list(&operator.organisation(&organisation).await?, operator).await
        }
        TemplateCommand::Remove { which } => {
            let which = Which::resolve(&which, operator).await?;
            let templates = &operator.stores.templates;
            if templates.remove_templates(which.organisation.id, which.kind, which.language).await? == 0 {
                return Err(CommandError::usage(format!("there is no template {}", which.subject())));
            }
            changed(operator, which.organisation.id, &which.subject()).await
        }
        TemplateCommand::Preview { which, as_text } => {
            let which = Which::resolve(&which, operator).await?;
            let mail = preview(&which, operator, settings).await?;
            output::line(if as_text { &mail.text } else { &mail.html })
        }
        TemplateCommand::SendTest { which, to } => {
            let which = Which::resolve(&which, operator).await?;
            send_test(&which, &to, operator, settings).await
        }
    }
}

/// Which template, its words resolved.
struct Which {
    organisation: Organisation,
    kind: MailKind,
    language: Language,
}

impl Which {
    async fn resolve(which: &TemplateWhich, operator: &Operator) -> Result<Self, CommandError> {
        let kind = MailKind::parse(&which.kind).ok_or_else(|| {
            let kinds = MailKind::ALL.map(MailKind::as_str).join(", ");
            CommandError::usage(format!("kind: there is no `{}`; there are {kinds}", which.kind))
        })?;
        let language = parse_language(&which.language)?;
        Ok(Self { organisation: operator.organisation(&which.organisation).await?, kind, language })
    }

    fn subject(&self) -> String {
        format!("{} {}", self.kind.as_str(), self.language)
    }
}

fn parse_language(tag: &str) -> Result<Language, CommandError> {
    Language::parse(tag).map_err(|error| CommandError::usage(format!("language: {error}")))
}

fn timestamp(text: &str) -> Result<DateTime<Utc>, CommandError> {
    text.parse().map_err(|_| {
        CommandError::usage(format!("`{text}`: expected a timestamp such as 2027-01-31T12:00:00Z"))
    })
}

fn read(path: &Path) -> Result<String, CommandError> {
    std::fs::read_to_string(path).map_err(CommandError::io(path.display()))
}

async fn changed(
    operator: &Operator,
    organisation: OrganisationId,
    subject: &str,
) -> Result<(), CommandError> {
    operator.audit(AuditAction::TemplateChanged, Some(organisation), subject.to_owned()).await
}

async fn list(organisation: &Organisation, operator: &Operator) -> Result<(), CommandError> {
    let set = operator.stores.templates.templates(organisation.id).await?;
    let until = |end: Option<DateTime<Utc>>| end.map(output::timestamp).unwrap_or_default();
    let templates = set.templates.iter().map(|template| {
        let language = template.language.to_string();
        let (from, until) = (output::timestamp(template.valid_from), until(template.valid_until));
        vec![template.kind.as_str().to_owned(), language, from, until, template.subject.clone()]
    });
    let layouts = set.layouts.iter().map(|layout| {
        let (from, until) = (output::timestamp(layout.valid_from), until(layout.valid_until));
        vec!["layout".to_owned(), layout.language.to_string(), from, until, String::new()]
    });
    let rows: Vec<Vec<String>> = templates.chain(layouts).collect();
    output::table(&["TYPE", "LANGUAGE", "FROM", "UNTIL", "SUBJECT"], &rows)
}

/// What a customer would get, with sample values.
async fn preview(
    which: &Which,
    operator: &Operator,
    settings: &Settings,
) -> Result<ComposedMail, CommandError> {
    let now = operator.now();
    let geo = GeoContext {
        country_code: Some("CZ".to_owned()),
        country: Some(PlaceName::new("Czechia")),
        city: Some(PlaceName::new("Prague")),
        ..GeoContext::default()
    };
    let is_reset = which.kind == MailKind::ResetPassword;
    let content = MailContent {
        kind: which.kind,
        organisation: &which.organisation,
        customer_name: "Jan Barášek",
        language: which.language,
        reset_url: is_reset.then_some("https://shop.example/reset/preview"),
        cancel_url: is_reset.then_some("https://shop.example/reset/preview/not-me"),
        effective_at: now + TimeDelta::hours(1),
        requested_from: Some(&geo),
        now,
    };
    let composed = service::composer(&operator.stores, settings)?.compose(content).await;
    composed.map_err(|error| CommandError::usage(error.to_string()))
}

async fn send_test(
    which: &Which,
    to: &str,
    operator: &Operator,
    settings: &Settings,
) -> Result<(), CommandError> {
    let to = EmailAddress::parse(to).map_err(|error| CommandError::usage(format!("to: {error}")))?;
    let mail = OutgoingMail {
        id: MailId::from_bytes(operator.new_id()),
        organisation: which.organisation.id,
        kind: which.kind,
        from: which.organisation.settings.mail_from.clone(),
        reply_to: which.organisation.settings.reply_to.clone(),
        to,
        content: preview(which, operator, settings).await?,
        link: None,
        date: operator.now(),
    };
    let sent = service::sender(settings)?.send(&mail).await;
    let delivered = sent.map_err(|error| CommandError::Setup(format!("not sent: {error}")))?;
    output::line(&format!("{}: {}", delivered.host, delivered.reply))
}
