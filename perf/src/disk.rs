//! A disk whose power can be cut: a small FUSE file system that keeps what was synced apart from
//! what was written.
//!
//! Why and how: docs/decisions/0026. It needs `/dev/fuse` and the right to mount;
//! [`SimulatedDisk::obstacle`] says what is missing.

mod fuse;
mod image;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use fuser::{BackgroundSession, Config, MountOption, SessionACL};
use tempfile::TempDir;

use self::fuse::Files;
use self::image::Image;
use xtask::services::fuse_obstacle;
use xtask::workspace;

use crate::Result;

/// How long files may stay open after their processes have ended.
const TIMEOUT: Duration = Duration::from_secs(5);

/// The disk, mounted on a folder of its own; gone when dropped.
#[derive(Debug)]
pub struct SimulatedDisk {
    // Unmounted before the folder goes.
    session: Option<BackgroundSession>,
    folder: TempDir,
    image: Arc<Mutex<Image>>,
}

impl SimulatedDisk {
    /// Why there can be none here; `None`: there can.
    #[must_use]
    pub fn obstacle() -> Option<String> {
        if !cfg!(target_os = "linux") {
            return Some("only Linux has FUSE as it is used here".to_owned());
        }
        if let Some(obstacle) = fuse_obstacle() {
            return Some(obstacle);
        }
        Self::mount().err().map(|failure| format!("FUSE does not mount: {failure}"))
    }

    /// Mounts an empty one.
    ///
    /// # Errors
    /// When the kernel or its rights do not allow that.
    pub fn mount() -> Result<Self> {
        let folder = workspace::scratch("disk")?;
        let image = Arc::new(Mutex::new(Image::default()));
        let mut disk = Self { session: None, folder, image };
        disk.attach()?;
        Ok(disk)
    }

    /// Where its files are.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The file `name` on it.
    #[must_use]
    pub fn file(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    /// The next sync that has something to write answers `EIO`; its pages are not on the disk and
    /// count as clean.
    pub fn fail_next_sync(&self) {
        self.image().fail_next_sync();
    }

    /// Whether the failure that was asked for is still to come.
    #[must_use]
    pub fn is_failure_due(&self) -> bool {
        self.image().is_failure_due()
    }

    /// From now on no file can grow (`ENOSPC`), or all can again.
    pub fn set_full(&self, full: bool) {
        self.image().set_full(full);
    }

    /// The power fails and comes back: what was not synced is gone. Every process that had a file
    /// open must have ended. Hands back how many written pages and names were lost.
    ///
    /// # Errors
    /// When a process still uses the disk, or it cannot be mounted again.
    pub fn cut_power(&mut self) -> Result<usize> {
        // The kernel's cache of the files goes with the mount.
        self.detach()?;
        let lost = self.image().cut();
        self.attach()?;
        Ok(lost)
    }

    fn attach(&mut self) -> Result {
        let mut config = Config::default();
        config.mount_options = vec![MountOption::FSName("resetd-chaos".to_owned()), MountOption::NoAtime];
        config.acl = SessionACL::Owner;
        let files = Files::new(Arc::clone(&self.image));
        self.session = Some(fuser::spawn_mount(files, self.folder.path(), &config)?);
        Ok(())
    }

    fn detach(&mut self) -> Result {
        let Some(session) = self.session.take() else { return Ok(()) };
        let deadline = Instant::now() + TIMEOUT;
        // Not by the session, which would try once.
        while let Err(error) =
            rustix::mount::unmount(self.folder.path(), rustix::mount::UnmountFlags::empty())
        {
            if Instant::now() > deadline {
                rustix::mount::unmount(self.folder.path(), rustix::mount::UnmountFlags::DETACH).ok();
                return Err(format!("the disk is still in use: {error}").into());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(session.join()?)
    }

    fn image(&self) -> MutexGuard<'_, Image> {
        self.image.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for SimulatedDisk {
    fn drop(&mut self) {
        self.detach().ok();
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{self, File, OpenOptions};
    use std::io::{ErrorKind, Write};

    use super::*;

    #[test]
    #[ignore = "needs FUSE"]
    fn the_kernel_sees_only_what_was_synced_after_a_cut() {
        let mut disk = SimulatedDisk::mount().unwrap();
        let path = disk.file("a");
        let mut file = File::create(&path).unwrap();
        file.write_all(b"kept").unwrap();
        file.sync_all().unwrap();
        File::open(disk.path()).unwrap().sync_all().unwrap();
        file.write_all(b" and lost").unwrap();
        fs::write(disk.file("nameless"), b"x").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"kept and lost");
        drop(file);
        assert_eq!(disk.cut_power().unwrap(), 2);
        assert_eq!(fs::read(&path).unwrap(), b"kept");
        assert_eq!(fs::read(disk.file("nameless")).unwrap_err().kind(), ErrorKind::NotFound);
        assert_eq!(fs::read_dir(disk.path()).unwrap().count(), 1);
        let folder = disk.path().to_owned();
        drop(disk);
        assert!(!folder.exists());
    }

    #[test]
    #[ignore = "needs FUSE"]
    fn a_sync_fails_once_and_its_data_is_gone() {
        let mut disk = SimulatedDisk::mount().unwrap();
        let path = disk.file("a");
        let mut file = File::create(&path).unwrap();
        File::open(disk.path()).unwrap().sync_all().unwrap();
        file.write_all(&[1; 4096]).unwrap();
        disk.fail_next_sync();
        assert_eq!(file.sync_data().unwrap_err().raw_os_error(), Some(5));
        file.sync_data().unwrap();
        file.write_all(&[2; 4096]).unwrap();
        file.sync_data().unwrap();
        assert_eq!(fs::read(&path).unwrap()[0], 1);
        drop(file);
        disk.cut_power().unwrap();
        let content = fs::read(&path).unwrap();
        assert_eq!((content.len(), content[0], content[4096]), (8192, 0, 2));
    }

    #[test]
    #[ignore = "needs FUSE"]
    fn a_full_disk_is_reported_as_such() {
        let disk = SimulatedDisk::mount().unwrap();
        let mut file = OpenOptions::new().create(true).append(true).open(disk.file("a")).unwrap();
        disk.set_full(true);
        assert_eq!(file.write_all(b"x").unwrap_err().kind(), ErrorKind::StorageFull);
        disk.set_full(false);
        file.write_all(b"x").unwrap();
    }
}
