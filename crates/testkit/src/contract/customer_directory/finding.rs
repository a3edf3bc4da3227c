use application::model::{Customer, CustomerImport, CustomerStatus, Field, ImportedRow};
use domain::{CustomerId, Language};

use crate::contract::fixture::{Shop, email, id, password, row};

async fn find(shop: &Shop, address: &str) -> Option<CustomerId> {
    let found = shop.ports.customers.find_by_email(shop.organisation.id, &email(address)).await.unwrap();
    found.map(|customer| customer.id)
}

pub(super) async fn every_field_survives(shop: Shop) {
    let row = CustomerImport {
        external_id: Some("ERP-0001".to_owned()),
        phone: Field::Set("+420 123 456 789".to_owned()),
        name: Field::Set("Žofie \"Žofka\" O'Neil\u{1f600}".to_owned()),
        language: Field::Set(Language::CS),
        ..row("Zofie.Novak@Příklad.cz")
    };
    assert_eq!(shop.import_at(std::slice::from_ref(&row), 0).await, [ImportedRow::Created]);
    let expected = Customer {
        id: row.id,
        organisation: shop.organisation.id,
        reference: Some("ERP-0001".to_owned()),
        email: row.email.value().cloned(),
        name: row.name.value().cloned().unwrap(),
        language: row.language.value().copied(),
        status: CustomerStatus::Active,
    };
    assert_eq!(shop.ports.customers.find(row.id).await.unwrap(), Some(expected.clone()));
    let by_address =
        shop.ports.customers.find_by_email(shop.organisation.id, row.email.value().unwrap()).await.unwrap();
    assert_eq!(by_address, Some(expected));
}

pub(super) async fn an_address_is_found_by_its_canonical_form(shop: Shop) {
    let jan = shop.customer("jan.barasek+eshop@gmail.com").await;
    let eva = shop.customer("Eva@Example.com").await;
    for spelling in ["janbarasek@gmail.com", "J.A.N.Barasek@googlemail.com", "jan.barasek+eshop@gmail.com"] {
        assert_eq!(find(&shop, spelling).await, Some(jan), "{spelling}");
    }
    assert_eq!(find(&shop, "eva@EXAMPLE.com").await, Some(eva));
    let stored = shop.ports.customers.find(jan).await.unwrap().unwrap().email.unwrap();
    assert_eq!(
        stored.normalized(),
        "jan.barasek+eshop@gmail.com",
        "mail goes to the address as it was stored"
    );
}

pub(super) async fn addresses_that_look_alike_are_not_the_same(shop: Shop) {
    shop.customer("paypal@example.com").await;
    for lookalike in
        ["pаypal@example.com", "paypal@exаmple.com", "paypal+x@example.com", "pay.pal@example.com"]
    {
        assert_eq!(find(&shop, lookalike).await, None, "{lookalike}");
    }
}

pub(super) async fn an_unknown_address_is_not_found(shop: Shop) {
    shop.customer("jan@barasek.com").await;
    assert_eq!(find(&shop, "jana@barasek.com").await, None);
    assert_eq!(shop.ports.customers.find(CustomerId::from_bytes(id())).await, Ok(None));
}

pub(super) async fn a_customer_without_address_is_never_found_by_one(shop: Shop) {
    let phone_only = CustomerImport {
        email: Field::Erase,
        phone: Field::Set("+420123456789".to_owned()),
        ..row("ignored@example.com")
    };
    assert_eq!(shop.import_at(std::slice::from_ref(&phone_only), 0).await, [ImportedRow::Created]);
    let stored = shop.ports.customers.find(phone_only.id).await.unwrap().expect("the customer is there");
    assert_eq!(stored.email, None);
    for address in ["ignored@example.com", "420123456789@example.com"] {
        assert_eq!(find(&shop, address).await, None, "{address}");
    }
}

pub(super) async fn banned_and_deleted_customers_are_found_as_such(shop: Shop) {
    for (address, status) in
        [("banned@example.com", CustomerStatus::Banned), ("deleted@example.com", CustomerStatus::Deleted)]
    {
        shop.import_at(&[CustomerImport { status: Some(status), ..row(address) }], 0).await;
        let found = shop.ports.customers.find_by_email(shop.organisation.id, &email(address)).await.unwrap();
        assert_eq!(found.map(|customer| customer.status), Some(status));
    }
}

pub(super) async fn organisations_do_not_share_customers(shop: Shop) {
    let neighbour = shop.neighbour().await;
    let own = shop.customer("jan@barasek.com").await;
    assert_eq!(find(&neighbour, "jan@barasek.com").await, None);
    let foreign = neighbour.customer("jan@barasek.com").await;
    assert_ne!(own, foreign);
    assert_eq!(find(&shop, "jan@barasek.com").await, Some(own));
    assert_eq!(find(&neighbour, "jan@barasek.com").await, Some(foreign));
}

pub(super) async fn the_history_is_newest_first_and_limited(shop: Shop) {
    let jan = shop.customer("jan@barasek.com").await;
    for (seconds, hash) in [(0, "second"), (10, "third"), (20, "fourth")] {
        shop.import_at(
            &[CustomerImport { password_hash: Field::Set(password(hash)), ..row("jan@barasek.com") }],
            seconds,
        )
        .await;
    }
    assert_eq!(shop.passwords(jan).await, ["fourth", "third", "second", "first"]);
    let two = shop.ports.customers.password_history(jan, 2).await.unwrap();
    assert_eq!(two, [password("fourth"), password("third")], "the whole text survives, the newest two");
    assert_eq!(shop.ports.customers.password_history(jan, 0).await.unwrap(), []);
    assert_eq!(shop.passwords(CustomerId::from_bytes(id())).await, [""; 0]);
}
