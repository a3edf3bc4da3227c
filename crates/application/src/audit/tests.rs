use super::*;

fn entry(subject: &str) -> AuditEntry {
    AuditEntry {
        at: DateTime::UNIX_EPOCH,
        organisation: None,
        actor: "operator".into(),
        action: AuditAction::ApiKeyCreated,
        subject: subject.into(),
        ip: None,
    }
}

fn chain(subjects: &[&str]) -> Vec<AuditRow> {
    let mut previous = GENESIS;
    let mut rows = Vec::new();
    for (sequence, subject) in (1..).zip(subjects) {
        let entry = entry(subject);
        previous = chain_hash(&previous, &entry);
        rows.push(AuditRow { sequence, entry, hash: previous, mac: None });
    }
    rows
}

#[test]
fn an_untouched_chain_holds() {
    assert_eq!(first_break(GENESIS, 0, &chain(&["a", "b", "c"])), None);
}

#[test]
fn altering_removing_and_reordering_show() {
    let mut altered = chain(&["a", "b", "c"]);
    altered[1].entry.subject = "x".into();
    assert_eq!(first_break(GENESIS, 0, &altered), Some(2));
    let mut removed = chain(&["a", "b", "c"]);
    removed.remove(1);
    assert_eq!(first_break(GENESIS, 0, &removed), Some(3));
    let mut reordered = chain(&["a", "b", "c"]);
    reordered.swap(0, 1);
    assert_eq!(first_break(GENESIS, 0, &reordered), Some(2));
}

#[test]
fn a_purge_says_where_the_chain_begins_since() {
    let rows = chain(&["a", "b", "c"]);
    for mac in [None, Some(rows[0].hash)] {
        let entry = purge_entry(DateTime::UNIX_EPOCH, 2, &rows[1].hash, mac.as_ref());
        assert_eq!(purged_through(&entry), Some((2, rows[1].hash, mac)));
    }
    let entry = purge_entry(DateTime::UNIX_EPOCH, 2, &rows[1].hash, None);
    let (sequence, hash, _) = purged_through(&entry).unwrap();
    assert_eq!(first_break(hash, sequence, &rows[2..]), None);
    for subject in ["", "2", "2:00", "x:", &format!("2:{}", "ž".repeat(32)), &format!("2:{}", "g".repeat(64))]
    {
        let broken = AuditEntry { subject: (*subject).to_owned(), ..entry.clone() };
        assert_eq!(purged_through(&broken), None, "{subject}");
    }
    let another = AuditEntry { action: AuditAction::MailRetried, ..entry };
    assert_eq!(purged_through(&another), None);
}

#[test]
fn a_character_cannot_move_from_one_field_to_the_next() {
    let one = AuditEntry { actor: "ab".into(), subject: "c".into(), ..entry("") };
    let other = AuditEntry { actor: "a".into(), subject: "bc".into(), ..entry("") };
    assert_ne!(chain_hash(&GENESIS, &one), chain_hash(&GENESIS, &other));
}
