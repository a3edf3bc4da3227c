use std::fmt;
use std::time::Duration;

use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::extension::{ClientId, Extension};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;

use crate::connection::Connection;
use crate::failure::Cause;
use crate::sender::SetupError;
use crate::settings::{SmtpSettings, Tls};
use crate::tls_wire::TlsWire;
use crate::wire::Wire;

/// Addresses of a host that are tried, one after the other.
const ADDRESSES: usize = 4;

/// Opens connections.
pub(crate) struct Connector {
    settings: SmtpSettings,
    hello: ClientId,
    credentials: Option<Credentials>,
    tls: Option<TlsParameters>,
}

impl fmt::Debug for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Connector").field(&self.settings).finish()
    }
}

impl Connector {
    pub(crate) fn new(settings: SmtpSettings) -> Result<Self, SetupError> {
        let hello = match &settings.hello {
            Some(name) => ClientId::Domain(name.clone()),
            None => own_name(),
        };
        let credentials =
            settings.login.as_ref().map(|login| Credentials::new(login.user.clone(), login.password.clone()));
        let tls = tls_parameters(&settings)?;
        Ok(Self { settings, hello, credentials, tls })
    }

    pub(crate) fn settings(&self) -> &SmtpSettings {
        &self.settings
    }

    /// TCP, TLS, greeting, `EHLO`, login.
    pub(crate) async fn open(&self) -> Result<Connection, Cause> {
        let limit = self.settings.connect_timeout;
        let stream = self.dial().await?;
        let (wire, control) = Wire::new(stream).map_err(|error| Cause::Lost(error.to_string()))?;
        let opening = async {
            let mut smtp = match (&self.tls, self.settings.tls) {
                (Some(tls), Tls::Implicit) => {
                    let wire = TlsWire::connect(wire, tls.clone()).await?;
                    AsyncSmtpConnection::connect_with_transport(Box::new(wire), &self.hello).await?
                }
                _ => AsyncSmtpConnection::connect_with_transport(Box::new(wire), &self.hello).await?,
            };
            let offered = smtp.server_info().supports_feature(Extension::StartTls);
            match (&self.tls, self.settings.tls, offered) {
                (Some(tls), Tls::Required, true) | (Some(tls), Tls::Opportunistic, true) => {
                    control.read_next_reply_alone();
                    smtp.starttls(tls.clone(), &self.hello).await?;
                }
                (_, Tls::Required, _) => {
                    return Err(Cause::Unfit("the server offers no STARTTLS, and TLS is required"));
                }
                _ => {}
            }
            if let Some(credentials) = &self.credentials {
                self.log_in(&mut smtp, credentials).await?;
            }
            Ok(Connection::new(smtp))
        };
        match timeout(limit, opening).await {
            Ok(opened) => opened,
            Err(_) => Err(Cause::TimedOut),
        }
    }

    async fn log_in(&self, smtp: &mut AsyncSmtpConnection, credentials: &Credentials) -> Result<(), Cause> {
        let mechanisms = [Mechanism::Plain, Mechanism::Login];
        if smtp.server_info().get_auth_mechanism(&mechanisms).is_none() {
            return Err(Cause::Unfit("the server offers neither AUTH PLAIN nor AUTH LOGIN"));
        }
        smtp.auth(&mechanisms, credentials).await?;
        Ok(())
    }

    /// The first address of the host that takes a connection. Each gets its share of the time, so that one black hole
    /// (often the IPv6 one) does not eat all of it.
    async fn dial(&self) -> Result<TcpStream, Cause> {
        let limit = self.settings.connect_timeout;
        let name = (self.settings.host.as_str(), self.settings.port);
        let addresses: Vec<_> = match timeout(limit, lookup_host(name)).await {
            Err(_) => return Err(Cause::TimedOut),
            Ok(Err(error)) => return Err(Cause::Lost(format!("the host's name does not resolve: {error}"))),
            Ok(Ok(addresses)) => addresses.take(ADDRESSES).collect(),
        };
        let share = limit / u32::try_from(addresses.len().max(1)).unwrap_or(1);
        let mut last = Cause::Lost("the host has no address".to_owned());
        for address in addresses {
            last = match timeout(share.max(Duration::from_millis(100)), TcpStream::connect(address)).await {
                Ok(Ok(stream)) => return Ok(stream),
                Ok(Err(error)) => Cause::Lost(error.to_string()),
                Err(_) => Cause::TimedOut,
            };
        }
        Err(last)
    }
}

/// The host's name if it may stand in a command.
fn own_name() -> ClientId {
    let fine = |name: &str| {
        !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-'))
    };
    match ClientId::default() {
        ClientId::Domain(name) if !fine(&name) => ClientId::Ipv4(std::net::Ipv4Addr::LOCALHOST),
        other => other,
    }
}

fn tls_parameters(settings: &SmtpSettings) -> Result<Option<TlsParameters>, SetupError> {
    if settings.tls == Tls::None {
        return Ok(None);
    }
    let mut builder = TlsParameters::builder(settings.host.clone());
    if let Some(path) = &settings.ca_file {
        let pem = std::fs::read(path).map_err(|error| SetupError::Ca(error.to_string()))?;
        let authority = Certificate::from_pem(&pem).map_err(|error| SetupError::Ca(error.to_string()))?;
        builder = builder.add_root_certificate(authority);
    }
    if settings.tls == Tls::Opportunistic {
        builder = builder.dangerous_accept_invalid_certs(true).dangerous_accept_invalid_hostnames(true);
    }
    builder.build().map(Some).map_err(|error| SetupError::Tls(error.to_string()))
}
