use std::collections::HashMap;
use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write as _};
#[cfg(unix)]
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use application::model::{CapturedMail, Delivered, FailureKind, OutgoingMail};
use application::ports::{Clock, MailArchive, MailSender, SendError, StoreError};
use async_trait::async_trait;
use domain::OrganisationId;

use crate::encoded_mail::{self, EncodedMail};

/// Mails kept per organisation by default.
pub const DEFAULT_KEEP: usize = 1_000;

/// Keeps mails in a directory, the newest so many per organisation.
pub struct DirectoryCapture {
    inner: Arc<Inner>,
    clock: Arc<dyn Clock>,
    from: String,
}

impl std::fmt::Debug for DirectoryCapture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DirectoryCapture").field("root", &self.inner.root).finish_non_exhaustive()
    }
}

struct Inner {
    root: PathBuf,
    keep: usize,
    sequence: AtomicU32,
    /// Mails per organisation since the last count, so that not every mail costs a look at the
    /// directory.
    counts: Mutex<HashMap<OrganisationId, usize>>,
}

impl DirectoryCapture {
    /// Captures into `root`, made if it is not there, and keeps the newest [`DEFAULT_KEEP`] mails
    /// of each organisation. `from` is the installation's sender, shown where an organisation has
    /// none of its own.
    ///
    /// # Errors
    /// Whatever keeps the directory from being made or read.
    pub fn open(root: impl Into<PathBuf>, from: &str, clock: Arc<dyn Clock>) -> io::Result<Self> {
        Self::open_keeping(root, from, clock, DEFAULT_KEEP)
    }

    /// The same with another bound, 1 or more.
    ///
    /// # Errors
    /// Whatever keeps the directory from being made or read.
    pub fn open_keeping(
        root: impl Into<PathBuf>,
        from: &str,
        clock: Arc<dyn Clock>,
        keep: usize,
    ) -> io::Result<Self> {
        let root = root.into();
        make_directory(&root)?;
        fs::read_dir(&root)?;
        let inner = Inner { root, keep: keep.max(1), sequence: AtomicU32::new(0), counts: Mutex::default() };
        Ok(Self { inner: Arc::new(inner), clock, from: from.to_owned() })
    }
}

#[async_trait]
impl MailSender for DirectoryCapture {
    async fn send(&self, mail: &OutgoingMail) -> Result<Delivered, SendError> {
        let host = format!("capture:{}", self.inner.root.display());
        let encoded = encoded_mail::write(mail, &self.from, self.clock.now());
        let (inner, organisation) = (Arc::clone(&self.inner), mail.organisation);
        // A disk that takes no mail takes none of anybody's.
        let down =
            |error: String| SendError { kind: FailureKind::HostDown, host: host.clone(), reply: error };
        tokio::task::spawn_blocking(move || inner.store(organisation, &encoded))
            .await
            .map_err(|error| down(error.to_string()))?
            .map_err(|error| down(error.to_string()))?;
        Ok(Delivered { host, reply: "captured".to_owned() })
    }
}

#[async_trait]
impl MailArchive for DirectoryCapture {
    async fn list(
        &self,
        organisation: Option<OrganisationId>,
        limit: usize,
    ) -> Result<Vec<CapturedMail>, StoreError> {
        let inner = Arc::clone(&self.inner);
        let unavailable = |error: String| StoreError::Unavailable(error);
        tokio::task::spawn_blocking(move || inner.newest(organisation, limit))
            .await
            .map_err(|error| unavailable(error.to_string()))?
            .map_err(|error| unavailable(error.to_string()))
    }
}

impl Inner {
    fn directory(&self, organisation: OrganisationId) -> PathBuf {
        self.root.join(organisation.to_string())
    }

    fn store(&self, organisation: OrganisationId, mail: &EncodedMail) -> io::Result<()> {
        let directory = self.directory(organisation);
        make_directory(&directory)?;
        let micros = mail.mail.created_at.timestamp_micros().max(0);
        let sequence = self.sequence.fetch_add(1, Ordering::Relaxed);
        let stem = format!("{micros:020}-{sequence:010}-{}", mail.mail.id);
        write_whole(&directory, &format!("{stem}.eml"), mail.eml.as_bytes())?;
        let json = serde_json::to_vec_pretty(&mail.mail).map_err(io::Error::other)?;
        // Last: what has its `.json` is listed.
        write_whole(&directory, &format!("{stem}.json"), &json)?;
        self.count(organisation, &directory);
        Ok(())
    }

    /// Counts one more mail and, now and then, throws the oldest away.
    fn count(&self, organisation: OrganisationId, directory: &Path) {
        {
            let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
            let known = counts.get_mut(&organisation).map(|count| {
                *count = count.saturating_add(1);
                *count
            });
            if known.is_some_and(|count| count <= self.keep.saturating_add(self.keep / 10)) {
                return;
            }
        }
        match prune(directory, self.keep) {
            Ok(left) => {
                self.counts.lock().unwrap_or_else(PoisonError::into_inner).insert(organisation, left);
            }
            Err(error) => tracing::warn!(%error, "captured mail could not be pruned"),
        }
    }

    fn newest(&self, organisation: Option<OrganisationId>, limit: usize) -> io::Result<Vec<CapturedMail>> {
        let directories = match organisation {
            Some(organisation) => vec![self.directory(organisation)],
            None => fs::read_dir(&self.root)?.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?,
        };
        let mut files = Vec::new();
        for directory in directories {
            let mut names = names(&directory, ".json")?;
            names.sort_unstable_by(|a, b| b.cmp(a));
            names.truncate(self.keep);
            files.extend(names.into_iter().map(|name| (name, directory.clone())));
        }
        files.sort_unstable_by(|a, b| b.cmp(a));
        let mut mails = Vec::with_capacity(limit.min(files.len()));
        for (name, directory) in files {
            if mails.len() >= limit {
                break;
            }
            match fs::read(directory.join(&name)) {
                Ok(json) => match serde_json::from_slice(&json) {
                    Ok(mail) => mails.push(mail),
                    Err(error) => tracing::warn!(file = %name, %error, "not a captured mail"),
                },
                // Pruned in the meantime.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        Ok(mails)
    }
}

/// Removes all but the newest `keep` mails, and whatever a crash left half-written before them.
/// Returns how many are left.
fn prune(directory: &Path, keep: usize) -> io::Result<usize> {
    let mut mails = names(directory, ".json")?;
    mails.sort_unstable_by(|a, b| b.cmp(a));
    // As long as nothing has to go, nothing is touched: what has no `.json` yet may be being
    // written just now.
    let (true, Some(oldest)) =
        (mails.len() > keep, mails.get(keep.saturating_sub(1)).and_then(|name| name.strip_suffix(".json")))
    else {
        return Ok(mails.len());
    };
    for name in names(directory, "")? {
        let stem = name.strip_suffix(".tmp").unwrap_or(&name);
        let stem = stem.strip_suffix(".json").or_else(|| stem.strip_suffix(".eml")).unwrap_or(stem);
        if is_ours(stem) && stem < oldest {
            match fs::remove_file(directory.join(&name)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
    }
    Ok(keep)
}

/// Whether a name is one that [`Inner::store`] gives.
fn is_ours(stem: &str) -> bool {
    let mut parts = stem.splitn(3, '-');
    let digits = |part: Option<&str>, length| {
        part.is_some_and(|part| part.len() == length && part.bytes().all(|b| b.is_ascii_digit()))
    };
    digits(parts.next(), 20) && digits(parts.next(), 10) && parts.next().is_some()
}

/// The names in `directory` that end in `suffix`; none if it is not there.
fn names(directory: &Path, suffix: &str) -> io::Result<Vec<String>> {
    let entries = match fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Ok(Vec::new());
        }
        Err(error) => return Err(error),
    };
    let mut names = Vec::new();
    for entry in entries {
        if let Ok(name) = entry?.file_name().into_string()
            && name.ends_with(suffix)
        {
            names.push(name);
        }
    }
    Ok(names)
}

fn make_directory(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    builder.mode(0o700);
    builder.create(path)
}

fn write_whole(directory: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    let temporary = directory.join(format!("{name}.tmp"));
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    options.mode(0o600);
    let written = options.open(&temporary).and_then(|mut file| file.write_all(bytes));
    written.and_then(|()| fs::rename(&temporary, directory.join(name))).inspect_err(|_| {
        let _ = fs::remove_file(&temporary);
    })
}
