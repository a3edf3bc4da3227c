use std::fmt;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lettre::transport::smtp::client::{Certificate, TlsParameters};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;

use crate::client::Client;
use crate::connection::Connection;
use crate::error::SetupError;
use crate::failure::Cause;
use crate::hello;
use crate::settings::{Login, SmtpSettings, Tls};

/// Addresses of a host that are tried, one after the other.
const ADDRESSES: usize = 4;

/// Opens connections.
pub(crate) struct Connector {
    settings: SmtpSettings,
    tls: Option<TlsParameters>,
}

impl fmt::Debug for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Connector").field(&self.settings).finish()
    }
}

impl Connector {
    pub(crate) fn new(settings: SmtpSettings) -> Result<Self, SetupError> {
        let tls = tls_parameters(&settings)?;
        Ok(Self { settings, tls })
    }

    pub(crate) fn settings(&self) -> &SmtpSettings {
        &self.settings
    }

    /// TCP, TLS, greeting, `EHLO`, login.
    pub(crate) async fn open(&self) -> Result<Connection, Cause> {
        let limit = self.settings.connect_timeout;
        let stream = self.dial().await?;
        let hello = match &self.settings.hello {
            Some(name) => name.clone(),
            None => hello::own_name(stream.local_addr().ok()),
        };
        let mut client = Client::new(stream)?;
        match timeout(limit, self.converse(&mut client, &hello)).await {
            Ok(Ok(())) => Ok(Connection::new(client)),
            Ok(Err(cause)) => {
                if matches!(cause, Cause::Reply { code, .. } if code != 421) {
                    tokio::spawn(Connection::new(client).quit());
                }
                Err(cause)
            }
            Err(_) => Err(Cause::TimedOut),
        }
    }

    /// Everything up to the first mail.
    async fn converse(&self, client: &mut Client, hello: &str) -> Result<(), Cause> {
        if let (Some(tls), Tls::Implicit) = (&self.tls, self.settings.tls) {
            client.upgrade(tls.clone()).await?;
        }
        client.reply().await?.completed()?;
        client.ehlo(hello).await?;
        let offered = client.extension("STARTTLS").is_some();
        match (&self.tls, self.settings.tls, offered) {
            (Some(tls), Tls::Required | Tls::Opportunistic, true) => {
                client.command("STARTTLS\r\n").await?.completed()?;
                client.upgrade(tls.clone()).await?;
                client.ehlo(hello).await?;
            }
            (_, Tls::Required, _) => {
                return Err(Cause::Unfit("the server offers no STARTTLS, and TLS is required"));
            }
            _ => {}
        }
        match &self.settings.login {
            Some(login) => log_in(client, login).await,
            None => Ok(()),
        }
    }

    /// The first address of the host that takes a connection. Each gets its share of the time, so
    /// that one black hole (often the IPv6 one) does not eat all of it.
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

/// RFC 4954. A challenge of `LOGIN` says nothing but that it is the next one's turn: first the
/// name, then the password.
async fn log_in(client: &mut Client, login: &Login) -> Result<(), Cause> {
    let offered = client.extension("AUTH").unwrap_or_default();
    let offers = |mechanism: &str| offered.iter().any(|offer| offer == mechanism);
    let (user, password) = (STANDARD.encode(&login.user), STANDARD.encode(&login.password));
    if offers("PLAIN") {
        let secret = STANDARD.encode(format!("\0{}\0{}", login.user, login.password));
        client.command(&format!("AUTH PLAIN {secret}\r\n")).await?.completed()?;
        return Ok(());
    }
    if !offers("LOGIN") {
        return Err(Cause::Unfit("the server offers neither AUTH PLAIN nor AUTH LOGIN"));
    }
    client.command("AUTH LOGIN\r\n").await?;
    client.command(&format!("{user}\r\n")).await?;
    client.command(&format!("{password}\r\n")).await?.completed()?;
    Ok(())
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
