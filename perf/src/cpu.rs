//! Processor time by component, from `/proc`.

use std::path::Path;
use std::time::Duration;

use xtask::process::{CpuTime, Running};

/// Who used how much of the processor.
#[derive(Debug, Clone, Copy, Default)]
pub struct Components {
    /// The resetd under test.
    pub server: Duration,
    /// Every PostgreSQL process of this machine.
    pub database: Duration,
    /// The thread of the relay that counts.
    pub sink: Duration,
    /// The thread that sends the requests. Only its own work can read it: see [`this_thread`].
    pub load_generator: Duration,
}

impl Components {
    /// What `server`, the databases of this machine and this process's sink have used so far.
    #[must_use]
    pub fn so_far(server: &Running) -> Self {
        Self {
            server: server.cpu_time().unwrap_or_default(),
            database: processes_called("postgres"),
            sink: own_threads_called(crate::sink::THREAD),
            load_generator: Duration::ZERO,
        }
    }

    /// What was used since `before`.
    #[must_use]
    pub fn since(self, before: Self) -> Self {
        Self {
            server: self.server.saturating_sub(before.server),
            database: self.database.saturating_sub(before.database),
            sink: self.sink.saturating_sub(before.sink),
            load_generator: self.load_generator.saturating_sub(before.load_generator),
        }
    }

    /// Each by its name, in microseconds for each of `mails`.
    #[must_use]
    pub fn micros_per_mail(&self, mails: u64) -> [(&'static str, f64); 4] {
        let per_mail = |time: Duration| xtask::output::ratio(time.as_secs_f64() * 1e6, mails as f64);
        [
            ("server", per_mail(self.server)),
            ("database", per_mail(self.database)),
            ("sink", per_mail(self.sink)),
            ("load generator", per_mail(self.load_generator)),
        ]
    }
}

/// What the calling thread has used so far.
#[must_use]
pub fn this_thread() -> Duration {
    read(Path::new("/proc/thread-self")).map(|time| time.own).unwrap_or_default()
}

/// All processes of this name, with the children of each that have ended.
fn processes_called(name: &str) -> Duration {
    sum(Path::new("/proc"), name)
}

/// This process's threads of this name.
fn own_threads_called(name: &str) -> Duration {
    sum(Path::new("/proc/self/task"), name)
}

fn sum(folder: &Path, name: &str) -> Duration {
    let Ok(entries) = std::fs::read_dir(folder) else { return Duration::ZERO };
    let is_called =
        |path: &Path| std::fs::read_to_string(path.join("comm")).is_ok_and(|comm| comm.trim_end() == name);
    entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| is_called(path))
        .filter_map(|path| read(&path))
        .map(|time| time.own + time.reaped)
        .sum()
}

fn read(folder: &Path) -> Option<CpuTime> {
    CpuTime::parse(&std::fs::read_to_string(folder.join("stat")).ok()?)
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    #[test]
    fn a_thread_that_works_is_seen_by_its_name_and_by_itself() {
        let worker = std::thread::Builder::new().name("busy-thread".to_owned());
        let (by_name, by_itself) = worker
            .spawn(|| {
                let start = Instant::now();
                while start.elapsed() < Duration::from_millis(200) {
                    std::hint::spin_loop();
                }
                (own_threads_called("busy-thread"), this_thread())
            })
            .unwrap()
            .join()
            .unwrap();
        assert!(by_itself >= Duration::from_millis(20), "{by_itself:?}");
        assert!(by_name >= Duration::from_millis(20), "{by_name:?}");
        assert_eq!(own_threads_called("no-such-thread"), Duration::ZERO);
    }

    #[test]
    fn time_is_shared_out_among_the_mails() {
        let used = Components { server: Duration::from_millis(500), ..Components::default() };
        let before = Components { server: Duration::from_millis(100), ..Components::default() };
        let [(name, micros), ..] = used.since(before).micros_per_mail(1_000);
        assert_eq!(name, "server");
        assert!((micros - 400.0).abs() < 1e-9, "{micros}");
        assert!(used.micros_per_mail(0).iter().all(|(_, micros)| micros.abs() < f64::EPSILON));
    }
}
