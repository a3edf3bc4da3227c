//! One database file in memory, read again when it is replaced.

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError, RwLock};
use std::time::SystemTime;
use std::{fs, io};

use domain::GeoContext;
use maxminddb::{MaxMindDbError, Reader, WithinOptions};

use crate::error::{DatabaseKind, LocalGeoError};
use crate::layout::{self, FieldNames, Fields, Layout};

/// Records looked at to learn a database's fields.
const SAMPLE: usize = 64;

/// A database and the file it comes from.
#[derive(Debug)]
pub(crate) struct Database {
    kind: DatabaseKind,
    path: PathBuf,
    loaded: RwLock<Loaded>,
    /// The state of the file that was tried last, good or bad: nothing is read, or complained of,
    /// twice.
    tried: Mutex<Option<Stamp>>,
}

#[derive(Debug)]
struct Loaded {
    reader: Reader<Vec<u8>>,
    layout: Layout,
}

/// What differs from one state of a file to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    modified: SystemTime,
    size: u64,
    inode: u64,
}

/// What a look at the file brought.
#[derive(Debug)]
pub(crate) enum Reloaded {
    /// It is the file that was tried last.
    Unchanged,
    /// The new file is in use.
    Replaced,
    /// The new file cannot be used; the old one stays.
    Kept(LocalGeoError),
}

impl Database {
    /// Reads the whole file into memory.
    pub(crate) fn open(kind: DatabaseKind, path: PathBuf) -> Result<Self, LocalGeoError> {
        let stamp = stamp(kind, &path)?;
        let loaded = load(kind, &path, stamp)?;
        Ok(Self { kind, path, loaded: RwLock::new(loaded), tried: Mutex::new(Some(stamp)) })
    }

    /// What it is asked for.
    pub(crate) fn kind(&self) -> DatabaseKind {
        self.kind
    }

    /// Puts what the database knows of the address into `context`; `false` when it does not list
    /// it.
    pub(crate) fn read(&self, address: IpAddr, context: &mut GeoContext) -> Result<bool, MaxMindDbError> {
        let loaded = self.loaded.read().unwrap_or_else(PoisonError::into_inner);
        if address.is_ipv6() && loaded.reader.metadata().ip_version == 4 {
            return Ok(false);
        }
        let record = loaded.reader.lookup(address)?;
        if !record.has_data() {
            return Ok(false);
        }
        loaded.layout.read(self.kind, &record, context)?;
        Ok(true)
    }

    /// Reads the file again if it is another one than before. Blocks on the disk.
    pub(crate) fn reload(&self) -> Reloaded {
        let mut tried = self.tried.lock().unwrap_or_else(PoisonError::into_inner);
        let found = match stamp(self.kind, &self.path) {
            Ok(found) if *tried == Some(found) => return Reloaded::Unchanged,
            Ok(found) => found,
            // A missing file is complained of once; the time between two files is no reason to.
            Err(error) => {
                return if tried.take().is_some() { Reloaded::Kept(error) } else { Reloaded::Unchanged };
            }
        };
        match load(self.kind, &self.path, found) {
            Ok(loaded) => {
                *tried = Some(found);
                *self.loaded.write().unwrap_or_else(PoisonError::into_inner) = loaded;
                Reloaded::Replaced
            }
            Err(LocalGeoError::Unsettled { .. }) => Reloaded::Unchanged,
            Err(error) => {
                *tried = Some(found);
                Reloaded::Kept(error)
            }
        }
    }
}

/// The files that a configured path stands for: itself, or the `.mmdb` files of a folder, by name.
pub(crate) fn files(kind: DatabaseKind, path: PathBuf) -> Result<Vec<PathBuf>, LocalGeoError> {
    if !path.is_dir() {
        return Ok(vec![path]);
    }
    let entries = fs::read_dir(&path).and_then(Iterator::collect::<io::Result<Vec<_>>>);
    let entries = entries.map_err(|source| unreadable(kind, &path, source))?;
    let mut files: Vec<_> = entries.into_iter().map(|entry| entry.path()).collect();
    files.retain(|file| file.extension().is_some_and(|ending| ending == "mmdb"));
    files.sort();
    if files.is_empty() { Err(LocalGeoError::Missing { kind, path }) } else { Ok(files) }
}

fn load(kind: DatabaseKind, path: &Path, before: Stamp) -> Result<Loaded, LocalGeoError> {
    let broken = |error: MaxMindDbError| LocalGeoError::Broken {
        kind,
        path: path.to_path_buf(),
        reason: error.to_string(),
    };
    let bytes = fs::read(path).map_err(|source| unreadable(kind, path, source))?;
    if stamp(kind, path)? != before {
        return Err(LocalGeoError::Unsettled { kind, path: path.to_path_buf() });
    }
    let reader = Reader::from_source(bytes).map_err(broken)?;
    let fields = sample(&reader).map_err(broken)?;
    let database_type = &reader.metadata().database_type;
    let wrong = || LocalGeoError::WrongKind {
        kind,
        path: path.to_path_buf(),
        database_type: database_type.clone(),
        fields: FieldNames(&fields).to_string(),
    };
    // A database without a record can be asked for anything.
    let layout = if fields.is_empty() {
        Layout::of(database_type, &fields).unwrap_or(Layout::MaxMind)
    } else if layout::answers(kind, &fields) {
        Layout::of(database_type, &fields).ok_or_else(wrong)?
    } else {
        return Err(wrong());
    };
    let built = u32::try_from(reader.metadata().build_epoch).unwrap_or_default();
    metrics::gauge!("resetd_geo_database_build_timestamp_seconds", "kind" => kind.as_str()).set(built);
    Ok(Loaded { reader, layout })
}

/// The fields of the first records.
fn sample(reader: &Reader<Vec<u8>>) -> Result<Fields, MaxMindDbError> {
    let mut fields = Fields::new();
    for record in reader.networks(WithinOptions::default())?.take(SAMPLE) {
        layout::learn(&record?, &mut fields)?;
    }
    Ok(fields)
}

fn stamp(kind: DatabaseKind, path: &Path) -> Result<Stamp, LocalGeoError> {
    let metadata = fs::metadata(path).map_err(|source| unreadable(kind, path, source))?;
    let modified = metadata.modified().map_err(|source| unreadable(kind, path, source))?;
    Ok(Stamp { modified, size: metadata.len(), inode: inode(&metadata) })
}

#[cfg(unix)]
fn inode(metadata: &fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(metadata)
}

#[cfg(not(unix))]
fn inode(_: &fs::Metadata) -> u64 {
    0
}

fn unreadable(kind: DatabaseKind, path: &Path, source: io::Error) -> LocalGeoError {
    match source.kind() {
        io::ErrorKind::NotFound => LocalGeoError::Missing { kind, path: path.to_path_buf() },
        _ => LocalGeoError::Unreadable { kind, path: path.to_path_buf(), source },
    }
}
