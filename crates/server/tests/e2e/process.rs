//! Starts the binary and stops it again, whatever the test does.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// The binary, without any setting of the surrounding environment.
pub(crate) fn resetd() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_resetd"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("RESETD_") {
            command.env_remove(name);
        }
    }
    command
}

/// Runs a command to its end, with `input` on standard input.
pub(crate) fn run_with(command: &mut Command, input: &[u8]) -> Output {
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    let writer = std::thread::spawn(move || {
        // The command may end without having read everything.
        drop(stdin.write_all(&input));
    });
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    output
}

/// Runs a command that must succeed; its standard output, trimmed.
pub(crate) fn run_ok(command: &mut Command) -> String {
    let output = run_with(command, b"");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
    log: Arc<Mutex<String>>,
}

impl Server {
    /// Starts `command`, which listens on a port of its choice, and waits until it answers.
    pub(crate) fn start(command: &mut Command) -> Self {
        let mut child = command
            .env("RESETD_LISTEN", "127.0.0.1:0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let log = Arc::new(Mutex::new(String::new()));
        collect(child.stdout.take().unwrap(), &log);
        collect(child.stderr.take().unwrap(), &log);
        let address = address_in(&log, &mut child);
        Self { child, address, log }
    }

    pub(crate) fn demo(directory: &Path) -> Self {
        Self::start(resetd().arg("demo").arg("--data-dir").arg(directory))
    }

    /// Everything it has written so far.
    pub(crate) fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    /// Its process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends it a signal, such as `HUP`.
    pub(crate) fn signal(&self, name: &str) {
        let sent = Command::new("kill").arg(format!("-{name}")).arg(self.child.id().to_string()).status();
        assert!(sent.unwrap().success());
    }

    /// Asks it to stop and waits until it has.
    pub(crate) fn stop(mut self) -> String {
        self.signal("TERM");
        let deadline = Instant::now() + Duration::from_secs(20);
        while self.child.try_wait().unwrap().is_none() {
            assert!(Instant::now() < deadline, "it does not stop; its log:\n{}", self.log());
            std::thread::sleep(Duration::from_millis(20));
        }
        self.log()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn collect(pipe: impl Read + Send + 'static, log: &Arc<Mutex<String>>) {
    let log = Arc::clone(log);
    std::thread::spawn(move || {
        for line in BufReader::new(pipe).lines().map_while(Result::ok) {
            let mut log = log.lock().unwrap();
            log.push_str(&line);
            log.push('\n');
        }
    });
}

fn address_in(log: &Mutex<String>, child: &mut Child) -> SocketAddr {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        let text = log.lock().unwrap().clone();
        let told = text.split("demo on http://127.0.0.1:").nth(1);
        let told = told.or_else(|| text.split("listening on http://127.0.0.1:").nth(1));
        let told = told.or_else(|| text.split("listening on https://127.0.0.1:").nth(1));
        let port = told.and_then(|rest| {
            let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
            // The digits end with the line or a comma: a port that is only half written has neither
            // behind it.
            rest.get(digits.len()..)?.chars().next()?;
            digits.parse::<u16>().ok()
        });
        if let Some(port) = port {
            return SocketAddr::from(([127, 0, 0, 1], port));
        }
        let ended = child.try_wait().unwrap();
        assert!(ended.is_none(), "it ended with {ended:?}:\n{text}");
        assert!(Instant::now() < deadline, "it does not listen:\n{text}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Waits until `check` gives something, at most `limit`.
pub(crate) fn within<T>(limit: Duration, what: &str, mut check: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + limit;
    loop {
        if let Some(found) = check() {
            return found;
        }
        assert!(Instant::now() < deadline, "{what}: not within {limit:?}");
        std::thread::sleep(Duration::from_millis(10));
    }
}
