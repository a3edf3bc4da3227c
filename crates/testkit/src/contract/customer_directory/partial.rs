//! Partial writes: what is absent stays, what is erased goes, and what a reset did is not undone.

use application::model::{
    Customer, CustomerImport, CustomerStatus, Field, ImportCheckpoint, ImportedRow, Issued, Redeemed,
};
use chrono::{DateTime, Utc};
use domain::{CustomerId, Language, LinkState};

use crate::contract::fixture::{Shop, at, email, id, password, row, worker};

fn write(external: &str) -> CustomerImport {
    CustomerImport {
        external_id: Some(external.to_owned()),
        ..CustomerImport::new(CustomerId::from_bytes(id()))
    }
}

/// A customer who has everything, known as `7`.
async fn full(shop: &Shop) -> CustomerId {
    let full = CustomerImport {
        external_id: Some("7".to_owned()),
        phone: Field::Set("+420777123456".to_owned()),
        language: Field::Set(Language::CS),
        password_hash: Field::Set(password("first")),
        ..row("jan@example.com")
    };
    assert_eq!(shop.import_at(std::slice::from_ref(&full), -86_400).await, [ImportedRow::Created]);
    full.id
}

async fn show(shop: &Shop, id: CustomerId) -> Customer {
    shop.ports.customers.find(id).await.unwrap().expect("the customer is there")
}

pub(super) async fn what_is_absent_stays(shop: Shop) {
    let jan = full(&shop).await;
    let before = show(&shop, jan).await;
    let banned = CustomerImport { status: Some(CustomerStatus::Banned), ..write("7") };
    assert_eq!(shop.import_at(&[banned], 0).await, [ImportedRow::Updated]);
    let expected = Customer { status: CustomerStatus::Banned, ..before };
    assert_eq!(show(&shop, jan).await, expected, "a status erases nothing");
    let found = shop.ports.customers.find_by_email(shop.organisation.id, &email("jan@example.com")).await;
    assert_eq!(found.unwrap().map(|found| found.id), Some(jan));
    let named = CustomerImport { name: Field::Set("Honza".to_owned()), ..write("7") };
    assert_eq!(shop.import_at(&[named], 1).await, [ImportedRow::Updated]);
    let expected = Customer { name: "Honza".to_owned(), ..expected };
    assert_eq!(show(&shop, jan).await, expected, "a name unbans nobody");
    assert_eq!(shop.passwords(jan).await, ["first"]);
    // The phone number stayed, too.
    let by_phone = CustomerImport {
        phone: Field::Set("+420777123456".to_owned()),
        ..CustomerImport::new(CustomerId::from_bytes(id()))
    };
    assert_eq!(shop.import_at(&[by_phone], 2).await, [ImportedRow::Unchanged]);
}

pub(super) async fn what_is_erased_is_gone(shop: Shop) {
    let jan = full(&shop).await;
    let erased = CustomerImport {
        email: Field::Erase,
        phone: Field::Erase,
        name: Field::Erase,
        language: Field::Erase,
        password_hash: Field::Erase,
        ..write("7")
    };
    assert_eq!(shop.import_at(std::slice::from_ref(&erased), 0).await, [ImportedRow::Updated]);
    let kept = show(&shop, jan).await;
    assert_eq!((kept.email, kept.name.as_str(), kept.language), (None, "", None));
    assert_eq!(kept.status, CustomerStatus::Active, "a status cannot be erased");
    assert_eq!(shop.passwords(jan).await, ["first"], "a former password stays a former one");
    assert_eq!(shop.import_at(&[erased], 1).await, [ImportedRow::Unchanged]);
    // Address and number are free again.
    let other = CustomerImport { phone: Field::Set("+420777123456".to_owned()), ..row("jan@example.com") };
    assert_eq!(shop.import_at(std::slice::from_ref(&other), 2).await, [ImportedRow::Created]);
}

pub(super) async fn the_same_again_changes_nothing(shop: Shop) {
    let jan = full(&shop).await;
    let again = CustomerImport { external_id: Some("7".to_owned()), ..row("jan@example.com") };
    assert_eq!(shop.import_at(&[again.clone(), again], 0).await, [ImportedRow::Unchanged; 2]);
    assert_eq!(show(&shop, jan).await.language, Some(Language::CS));
}

pub(super) async fn the_last_of_three_imports_counts(shop: Shop) {
    let jan = full(&shop).await;
    let with = |status| CustomerImport { status: Some(status), ..write("7") };
    for (seconds, status) in [
        (0, CustomerStatus::Active),
        (1, CustomerStatus::Banned),
        (2, CustomerStatus::Active),
        (3, CustomerStatus::Deleted),
        (4, CustomerStatus::Active),
    ] {
        shop.import_at(&[with(status)], seconds).await;
        assert_eq!(show(&shop, jan).await.status, status, "after {seconds} s");
    }
}

pub(super) async fn a_ban_ends_links_for_good(shop: Shop) {
    for status in [CustomerStatus::Banned, CustomerStatus::Deleted] {
        let shop = shop.neighbour().await;
        let jan = full(&shop).await;
        let (_, token) = shop.link(jan, "jan@example.com", 0).await;
        let waiting = shop.record("jan@example.com", 5).await;
        for (seconds, status) in [(10, status), (20, CustomerStatus::Active)] {
            shop.import_at(&[CustomerImport { status: Some(status), ..write("7") }], seconds).await;
        }
        assert_eq!(shop.link_state(token, 30).await, Some(LinkState::Superseded), "{status:?}");
        let worker = worker();
        shop.claim_one(worker, 30).await;
        let issue = shop.token_issue(waiting, worker, jan, 30);
        assert_eq!(shop.ports.tokens.issue(issue).await, Ok(Issued::Superseded), "{status:?}");
    }
}

async fn reset(shop: &Shop) -> CustomerId {
    let jan = full(shop).await;
    let (_, token) = shop.link(jan, "jan@example.com", 0).await;
    assert_eq!(shop.redeem(token, 100).await, Redeemed::Changed);
    jan
}

fn dump(changed_at: Option<DateTime<Utc>>) -> CustomerImport {
    CustomerImport {
        name: Field::Set("From the dump".to_owned()),
        password_hash: Field::Set(password("dumped")),
        password_changed_at: changed_at,
        ..write("7")
    }
}

pub(super) async fn a_dump_does_not_undo_a_reset(shop: Shop) {
    let jan = reset(&shop).await;
    for changed_at in [None, Some(at(99)), Some(at(100))] {
        let outcome = shop.import_at(&[dump(changed_at)], 200).await;
        assert_eq!(outcome, [ImportedRow::PasswordKept], "{changed_at:?}");
        assert_eq!(shop.passwords(jan).await, ["second", "first"], "{changed_at:?}");
    }
    let erased = CustomerImport { password_hash: Field::Erase, ..write("7") };
    assert_eq!(shop.import_at(&[erased], 250).await, [ImportedRow::PasswordKept]);
    assert_eq!(shop.passwords(jan).await, ["second", "first"]);
    assert_eq!(show(&shop, jan).await.name, "From the dump", "the other fields are applied");
    let (_, token) = shop.link(jan, "jan@example.com", 300).await;
    shop.import_at(&[dump(None)], 310).await;
    assert_eq!(shop.link_state(token, 320).await, Some(LinkState::Good), "nothing changed");
}

pub(super) async fn a_later_change_replaces_what_a_reset_set(shop: Shop) {
    let jan = reset(&shop).await;
    assert_eq!(shop.import_at(&[dump(Some(at(101)))], 200).await, [ImportedRow::Updated]);
    assert_eq!(shop.passwords(jan).await, ["dumped", "second", "first"]);
    // From here on the platform's password is the one, and needs no time to be replaced.
    let next = CustomerImport { password_hash: Field::Set(password("next")), ..write("7") };
    assert_eq!(shop.import_at(&[next], 300).await, [ImportedRow::Updated]);
    assert_eq!(shop.passwords(jan).await, ["next", "dumped", "second", "first"]);
}

pub(super) async fn a_smaller_revision_is_ignored(shop: Shop) {
    let jan = full(&shop).await;
    let named =
        |name: &str, revision| CustomerImport { name: Field::Set(name.to_owned()), revision, ..write("7") };
    for (name, revision, outcome, left) in [
        ("five", Some(5), ImportedRow::Updated, "five"),
        ("four", Some(4), ImportedRow::Stale, "five"),
        ("five", Some(5), ImportedRow::Unchanged, "five"),
        ("equal", Some(5), ImportedRow::Updated, "equal"),
        ("none", None, ImportedRow::Updated, "none"),
        ("four", Some(4), ImportedRow::Stale, "none"),
        ("none", Some(9), ImportedRow::Unchanged, "none"),
        ("eight", Some(8), ImportedRow::Stale, "none"),
        ("negative", Some(i64::MIN), ImportedRow::Stale, "none"),
        ("greatest", Some(i64::MAX), ImportedRow::Updated, "greatest"),
    ] {
        assert_eq!(shop.import_at(&[named(name, revision)], 0).await, [outcome], "{name} {revision:?}");
        assert_eq!(show(&shop, jan).await.name, left, "{name} {revision:?}");
    }
    let both = [named("eleven", Some(i64::MAX)), named("ten", Some(10))];
    assert_eq!(shop.import_at(&both, 1).await, [ImportedRow::Updated, ImportedRow::Stale], "in one batch");
}

pub(super) async fn only_the_import_under_way_has_a_checkpoint(shop: Shop) {
    let (neighbour, customers) = (shop.neighbour().await, &shop.ports.customers);
    let organisation = shop.organisation.id;
    let checkpoint = |name: &str| ImportCheckpoint { name: name.to_owned(), position: 7 };
    for shop in [&shop, &neighbour] {
        customers.import(shop.organisation.id, &[], checkpoint("a"), at(0)).await.unwrap();
    }
    customers.import(organisation, &[], checkpoint("b"), at(1)).await.unwrap();
    assert_eq!(customers.import_position(organisation, "a").await, Ok(None), "another was begun since");
    assert_eq!(customers.import_position(organisation, "b").await, Ok(Some(7)));
    customers.finish_import(organisation).await.unwrap();
    assert_eq!(customers.import_position(organisation, "b").await, Ok(None), "complete");
    let other = neighbour.organisation.id;
    assert_eq!(customers.import_position(other, "a").await, Ok(Some(7)), "another organisation's");
}
