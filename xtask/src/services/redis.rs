//! Redis: the one on this machine's usual port, or one of our own that keeps nothing.

use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream};
use std::process::Stdio;
use std::time::Duration;

use crate::Result;
use crate::process::{Running, find_program, free_address, with_parent_death_signal};

const USUAL: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 6379);
const START: Duration = Duration::from_secs(15);

/// The server on the usual port, if it asks for no password.
#[must_use]
pub fn running() -> Option<String> {
    answers(USUAL).ok()?.then(|| format!("redis://{USUAL}"))
}

fn answers(address: SocketAddr) -> std::io::Result<bool> {
    let mut stream = TcpStream::connect_timeout(&address, Duration::from_millis(500))?;
    stream.set_read_timeout(Some(Duration::from_secs(2)))?;
    stream.write_all(b"PING\r\n")?;
    let mut answer = [0; 7];
    stream.read_exact(&mut answer)?;
    Ok(&answer == b"+PONG\r\n")
}

/// A throwaway server, stopped when dropped.
#[derive(Debug)]
pub struct Redis {
    server: Option<Running>,
    address: SocketAddr,
}

impl Redis {
    /// Starts one from the program of this machine.
    ///
    /// # Errors
    /// When there is none, or it fails.
    pub fn start() -> Result<Self> {
        let mut redis = Self { server: None, address: free_address()? };
        redis.launch()?;
        Ok(redis)
    }

    /// Its URL.
    #[must_use]
    pub fn url(&self) -> String {
        format!("redis://{}", self.address)
    }

    /// Stops it and starts it again, empty, on the same port.
    ///
    /// # Errors
    /// When it does not come back.
    pub fn restart(&mut self) -> Result {
        self.server = None;
        self.launch()
    }

    fn launch(&mut self) -> Result {
        let program = find_program("redis-server").ok_or("no program redis-server")?;
        let port = self.address.port().to_string();
        let mut command = with_parent_death_signal(&program, "TERM");
        command.args([
            "--port",
            &port,
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--appendonly",
            "no",
            "--daemonize",
            "no",
        ]);
        command.current_dir(std::env::temp_dir()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut server = Running::start("redis-server", &mut command)?;
        server.wait_for(self.address, START)?;
        self.server = Some(server);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[ignore = "needs Redis's programs"]
    fn a_throwaway_server_answers_restarts_and_ends() {
        let mut redis = Redis::start().unwrap();
        assert!(answers(redis.address).unwrap());
        redis.restart().unwrap();
        assert!(answers(redis.address).unwrap());
        let address = redis.address;
        drop(redis);
        assert!(!crate::process::listens(address));
    }
}
