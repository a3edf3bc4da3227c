//! `resetd demo`: everything embedded, nothing to install.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use application::model::{
    ApiKeyRecord, CustomerImport, CustomerStatus, Field, ImportCheckpoint, Organisation, OrganisationSettings,
};
use application::new_id;
use application::ports::{Clock, Random};
use chrono::TimeDelta;
use domain::{ApiKey, ApiKeyId, CustomerId, EmailAddress, OrganisationId, SAMPLE_API_KEY};
use system::{OsRandom, SystemClock};

use crate::command_error::CommandError;
use crate::output;
use crate::service::{self, Adapters, Options};
use crate::settings::{DatabaseUrl, Settings, SettingsError};
use crate::stores::Stores;

/// The name of the sample organisation.
const ORGANISATION: &str = "Sample shop";

/// The sample customers: address, phone, name, status. The first is the one of the documentation.
const CUSTOMERS: [(&str, &str, &str, CustomerStatus); 3] = [
    ("jan@barasek.com", "", "Jan Barášek", CustomerStatus::Active),
    ("banned@example.com", "", "Banned Customer", CustomerStatus::Banned),
    ("", "+420 600 000 000", "Phone Only", CustomerStatus::Active),
];

pub(crate) async fn run(mut settings: Settings) -> Result<(), CommandError> {
    if !settings.listen.ip().is_loopback() {
        return Err(SettingsError::invalid(
            "listen",
            "the demo is for this machine alone: expected a loopback address",
        )
        .into());
    }
    let directory = settings.data_dir.take().unwrap_or_else(|| PathBuf::from("data/demo"));
    std::fs::create_dir_all(&directory).map_err(CommandError::io(directory.display()))?;
    let listener = service::bind(settings.listen).await?;
    let bound = listener.local_addr().map_err(CommandError::io("listen"))?;
    prepare(&mut settings, &directory, bound)?;
    let stores = Stores::open(&settings).await?;
    seed(&stores).await?;
    let mailbox = Arc::new(service::capture(&directory.join("mailbox"), &settings)?);
    welcome(bound)?;
    let adapters = Adapters::for_demo(&settings, mailbox.clone())?;
    let options = Options { accept_sample: true, mailbox: Some(mailbox) };
    service::run(&settings, stores, listener, adapters, options).await
}

/// The demo brings its own database and mailbox whatever the settings say.
fn prepare(settings: &mut Settings, directory: &Path, bound: SocketAddr) -> Result<(), CommandError> {
    let database = directory.join("resetd.db");
    settings.database_url = Some(DatabaseUrl::Sqlite(format!("sqlite://{}", database.display())));
    let public_url = format!("http://{bound}").parse();
    settings.public_url =
        Some(public_url.map_err(|error: &str| SettingsError::invalid("public_url", error))?);
    settings.mail_from.get_or_insert_with(|| "Sample shop <no-reply@shop.example>".to_owned());
    Ok(())
}

/// Puts the sample organisation, key and customers in, unless an earlier run did.
async fn seed(stores: &Stores) -> Result<(), CommandError> {
    let (clock, random) = (SystemClock, OsRandom);
    let now = clock.now();
    let known = stores.organisations.list().await?.into_iter().find(|known| known.name == ORGANISATION);
    let organisation = match known {
        Some(known) => known.id,
        None => {
            let id = OrganisationId::from_bytes(id_bytes(&clock, &random));
            let settings = OrganisationSettings::default();
            let sample = Organisation {
                id,
                name: ORGANISATION.to_owned(),
                suspended: false,
                settings,
                created_at: now,
            };
            stores.organisations.create(&sample).await?;
            id
        }
    };
    let key = ApiKey::parse(SAMPLE_API_KEY)
        .map_err(|error| CommandError::Setup(format!("the sample key: {error}")))?;
    if stores.keys.find(key.hash()).await?.is_none() {
        let record = ApiKeyRecord {
            id: ApiKeyId::from_bytes(id_bytes(&clock, &random)),
            organisation,
            hash: key.hash(),
            kind: key.kind(),
            description: "the sample key of the documentation".to_owned(),
            scopes: Vec::new(),
            networks: Vec::new(),
            created_at: now,
            expires_at: now + TimeDelta::days(3_650),
            revoked_at: None,
        };
        stores.keys.create(&record).await?;
    }
    let customers = CUSTOMERS
        .iter()
        .map(|(email, phone, name, status)| sample_customer(&clock, &random, email, phone, name, *status))
        .collect::<Result<Vec<_>, _>>()?;
    let checkpoint = ImportCheckpoint { name: "demo".to_owned(), position: 1 };
    if stores.customers.import_position(organisation, "demo").await?.is_none() {
        stores.customers.import(organisation, &customers, checkpoint, now).await?;
    }
    Ok(())
}

fn sample_customer(
    clock: &dyn Clock,
    random: &dyn Random,
    email: &str,
    phone: &str,
    name: &str,
    status: CustomerStatus,
) -> Result<CustomerImport, CommandError> {
    let mut customer = CustomerImport::new(CustomerId::from_bytes(id_bytes(clock, random)));
    if !email.is_empty() {
        let email = EmailAddress::parse(email);
        customer.email =
            Field::Set(email.map_err(|error| CommandError::Setup(format!("the sample customer: {error}")))?);
    }
    if !phone.is_empty() {
        customer.phone = Field::Set(phone.to_owned());
    }
    customer.name = Field::Set(name.to_owned());
    customer.status = Some(status);
    Ok(customer)
}

fn id_bytes(clock: &dyn Clock, random: &dyn Random) -> [u8; 16] {
    *new_id(clock, random).as_bytes()
}

fn welcome(bound: SocketAddr) -> Result<(), CommandError> {
    output::line(&format!(
        r#"resetd demo on http://{bound}

Ask for a new password (the request of the documentation, as it stands):

  curl -X POST "http://{bound}/api/v1/customer/reset-password?apiKey={SAMPLE_API_KEY}" \
    -H "Content-Type: application/json" \
    -H "Authorization: Bearer YOUR_API_KEY" \
    -d '{{ "email": "jan@barasek.com", "expirationTime": "3h 20m", "customerRealIp": "1.1.1.1" }}'

Then open http://{bound}/dev/mailbox and follow the link. The API is described at http://{bound}/docs
Ctrl-C stops it.
"#
    ))
}
