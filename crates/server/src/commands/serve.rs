//! `resetd serve`: production.

use tokio::net::TcpListener;
use tracing::info;

use crate::command_error::CommandError;
use crate::service::{self, Options, TlsListener};
use crate::settings::Settings;
use crate::stores::{Stores, warn_of_key_in_database};

pub(crate) async fn run(settings: &Settings) -> Result<(), CommandError> {
    // All that can be wrong with the settings is said before anything is opened.
    let public_url = settings.public_url()?;
    settings.required("database_url")?;
    let mail_url = settings.required("mail_url")?;
    if !mail_url.starts_with("capture:") {
        settings.required("mail_from")?;
    }
    let listen = settings.listen()?;
    settings.trusted_proxies()?;
    service::allow_private(settings)?;
    let sender = service::sender(settings)?;
    let tls = TlsListener::from_settings(settings)?;
    warn_of_key_in_database(settings);
    settings.warn_of_wide_proxies();
    let stores = Stores::open(settings).await?;
    let listener = TcpListener::bind(listen).await.map_err(CommandError::io(format!("listen {listen}")))?;
    let bound = listener.local_addr().map_err(CommandError::io("listen"))?;
    let scheme = if tls.is_some() { "https" } else { "http" };
    info!("listening on {scheme}://{bound}, reached as {public_url}");
    let options = Options { accept_sample: false, mailbox: None, sender, tls };
    service::run(settings, stores, listener, options).await
}
