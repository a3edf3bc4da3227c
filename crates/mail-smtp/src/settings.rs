use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;
use thiserror::Error;
use url::Url;

/// When the connection is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tls {
    /// From the first byte, with a valid certificate (`smtps://`).
    Implicit,
    /// By `STARTTLS`, with a valid certificate; a server without it gets no mail.
    Required,
    /// By `STARTTLS` where it is offered, whatever the certificate.
    Opportunistic,
    /// Never.
    None,
}

/// User name and password. Prints as `***`.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Login {
    pub(crate) user: String,
    pub(crate) password: String,
}

impl Login {
    /// Every form in which a server may see and repeat it in `reply`, the longest first. A name or
    /// password that may be part of any word stays out, and the user's name where the reply is
    /// about no log-in (RFC 4954, 6): it may be a common word.
    pub(crate) fn written(&self, reply: &str) -> Vec<String> {
        const LOG_IN: [&str; 8] = ["235", "334", "432", "454", "530", "534", "535", "538"];
        let is_about_log_in = LOG_IN.iter().any(|code| reply.starts_with(code));
        let both = STANDARD.encode(format!("\0{}\0{}", self.user, self.password));
        let plain = [&self.user, &self.password];
        let encoded = plain.map(|part| STANDARD.encode(part));
        let mut forms: Vec<String> =
            encoded.into_iter().chain(plain.map(Clone::clone)).chain([both]).collect();
        forms.retain(|form| form.chars().count() > 3 && (is_about_log_in || *form != self.user));
        forms.sort_by_key(|form| std::cmp::Reverse(form.len()));
        forms
    }
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// Where and how to send, read from a URL ([crate docs](crate)). Prints without the credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SmtpSettings {
    /// Host name or address.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// When the connection is encrypted.
    pub tls: Tls,
    pub(crate) login: Option<Login>,
    /// Connections at most, 1 or more.
    pub pool: usize,
    /// For the TCP connection, and again for TLS, greeting and login.
    pub connect_timeout: Duration,
    /// For each reply.
    pub command_timeout: Duration,
    /// How long an unused connection is kept.
    pub idle_timeout: Duration,
    /// A PEM file of certificates trusted besides the system's.
    pub ca_file: Option<PathBuf>,
    /// What to say in `EHLO`; `None`: the host's name.
    pub hello: Option<String>,
}

/// Why a URL names no relay. Never holds the URL: it has a password in it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SettingsError {
    /// Not a URL at all.
    #[error("not a URL: {0}")]
    NotAUrl(String),
    /// Another scheme than `smtp` and `smtps`.
    #[error("the scheme must be smtp or smtps")]
    Scheme,
    /// No host.
    #[error("the host is missing")]
    Host,
    /// A path or a fragment.
    #[error("nothing may follow the port but options (?tls=…)")]
    Path,
    /// A user name without a password or the other way round.
    #[error("a user name and a password belong together")]
    Login,
    /// An option that does not exist, or exists twice.
    #[error(
        "unknown or repeated option `{0}`; there are tls, pool, connect_timeout, command_timeout, ca, hello"
    )]
    Option(String),
    /// An option's value.
    #[error("option `{option}`: {expected}")]
    Value {
        /// Which.
        option: &'static str,
        /// What it should be.
        expected: &'static str,
    },
    /// A password would go over the network readable by others.
    #[error("credentials are sent over TLS with a valid certificate only: use smtps:// or tls=required")]
    ExposedLogin,
}

impl FromStr for SmtpSettings {
    type Err = SettingsError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let url = Url::parse(text.trim()).map_err(|error| SettingsError::NotAUrl(error.to_string()))?;
        let implicit = match url.scheme() {
            "smtps" => true,
            "smtp" => false,
            _ => return Err(SettingsError::Scheme),
        };
        let host = host(&url)?;
        if !matches!(url.path(), "" | "/") || url.fragment().is_some() {
            return Err(SettingsError::Path);
        }
        let login = login(&url)?;
        let options = Options::read(&url)?;
        let here = is_this_machine(&host);
        let tls = match (implicit, options.tls) {
            (true, None) => Tls::Implicit,
            (true, Some(_)) => {
                return Err(SettingsError::Value {
                    option: "tls",
                    expected: "smtps:// has TLS always; leave it out",
                });
            }
            (false, Some(tls)) => tls,
            (false, None) if login.is_some() && !here => Tls::Required,
            (false, None) => Tls::Opportunistic,
        };
        if login.is_some() && !here && matches!(tls, Tls::Opportunistic | Tls::None) {
            return Err(SettingsError::ExposedLogin);
        }
        let default_port = match (implicit, &login) {
            (true, _) => 465,
            (false, Some(_)) => 587,
            (false, None) => 25,
        };
        Ok(Self {
            port: url.port().unwrap_or(default_port),
            host,
            tls,
            login,
            pool: options.pool.unwrap_or(25),
            connect_timeout: Duration::from_secs(options.connect_timeout.unwrap_or(10)),
            command_timeout: Duration::from_secs(options.command_timeout.unwrap_or(30)),
            idle_timeout: Duration::from_secs(30),
            ca_file: options.ca,
            hello: options.hello,
        })
    }
}

impl fmt::Display for SmtpSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scheme, option) = match self.tls {
            Tls::Implicit => ("smtps", ""),
            Tls::Required => ("smtp", "?tls=required"),
            Tls::Opportunistic => ("smtp", "?tls=opportunistic"),
            Tls::None => ("smtp", "?tls=none"),
        };
        let login = if self.login.is_some() { "***:***@" } else { "" };
        write!(f, "{scheme}://{login}{}{option}", self.authority())
    }
}

impl SmtpSettings {
    /// Host and port, as replies and lists show them.
    #[must_use]
    pub fn authority(&self) -> String {
        if self.host.contains(':') {
            format!("[{}]:{}", self.host, self.port)
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }
}

#[derive(Default)]
struct Options {
    tls: Option<Tls>,
    pool: Option<usize>,
    connect_timeout: Option<u64>,
    command_timeout: Option<u64>,
    ca: Option<PathBuf>,
    hello: Option<String>,
}

impl Options {
    fn read(url: &Url) -> Result<Self, SettingsError> {
        let mut options = Self::default();
        for (name, value) in url.query_pairs() {
            let fresh = match name.as_ref() {
                "tls" => options.tls.replace(tls(&value)?).is_none(),
                "pool" => {
                    let pool = number(&value, 1_000).and_then(|pool| usize::try_from(pool).ok());
                    let expected =
                        SettingsError::Value { option: "pool", expected: "a number from 1 to 1000" };
                    options.pool.replace(pool.ok_or(expected)?).is_none()
                }
                "connect_timeout" => {
                    let expected =
                        SettingsError::Value { option: "connect_timeout", expected: "seconds from 1 to 300" };
                    options.connect_timeout.replace(number(&value, 300).ok_or(expected)?).is_none()
                }
                "command_timeout" => {
                    let expected =
                        SettingsError::Value { option: "command_timeout", expected: "seconds from 1 to 600" };
                    options.command_timeout.replace(number(&value, 600).ok_or(expected)?).is_none()
                }
                "ca" => options.ca.replace(PathBuf::from(value.as_ref())).is_none(),
                "hello" => options.hello.replace(hello(&value)?).is_none(),
                _ => false,
            };
            if !fresh {
                return Err(SettingsError::Option(name.chars().take(30).collect()));
            }
        }
        Ok(options)
    }
}

fn tls(value: &str) -> Result<Tls, SettingsError> {
    match value {
        "required" => Ok(Tls::Required),
        "opportunistic" => Ok(Tls::Opportunistic),
        "none" => Ok(Tls::None),
        _ => Err(SettingsError::Value { option: "tls", expected: "required, opportunistic or none" }),
    }
}

fn number(value: &str, most: u64) -> Option<u64> {
    value.parse().ok().filter(|number| (1..=most).contains(number))
}

/// A domain or an address literal (RFC 5321, section 4.1.3), so that nothing else slips into the
/// command.
fn hello(value: &str) -> Result<String, SettingsError> {
    let fine = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'[' | b']' | b':');
    if (1..=255).contains(&value.len()) && value.bytes().all(fine) {
        Ok(value.to_owned())
    } else {
        Err(SettingsError::Value { option: "hello", expected: "a domain name or an address in brackets" })
    }
}

fn host(url: &Url) -> Result<String, SettingsError> {
    let host = url.host_str().filter(|host| !host.is_empty()).ok_or(SettingsError::Host)?;
    let host = percent_decode_str(host).decode_utf8().map_err(|_| SettingsError::Host)?;
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(&host);
    let fine = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b':');
    if bare.bytes().all(fine) { Ok(bare.to_ascii_lowercase()) } else { Err(SettingsError::Host) }
}

fn login(url: &Url) -> Result<Option<Login>, SettingsError> {
    let decode = |text: &str| {
        percent_decode_str(text)
            .decode_utf8()
            .map(std::borrow::Cow::into_owned)
            .map_err(|_| SettingsError::Login)
    };
    match (decode(url.username())?, url.password()) {
        (user, None) if user.is_empty() => Ok(None),
        (user, Some(password)) if !user.is_empty() && !password.is_empty() => {
            Ok(Some(Login { user, password: decode(password)? }))
        }
        _ => Err(SettingsError::Login),
    }
}

fn is_this_machine(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.to_canonical().is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(url: &str) -> Result<SmtpSettings, SettingsError> {
        url.parse()
    }

    #[test]
    fn defaults_depend_on_scheme_and_credentials() {
        let plain = parse("smtp://relay.example").unwrap();
        assert_eq!((plain.port, plain.tls, plain.pool), (25, Tls::Opportunistic, 25));
        let login = parse("smtp://u:p@relay.example").unwrap();
        assert_eq!((login.port, login.tls), (587, Tls::Required));
        let here = parse("smtp://u:p@localhost:2525").unwrap();
        assert_eq!((here.port, here.tls), (2525, Tls::Opportunistic));
        let implicit = parse("smtps://u:p@relay.example").unwrap();
        assert_eq!((implicit.port, implicit.tls), (465, Tls::Implicit));
        assert_eq!(parse("smtp://[::1]:26").unwrap().authority(), "[::1]:26");
    }

    #[test]
    fn options_are_read() {
        let all = parse(
            "smtp://u%40x:p%3A%2F@Relay.Example:26?tls=required&pool=3&connect_timeout=2&command_timeout=5&ca=/etc/ca.pem&hello=mx.example",
        )
        .unwrap();
        assert_eq!(all.host, "relay.example");
        assert_eq!(all.login, Some(Login { user: "u@x".to_owned(), password: "p:/".to_owned() }));
        assert_eq!((all.pool, all.connect_timeout.as_secs(), all.command_timeout.as_secs()), (3, 2, 5));
        assert_eq!(all.ca_file, Some(PathBuf::from("/etc/ca.pem")));
        assert_eq!(all.hello.as_deref(), Some("mx.example"));
    }

    #[test]
    fn errors_have_names() {
        let value = |option, url: &str| {
            assert!(matches!(parse(url), Err(SettingsError::Value { option: o, .. }) if o == option), "{url}")
        };
        assert!(matches!(parse("relay"), Err(SettingsError::NotAUrl(_))));
        assert_eq!(parse("http://relay"), Err(SettingsError::Scheme));
        assert_eq!(parse("smtp:///"), Err(SettingsError::Host));
        assert_eq!(parse("smtp://relay/path"), Err(SettingsError::Path));
        assert_eq!(parse("smtp://user@relay"), Err(SettingsError::Login));
        assert_eq!(parse("smtp://:p@relay"), Err(SettingsError::Login));
        assert_eq!(parse("smtp://relay?tls=none&tls=none"), Err(SettingsError::Option("tls".to_owned())));
        assert_eq!(parse("smtp://relay?ssl=1"), Err(SettingsError::Option("ssl".to_owned())));
        value("tls", "smtp://relay?tls=maybe");
        value("tls", "smtps://relay?tls=none");
        value("pool", "smtp://relay?pool=0");
        value("connect_timeout", "smtp://relay?connect_timeout=301");
        value("command_timeout", "smtp://relay?command_timeout=-1");
        value("hello", "smtp://relay?hello=a%0d%0aMAIL");
    }

    #[test]
    fn a_password_is_never_exposed() {
        for url in ["smtp://u:p@relay.example?tls=none", "smtp://u:p@10.0.0.1?tls=opportunistic"] {
            assert_eq!(parse(url), Err(SettingsError::ExposedLogin));
        }
        assert!(parse("smtp://u:p@127.0.0.1?tls=none").is_ok());
    }

    #[test]
    fn nothing_prints_the_credentials() {
        let settings = parse("smtp://sekretuser:sekretpass@relay.example").unwrap();
        for text in [
            settings.to_string(),
            format!("{settings:?}"),
            format!("{:?}", parse("smtp://sekretuser:sekretpass@relay/x")),
        ] {
            assert!(!text.contains("sekret"), "{text}");
        }
        assert_eq!(settings.to_string(), "smtp://***:***@relay.example:587?tls=required");
    }
}
