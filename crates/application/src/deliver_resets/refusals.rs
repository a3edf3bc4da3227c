//! Refusals of recipients that may be about us.

use std::collections::HashMap;
use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::{EmailAddress, MailId};

/// As many distinct recipients refused in a row, and none accepted in between, are about us.
const IN_A_ROW: usize = 3;
/// After this time a refusal that is most probably the recipient's is taken for it, if no other was
/// refused.
const ALONE: Duration = Duration::from_secs(20);
/// Mails remembered at most; one that was forgotten is judged anew.
const MEMORY: usize = 10_000;

/// What a refusal comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is about this recipient.
    Recipient,
    /// Not yet to be said: the mail waits, and is tried again.
    Open,
    /// It is about us, and no verdict on the recipient.
    AboutUs,
}

/// What was refused since the last acceptance. It is this worker's alone and gone with it: then a
/// verdict takes one more attempt.
#[derive(Debug, Default)]
pub(super) struct Refusals {
    /// Mails accepted so far.
    accepted: u64,
    /// Distinct recipients refused since.
    in_a_row: Vec<String>,
    /// Of mails whose verdict is open: how many had been accepted at the first refusal, and when
    /// that was.
    open: HashMap<MailId, (u64, DateTime<Utc>)>,
}

impl Refusals {
    /// The relay took a mail.
    pub(super) fn accepted(&mut self, mail: MailId) {
        self.accepted = self.accepted.saturating_add(1);
        self.in_a_row.clear();
        self.open.remove(&mail);
    }

    /// The relay refused the recipient of `mail`. `probable`: by its code most probably for the
    /// recipient's sake.
    pub(super) fn refused(
        &mut self,
        mail: MailId,
        to: &EmailAddress,
        probable: bool,
        now: DateTime<Utc>,
    ) -> Verdict {
        if self.open.len() >= MEMORY && !self.open.contains_key(&mail) {
            self.open.clear();
        }
        let (accepted, since) = *self.open.entry(mail).or_insert((self.accepted, now));
        // Refused before and after another was accepted.
        if self.accepted > accepted {
            self.open.remove(&mail);
            return Verdict::Recipient;
        }
        let to = to.canonical();
        if self.in_a_row.len() < IN_A_ROW && !self.in_a_row.iter().any(|known| known == to) {
            self.in_a_row.push(to.to_owned());
        }
        if self.in_a_row.len() >= IN_A_ROW {
            return Verdict::AboutUs;
        }
        let alone = self.in_a_row.len() == 1 && (now - since).to_std().unwrap_or_default() >= ALONE;
        if probable && alone {
            self.open.remove(&mail);
            return Verdict::Recipient;
        }
        Verdict::Open
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    fn id(number: u8) -> MailId {
        MailId::from_bytes([number; 16])
    }

    fn refused(refusals: &mut Refusals, number: u8, probable: bool, second: i64) -> Verdict {
        let to = EmailAddress::parse(&format!("c{number}@example.com")).unwrap();
        refusals.refused(id(number), &to, probable, DateTime::UNIX_EPOCH + TimeDelta::seconds(second))
    }

    #[test]
    fn one_among_accepted_ones_is_its_own() {
        let mut refusals = Refusals::default();
        refusals.accepted(id(9));
        assert_eq!(refused(&mut refusals, 1, false, 0), Verdict::Open, "accepted before says nothing of now");
        refusals.accepted(id(9));
        assert_eq!(refused(&mut refusals, 1, false, 2), Verdict::Recipient);
    }

    #[test]
    fn several_in_a_row_are_about_us_until_one_is_accepted() {
        let mut refusals = Refusals::default();
        for attempt in 0..9 {
            assert_eq!(refused(&mut refusals, 1, true, attempt), Verdict::Open, "the same one says no more");
        }
        assert_eq!(refused(&mut refusals, 2, true, 0), Verdict::Open);
        assert_eq!(refused(&mut refusals, 3, true, 0), Verdict::AboutUs);
        assert_eq!(refused(&mut refusals, 1, true, 100), Verdict::AboutUs);
        refusals.accepted(id(3));
        assert_eq!(refused(&mut refusals, 1, true, 101), Verdict::Recipient);
        assert_eq!(refused(&mut refusals, 4, true, 101), Verdict::Open);
    }

    #[test]
    fn alone_it_is_settled_by_time_where_the_code_says_so() {
        let mut refusals = Refusals::default();
        assert_eq!(refused(&mut refusals, 1, true, 0), Verdict::Open);
        assert_eq!(refused(&mut refusals, 1, true, 19), Verdict::Open);
        assert_eq!(refused(&mut refusals, 1, true, 20), Verdict::Recipient);
        let mut refusals = Refusals::default();
        assert_eq!(refused(&mut refusals, 1, false, 0), Verdict::Open);
        assert_eq!(refused(&mut refusals, 1, false, 3_000), Verdict::Open);
    }
}
