//! PostgreSQL: the one on this machine's usual port, or one of our own in a temporary folder.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::Signal;
use tempfile::TempDir;

use crate::Result;
use crate::process::{Running, capture, find_program, free_address, is_root, with_parent_death_signal};

const USUAL: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 5432);
const START: Duration = Duration::from_secs(30);

/// What a throwaway server promises about a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// Nothing, which makes tests fast: they kill resetd, not the machine.
    None,
    /// What PostgreSQL promises by default; for benchmarks.
    Full,
}

/// The server on the usual port, if it lets `postgres` in without a password.
#[must_use]
pub fn running() -> Option<String> {
    lets_in(USUAL).ok()?.then(|| format!("postgres://postgres@{USUAL}/postgres"))
}

/// Whether a server answers there and asks `postgres` for no password (the start-up message of
/// protocol 3.0).
fn lets_in(address: SocketAddr) -> std::io::Result<bool> {
    let mut stream = TcpStream::connect_timeout(&address, Duration::from_millis(500))?;
    stream.set_read_timeout(Some(Duration::from_secs(2)))?;
    let parameters = b"\0\x03\0\0user\0postgres\0database\0postgres\0\0";
    let length = u32::try_from(parameters.len() + 4).unwrap_or(0);
    stream.write_all(&[&length.to_be_bytes(), parameters.as_slice()].concat())?;
    let mut answer = [0; 9];
    stream.read_exact(&mut answer)?;
    // AuthenticationOk: 'R', length 8, zero.
    Ok(answer == [b'R', 0, 0, 0, 8, 0, 0, 0, 0])
}

/// A throwaway server, stopped and removed when dropped.
#[derive(Debug)]
pub struct Postgres {
    // Stopped before its folder goes.
    server: Option<Running>,
    programs: PathBuf,
    folder: TempDir,
    address: SocketAddr,
    durability: Durability,
}

impl Postgres {
    /// Starts one from the programs of this machine.
    ///
    /// # Errors
    /// When there are none, or they fail.
    pub fn start(durability: Durability) -> Result<Self> {
        let programs = programs().ok_or("no PostgreSQL programs (initdb, postgres)")?;
        let folder = folder()?;
        let data = folder.path().join("data");
        let mut initdb = as_other_user(Command::new(programs.join("initdb")));
        initdb
            .args(["-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync", "-D"])
            .arg(&data);
        capture(initdb.current_dir(folder.path()))?;
        let mut postgres = Self { server: None, programs, folder, address: free_address()?, durability };
        postgres.launch()?;
        Ok(postgres)
    }

    /// The URL of one of its databases.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        format!("postgres://postgres@{}/{database}", self.address)
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Ends it as a crash does (`SIGQUIT`, "immediate"): connections are cut, nothing is written
    /// any more.
    pub fn stop_immediately(&mut self) {
        if let Some(server) = self.server.take() {
            server.end_by(Signal::QUIT);
        }
    }

    /// A second server that follows this one and has whatever this one has acknowledged.
    ///
    /// # Errors
    /// When it cannot be made, or does not catch up.
    pub fn standby(&self) -> Result<Self> {
        let folder = folder()?;
        let mut copy = as_other_user(Command::new(self.programs.join("pg_basebackup")));
        copy.args(["-U", "postgres", "-h", "127.0.0.1", "-p", &self.address.port().to_string()]);
        copy.args(["-R", "-c", "fast", "--no-sync", "-D"]).arg(folder.path().join("data"));
        capture(copy.current_dir(folder.path()))?;
        let mut standby = Self {
            server: None,
            programs: self.programs.clone(),
            folder,
            address: free_address()?,
            durability: self.durability,
        };
        standby.launch()?;
        let own = self.url("postgres");
        execute(&own, "ALTER SYSTEM SET synchronous_standby_names = '*'")?;
        execute(&own, "SELECT pg_reload_conf()")?;
        let deadline = Instant::now() + START;
        while execute(&own, "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'")? != "1" {
            if Instant::now() > deadline {
                return Err("the standby does not follow".into());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(standby)
    }

    /// Takes no more writes, as a node that was demoted: clients are cut off, and may
    /// only read when it is back.
    ///
    /// # Errors
    /// When the server refuses.
    pub fn demote(&self) -> Result {
        let own = self.url("postgres");
        execute(&own, "ALTER SYSTEM SET default_transaction_read_only = on")?;
        execute(
            &own,
            "SELECT pg_reload_conf(), pg_terminate_backend(pid) FROM pg_stat_activity \
             WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()",
        )
        .map(drop)
    }

    /// Makes a standby the primary.
    ///
    /// # Errors
    /// When it does not become one.
    pub fn promote(&self) -> Result {
        let own = self.url("postgres");
        execute(&own, "ALTER SYSTEM RESET synchronous_standby_names")?;
        if execute(&own, "SELECT pg_promote()")? == "t" { Ok(()) } else { Err("it was not promoted".into()) }
    }

    /// Stops it the fast way, as an operator's restart does, and starts it again on the same port.
    ///
    /// # Errors
    /// When it does not come back.
    pub fn restart(&mut self) -> Result {
        self.server = None;
        self.launch()
    }

    /// Starts it on its port, where it was stopped.
    ///
    /// # Errors
    /// When it does not let `postgres` in.
    pub fn launch(&mut self) -> Result {
        let mut command = as_other_user(with_parent_death_signal(&self.programs.join("postgres"), "INT"));
        let port = self.address.port().to_string();
        command.arg("-D").arg(self.folder.path().join("data")).args(["-p", &port]);
        for setting in [
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            "max_connections=300",
            "shared_buffers=256MB",
            "max_wal_size=4GB",
            "log_min_messages=fatal",
        ] {
            command.args(["-c", setting]);
        }
        if self.durability == Durability::None {
            command.args(["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]);
        }
        command.current_dir(self.folder.path()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut server = Running::start_with_stop_signal("postgres", &mut command, Signal::INT)?;
        server.wait_for(self.address, START)?;
        let deadline = Instant::now() + START;
        while !lets_in(self.address).unwrap_or(false) {
            if Instant::now() > deadline {
                return Err("postgres listens but lets nobody in".into());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        self.server = Some(server);
        Ok(())
    }
}

/// Why no throwaway server can be started here; `None`: it can.
#[must_use]
pub fn obstacle() -> Option<String> {
    match (programs(), client("psql")) {
        (Some(_), Some(_)) => None,
        _ => Some("PostgreSQL is not installed".to_owned()),
    }
}

/// A folder of the user that runs the server. It is not in the target directory, whose parents may be
/// closed to others.
fn folder() -> Result<TempDir> {
    let folder = tempfile::Builder::new().prefix("resetd-postgres-").tempdir()?;
    if let Some((uid, gid)) = other_user() {
        chown(folder.path(), Some(uid), Some(gid))?;
    }
    Ok(folder)
}

/// Runs one statement through `psql`.
///
/// # Errors
/// When there is no `psql`, or the server refuses the statement.
pub fn execute(url: &str, statement: &str) -> Result<String> {
    let psql = client("psql").ok_or("no psql")?;
    capture(Command::new(psql).args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", statement, url]))
}

/// A client program of PostgreSQL: in `PATH`, or beside the server.
#[must_use]
pub fn client(program: &str) -> Option<PathBuf> {
    find_program(program).or_else(|| Some(programs()?.join(program)).filter(|path| path.is_file()))
}

/// The folder that holds both `initdb` and `postgres`; of Debian's several the newest.
fn programs() -> Option<PathBuf> {
    let mut folders: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            Some((path.file_name()?.to_str()?.parse().ok()?, path.join("bin")))
        })
        .collect();
    folders.sort();
    let in_path = find_program("initdb").and_then(|path| path.parent().map(Path::to_owned));
    folders
        .into_iter()
        .rev()
        .map(|(_, path)| path)
        .chain(in_path)
        .find(|folder| folder.join("initdb").is_file() && folder.join("postgres").is_file())
}

/// PostgreSQL refuses to run as root; then `postgres`, else `nobody`, runs it.
fn other_user() -> Option<(u32, u32)> {
    if !is_root() {
        return None;
    }
    let users = std::fs::read_to_string("/etc/passwd").ok()?;
    ["postgres", "nobody"].into_iter().find_map(|name| ids_of(&users, name))
}

/// User and group id of `name` in the text of `/etc/passwd`.
fn ids_of(users: &str, name: &str) -> Option<(u32, u32)> {
    users.lines().find_map(|line| {
        let fields: Vec<&str> = line.split(':').collect();
        match fields.as_slice() {
            [user, _, uid, gid, ..] if *user == name => Some((uid.parse().ok()?, gid.parse().ok()?)),
            _ => None,
        }
    })
}

/// `command`, run by somebody whom PostgreSQL accepts.
fn as_other_user(mut command: Command) -> Command {
    if let Some((uid, gid)) = other_user() {
        command.uid(uid).gid(gid);
    }
    command
}

/// A database of its own in a server, dropped with this value.
#[derive(Debug)]
pub struct Database {
    server: String,
    name: String,
}

impl Database {
    /// Makes one in the server at `server`, a URL of its `postgres` database.
    ///
    /// # Errors
    /// When the server refuses.
    pub fn create(server: &str, purpose: &str) -> Result<Self> {
        let name = format!("resetd_{purpose}_{}", std::process::id());
        execute(server, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))?;
        execute(server, &format!("CREATE DATABASE {name}"))?;
        Ok(Self { server: server.to_owned(), name })
    }

    /// Its URL.
    #[must_use]
    pub fn url(&self) -> String {
        let (server, _) = self.server.rsplit_once('/').unwrap_or((&self.server, ""));
        format!("{server}/{}", self.name)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        execute(&self.server, &format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name)).ok();
    }
}

/// A server to benchmark on: the one on the usual port, else a durable throwaway, kept as long as
/// the second value.
///
/// # Errors
/// When there is neither.
pub fn any(durability: Durability) -> Result<(String, Option<Postgres>)> {
    if let Some(url) = running() {
        return Ok((url, None));
    }
    let throwaway = Postgres::start(durability)?;
    Ok((throwaway.url("postgres"), Some(throwaway)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_read_from_the_users_own_line() {
        let users = "root:x:0:0::/:/bin/sh\nnotpostgres:x:7:8::/:/x\npostgres:x:105:113:,,,:/:/x\n";
        assert_eq!(ids_of(users, "postgres"), Some((105, 113)));
        assert_eq!(ids_of(users, "nobody"), None);
    }

    #[test]
    fn a_port_without_postgres_lets_nobody_in() {
        assert!(!lets_in(free_address().unwrap()).unwrap_or(false));
    }

    /// Its whole life: start, a database, restart on the same port, gone.
    #[test]
    #[ignore = "needs PostgreSQL's programs"]
    fn a_throwaway_server_serves_restarts_and_leaves_nothing() {
        let mut postgres = Postgres::start(Durability::None).unwrap();
        let database = Database::create(&postgres.url("postgres"), "xtask_test").unwrap();
        execute(&database.url(), "CREATE TABLE t AS SELECT 7 AS n").unwrap();
        postgres.restart().unwrap();
        assert_eq!(execute(&database.url(), "SELECT n FROM t").unwrap(), "7");
        assert!(execute(&database.url(), "SELECT nonsense").is_err());
        drop(database);
        let (folder, address) = (postgres.folder.path().to_owned(), postgres.address);
        drop(postgres);
        assert!(!folder.exists() && !crate::process::listens(address));
    }
}
