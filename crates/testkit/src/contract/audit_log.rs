use application::audit::{GENESIS, chain_hash, first_break, purged_through};
use application::model::{AuditAction, AuditEntry, AuditRow};
use chrono::TimeDelta;

use super::StoreUnderTest;
use super::fixture::{Shop, at, at_once, ip};
use super::suite::run_cases;

/// The contract of [`AuditLog`](application::ports::AuditLog).
///
/// # Panics
/// When a case of the contract is broken; the message says which.
pub async fn audit_log<P: Into<StoreUnderTest>>(fresh: impl AsyncFn() -> P) {
    run_cases!(
        "AuditLog",
        async { Shop::open(fresh().await.into()).await },
        [
            an_entry_is_read_back_as_it_was_written,
            the_chain_holds_from_its_first_row,
            reading_goes_on_after_a_row,
            simultaneous_entries_make_one_chain,
            what_is_left_after_a_purge_is_a_chain,
            a_purge_without_old_rows_does_nothing,
        ]
    );
}

fn entry(shop: &Shop, subject: &str) -> AuditEntry {
    AuditEntry {
        at: at(0),
        organisation: Some(shop.organisation.id),
        actor: "operator".to_owned(),
        action: AuditAction::ApiKeyCreated,
        subject: subject.to_owned(),
        ip: None,
    }
}

async fn everything(shop: &Shop) -> Vec<AuditRow> {
    shop.ports.audit.read(0, 100_000).await.unwrap()
}

async fn an_entry_is_read_back_as_it_was_written(shop: Shop) {
    let mut expected = Vec::new();
    for (index, action) in AuditAction::ALL.into_iter().enumerate() {
        let whole = AuditEntry {
            at: at(index as i64) + TimeDelta::milliseconds(987),
            action,
            ip: Some(ip("2001:db8::1")),
            actor: format!("klíč {index}\n'\""),
            ..entry(&shop, "č. 1")
        };
        let bare = AuditEntry { organisation: None, ip: None, actor: String::new(), ..whole.clone() };
        for entry in [whole, bare] {
            shop.ports.audit.append(&entry).await.unwrap();
            expected.push(entry);
        }
    }
    let rows = everything(&shop).await;
    let written: Vec<_> = rows[rows.len() - expected.len()..].iter().map(|row| row.entry.clone()).collect();
    assert_eq!(written, expected);
}

async fn the_chain_holds_from_its_first_row(shop: Shop) {
    for subject in ["a", "b", "c"] {
        shop.ports.audit.append(&entry(&shop, subject)).await.unwrap();
    }
    let rows = everything(&shop).await;
    assert_eq!(rows[0].sequence, 1, "the chain begins at 1");
    assert_eq!(first_break(GENESIS, 0, &rows), None, "the first row that is out of its place");
    let last = rows.last().unwrap();
    assert_ne!(last.hash, chain_hash(&GENESIS, &last.entry), "a hash says something of the rows before");
}

async fn reading_goes_on_after_a_row(shop: Shop) {
    for subject in ["a", "b", "c", "d", "e"] {
        shop.ports.audit.append(&entry(&shop, subject)).await.unwrap();
    }
    let all = everything(&shop).await;
    let mut pages = Vec::new();
    let mut after = 0;
    for _ in 0..all.len() {
        let page = shop.ports.audit.read(after, 2).await.unwrap();
        assert!(page.len() <= 2, "asked for 2 rows, got {}", page.len());
        let Some(last) = page.last() else { break };
        after = last.sequence;
        pages.extend(page);
    }
    assert_eq!(pages, all, "pages of two make the whole");
    assert_eq!(shop.ports.audit.read(after, 10).await, Ok(Vec::new()), "nothing comes after the last");
}

async fn simultaneous_entries_make_one_chain(shop: Shop) {
    let before = everything(&shop).await.len();
    at_once(16, |index| {
        let (audit, entry) = (shop.ports.audit.clone(), entry(&shop, &format!("{index}")));
        async move {
            for _ in 0..4 {
                audit.append(&entry).await.unwrap();
            }
        }
    })
    .await;
    let rows = everything(&shop).await;
    assert_eq!(rows.len(), before + 64, "no entry is lost");
    assert_eq!(first_break(GENESIS, 0, &rows), None, "the first row that is out of its place");
}

async fn what_is_left_after_a_purge_is_a_chain(shop: Shop) {
    let audit = &shop.ports.audit;
    let day = |days: i64| at(days * 86_400);
    for days in [0, 1, 2, 100, 101] {
        let entry = AuditEntry { at: day(days), ..entry(&shop, &format!("day {days}")) };
        audit.append(&entry).await.unwrap();
    }
    let before = everything(&shop).await;
    let gone = audit.purge_audit(day(50), day(102)).await.unwrap();
    let left = everything(&shop).await;
    let first = left.first().map_or(0, |row| row.sequence);
    assert!(first <= before.iter().find(|row| row.entry.at >= day(50)).unwrap().sequence, "a young row went");
    assert!(gone < u64::try_from(first).unwrap(), "{gone} rows went, and the log begins with {first}");
    let purged = left.iter().filter_map(|row| purged_through(&row.entry)).next_back();
    let (through, hash, _) = purged.unwrap_or((0, GENESIS, None));
    assert_eq!(through, first - 1, "the log says where it begins");
    assert_eq!(first_break(hash, through, &left), None, "the first row that is out of its place");
    audit.append(&entry(&shop, "afterwards")).await.unwrap();
    assert_eq!(first_break(hash, through, &everything(&shop).await), None, "the chain goes on");
}

async fn a_purge_without_old_rows_does_nothing(shop: Shop) {
    let audit = &shop.ports.audit;
    audit.append(&AuditEntry { at: at(60), ..entry(&shop, "young") }).await.unwrap();
    let before = everything(&shop).await;
    let oldest = before.iter().map(|row| row.entry.at).min().unwrap();
    assert_eq!(audit.purge_audit(oldest, at(120)).await.unwrap(), 0);
    assert_eq!(everything(&shop).await, before);
}
