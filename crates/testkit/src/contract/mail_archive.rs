use std::any::Any;
use std::sync::Arc;

use application::model::{CapturedMail, OutgoingMail};
use application::ports::{MailArchive, MailSender};
use chrono::TimeDelta;
use domain::OrganisationId;

use super::fixture::{at, id};
use super::mail_sender::mail;
use super::suite::run_cases;

/// An archive and the sender that fills it.
pub struct ArchiveUnderTest {
    /// The archive.
    pub archive: Arc<dyn MailArchive>,
    /// Captures into it.
    pub capture: Arc<dyn MailSender>,
    /// Whatever must live as long as the archive.
    pub kept: Box<dyn Any>,
}

/// The contract of [`MailArchive`].
///
/// # Panics
/// When a case of the contract is broken; the message says which.
pub async fn mail_archive(fresh: impl AsyncFn() -> ArchiveUnderTest) {
    run_cases!(
        "MailArchive",
        fresh(),
        [
            an_empty_archive_lists_nothing,
            a_captured_mail_is_there_whole,
            the_newest_is_listed_first,
            the_list_is_limited,
            organisations_do_not_see_each_others,
            simultaneous_captures_are_all_there,
        ]
    );
}

/// The `index`th mail of `organisation`: later ones have later dates.
fn numbered(organisation: OrganisationId, index: i64) -> OutgoingMail {
    let mut mail = mail("jan@example.com");
    mail.organisation = organisation;
    mail.date = at(index);
    mail.content.subject = format!("Mail {index}");
    mail
}

async fn capture(under: &ArchiveUnderTest, mail: &OutgoingMail) {
    under.capture.send(mail).await.expect("it is captured");
}

async fn list(
    under: &ArchiveUnderTest,
    organisation: Option<OrganisationId>,
    limit: usize,
) -> Vec<CapturedMail> {
    under.archive.list(organisation, limit).await.unwrap()
}

fn subjects(mails: &[CapturedMail]) -> Vec<&str> {
    mails.iter().map(|mail| mail.subject.as_str()).collect()
}

async fn an_empty_archive_lists_nothing(under: ArchiveUnderTest) {
    assert!(list(&under, None, 100).await.is_empty());
    assert!(list(&under, Some(OrganisationId::from_bytes(id())), 100).await.is_empty());
}

async fn a_captured_mail_is_there_whole(under: ArchiveUnderTest) {
    let mut sent = mail("žofie.nová@příklad.cz");
    sent.content.subject = "Nové heslo – \u{1f511}".to_owned();
    sent.content.text = "Dobrý den,\n\n  odsazeno\n".to_owned();
    sent.date = at(5) + TimeDelta::milliseconds(678);
    capture(&under, &sent).await;
    let kept = list(&under, Some(sent.organisation), 10).await.remove(0);
    assert_eq!(kept.id, sent.id.to_string());
    assert_eq!(kept.to, sent.to.normalized());
    assert_eq!(kept.subject, sent.content.subject);
    assert_eq!(kept.text.replace("\r\n", "\n"), sent.content.text);
    assert_eq!(kept.html.replace("\r\n", "\n"), sent.content.html);
    assert_eq!(kept.link, sent.link);
}

async fn the_newest_is_listed_first(under: ArchiveUnderTest) {
    let organisation = OrganisationId::from_bytes(id());
    for index in 1..=5 {
        capture(&under, &numbered(organisation, index)).await;
    }
    let mails = list(&under, Some(organisation), 10).await;
    assert_eq!(subjects(&mails), ["Mail 5", "Mail 4", "Mail 3", "Mail 2", "Mail 1"]);
    assert!(mails.is_sorted_by(|one, other| one.created_at >= other.created_at), "by time of capture");
}

async fn the_list_is_limited(under: ArchiveUnderTest) {
    let organisation = OrganisationId::from_bytes(id());
    for index in 1..=5 {
        capture(&under, &numbered(organisation, index)).await;
    }
    assert_eq!(subjects(&list(&under, Some(organisation), 2).await), ["Mail 5", "Mail 4"]);
    assert_eq!(subjects(&list(&under, None, 1).await), ["Mail 5"]);
    assert!(list(&under, Some(organisation), 0).await.is_empty());
}

async fn organisations_do_not_see_each_others(under: ArchiveUnderTest) {
    let (one, other) = (OrganisationId::from_bytes(id()), OrganisationId::from_bytes(id()));
    for (organisation, index) in [(one, 1), (other, 2), (one, 3)] {
        capture(&under, &numbered(organisation, index)).await;
    }
    assert_eq!(subjects(&list(&under, Some(one), 10).await), ["Mail 3", "Mail 1"]);
    assert_eq!(subjects(&list(&under, Some(other), 10).await), ["Mail 2"]);
    assert_eq!(subjects(&list(&under, None, 10).await), ["Mail 3", "Mail 2", "Mail 1"]);
}

async fn simultaneous_captures_are_all_there(under: ArchiveUnderTest) {
    let organisation = OrganisationId::from_bytes(id());
    let captures: Vec<_> = (0..32)
        .map(|index| {
            let capture = under.capture.clone();
            tokio::spawn(async move { capture.send(&numbered(organisation, index)).await })
        })
        .collect();
    for capture in captures {
        assert!(capture.await.expect("a capture panicked").is_ok());
    }
    assert_eq!(list(&under, Some(organisation), 100).await.len(), 32);
}
