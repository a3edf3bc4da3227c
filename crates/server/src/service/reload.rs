//! SIGHUP: what an operator has replaced is read again, and nobody is hung up on.

use std::sync::Arc;

use mail_template::TemplateComposer;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tracing::{info, warn};

use super::tls::TlsListener;

/// The signals from the moment of its making on. Before that one would end the process.
pub(super) struct ReloadSignal(Option<Signal>);

impl ReloadSignal {
    pub(super) fn watch() -> Self {
        let watched = signal(SignalKind::hangup());
        Self(watched.inspect_err(|error| warn!(%error, "SIGHUP cannot be watched for")).ok())
    }

    /// Reads everything again with each of them, for as long as the process lives.
    pub(super) fn reload(self, what: Reloadable) {
        let Some(mut reload_signal) = self.0 else { return };
        tokio::spawn(async move {
            while reload_signal.recv().await.is_some() {
                what.reload();
            }
        });
    }
}

/// What can be read again while the service runs.
pub(super) struct Reloadable {
    pub(super) tls: Option<TlsListener>,
    /// `None`: this process sends no mail.
    pub(super) composer: Option<Arc<TemplateComposer>>,
}

impl Reloadable {
    fn reload(&self) {
        if let Some(tls) = &self.tls {
            tls.reload();
        }
        if let Some(composer) = &self.composer {
            composer.reload(None);
            info!("templates and layouts are read again");
        }
    }
}
