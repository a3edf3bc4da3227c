//! `resetd webhook`.

use application::model::{
    AuditAction, OutgoingWebhook, WebhookEndpoint, WebhookEndpointStatus, WebhookTarget,
};
use application::test_event;
use domain::{WebhookEndpointId, WebhookEventId, WebhookEventType, WebhookSecret};
use http_client::{AddressPolicy, UrlError, secret_text};

use crate::cli::WebhookCommand;
use crate::command_error::CommandError;
use crate::operator::Operator;
use crate::output;
use crate::service::webhooks;
use crate::settings::Settings;

pub(crate) async fn run(
    command: WebhookCommand,
    operator: &Operator,
    settings: &Settings,
) -> Result<(), CommandError> {
    match command {
        WebhookCommand::Create { url, organisation, events } => {
            create(url, &organisation, &events, operator, settings).await
        }
        WebhookCommand::List { organisation } => {
            let organisation = match organisation {
                Some(organisation) => Some(operator.organisation(&organisation).await?.id),
                None => None,
            };
            let rows: Vec<Vec<String>> =
                operator.stores.webhooks.list(organisation).await?.iter().map(row).collect();
            output::table(
                &[
                    "ID",
                    "STATUS",
                    "WAITING",
                    "DELIVERED",
                    "GIVEN UP",
                    "LAST ANSWER",
                    "ORGANISATION",
                    "EVENTS",
                    "URL",
                ],
                &rows,
            )
        }
        WebhookCommand::Remove { id } => {
            let id = endpoint_id(&id)?;
            let found = operator.stores.webhooks.find(id).await?;
            let (endpoint, _) = found.ok_or_else(|| unknown(id))?;
            if !operator.stores.webhooks.remove(id).await? {
                return Err(unknown(id));
            }
            operator.audit(AuditAction::WebhookRemoved, Some(endpoint.organisation), id.to_string()).await
        }
        WebhookCommand::Test { id } => test(endpoint_id(&id)?, operator, settings).await,
    }
}

async fn create(
    url: String,
    organisation: &str,
    events: &[String],
    operator: &Operator,
    settings: &Settings,
) -> Result<(), CommandError> {
    let addresses = AddressPolicy::allowing_private(settings.webhooks.allow_private);
    addresses.check_url(&url).map_err(|error| match error {
        UrlError::Private => {
            CommandError::usage(format!("url: {error}; set webhooks.allow_private to allow it"))
        }
        _ => CommandError::usage(format!("url: {error}")),
    })?;
    let organisation = operator.organisation(organisation).await?.id;
    let secret = WebhookSecret::generate(&mut |bytes| operator.random.fill(bytes));
    let endpoint = WebhookEndpoint {
        id: WebhookEndpointId::from_bytes(operator.new_id()),
        organisation,
        events: events.iter().map(|text| event(text)).collect::<Result<_, _>>()?,
        created_at: operator.now(),
        disabled_at: None,
    };
    let shown = secret_text(&secret);
    operator.stores.webhooks.create(&endpoint, &WebhookTarget { url, secret }).await?;
    operator.audit(AuditAction::WebhookCreated, Some(organisation), endpoint.id.to_string()).await?;
    output::line(&shown)
}

/// One call, at once and past the outbox.
async fn test(id: WebhookEndpointId, operator: &Operator, settings: &Settings) -> Result<(), CommandError> {
    let found = operator.stores.webhooks.find(id).await?;
    let (endpoint, target) = found.ok_or_else(|| unknown(id))?;
    let now = operator.now();
    let webhook = OutgoingWebhook {
        id: WebhookEventId::from_bytes(operator.new_id()),
        target,
        at: now,
        body: test_event(endpoint.organisation, now),
    };
    match webhooks(settings).send(&webhook).await.map(|answer| answer.status) {
        Ok(status @ 200..=299) => output::line(&format!("the endpoint took it: {status}")),
        Ok(status) => {
            Err(CommandError::Setup(format!("the endpoint answered {status}; expected 200 to 299")))
        }
        Err(error) => Err(CommandError::Setup(format!("the endpoint could not be called: {error}"))),
    }
}

fn endpoint_id(text: &str) -> Result<WebhookEndpointId, CommandError> {
    text.parse().map_err(|_| CommandError::usage("expected the id of an endpoint; see `resetd webhook list`"))
}

fn unknown(id: WebhookEndpointId) -> CommandError {
    CommandError::usage(format!("there is no webhook endpoint {id}"))
}

fn event(text: &str) -> Result<WebhookEventType, CommandError> {
    let known = || WebhookEventType::ALL.iter().map(|event| event.as_str()).collect::<Vec<_>>().join(", ");
    WebhookEventType::parse(text)
        .map_err(|_| CommandError::usage(format!("event: there is no `{text}`; there are {}", known())))
}

fn row(listed: &WebhookEndpointStatus) -> Vec<String> {
    let endpoint = &listed.endpoint;
    let status = match (endpoint.disabled_at, listed.failures) {
        (Some(_), _) => "disabled",
        (None, 0) => "active",
        (None, _) => "failing",
    };
    let events: Vec<_> = endpoint.events.iter().map(|event| event.as_str()).collect();
    vec![
        endpoint.id.to_string(),
        status.to_owned(),
        listed.waiting.to_string(),
        listed.delivered.to_string(),
        listed.given_up.to_string(),
        listed.last_answer.clone().unwrap_or_else(|| "-".to_owned()),
        endpoint.organisation.to_string(),
        if events.is_empty() { "all".to_owned() } else { events.join(",") },
        listed.url.clone(),
    ]
}
