//! What a disk has, beside what its users believe it has (docs/decisions/0026).

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{OsStr, OsString};

/// The unit in which written data becomes durable, in octets: a page of the kernel's cache.
const PAGE: usize = 4096;

/// Why an operation failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DiskError {
    /// There is no such file.
    NotFound,
    /// The disk is full.
    Full,
    /// The device failed.
    Device,
}

/// One folder of files: for each its content in the cache and its content on the disk, and likewise
/// the folder's names.
#[derive(Debug, Default)]
pub(super) struct Image {
    files: BTreeMap<u64, File>,
    names: BTreeMap<OsString, u64>,
    durable_names: BTreeMap<OsString, u64>,
    last: u64,
    full: bool,
    fail_next_sync: bool,
}

#[derive(Debug, Default)]
struct File {
    mode: u16,
    cached: Vec<u8>,
    durable: Vec<u8>,
    /// Pages of `cached` that no sync has taken yet.
    dirty: BTreeSet<usize>,
    /// The shortest length since the last sync: what the disk has beyond it is gone with the next.
    shortest: Option<usize>,
}

impl Image {
    /// The number of the file `name`.
    pub(super) fn find(&self, name: &OsStr) -> Option<u64> {
        self.names.get(name).copied()
    }

    /// Makes an empty file `name`, or hands back the one that is there. The name is durable after
    /// [`Self::sync_names`].
    pub(super) fn create(&mut self, name: &OsStr, mode: u16) -> u64 {
        if let Some(known) = self.find(name) {
            return known;
        }
        // The folder itself is 1.
        self.last = self.last.max(1) + 1;
        self.files.insert(self.last, File { mode, ..File::default() });
        self.names.insert(name.to_owned(), self.last);
        self.last
    }

    /// Takes the name away; the file lives on while somebody has it open, and on the disk until the
    /// names are synced.
    pub(super) fn remove(&mut self, name: &OsStr) -> Result<(), DiskError> {
        self.names.remove(name).map(drop).ok_or(DiskError::NotFound)
    }

    /// All names with the numbers of their files.
    pub(super) fn names(&self) -> impl Iterator<Item = (&OsString, u64)> {
        self.names.iter().map(|(name, number)| (name, *number))
    }

    /// Length in octets and permission bits.
    pub(super) fn attributes(&self, number: u64) -> Result<(usize, u16), DiskError> {
        self.file(number).map(|file| (file.cached.len(), file.mode))
    }

    pub(super) fn set_mode(&mut self, number: u64, mode: u16) -> Result<(), DiskError> {
        self.file_mut(number)?.mode = mode;
        Ok(())
    }

    /// At most `length` octets from `offset`; fewer at the end.
    pub(super) fn read(&self, number: u64, offset: usize, length: usize) -> Result<&[u8], DiskError> {
        let content = &self.file(number)?.cached;
        let start = offset.min(content.len());
        Ok(content.get(start..offset.saturating_add(length).min(content.len())).unwrap_or_default())
    }

    /// Writes into the cache.
    ///
    /// # Errors
    /// [`DiskError::Full`] when the file would have to grow and the disk is full.
    pub(super) fn write(&mut self, number: u64, offset: usize, data: &[u8]) -> Result<(), DiskError> {
        let full = self.full;
        let file = self.file_mut(number)?;
        let end = offset + data.len();
        if end > file.cached.len() {
            if full {
                return Err(DiskError::Full);
            }
            file.cached.resize(end, 0);
        }
        if let Some(target) = file.cached.get_mut(offset..end) {
            target.copy_from_slice(data);
        }
        file.dirty.extend(offset / PAGE..end.div_ceil(PAGE));
        Ok(())
    }

    /// Sets a file's length; what is new reads as zeros.
    pub(super) fn resize(&mut self, number: u64, length: usize) -> Result<(), DiskError> {
        let full = self.full;
        let file = self.file_mut(number)?;
        if full && length > file.cached.len() {
            return Err(DiskError::Full);
        }
        file.shortest = Some(file.shortest.unwrap_or(usize::MAX).min(length).min(file.cached.len()));
        file.cached.resize(length, 0);
        file.dirty.retain(|page| page * PAGE < length);
        if !length.is_multiple_of(PAGE) {
            file.dirty.insert(length / PAGE);
        }
        Ok(())
    }

    /// Makes the file's content durable.
    ///
    /// # Errors
    /// [`DiskError::Device`] once after [`Self::fail_next_sync`]. As on Linux, the pages that were
    /// to be written count as clean from then on, although the disk does not have them: the next
    /// sync succeeds without them.
    pub(super) fn sync(&mut self, number: u64) -> Result<(), DiskError> {
        let pending = self.file(number)?.has_pending();
        let fails = pending && std::mem::take(&mut self.fail_next_sync);
        let file = self.file_mut(number)?;
        let dirty = std::mem::take(&mut file.dirty);
        if fails {
            return Err(DiskError::Device);
        }
        if let Some(shortest) = file.shortest.take() {
            file.durable.truncate(shortest);
        }
        file.durable.resize(file.cached.len(), 0);
        for page in dirty {
            let range = page * PAGE..((page + 1) * PAGE).min(file.cached.len());
            if let (Some(target), Some(source)) =
                (file.durable.get_mut(range.clone()), file.cached.get(range))
            {
                target.copy_from_slice(source);
            }
        }
        Ok(())
    }

    /// Makes the folder's names durable.
    pub(super) fn sync_names(&mut self) {
        self.durable_names.clone_from(&self.names);
    }

    /// The next sync that has something to write answers [`DiskError::Device`].
    pub(super) fn fail_next_sync(&mut self) {
        self.fail_next_sync = true;
    }

    /// Whether [`Self::fail_next_sync`] has not struck yet.
    pub(super) fn is_failure_due(&self) -> bool {
        self.fail_next_sync
    }

    /// Whether no file can grow.
    pub(super) fn set_full(&mut self, full: bool) {
        self.full = full;
    }

    /// The power fails: only what was durable is left. Hands back how many pages and names the
    /// cache was ahead.
    pub(super) fn cut(&mut self) -> usize {
        let names = self.names.iter().filter(|(name, number)| self.durable_names.get(*name) != Some(number));
        let mut lost = names.count();
        self.names.clone_from(&self.durable_names);
        self.fail_next_sync = false;
        let named: BTreeSet<u64> = self.names.values().copied().collect();
        self.files.retain(|number, _| named.contains(number));
        for file in self.files.values_mut() {
            lost += file.dirty.len();
            file.cached.clone_from(&file.durable);
            file.dirty.clear();
            file.shortest = None;
        }
        lost
    }

    fn file(&self, number: u64) -> Result<&File, DiskError> {
        self.files.get(&number).ok_or(DiskError::NotFound)
    }

    fn file_mut(&mut self, number: u64) -> Result<&mut File, DiskError> {
        self.files.get_mut(&number).ok_or(DiskError::NotFound)
    }
}

impl File {
    fn has_pending(&self) -> bool {
        !self.dirty.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content(image: &Image, number: u64) -> Vec<u8> {
        image.read(number, 0, 1 << 20).unwrap().to_vec()
    }

    /// An image with one durable, empty file.
    fn image() -> (Image, u64) {
        let mut image = Image::default();
        let number = image.create(OsStr::new("a"), 0o600);
        image.sync_names();
        (image, number)
    }

    #[test]
    fn a_cut_leaves_what_was_synced() {
        let (mut image, file) = image();
        image.write(file, 0, b"kept").unwrap();
        image.sync(file).unwrap();
        image.write(file, 4, b" and not").unwrap();
        let unnamed = image.create(OsStr::new("b"), 0o600);
        image.write(unnamed, 0, b"x").unwrap();
        image.sync(unnamed).unwrap();
        assert_eq!(image.cut(), 2, "a page and a name");
        assert_eq!(content(&image, file), b"kept");
        assert_eq!(
            (image.find(OsStr::new("b")), image.read(unnamed, 0, 1)),
            (None, Err(DiskError::NotFound))
        );
    }

    #[test]
    fn pages_of_a_failed_sync_count_as_clean_and_are_not_on_the_disk() {
        let (mut image, file) = image();
        image.write(file, 0, &[1; PAGE]).unwrap();
        image.fail_next_sync();
        assert_eq!(image.sync(file), Err(DiskError::Device));
        assert!(!image.is_failure_due());
        assert_eq!(image.sync(file), Ok(()), "the error is reported once");
        image.write(file, PAGE, &[2; PAGE]).unwrap();
        assert_eq!(image.sync(file), Ok(()));
        assert_eq!(content(&image, file), [[1; PAGE], [2; PAGE]].concat(), "the cache has both");
        image.cut();
        assert_eq!(content(&image, file), [[0; PAGE], [2; PAGE]].concat(), "the disk has a hole");
    }

    #[test]
    fn a_page_that_is_written_again_after_a_failed_sync_is_written_whole() {
        let (mut image, file) = image();
        image.write(file, 0, b"first").unwrap();
        image.fail_next_sync();
        image.sync(file).unwrap_err();
        image.write(file, 5, b"+then").unwrap();
        image.sync(file).unwrap();
        image.cut();
        assert_eq!(content(&image, file), b"first+then");
    }

    #[test]
    fn a_sync_without_anything_to_write_does_not_fail() {
        let (mut image, file) = image();
        image.fail_next_sync();
        assert_eq!(image.sync(file), Ok(()));
        assert!(image.is_failure_due());
    }

    #[test]
    fn what_was_cut_off_does_not_come_back() {
        let (mut image, file) = image();
        image.write(file, 0, &[7; 2 * PAGE]).unwrap();
        image.sync(file).unwrap();
        image.resize(file, 10).unwrap();
        image.resize(file, 2 * PAGE).unwrap();
        image.cut();
        assert_eq!(content(&image, file), [7; 2 * PAGE], "nothing of it was synced");
        image.resize(file, 10).unwrap();
        image.resize(file, 2 * PAGE).unwrap();
        image.sync(file).unwrap();
        image.cut();
        assert_eq!(content(&image, file), [vec![7; 10], vec![0; 2 * PAGE - 10]].concat());
    }

    #[test]
    fn a_removed_file_is_back_when_its_name_was_not_synced() {
        let (mut image, file) = image();
        image.write(file, 0, b"data").unwrap();
        image.sync(file).unwrap();
        image.remove(OsStr::new("a")).unwrap();
        assert_eq!(image.find(OsStr::new("a")), None);
        image.cut();
        assert_eq!(image.find(OsStr::new("a")), Some(file));
        image.remove(OsStr::new("a")).unwrap();
        image.sync_names();
        image.cut();
        assert_eq!(image.find(OsStr::new("a")), None);
    }

    #[test]
    fn a_full_disk_takes_what_it_has_room_for() {
        let (mut image, file) = image();
        image.write(file, 0, b"12345678").unwrap();
        image.set_full(true);
        assert_eq!(image.write(file, 8, b"9"), Err(DiskError::Full));
        assert_eq!(image.resize(file, 9), Err(DiskError::Full));
        assert_eq!(image.write(file, 0, b"87654321"), Ok(()));
        image.set_full(false);
        assert_eq!(image.write(file, 8, b"9"), Ok(()));
        assert_eq!(content(&image, file), b"876543219");
    }
}
