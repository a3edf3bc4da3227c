use application::model::{CustomerImport, CustomerStatus, Field, ImportCheckpoint, ImportedRow, Issued};
use domain::{CustomerId, LinkState};

use crate::contract::fixture::{Shop, at, email, password, row, worker};

async fn owner(shop: &Shop, address: &str) -> Option<CustomerId> {
    let found = shop.ports.customers.find_by_email(shop.organisation.id, &email(address)).await.unwrap();
    found.map(|customer| customer.id)
}

async fn name(shop: &Shop, id: CustomerId) -> String {
    shop.ports.customers.find(id).await.unwrap().expect("the customer is there").name
}

fn named(name: &str, row: CustomerImport) -> CustomerImport {
    CustomerImport { name: Field::Set(name.to_owned()), ..row }
}

pub(super) async fn a_batch_answers_row_by_row(shop: Shop) {
    shop.customer("eva@example.com").await;
    let rows = [row("jan@example.com"), row("eva@example.com"), row("petr@example.com")];
    let answers = shop.import_at(&rows, 0).await;
    assert_eq!(answers, [ImportedRow::Created, ImportedRow::Unchanged, ImportedRow::Created]);
    assert_eq!(shop.import_at(&[], 0).await, [], "an empty batch is no error");
}

pub(super) async fn an_address_identifies_a_customer(shop: Shop) {
    let jan = shop.customer("jan.barasek@gmail.com").await;
    let update = CustomerImport {
        status: Some(CustomerStatus::Banned),
        ..named("Honza", row("janbarasek+x@gmail.com"))
    };
    assert_eq!(shop.import_at(std::slice::from_ref(&update), 0).await, [ImportedRow::Updated]);
    let kept = shop.ports.customers.find(jan).await.unwrap().expect("the customer keeps their id");
    assert_eq!((kept.name.as_str(), kept.status), ("Honza", CustomerStatus::Banned));
    assert_eq!(kept.email.as_ref(), update.email.value(), "the newer spelling is where mail goes");
    assert_eq!(
        shop.ports.customers.find(update.id).await,
        Ok(None),
        "the id offered for a new customer is not used"
    );
}

pub(super) async fn an_external_id_identifies_a_customer(shop: Shop) {
    let with_id = |row| CustomerImport { external_id: Some("7".to_owned()), ..row };
    let first = with_id(row("old@example.com"));
    assert_eq!(shop.import_at(std::slice::from_ref(&first), 0).await, [ImportedRow::Created]);
    assert_eq!(
        shop.import_at(&[with_id(named("Nová", row("new@example.com")))], 1).await,
        [ImportedRow::Updated]
    );
    assert_eq!(owner(&shop, "new@example.com").await, Some(first.id));
    assert_eq!(owner(&shop, "old@example.com").await, None, "the former address leads nowhere");
    assert_eq!(name(&shop, first.id).await, "Nová");
}

pub(super) async fn a_phone_number_identifies_a_customer_without_address(shop: Shop) {
    let by_phone = |name| CustomerImport {
        email: Field::Erase,
        phone: Field::Set("+420123456789".to_owned()),
        ..named(name, row("ignored@example.com"))
    };
    let first = by_phone("Jana");
    assert_eq!(shop.import_at(std::slice::from_ref(&first), 0).await, [ImportedRow::Created]);
    assert_eq!(shop.import_at(&[by_phone("Johana")], 1).await, [ImportedRow::Updated]);
    assert_eq!(name(&shop, first.id).await, "Johana");
    let other = CustomerImport { phone: Field::Set("+420987654321".to_owned()), ..by_phone("Petr") };
    assert_eq!(shop.import_at(&[other], 2).await, [ImportedRow::Created]);
}

pub(super) async fn an_external_id_counts_before_the_address(shop: Shop) {
    let with_id = |id: &str, address| CustomerImport { external_id: Some(id.to_owned()), ..row(address) };
    shop.import_at(&[with_id("1", "one@example.com"), with_id("2", "two@example.com")], 0).await;
    let answers = shop.import_at(&[with_id("1", "two@example.com")], 1).await;
    assert_eq!(answers, [ImportedRow::AddressTaken], "1 cannot take what belongs to 2");
}

pub(super) async fn an_address_of_another_customer_is_refused(shop: Shop) {
    let (one, two) = (row("one@example.com"), row("j.two@gmail.com"));
    let with_id = |row: &CustomerImport| CustomerImport { external_id: Some("1".to_owned()), ..row.clone() };
    let one = with_id(&one);
    shop.import_at(&[one.clone(), two.clone()], 0).await;
    let greedy = with_id(&named("Greedy", row("jtwo@googlemail.com")));
    let rows = [greedy, named("Three", row("three@example.com"))];
    assert_eq!(shop.import_at(&rows, 1).await, [ImportedRow::AddressTaken, ImportedRow::Created]);
    let kept = shop.ports.customers.find(one.id).await.unwrap().unwrap();
    assert_eq!(
        (kept.email.as_ref(), Some(&kept.name)),
        (one.email.value(), one.name.value()),
        "nothing of the refused row was stored"
    );
    assert_eq!(owner(&shop, "jtwo@gmail.com").await, Some(two.id));
}

pub(super) async fn rows_of_one_batch_see_each_other(shop: Shop) {
    let rows = [row("jan@example.com"), named("Honza", row("JAN@example.com"))];
    assert_eq!(shop.import_at(&rows, 0).await, [ImportedRow::Created, ImportedRow::Updated]);
    assert_eq!(name(&shop, rows[0].id).await, "Honza");
}

pub(super) async fn the_same_file_for_another_organisation_is_other_customers(shop: Shop) {
    let neighbour = shop.neighbour().await;
    let with_id = |row| CustomerImport { external_id: Some("7".to_owned()), ..row };
    let (own, foreign) = (with_id(row("jan@example.com")), with_id(named("Jiný", row("jan@example.com"))));
    assert_eq!(shop.import_at(std::slice::from_ref(&own), 0).await, [ImportedRow::Created]);
    assert_eq!(neighbour.import_at(std::slice::from_ref(&foreign), 0).await, [ImportedRow::Created]);
    assert_eq!(name(&shop, own.id).await, "Jan Barášek");
    assert_eq!(name(&shop, foreign.id).await, "Jiný");
}

pub(super) async fn without_a_password_the_present_one_stays(shop: Shop) {
    let jan = shop.customer("jan@example.com").await;
    shop.import_at(&[row("jan@example.com")], 0).await;
    assert_eq!(shop.passwords(jan).await, ["first"]);
}

pub(super) async fn a_new_password_makes_the_former_one_history(shop: Shop) {
    let jan = shop.customer("jan@example.com").await;
    let rekeyed =
        CustomerImport { password_hash: Field::Set(password("imported")), ..row("jan@example.com") };
    shop.import_at(std::slice::from_ref(&rekeyed), 0).await;
    assert_eq!(shop.passwords(jan).await, ["imported", "first"]);
    shop.import_at(std::slice::from_ref(&rekeyed), 1).await;
    assert_eq!(shop.passwords(jan).await, ["imported", "first"], "the same again is no change");
}

pub(super) async fn a_changed_password_kills_open_links(shop: Shop) {
    let jan = shop.customer("jan@example.com").await;
    let (_, token) = shop.link(jan, "jan@example.com", 0).await;
    shop.import_at(
        &[CustomerImport { password_hash: Field::Set(password("imported")), ..row("jan@example.com") }],
        10,
    )
    .await;
    assert_eq!(shop.link_state(token, 20).await, Some(LinkState::Superseded));
}

pub(super) async fn a_changed_address_kills_open_links(shop: Shop) {
    let with_id = |address| CustomerImport { external_id: Some("7".to_owned()), ..row(address) };
    let jan = with_id("old@example.com");
    let bystander = shop.customer("eva@example.com").await;
    shop.import_at(std::slice::from_ref(&jan), -100).await;
    let (_, token) = shop.link(jan.id, "old@example.com", 0).await;
    let (_, other) = shop.link(bystander, "eva@example.com", 5).await;
    shop.import_at(&[with_id("new@example.com")], 10).await;
    assert_eq!(shop.link_state(token, 20).await, Some(LinkState::Superseded));
    assert_eq!(shop.link_state(other, 20).await, Some(LinkState::Good), "another customer's link");
}

pub(super) async fn a_request_from_before_a_changed_password_gets_no_token(shop: Shop) {
    let jan = shop.customer("jan@example.com").await;
    let request = shop.record("jan@example.com", 0).await;
    shop.import_at(
        &[CustomerImport { password_hash: Field::Set(password("imported")), ..row("jan@example.com") }],
        10,
    )
    .await;
    let worker = worker();
    shop.claim_one(worker, 20).await;
    let issue = shop.token_issue(request, worker, jan, 20);
    assert_eq!(shop.ports.tokens.issue(issue).await, Ok(Issued::Superseded));
}

pub(super) async fn an_unchanged_customer_keeps_their_links(shop: Shop) {
    let jan = shop.customer("jan@example.com").await;
    let (_, token) = shop.link(jan, "jan@example.com", 0).await;
    let same = CustomerImport {
        password_hash: Field::Set(password("first")),
        ..named("Jiné Jméno", row("jan@example.com"))
    };
    shop.import_at(&[same, row("jan@example.com")], 10).await;
    assert_eq!(shop.link_state(token, 20).await, Some(LinkState::Good));
}

pub(super) async fn the_checkpoint_moves_with_the_batch(shop: Shop) {
    let customers = &shop.ports.customers;
    assert_eq!(customers.import_position(shop.organisation.id, "a").await, Ok(None), "never begun");
    for (position, address) in
        [(500, "a@example.com"), (1_000, "b@example.com"), (u64::from(u32::MAX) + 1, "c@example.com")]
    {
        let checkpoint = ImportCheckpoint { name: "a".to_owned(), position };
        customers.import(shop.organisation.id, &[row(address)], checkpoint, at(0)).await.unwrap();
        assert_eq!(customers.import_position(shop.organisation.id, "a").await, Ok(Some(position)));
    }
}

pub(super) async fn checkpoints_are_kept_apart(shop: Shop) {
    let neighbour = shop.neighbour().await;
    let customers = &shop.ports.customers;
    let checkpoint = ImportCheckpoint { name: "a".to_owned(), position: 7 };
    customers.import(shop.organisation.id, &[], checkpoint, at(0)).await.unwrap();
    assert_eq!(customers.import_position(shop.organisation.id, "a").await, Ok(Some(7)));
    assert_eq!(customers.import_position(shop.organisation.id, "b").await, Ok(None), "another file");
    assert_eq!(
        customers.import_position(neighbour.organisation.id, "a").await,
        Ok(None),
        "another organisation"
    );
}

pub(super) async fn a_thousand_rows_go_in_one_batch(shop: Shop) {
    let rows: Vec<_> = (0..1_000).map(|index| row(&format!("customer{index}@example.com"))).collect();
    assert_eq!(shop.import_at(&rows, 0).await, vec![ImportedRow::Created; 1_000]);
    assert_eq!(shop.import_at(&rows, 1).await, vec![ImportedRow::Unchanged; 1_000]);
    assert_eq!(owner(&shop, "customer999@example.com").await, Some(rows[999].id));
}
