//! The command line, as specification.md#command-line lists it.

mod organisation;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub(crate) use self::organisation::{CustomersModeArg, GeoActionArg, OrganisationFlags};

/// Password reset as a service: one HTTP call in, one mail out, a new password set.
#[derive(Debug, Parser)]
#[command(name = "resetd", version, about, propagate_version = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) flags: SettingFlags,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Settings as flags; they win over the environment and the file.
#[derive(Debug, Args)]
#[command(next_help_heading = "Settings")]
pub(crate) struct SettingFlags {
    /// TOML file with settings
    #[arg(long, global = true, value_name = "FILE", env = "RESETD_CONFIG")]
    pub(crate) config: Option<PathBuf>,
    /// Address and port to listen on
    #[arg(long, global = true, value_name = "ADDR:PORT")]
    pub(crate) listen: Option<String>,
    /// Where customers reach this installation
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) public_url: Option<String>,
    /// sqlite://PATH or postgres://…
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) database_url: Option<String>,
    /// smtp://, smtps:// or capture:DIR
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) mail_url: Option<String>,
    /// Sender of the mails
    #[arg(long, global = true, value_name = "MAILBOX")]
    pub(crate) mail_from: Option<String>,
    /// memory: or redis://…
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) limiter_url: Option<String>,
    /// Where files live
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) data_dir: Option<String>,
    /// Any setting: NAME=VALUE; may be repeated
    #[arg(long = "set", global = true, value_name = "NAME=VALUE")]
    pub(crate) set: Vec<String>,
}

#[derive(Debug, Subcommand)]
#[expect(clippy::large_enum_variant, reason = "one value, parsed once")]
pub(crate) enum Command {
    /// Try it: everything embedded, mail shown at /dev/mailbox, loopback only
    Demo,
    /// Run the service
    Serve,
    /// Apply database migrations
    Migrate,
    /// Move a SQLite installation to PostgreSQL: everything in it, compared at the end
    Move(MoveArgs),
    /// Print the effective settings, secrets masked
    Config(ConfigArgs),
    /// Organisations
    #[command(subcommand)]
    Organisation(OrganisationCommand),
    /// API keys
    #[command(subcommand)]
    ApiKey(ApiKeyCommand),
    /// Customers
    #[command(subcommand)]
    Customer(CustomerCommand),
    /// The mail queue
    #[command(subcommand)]
    Mail(MailCommand),
    /// Where organisations are told of what happens
    #[command(subcommand)]
    Webhook(WebhookCommand),
    /// Organisations' own mail templates
    #[command(subcommand)]
    Template(TemplateCommand),
    /// The domain rules for scripts: one JSON object per value
    Normalize(NormalizeArgs),
    /// What is known of an IP address, and from which source
    Geo {
        /// IPv4 or IPv6
        ip: String,
    },
    /// Read and check the audit log
    Audit(AuditArgs),
    /// Print the OpenAPI 3.1 document
    Openapi,
}

#[derive(Debug, Args)]
pub(crate) struct ConfigArgs {
    /// List everything that `serve` would refuse (exit 2), and open nothing
    #[arg(long)]
    pub(crate) check: bool,
    /// One JSON object per line
    #[arg(long, conflicts_with = "check")]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct MoveArgs {
    /// The installation: sqlite://PATH. Nobody may have it open; it is left as it is
    #[arg(long, value_name = "URL")]
    pub(crate) from: String,
    /// An empty database: postgres://…; default: the setting database_url, which keeps its password
    /// out of the list of processes
    #[arg(long, value_name = "URL")]
    pub(crate) to: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum OrganisationCommand {
    /// Create one; prints its id alone
    Create {
        /// Unique name, shown in mails
        name: String,
        #[command(flatten)]
        settings: OrganisationFlags,
    },
    /// List all
    List,
    /// Change one
    Update {
        /// Name or id
        organisation: String,
        /// New name
        #[arg(long)]
        name: Option<String>,
        /// Stop serving it: its keys are not active, its links open nothing
        #[arg(long, conflicts_with = "resume")]
        suspend: bool,
        /// Serve it again
        #[arg(long)]
        resume: bool,
        #[command(flatten)]
        settings: OrganisationFlags,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum ApiKeyCommand {
    /// Make one; prints the key alone, this once
    Create {
        /// Name or id of the organisation
        #[arg(long, value_name = "NAME|ID")]
        organisation: String,
        /// production, development or system
        #[arg(long, default_value = "production")]
        kind: KindArg,
        /// For the list
        #[arg(long, default_value = "")]
        description: String,
        /// What it may do; may be repeated; none: everything
        #[arg(long = "scope", value_name = "SCOPE")]
        scopes: Vec<String>,
        /// From where it may be used (CIDR); may be repeated; none: from anywhere
        #[arg(long = "network", value_name = "CIDR")]
        networks: Vec<String>,
        /// How long it is valid, in days
        #[arg(long, value_name = "DAYS", default_value_t = 90, value_parser = clap::value_parser!(i64).range(1..=3650))]
        expires_in_days: i64,
    },
    /// List them, without the keys themselves
    List {
        /// Of one organisation only
        #[arg(long, value_name = "NAME|ID")]
        organisation: Option<String>,
    },
    /// Revoke one for ever
    Revoke {
        /// Its id (see `list`), or the key itself on standard input with `-`
        id: String,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum KindArg {
    #[value(alias = "prod")]
    Production,
    #[value(alias = "dev")]
    Development,
    #[value(alias = "root")]
    System,
}

#[derive(Debug, Subcommand)]
pub(crate) enum CustomerCommand {
    /// Import CSV or NDJSON; bad rows are reported by line and skipped (exit 3)
    Import(ImportArgs),
}

#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    /// The file, or `-` for standard input
    pub(crate) file: PathBuf,
    /// Name or id of the organisation
    #[arg(long, value_name = "NAME|ID")]
    pub(crate) organisation: String,
    /// Go on behind the rows that an interrupted import of this file has done
    #[arg(long, conflicts_with = "restart")]
    pub(crate) resume: bool,
    /// Start over, which is the default
    #[arg(long, hide = true)]
    pub(crate) restart: bool,
    /// csv or ndjson; default: told by how the input begins
    #[arg(long, value_name = "FORMAT")]
    pub(crate) format: Option<FormatArg>,
    /// What stands between two fields of CSV: one character or `tab`; default: told by the header
    #[arg(long, value_name = "CHARACTER", value_parser = delimiter)]
    pub(crate) delimiter: Option<u8>,
    /// Encoding of the input; default: told by how it begins
    #[arg(long, value_name = "ENCODING")]
    pub(crate) encoding: Option<EncodingArg>,
    /// The counts as one JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FormatArg {
    Csv,
    Ndjson,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum EncodingArg {
    #[value(name = "utf-8", alias = "utf8")]
    Utf8,
    #[value(name = "utf-16le")]
    Utf16le,
    #[value(name = "utf-16be")]
    Utf16be,
    #[value(name = "windows-1250", alias = "cp1250")]
    Windows1250,
}

fn delimiter(text: &str) -> Result<u8, String> {
    match text.as_bytes() {
        b"tab" | b"\\t" => Ok(b'\t'),
        [byte] if byte.is_ascii() && !matches!(byte, b'"' | b'\n' | b'\r') => Ok(*byte),
        _ => Err("expected one ASCII character or `tab`".to_owned()),
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum MailCommand {
    /// List mails, newest first
    List {
        /// In one state only, such as `undeliverable`
        #[arg(long)]
        state: Option<String>,
        /// Of one organisation only
        #[arg(long, value_name = "NAME|ID")]
        organisation: Option<String>,
        /// At most this many
        #[arg(long, default_value_t = 50)]
        limit: u32,
        /// One JSON object per line
        #[arg(long)]
        json: bool,
    },
    /// One mail with its timeline
    Show {
        /// Its id
        id: String,
    },
    /// Put a mail that failed, or all that failed since some time, back into the queue
    Retry {
        /// Its id
        #[arg(required_unless_present = "state")]
        id: Option<String>,
        /// All mails in this state: sending-error, undeliverable, preparing-error or
        /// waiting-for-next-attempt
        #[arg(long, requires = "since", conflicts_with = "id")]
        state: Option<String>,
        /// Accepted at this time or later: RFC 3339, or how long ago (`2h`)
        #[arg(long, requires = "state")]
        since: Option<String>,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum WebhookCommand {
    /// Add an endpoint; prints its secret alone, this once
    Create {
        /// Where events go: https, or http on this machine alone
        url: String,
        /// Name or id of the organisation
        #[arg(long, value_name = "NAME|ID")]
        organisation: String,
        /// What it wants to hear, such as `password_reset.completed`; may be repeated; none:
        /// everything
        #[arg(long = "event", value_name = "TYPE")]
        events: Vec<String>,
    },
    /// List them with what waits for each, without their secrets
    List {
        /// Of one organisation only
        #[arg(long, value_name = "NAME|ID")]
        organisation: Option<String>,
    },
    /// Remove one for good, with what waits for it
    Remove {
        /// Its id
        id: String,
    },
    /// Call one now, with an event of the type `webhook.test`
    Test {
        /// Its id
        id: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum TemplateCommand {
    /// Save a template from files
    Save {
        #[command(flatten)]
        which: TemplateWhich,
        /// Subject line
        #[arg(long)]
        subject: String,
        /// File with the HTML body
        #[arg(long)]
        html: PathBuf,
        /// File with the plain text
        #[arg(long)]
        text: PathBuf,
        /// From when it holds, RFC 3339; default: now
        #[arg(long)]
        from: Option<String>,
        /// Until when, RFC 3339; default: for good
        #[arg(long)]
        until: Option<String>,
    },
    /// Save a layout from a file holding {{ htmlBody }}
    SaveLayout {
        /// Name or id of the organisation
        #[arg(long, value_name = "NAME|ID")]
        organisation: String,
        /// Language tag
        #[arg(long)]
        language: String,
        /// The file
        #[arg(long)]
        html: PathBuf,
    },
    /// List what an organisation brought
    List {
        /// Name or id of the organisation
        #[arg(long, value_name = "NAME|ID")]
        organisation: String,
    },
    /// Remove every template of a kind and language
    Remove {
        #[command(flatten)]
        which: TemplateWhich,
    },
    /// Write what a customer would get to standard output: HTML, or text with --text
    Preview {
        #[command(flatten)]
        which: TemplateWhich,
        /// The plain-text part instead
        #[arg(long = "text", alias = "as-text")]
        as_text: bool,
    },
    /// Send a preview to an address of your own
    SendTest {
        #[command(flatten)]
        which: TemplateWhich,
        /// Where to
        #[arg(long)]
        to: String,
    },
}

#[derive(Debug, Args)]
pub(crate) struct TemplateWhich {
    /// Name or id of the organisation
    #[arg(long, value_name = "NAME|ID")]
    pub(crate) organisation: String,
    /// contact-reset-password or contact-password-changed
    #[arg(long, default_value = "contact-reset-password")]
    pub(crate) kind: String,
    /// Language tag
    #[arg(long, default_value = "en")]
    pub(crate) language: String,
}

#[derive(Debug, Args)]
pub(crate) struct NormalizeArgs {
    /// Which rule
    #[arg(required_unless_present = "ndjson")]
    pub(crate) rule: Option<Rule>,
    /// Values; none: one per line on standard input
    #[arg(allow_hyphen_values = true)]
    pub(crate) values: Vec<String>,
    /// Requests on standard input, one JSON object per line: {"rule":"email","input":"…"}. Each is
    /// answered before the next one has to be there
    #[arg(long, conflicts_with_all = ["rule", "values"])]
    pub(crate) ndjson: bool,
    /// Exit 1 if any value was bad
    #[arg(long)]
    pub(crate) strict: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Rule {
    Email,
    Ip,
    ApiKey,
    Expiry,
}

#[derive(Debug, Args)]
pub(crate) struct AuditArgs {
    /// Only check that the chain is whole
    #[arg(long)]
    pub(crate) verify: bool,
    /// One JSON object per line
    #[arg(long)]
    pub(crate) json: bool,
}
