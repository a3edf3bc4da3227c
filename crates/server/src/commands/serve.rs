//! `resetd serve`: production.

use tracing::info;

use crate::command_error::CommandError;
use crate::service::{self, Adapters, Options};
use crate::settings::Settings;
use crate::stores::Stores;

pub(crate) async fn run(settings: &Settings) -> Result<(), CommandError> {
    // All that can be wrong with the settings is said before anything is opened.
    let adapters = Adapters::for_serving(settings)?;
    let public_url = settings.public_url()?;
    settings.warn();
    let stores = Stores::open(settings).await?;
    let listener = service::bind(settings.listen).await?;
    let bound = listener.local_addr().map_err(CommandError::io("listen"))?;
    let scheme = if adapters.is_tls() { "https" } else { "http" };
    info!("listening on {scheme}://{bound}, reached as {public_url}");
    let options = Options { accept_sample: false, mailbox: None };
    service::run(settings, stores, listener, adapters, options).await
}
