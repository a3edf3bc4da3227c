//! MariaDB: the one on this machine's usual port, or a throwaway one in a temporary folder.

use std::io::{Error, ErrorKind, Read, Result as IoResult, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::Result;
use crate::process::{Running, capture, find_program, free_address, is_root, with_parent_death_signal};

const USUAL: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 3306);
const START: Duration = Duration::from_secs(60);

/// The server on the usual port, if it lets `root` in without a password.
#[must_use]
pub fn running() -> Option<String> {
    lets_in(USUAL).ok()?.then(|| url(USUAL))
}

fn url(address: SocketAddr) -> String {
    format!("mysql://root@{address}/mysql")
}

/// Why no throwaway server can be started here; `None`: it can.
#[must_use]
pub fn obstacle() -> Option<String> {
    ["mariadbd", "mariadb-install-db"]
        .into_iter()
        .find(|program| find_program(program).is_none())
        .map(|program| format!("no program {program}"))
}

/// Whether a server answers there and asks `root` for no password.
fn lets_in(address: SocketAddr) -> IoResult<bool> {
    const PROTOCOL_41: u32 = 0x200;
    const SECURE_CONNECTION: u32 = 0x8000;
    const PLUGIN_AUTH: u32 = 0x8_0000;

    let mut stream = TcpStream::connect_timeout(&address, Duration::from_millis(500))?;
    stream.set_read_timeout(Some(Duration::from_secs(2)))?;
    let (greeting, _) = read_packet(&mut stream)?;
    // Protocol version 10; an error packet (a full server) starts with 255.
    if greeting.first() != Some(&10) {
        return Ok(false);
    }
    let mut login = Vec::new();
    login.extend((PROTOCOL_41 | SECURE_CONNECTION | PLUGIN_AUTH).to_le_bytes());
    login.extend(0x0100_0000_u32.to_le_bytes());
    // Character set 45: utf8mb4_general_ci. An empty password is an empty answer of length 0.
    login.push(45);
    login.extend([0; 23]);
    login.extend(b"root\0\0mysql_native_password\0");
    write_packet(&mut stream, &login, 1)?;
    let (mut answer, sequence) = read_packet(&mut stream)?;
    // 254: the server asks to use another way to prove the password; an empty one is empty in all.
    if answer.first() == Some(&254) {
        write_packet(&mut stream, &[], sequence.wrapping_add(1))?;
        (answer, _) = read_packet(&mut stream)?;
    }
    Ok(answer.first() == Some(&0))
}

/// The payload of the next packet and its sequence number. The header is three octets of length,
/// the low one first, and the number.
fn read_packet(stream: &mut TcpStream) -> IoResult<(Vec<u8>, u8)> {
    let mut header = [0; 4];
    stream.read_exact(&mut header)?;
    let [low, middle, high, sequence] = header;
    let length = usize::try_from(u32::from_le_bytes([low, middle, high, 0])).map_err(Error::other)?;
    if length > 64 * 1024 {
        return Err(Error::new(ErrorKind::InvalidData, "no MariaDB talks like that"));
    }
    let mut payload = vec![0; length];
    stream.read_exact(&mut payload)?;
    Ok((payload, sequence))
}

fn write_packet(stream: &mut TcpStream, payload: &[u8], sequence: u8) -> IoResult<()> {
    let length = u32::try_from(payload.len()).map_err(Error::other)?;
    let [low, middle, high, _] = length.to_le_bytes();
    stream.write_all(&[&[low, middle, high, sequence], payload].concat())
}

/// A throwaway server, stopped and removed when dropped.
#[derive(Debug)]
pub struct Mariadb {
    // Stopped before its folder goes.
    _server: Running,
    folder: TempDir,
    address: SocketAddr,
}

impl Mariadb {
    /// Starts one from the programs of this machine. It syncs nothing.
    ///
    /// # Errors
    /// When there are none, or they fail.
    pub fn start() -> Result<Self> {
        let (Some(server), Some(install)) = (find_program("mariadbd"), find_program("mariadb-install-db"))
        else {
            return Err(obstacle().unwrap_or_default().into());
        };
        let folder = tempfile::Builder::new().prefix("resetd-mariadb-").tempdir()?;
        let data = format!("--datadir={}", folder.path().join("data").display());
        let mut prepare = Command::new(install);
        prepare.args(["--no-defaults", "--auth-root-authentication-method=normal", "--skip-test-db", &data]);
        as_root(&mut prepare);
        capture(prepare.current_dir(folder.path()))?;

        let address = free_address()?;
        let mut command = with_parent_death_signal(&server, "TERM");
        command.args(["--no-defaults", &data, "--bind-address=127.0.0.1", "--skip-log-bin"]);
        command.arg(format!("--port={}", address.port()));
        command.arg(format!("--socket={}", folder.path().join("socket").display()));
        command.arg(format!("--pid-file={}", folder.path().join("pid").display()));
        command.args(["--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=64M"]);
        as_root(&mut command);
        command.current_dir(folder.path()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut server = Running::start("mariadbd", &mut command)?;
        server.wait_for(address, START)?;
        let deadline = Instant::now() + START;
        while !lets_in(address).unwrap_or(false) {
            if Instant::now() > deadline {
                return Err("mariadbd listens and lets no one in".into());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(Self { _server: server, folder, address })
    }

    /// The URL of its database `mysql`.
    #[must_use]
    pub fn url(&self) -> String {
        url(self.address)
    }

    /// The folder with its data.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }
}

/// MariaDB's programs refuse to run as root unless they are asked to.
fn as_root(command: &mut Command) {
    if is_root() {
        command.arg("--user=root");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_without_mariadb_lets_no_one_in() {
        assert!(!lets_in(free_address().unwrap()).unwrap_or(false));
    }

    #[test]
    fn a_greeting_of_another_protocol_is_no_mariadb() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            stream.write_all(b"220 mail.example ESMTP\r\n").unwrap();
        });
        assert!(!lets_in(address).unwrap_or(false));
    }

    #[test]
    #[ignore = "needs MariaDB's programs"]
    fn a_throwaway_server_lets_root_in_and_leaves_nothing() {
        let mariadb = Mariadb::start().unwrap();
        assert!(lets_in(mariadb.address).unwrap());
        let (folder, address) = (mariadb.folder().to_owned(), mariadb.address);
        drop(mariadb);
        assert!(!folder.exists() && !crate::process::listens(address));
    }
}
