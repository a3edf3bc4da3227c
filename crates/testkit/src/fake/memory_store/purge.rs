use chrono::{DateTime, Utc};
use domain::MailId;

use super::delivery::LONGEST_WINDOW;
use super::tables::{MailRow, Tables, mail_of};

impl Tables {
    pub(super) fn purge(&mut self, before: DateTime<Utc>, now: DateTime<Utc>, limit: u32) -> u64 {
        let over =
            |mail: &MailRow| mail.state.is_terminal() && mail.accepted_at < before && mail.expires_at <= now;
        let ended: Vec<MailId> = self
            .mails
            .iter()
            .filter(|(_, mail)| over(mail))
            .map(|(id, _)| *id)
            .take(limit as usize)
            .collect();
        for id in &ended {
            self.mails.remove(id);
        }
        self.links.retain(|_, link| !ended.contains(&mail_of(link.request)));

        let mut forgotten = 0;
        self.admitted.retain(|_, counted| {
            let kept = counted.len();
            counted.retain(|(_, at)| now.signed_duration_since(*at) < LONGEST_WINDOW);
            forgotten += kept - counted.len();
            !counted.is_empty()
        });
        (ended.len() + forgotten) as u64
    }
}
