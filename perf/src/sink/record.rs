//! What the sink remembers of the mails it took.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use mail_parser::MessageParser;

/// How much to remember.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// How many there were and how large: for throughput.
    Totals,
    /// When each arrived, by recipient, and nothing else of it.
    Times,
    /// When each arrived, by recipient, and its `Message-ID`.
    Arrivals,
    /// Arrivals, and the first link of each mail's text.
    Links,
}

/// One mail, as it was taken.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// When the last byte was there, just before the 250.
    pub at: Instant,
    /// The mail's `Message-ID`, brackets included.
    pub message_id: Option<String>,
    /// The first `http` link of its text, with [`Keep::Links`].
    pub link: Option<String>,
}

/// What has been taken so far.
#[derive(Debug)]
pub struct Record {
    keep: Keep,
    started: Instant,
    mails: AtomicU64,
    goodbyes: AtomicU64,
    bytes: AtomicU64,
    /// Microseconds after `started`; `u64::MAX` while there is none.
    first: AtomicU64,
    last: AtomicU64,
    by_recipient: Mutex<HashMap<String, Vec<Delivery>>>,
}

impl Record {
    pub(super) fn new(keep: Keep) -> Self {
        Self {
            keep,
            started: Instant::now(),
            mails: AtomicU64::new(0),
            goodbyes: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
            first: AtomicU64::new(u64::MAX),
            last: AtomicU64::new(0),
            by_recipient: Mutex::new(HashMap::new()),
        }
    }

    /// How many mails were taken.
    #[must_use]
    pub fn mails(&self) -> u64 {
        self.mails.load(Ordering::Acquire)
    }

    /// How many clients left with QUIT.
    #[must_use]
    pub fn goodbyes(&self) -> u64 {
        self.goodbyes.load(Ordering::Acquire)
    }

    pub(super) fn add_goodbye(&self) {
        self.goodbyes.fetch_add(1, Ordering::AcqRel);
    }

    /// The size of the average mail in bytes.
    #[must_use]
    pub fn average_bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed).checked_div(self.mails()).unwrap_or(0)
    }

    /// From the first mail to the last.
    #[must_use]
    pub fn span(&self) -> Duration {
        let first = self.first.load(Ordering::Relaxed);
        Duration::from_micros(self.last.load(Ordering::Relaxed).saturating_sub(first))
    }

    /// Forgets everything, for the next measurement.
    pub fn clear(&self) {
        self.mails.store(0, Ordering::Release);
        self.bytes.store(0, Ordering::Relaxed);
        self.first.store(u64::MAX, Ordering::Relaxed);
        self.last.store(0, Ordering::Relaxed);
        self.lock().clear();
    }

    /// The mails of one recipient, oldest first.
    #[must_use]
    pub fn of(&self, recipient: &str) -> Vec<Delivery> {
        self.lock().get(recipient).cloned().unwrap_or_default()
    }

    /// All mails by recipient, oldest first.
    #[must_use]
    pub fn all(&self) -> HashMap<String, Vec<Delivery>> {
        self.lock().clone()
    }

    pub(super) fn add(&self, recipients: &[String], message: &[u8]) {
        let at = Instant::now();
        if self.keep != Keep::Totals {
            let delivery = Delivery {
                at,
                message_id: if self.keep == Keep::Times { None } else { header(message, "message-id") },
                link: if self.keep == Keep::Links { first_link(message) } else { None },
            };
            let mut known = self.lock();
            for recipient in recipients {
                known.entry(recipient.clone()).or_default().push(delivery.clone());
            }
        }
        let micros = u64::try_from(at.duration_since(self.started).as_micros()).unwrap_or(u64::MAX);
        self.first.fetch_min(micros, Ordering::Relaxed);
        self.last.fetch_max(micros, Ordering::Relaxed);
        self.bytes.fetch_add(message.len() as u64, Ordering::Relaxed);
        self.mails.fetch_add(1, Ordering::Release);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Vec<Delivery>>> {
        self.by_recipient.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The value of a header field on one line, up to the end of the header section.
fn header(message: &[u8], name: &str) -> Option<String> {
    for line in message.split(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() {
            return None;
        }
        if let Some((field, value)) = line.split_at_checked(name.len())
            && field.eq_ignore_ascii_case(name.as_bytes())
            && let Some(value) = value.strip_prefix(b":")
        {
            return Some(String::from_utf8_lossy(value).trim().to_owned());
        }
    }
    None
}

/// The first `http` or `https` link of the mail's plain text.
fn first_link(message: &[u8]) -> Option<String> {
    let mail = MessageParser::default().parse(message)?;
    let text = mail.body_text(0)?;
    let start = text.find("http://").or_else(|| text.find("https://"))?;
    let link = text.get(start..)?;
    let end = link.find(|c: char| c.is_whitespace() || "<>\"')".contains(c)).unwrap_or(link.len());
    link.get(..end).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAIL: &str = "Subject: x\r\nMessage-Id: <1@a.example>\r\nContent-Type: text/plain; charset=utf-8\r\n\
        Content-Transfer-Encoding: quoted-printable\r\n\r\nOpen https://a.example/reset/abc=\r\ndef?x=3D1 soon.\r\n\
        Message-ID: <not@a.header>\r\n";

    #[test]
    fn the_link_is_read_through_the_transfer_encoding() {
        assert_eq!(first_link(MAIL.as_bytes()).as_deref(), Some("https://a.example/reset/abcdef?x=1"));
        assert_eq!(first_link(b"Subject: x\r\n\r\nnone\r\n"), None);
    }

    #[test]
    fn headers_are_found_in_any_case_and_only_in_the_header_section() {
        assert_eq!(header(MAIL.as_bytes(), "message-id").as_deref(), Some("<1@a.example>"));
        assert_eq!(header(b"A: b\r\n\r\nMessage-ID: <x>\r\n", "message-id"), None);
    }

    #[test]
    fn mails_are_kept_by_recipient_and_forgotten_when_cleared() {
        let record = Record::new(Keep::Arrivals);
        record.add(&["a@x.example".to_owned(), "b@x.example".to_owned()], MAIL.as_bytes());
        record.add(&["a@x.example".to_owned()], MAIL.as_bytes());
        assert_eq!(
            (record.mails(), record.of("a@x.example").len(), record.of("b@x.example").len()),
            (2, 2, 1)
        );
        assert_eq!(record.average_bytes(), MAIL.len() as u64);
        record.clear();
        assert_eq!((record.mails(), record.all().len(), record.span()), (0, 0, Duration::ZERO));
    }
}
