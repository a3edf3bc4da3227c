//! `resetd api-key`.

use application::model::{ApiKeyRecord, AuditAction};
use chrono::TimeDelta;
use domain::{ApiKey, ApiKeyId, ApiKeyKind, Network, Scope};

use crate::cli::{ApiKeyCommand, KindArg};
use crate::command_error::CommandError;
use crate::operator::Operator;
use crate::output;

pub(crate) async fn run(command: ApiKeyCommand, operator: &Operator) -> Result<(), CommandError> {
    match command {
        ApiKeyCommand::Create { organisation, kind, description, scopes, networks, expires_in_days } => {
            let organisation = operator.organisation(&organisation).await?.id;
            let key = ApiKey::generate(kind.into(), &mut |bytes| operator.random.fill(bytes));
            let now = operator.now();
            let record = ApiKeyRecord {
                id: ApiKeyId::from_bytes(operator.new_id()),
                organisation,
                hash: key.hash(),
                kind: kind.into(),
                description,
                scopes: scopes.iter().map(|text| scope(text)).collect::<Result<_, _>>()?,
                networks: networks.iter().map(|text| network(text)).collect::<Result<_, _>>()?,
                created_at: now,
                expires_at: now + TimeDelta::days(expires_in_days),
                revoked_at: None,
            };
            operator.stores.keys.create(&record).await?;
            operator.audit(AuditAction::ApiKeyCreated, Some(organisation), record.id.to_string()).await?;
            output::line(key.expose())
        }
        ApiKeyCommand::List { organisation } => {
            let organisation = match organisation {
                Some(organisation) => Some(operator.organisation(&organisation).await?.id),
                None => None,
            };
            let now = operator.now();
            let rows: Vec<Vec<String>> =
                operator.stores.keys.list(organisation).await?.iter().map(|key| row(key, now)).collect();
            output::table(
                &["ID", "KIND", "STATUS", "EXPIRES", "ORGANISATION", "SCOPES", "NETWORKS", "DESCRIPTION"],
                &rows,
            )
        }
        ApiKeyCommand::Revoke { id } => revoke(&id, operator).await,
    }
}

async fn revoke(id: &str, operator: &Operator) -> Result<(), CommandError> {
    let id = if id == "-" {
        let mut text = String::new();
        std::io::stdin().read_line(&mut text).map_err(CommandError::io("standard input"))?;
        let key = ApiKey::parse(text.trim()).map_err(|error| CommandError::usage(error.to_string()))?;
        let found = operator.stores.keys.find(key.hash()).await?;
        found.ok_or_else(|| CommandError::usage("there is no such API key"))?.key.id
    } else {
        id.parse::<ApiKeyId>()
            .map_err(|_| CommandError::usage("expected the id of an API key; see `resetd api-key list`"))?
    };
    if !operator.stores.keys.revoke(id, operator.now()).await? {
        return Err(CommandError::usage(format!("there is no API key {id}")));
    }
    operator.audit(AuditAction::ApiKeyRevoked, None, id.to_string()).await
}

fn row(key: &ApiKeyRecord, now: chrono::DateTime<chrono::Utc>) -> Vec<String> {
    let status = match key.revoked_at {
        Some(_) => "revoked",
        None if key.expires_at <= now => "expired",
        None => "active",
    };
    let list = |items: Vec<String>| if items.is_empty() { "all".to_owned() } else { items.join(",") };
    vec![
        key.id.to_string(),
        key.kind.as_str().to_owned(),
        status.to_owned(),
        output::timestamp(key.expires_at),
        key.organisation.to_string(),
        list(key.scopes.iter().map(|scope| scope.as_str().to_owned()).collect()),
        list(key.networks.iter().map(ToString::to_string).collect()),
        key.description.clone(),
    ]
}

impl From<KindArg> for ApiKeyKind {
    fn from(kind: KindArg) -> Self {
        match kind {
            KindArg::Production => Self::Production,
            KindArg::Development => Self::Development,
            KindArg::System => Self::System,
        }
    }
}

fn scope(text: &str) -> Result<Scope, CommandError> {
    let known = || Scope::ALL.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(", ");
    Scope::parse(text)
        .map_err(|_| CommandError::usage(format!("scope: there is no `{text}`; there are {}", known())))
}

fn network(text: &str) -> Result<Network, CommandError> {
    text.parse()
        .map_err(|_| CommandError::usage(format!("network: `{text}` is not a network such as 10.0.0.0/8")))
}
