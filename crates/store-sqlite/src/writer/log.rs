//! SQLite's write-ahead log as a file.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::Path;

/// Octets that are read and written back in one step.
const STEP: usize = 1 << 20;

/// The log beside a database, which must be there. Closing it drops no lock of SQLite's: those are
/// on other files.
#[derive(Debug)]
pub(crate) struct LogFile(File);

impl LogFile {
    /// Opens the log of `database`. SQLite follows symbolic links before it names the log.
    pub(crate) fn open(database: &Path) -> io::Result<Self> {
        let mut log = database.canonicalize()?.into_os_string();
        log.push("-wal");
        std::fs::OpenOptions::new().read(true).write(true).open(log).map(Self)
    }

    /// Waits until the disk has the log.
    pub(crate) fn sync_data(&self) -> io::Result<()> {
        self.0.sync_data()
    }

    /// As [`sync_data`](Self::sync_data), with all that the file system knows of the file.
    pub(crate) fn sync_all(&self) -> io::Result<()> {
        self.0.sync_all()
    }

    /// Its size in octets, whether in use or kept for reuse.
    pub(crate) fn size(&self) -> io::Result<u64> {
        Ok(self.0.metadata()?.len())
    }

    /// Writes the whole file back as it is read, so that the next sync writes all of it whatever
    /// the kernel takes for written. Nobody else may write to it meanwhile.
    pub(crate) fn rewrite(&self) -> io::Result<()> {
        let mut content = vec![0; STEP];
        let mut position = 0;
        loop {
            let read = match self.0.read_at(&mut content, position) {
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            let Some(step) = content.get(..read).filter(|step| !step.is_empty()) else { return Ok(()) };
            self.0.write_all_at(step, position)?;
            position = position.saturating_add(step.len() as u64);
        }
    }
}

#[cfg(test)]
impl LogFile {
    /// A log that no disk will ever have: syncing it fails.
    pub(crate) fn that_cannot_be_synced() -> io::Result<Self> {
        std::fs::OpenOptions::new().write(true).open("/dev/null").map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_again_is_what_was_read() {
        let directory = tempfile::tempdir().unwrap();
        let database = directory.path().join("a.db");
        std::fs::write(&database, "").unwrap();
        let content: Vec<u8> = (0..2 * STEP + 17).map(|at| (at % 251) as u8).collect();
        std::fs::write(directory.path().join("a.db-wal"), &content).unwrap();
        let log = LogFile::open(&database).unwrap();
        log.rewrite().unwrap();
        log.sync_all().unwrap();
        assert_eq!(log.size().unwrap(), content.len() as u64);
        assert!(std::fs::read(directory.path().join("a.db-wal")).unwrap() == content);
    }
}
