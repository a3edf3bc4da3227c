//! The flags of `resetd organisation`.

use clap::{Args, ValueEnum};

/// What may be set for an organisation. Durations as in the API: `3h 20m`, `P1D`.
#[derive(Debug, Args, Default)]
pub(crate) struct OrganisationFlags {
    /// Where passwords are set: resetd's page and API, or the platform's own page, which calls
    /// consume-token and needs --reset-url
    #[arg(long, value_name = "MODE")]
    pub(crate) customers: Option<CustomersModeArg>,
    /// Where links lead: an https URL holding {token}; `none`: resetd's own page
    #[arg(long, value_name = "URL")]
    pub(crate) reset_url: Option<String>,
    /// Language of mails and pages for customers without one
    #[arg(long, value_name = "TAG")]
    pub(crate) language: Option<String>,
    /// Sender of its mails; `none`: the installation's
    #[arg(long = "from", value_name = "MAILBOX")]
    pub(crate) mail_from: Option<String>,
    /// Logo in mails, https; `none`: none
    #[arg(long, value_name = "URL")]
    pub(crate) logo_url: Option<String>,
    /// Logo on pages, a PNG or SVG of at most 64 KiB that resetd serves (in mails a PNG, unless there is a URL); `none`: none
    #[arg(long, value_name = "FILE")]
    pub(crate) logo: Option<String>,
    /// Colour of buttons and links, such as #7a3b00; `none`: the built-in one
    #[arg(long, value_name = "COLOR")]
    pub(crate) accent: Option<String>,
    /// Where customers sign in, for the page after a change and its mail; `none`: no link
    #[arg(long, value_name = "URL")]
    pub(crate) sign_in_url: Option<String>,
    /// How customers reach you: an https URL, an e-mail address or a line of text; `none`: not named
    #[arg(long, value_name = "TEXT")]
    pub(crate) contact: Option<String>,
    /// Where answers to its mails go; `none`: to the sender
    #[arg(long, value_name = "MAILBOX")]
    pub(crate) reply_to: Option<String>,
    /// Time zone of timestamps where the customer's is unknown, such as Europe/Prague; `none`: UTC
    #[arg(long, value_name = "ZONE")]
    pub(crate) time_zone: Option<String>,
    /// Last lines of its mails; `none`: none
    #[arg(long, value_name = "TEXT")]
    pub(crate) footer: Option<String>,
    /// Default life of a link
    #[arg(long, value_name = "DURATION")]
    pub(crate) default_expiry: Option<String>,
    /// Shortest life of a link
    #[arg(long, value_name = "DURATION")]
    pub(crate) min_expiry: Option<String>,
    /// Longest life of a link
    #[arg(long, value_name = "DURATION")]
    pub(crate) max_expiry: Option<String>,
    /// Mails to one address in a minute
    #[arg(long, value_name = "N")]
    pub(crate) mails_per_minute: Option<u32>,
    /// Mails to one address in an hour
    #[arg(long, value_name = "N")]
    pub(crate) mails_per_hour: Option<u32>,
    /// Requests naming one customer IP in a minute
    #[arg(long, value_name = "N")]
    pub(crate) requests_per_ip_minute: Option<u32>,
    /// Characters a password needs at least (8 to 128)
    #[arg(long, value_name = "N")]
    pub(crate) password_min_length: Option<usize>,
    /// What to do with requests from Tor exits
    #[arg(long, value_name = "ACTION")]
    pub(crate) geo_tor: Option<GeoActionArg>,
    /// … from hosting providers
    #[arg(long, value_name = "ACTION")]
    pub(crate) geo_hosting: Option<GeoActionArg>,
    /// … from open proxies and VPNs
    #[arg(long, value_name = "ACTION")]
    pub(crate) geo_proxy: Option<GeoActionArg>,
    /// … from a country: CC=ACTION; may be repeated
    #[arg(long, value_name = "CC=ACTION")]
    pub(crate) geo_country: Vec<String>,
    /// What its own mail hosts ignore in an address: a JSON file; `none`: nothing
    #[arg(long, value_name = "FILE")]
    pub(crate) provider_rules: Option<String>,
    /// Flag a password that is set from another country than it was asked for
    #[arg(long, value_name = "TRUE|FALSE")]
    pub(crate) geo_flag_abroad: Option<bool>,
}

/// Who sets the passwords of an organisation's customers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum CustomersModeArg {
    Own,
    Platform,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum GeoActionArg {
    Allow,
    Flag,
    Slow,
    Refuse,
}
