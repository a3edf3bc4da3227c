//! Child processes that never outlive the command that started them.

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::Result;

/// How long a child may take to end after it was asked to.
const TIMEOUT: Duration = Duration::from_secs(8);

/// A child process, ended when this value is dropped.
#[derive(Debug)]
pub struct Running {
    child: Child,
    name: String,
    stop_signal: Signal,
}

impl Running {
    /// Starts `command`; `SIGTERM` ends it.
    ///
    /// # Errors
    /// When the program cannot be started.
    pub fn start(name: &str, command: &mut Command) -> Result<Self> {
        Self::start_with_stop_signal(name, command, Signal::TERM)
    }

    /// Starts `command`; `stop_signal` is the signal that ends it in good order (`SIGINT` for
    /// PostgreSQL, which on `SIGTERM` waits for its clients).
    ///
    /// # Errors
    /// When the program cannot be started.
    pub fn start_with_stop_signal(name: &str, command: &mut Command, stop_signal: Signal) -> Result<Self> {
        let child =
            command.stdin(Stdio::null()).spawn().map_err(|error| format!("{name} did not start: {error}"))?;
        Ok(Self { child, name: name.to_owned(), stop_signal })
    }

    /// Whether it has not ended yet.
    pub fn is_alive(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// `SIGKILL`, now: no handler runs, nothing is flushed.
    pub fn kill(mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }

    /// Sends `signal` instead of the usual one and waits until it has ended.
    pub fn end_by(mut self, signal: Signal) {
        self.stop_signal = signal;
    }

    /// Waits until something listens on `address`.
    ///
    /// # Errors
    /// When the child ends first, or `limit` passes.
    pub fn wait_for(&mut self, address: SocketAddr, limit: Duration) -> Result {
        let deadline = Instant::now() + limit;
        while !listens(address) {
            if !self.is_alive() {
                return Err(format!("{} ended before it listened on {address}", self.name).into());
            }
            if Instant::now() > deadline {
                return Err(format!("{} does not listen on {address} after {limit:?}", self.name).into());
            }
            thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    }

    /// The process's resident memory in bytes, where the system reports it.
    #[must_use]
    pub fn resident_bytes(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
        line.split_whitespace().next()?.parse::<u64>().ok().map(|kib| kib * 1024)
    }

    /// The CPU time the process has used so far, where the system reports it (in ticks of 10 ms).
    #[must_use]
    pub fn cpu_time(&self) -> Option<Duration> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).ok()?;
        CpuTime::parse(&stat).map(|time| time.own)
    }
}

/// CPU time in `/proc/PID/stat`, in ticks of 10 ms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CpuTime {
    /// Of the process or thread itself.
    pub own: Duration,
    /// Of its children that have ended and were waited for.
    pub reaped: Duration,
}

impl CpuTime {
    /// Reads a line of `/proc/PID/stat`.
    #[must_use]
    pub fn parse(stat: &str) -> Option<Self> {
        // The name, in parentheses, may hold spaces; user and system ticks are the 12th and 13th
        // field after it, those of ended children the two after them.
        let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
        let ticks = |at: usize| fields.get(at)?.parse::<u64>().ok();
        Some(Self {
            own: Duration::from_millis((ticks(11)? + ticks(12)?) * 10),
            reaped: Duration::from_millis((ticks(13)? + ticks(14)?) * 10),
        })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if !self.is_alive() {
            return;
        }
        kill_process(Pid::from_child(&self.child), self.stop_signal).ok();
        let deadline = Instant::now() + TIMEOUT;
        while self.is_alive() {
            if Instant::now() > deadline {
                self.child.kill().ok();
                self.child.wait().ok();
                return;
            }
            thread::sleep(Duration::from_millis(10));
        }
    }
}

/// A command whose process gets `stop_signal` (`TERM`, `INT`) when this process is gone, however it
/// went: nothing it started stays behind. By util-linux's `setpriv`; where there is none, only
/// [`Running`]'s end stops it.
///
/// The kernel watches the thread that starts the process: it must outlive it.
#[must_use]
pub fn with_parent_death_signal(program: &Path, stop_signal: &str) -> Command {
    let Some(setpriv) = find_program("setpriv") else { return Command::new(program) };
    let mut command = Command::new(setpriv);
    command.args(["--pdeathsig", stop_signal, "--"]).arg(program);
    command
}

/// Whether something accepts connections on `address`.
#[must_use]
pub fn listens(address: SocketAddr) -> bool {
    TcpStream::connect_timeout(&address, Duration::from_millis(500)).is_ok()
}

/// A loopback address on which nothing listens now.
///
/// # Errors
/// When the system has no free port.
pub fn free_address() -> Result<SocketAddr> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?)
}

/// Runs `command` to its end and hands back what it printed on stdout, without the last line break.
///
/// # Errors
/// When it cannot be started or fails; the text holds what it printed on stderr.
pub fn capture(command: &mut Command) -> Result<String> {
    let output = command.stdin(Stdio::null()).output().map_err(|error| format!("{command:?}: {error}"))?;
    if !output.status.success() {
        let complaint = String::from_utf8_lossy(&output.stderr);
        return Err(format!(
            "{:?} ended with {}: {}",
            command.get_program(),
            output.status,
            complaint.trim()
        )
        .into());
    }
    Ok(String::from_utf8(output.stdout)?.trim_end().to_owned())
}

/// Runs `command` to its end with this process's own output.
///
/// # Errors
/// When it cannot be started or fails.
pub fn run(command: &mut Command) -> Result {
    let status = command.stdin(Stdio::null()).status().map_err(|error| format!("{command:?}: {error}"))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("{:?} ended with {status}", command.get_program()).into())
    }
}

/// Where `program` is: in `PATH`, or in one of the folders that daemons live in and a user's `PATH`
/// leaves out.
#[must_use]
pub fn find_program(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let daemons = ["/usr/sbin", "/usr/local/sbin", "/sbin"].map(PathBuf::from);
    std::env::split_paths(&path).chain(daemons).map(|folder| folder.join(program)).find(|file| file.is_file())
}

/// Whether this process is root.
#[must_use]
pub fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_child_ends_with_the_value_that_holds_it() {
        let child = Running::start("sleep", Command::new("sleep").arg("60")).unwrap();
        let pid = child.child.id();
        drop(child);
        assert!(!Path::new(&format!("/proc/{pid}")).exists());
    }

    #[test]
    #[ignore = "needs setpriv"]
    fn a_tied_child_ends_with_the_process_that_started_it() {
        let sleep = find_program("sleep").unwrap();
        let mut child = thread::spawn(move || {
            let child = with_parent_death_signal(&sleep, "TERM").arg("60").spawn().unwrap();
            // Not before setpriv has asked the kernel to watch.
            let ready = |id: u32| {
                std::fs::read_to_string(format!("/proc/{id}/comm")).is_ok_and(|name| name == "sleep\n")
            };
            let deadline = Instant::now() + Duration::from_secs(10);
            while !ready(child.id()) && Instant::now() < deadline {
                thread::sleep(Duration::from_millis(5));
            }
            child
        })
        .join()
        .unwrap();
        let deadline = Instant::now() + Duration::from_secs(10);
        while child.try_wait().unwrap().is_none() {
            assert!(Instant::now() < deadline, "still there");
            thread::sleep(Duration::from_millis(5));
        }
    }

    #[test]
    fn a_child_that_never_listens_is_told_apart_from_one_that_ended() {
        let address = free_address().unwrap();
        let mut sleeper = Running::start("sleep", Command::new("sleep").arg("60")).unwrap();
        let late = sleeper.wait_for(address, Duration::from_millis(30)).unwrap_err().to_string();
        assert!(late.contains("does not listen"), "{late}");
        let mut ended = Running::start("true", &mut Command::new("true")).unwrap();
        let gone = ended.wait_for(address, Duration::from_secs(5)).unwrap_err().to_string();
        assert!(gone.contains("ended before"), "{gone}");
    }

    #[test]
    fn a_failure_holds_what_the_program_complained_about() {
        let failure =
            capture(Command::new("sh").args(["-c", "echo why >&2; exit 3"])).unwrap_err().to_string();
        assert!(failure.contains("why") && failure.contains('3'), "{failure}");
        assert_eq!(capture(Command::new("echo").arg("out")).unwrap(), "out");
    }

    #[test]
    fn cpu_time_is_read_after_a_name_with_spaces() {
        let stat = "7 (a b) c) S 1 2 3 4 5 6 7 8 9 10 150 50 3 1 20 0 1 0 9 9";
        let time = CpuTime::parse(stat).unwrap();
        assert_eq!((time.own, time.reaped), (Duration::from_secs(2), Duration::from_millis(40)));
        assert_eq!(CpuTime::parse("nonsense"), None);
    }

    #[test]
    fn programs_are_found_in_path() {
        assert!(find_program("sh").is_some());
        assert!(find_program("no-such-program-as-this").is_none());
    }
}
