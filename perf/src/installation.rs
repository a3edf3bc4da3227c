//! A resetd of its own, set up through its command line: store, organisation, key, customers.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::net::SocketAddr;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use crate::loadgen::{Group, address};
use xtask::process::{Running, capture, with_parent_death_signal};
use xtask::workspace;

use crate::Result;

/// How long the server may take to listen. A debug build on a busy machine needs some of it.
const START: Duration = Duration::from_secs(30);

/// The installation's one organisation.
const ORGANISATION: &str = "Benchmark";

/// Limits of the organisation; both count per mailbox.
#[derive(Debug, Clone, Copy)]
pub struct Budget {
    /// Mails a minute.
    pub per_minute: u32,
    /// Mails an hour.
    pub per_hour: u32,
}

impl Budget {
    /// What specification.md#limits gives to everybody.
    pub const DEFAULT: Self = Self { per_minute: 1, per_hour: 5 };
    /// So much that it never interferes.
    pub const AMPLE: Self = Self { per_minute: 1_000_000, per_hour: 1_000_000 };
}

/// An installation in a folder of its own, gone when dropped.
#[derive(Debug)]
pub struct Installation {
    binary: PathBuf,
    folder: TempDir,
    environment: Vec<(&'static str, String)>,
}

impl Installation {
    /// A folder and the settings of `binary`. `database_url` is where the store is; `None`: an
    /// SQLite file in the folder.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn new(binary: &Path, database_url: Option<&str>, mail_url: &str) -> Result<Self> {
        let folder = workspace::scratch("resetd")?;
        let sqlite = format!("sqlite://{}", folder.path().join("resetd.db").display());
        let environment = vec![
            ("RESETD_DATABASE_URL", database_url.map_or(sqlite, str::to_owned)),
            ("RESETD_DATA_DIR", folder.path().display().to_string()),
            ("RESETD_MAIL_URL", mail_url.to_owned()),
            ("RESETD_MAIL_FROM", "resetd@resetd.example".to_owned()),
            ("RESETD_PUBLIC_URL", "https://reset.example".to_owned()),
            ("RESETD_LIMITER_URL", "memory:".to_owned()),
        ];
        Ok(Self { binary: binary.to_owned(), folder, environment })
    }

    /// Changes or adds a setting.
    pub fn set(&mut self, name: &'static str, value: impl Into<String>) {
        self.environment.retain(|(known, _)| *known != name);
        self.environment.push((name, value.into()));
    }

    /// Where it keeps its data.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Runs one of resetd's commands to its end and hands back its stdout.
    ///
    /// # Errors
    /// What the command complained about.
    pub fn command(&self, words: &[&str]) -> Result<String> {
        capture(self.with_settings(Command::new(&self.binary)).args(words))
            .map_err(|failure| format!("resetd {}: {failure}", words.join(" ")).into())
    }

    /// Applies the migrations, makes the organisation, and hands back a system key of it, which no
    /// rate limit holds.
    ///
    /// # Errors
    /// What a command complained about.
    pub fn set_up(&self, budget: Budget) -> Result<String> {
        self.command(&["migrate"])?;
        let (minute, hour) = (budget.per_minute.to_string(), budget.per_hour.to_string());
        self.command(&[
            "organisation",
            "create",
            ORGANISATION,
            "--mails-per-minute",
            &minute,
            "--mails-per-hour",
            &hour,
        ])?;
        self.command(&["api-key", "create", "--organisation", ORGANISATION, "--kind", "system"])
    }

    /// Imports customers `numbers` of `group` through `resetd customer import`.
    ///
    /// # Errors
    /// What the command complained about.
    pub fn import(&self, group: Group, numbers: Range<u32>) -> Result {
        let path = self.folder.path().join(format!("{}.csv", group.name()));
        let mut file = BufWriter::new(File::create(&path)?);
        let status = if group == Group::Banned { "banned" } else { "active" };
        writeln!(file, "id,email,phone,name,language,status,password_hash")?;
        for number in numbers {
            // The id is the caller's own; the address serves.
            let email = address(group, number);
            writeln!(file, "{email},{email},,Customer {number},en,{status},")?;
        }
        file.flush()?;
        let path = path.display().to_string();
        self.command(&["customer", "import", &path, "--organisation", ORGANISATION]).map(drop)
    }

    /// Starts `resetd serve` on `listen` and waits until it answers. Its log goes to `serve.log` in
    /// the folder.
    ///
    /// # Errors
    /// When it does not start; the text holds the end of its log.
    pub fn serve(&self, listen: SocketAddr) -> Result<Running> {
        let log = self.folder.path().join("serve.log");
        let output = File::options().create(true).append(true).open(&log)?;
        let mut command = self.with_settings(with_parent_death_signal(&self.binary, "TERM"));
        command.arg("serve").env("RESETD_LISTEN", listen.to_string());
        command.stdout(Stdio::from(output.try_clone()?)).stderr(Stdio::from(output));
        let mut server = Running::start("resetd serve", &mut command)?;
        match server.wait_for(listen, START) {
            Ok(()) => Ok(server),
            Err(failure) => Err(format!("{failure}\n{}", self.log_tail()).into()),
        }
    }

    /// The last lines of the server's log.
    #[must_use]
    pub fn log_tail(&self) -> String {
        let log = std::fs::read_to_string(self.folder.path().join("serve.log")).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines.get(lines.len().saturating_sub(20)..).unwrap_or_default().join("\n")
    }

    /// `command` with this installation's settings and no other.
    fn with_settings(&self, mut command: Command) -> Command {
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("RESETD_") {
                command.env_remove(&name);
            }
        }
        command
            .current_dir(self.folder.path())
            .envs(self.environment.iter().map(|(name, value)| (*name, value)));
        command.env("RESETD_LOG", "warn");
        command
    }
}
