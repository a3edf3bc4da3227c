use std::time::Duration;

use application::model::{ApiKeyRecord, Organisation};
use application::ports::StoreError;
use domain::{ApiKeyHash, ApiKeyId, ApiKeyKind, Network, Scope};

use super::StoreUnderTest;
use super::fixture::{Shop, at, at_once, hash, id};
use super::suite::run_cases;

/// How old an answer of `find` may be, and a little for a busy machine.
const STALE: Duration = Duration::from_millis(1_000);

/// The contract of [`ApiKeyRegistry`](application::ports::ApiKeyRegistry).
///
/// # Panics
/// When a case of the contract is broken; the message says which.
pub async fn api_key_registry<P: Into<StoreUnderTest>>(fresh: impl AsyncFn() -> P) {
    run_cases!(
        "ApiKeyRegistry",
        async { Shop::open(fresh().await.into()).await },
        [
            a_new_one_is_found_by_its_hash_with_its_organisation,
            an_unknown_hash_is_not_found,
            every_field_survives,
            a_taken_id_is_a_conflict,
            a_taken_hash_is_a_conflict,
            of_simultaneous_creations_with_one_hash_one_wins,
            all_are_listed_oldest_first,
            organisations_do_not_see_each_others,
            revoking_holds_for_ever,
            revoking_twice_keeps_the_first_time,
            revoking_an_unknown_one_does_nothing,
            a_change_of_the_organisation_is_seen,
        ]
    );
}

fn key(shop: &Shop, created: i64) -> ApiKeyRecord {
    ApiKeyRecord {
        id: ApiKeyId::from_bytes(id()),
        organisation: shop.organisation.id,
        hash: ApiKeyHash::from_bytes(hash()),
        kind: ApiKeyKind::ALL[0],
        description: "eshop".to_owned(),
        scopes: Vec::new(),
        networks: Vec::new(),
        created_at: at(created),
        expires_at: at(created + 7_776_000),
        revoked_at: None,
    }
}

async fn create(shop: &Shop, key: ApiKeyRecord) -> ApiKeyRecord {
    shop.ports.keys.create(&key).await.unwrap();
    key
}

/// What `find` says once it cannot be older than now.
async fn found(
    shop: &Shop,
    hash: ApiKeyHash,
    settled: impl Fn(&ApiKeyRecord, &Organisation) -> bool,
) -> bool {
    for _ in 0..20 {
        let found = shop.ports.keys.find(hash).await.unwrap();
        if found.is_some_and(|found| settled(&found.key, &found.organisation)) {
            return true;
        }
        tokio::time::sleep(STALE / 20).await;
    }
    false
}

async fn a_new_one_is_found_by_its_hash_with_its_organisation(shop: Shop) {
    let key = create(&shop, key(&shop, 0)).await;
    let found = shop.ports.keys.find(key.hash).await.unwrap().expect("the key is there");
    assert_eq!(found.key, key);
    assert_eq!(*found.organisation, shop.organisation);
}

async fn an_unknown_hash_is_not_found(shop: Shop) {
    create(&shop, key(&shop, 0)).await;
    assert_eq!(shop.ports.keys.find(ApiKeyHash::from_bytes(hash())).await.unwrap(), None);
}

async fn every_field_survives(shop: Shop) {
    let networks: Vec<Network> =
        ["203.0.113.0/24", "2001:db8::/32", "198.51.100.7/32"].map(|text| text.parse().unwrap()).into();
    for (index, kind) in ApiKeyKind::ALL.iter().enumerate() {
        let key = ApiKeyRecord {
            kind: *kind,
            description: "Klíč č. 1; 'hlavní' \"e-shop\"\n\u{1f511}".to_owned(),
            scopes: Scope::ALL.to_vec(),
            networks: networks.clone(),
            ..key(&shop, index as i64)
        };
        let key = create(&shop, key).await;
        let found = shop.ports.keys.find(key.hash).await.unwrap().expect("the key is there");
        assert_eq!(found.key, key);
        assert!(shop.ports.keys.list(None).await.unwrap().contains(&key), "the list says the same");
    }
}

async fn a_taken_id_is_a_conflict(shop: Shop) {
    let first = create(&shop, key(&shop, 0)).await;
    let result = shop.ports.keys.create(&ApiKeyRecord { id: first.id, ..key(&shop, 1) }).await;
    assert!(matches!(result, Err(StoreError::Conflict(_))), "{result:?}");
}

async fn a_taken_hash_is_a_conflict(shop: Shop) {
    let first = create(&shop, key(&shop, 0)).await;
    let result = shop.ports.keys.create(&ApiKeyRecord { hash: first.hash, ..key(&shop, 1) }).await;
    assert!(matches!(result, Err(StoreError::Conflict(_))), "{result:?}");
    let found = shop.ports.keys.find(first.hash).await.unwrap().expect("the first is there");
    assert_eq!(found.key.id, first.id, "the first one stays");
}

async fn of_simultaneous_creations_with_one_hash_one_wins(shop: Shop) {
    let hash = ApiKeyHash::from_bytes(hash());
    let results = at_once(8, |_| {
        let (keys, rival) = (shop.ports.keys.clone(), ApiKeyRecord { hash, ..key(&shop, 0) });
        async move { keys.create(&rival).await }
    })
    .await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1, "{results:?}");
}

async fn all_are_listed_oldest_first(shop: Shop) {
    let mut expected = Vec::new();
    for created in [30, 10, 20] {
        expected.push(create(&shop, key(&shop, created)).await);
    }
    shop.ports.keys.revoke(expected[2].id, at(40)).await.unwrap();
    expected[2].revoked_at = Some(at(40));
    let expired = ApiKeyRecord { expires_at: at(1), ..key(&shop, 0) };
    expected.push(create(&shop, expired).await);
    expected.sort_by_key(|key| key.created_at);
    assert_eq!(shop.ports.keys.list(Some(shop.organisation.id)).await.unwrap(), expected);
}

async fn organisations_do_not_see_each_others(shop: Shop) {
    let neighbour = shop.neighbour().await;
    let (own, foreign) = (create(&shop, key(&shop, 0)).await, create(&neighbour, key(&neighbour, 1)).await);
    assert_eq!(shop.ports.keys.list(Some(shop.organisation.id)).await.unwrap(), std::slice::from_ref(&own));
    assert_eq!(
        shop.ports.keys.list(Some(neighbour.organisation.id)).await.unwrap(),
        std::slice::from_ref(&foreign)
    );
    let all = shop.ports.keys.list(None).await.unwrap();
    assert!(all.contains(&own) && all.contains(&foreign), "without an organisation all are listed");
    let found = shop.ports.keys.find(foreign.hash).await.unwrap().expect("the key is there");
    assert_eq!(found.organisation.id, neighbour.organisation.id);
}

async fn revoking_holds_for_ever(shop: Shop) {
    let key = create(&shop, key(&shop, 0)).await;
    shop.ports.keys.find(key.hash).await.unwrap();
    assert_eq!(shop.ports.keys.revoke(key.id, at(10)).await, Ok(true));
    assert!(
        found(&shop, key.hash, |key, _| key.revoked_at == Some(at(10))).await,
        "find still says: not revoked"
    );
    let again = shop.ports.keys.create(&key).await;
    assert!(matches!(again, Err(StoreError::Conflict(_))), "a revoked key's hash stays taken: {again:?}");
}

async fn revoking_twice_keeps_the_first_time(shop: Shop) {
    let key = create(&shop, key(&shop, 0)).await;
    assert_eq!(shop.ports.keys.revoke(key.id, at(10)).await, Ok(true));
    assert_eq!(shop.ports.keys.revoke(key.id, at(20)).await, Ok(true));
    assert_eq!(shop.ports.keys.list(Some(key.organisation)).await.unwrap()[0].revoked_at, Some(at(10)));
}

async fn revoking_an_unknown_one_does_nothing(shop: Shop) {
    let key = create(&shop, key(&shop, 0)).await;
    assert_eq!(shop.ports.keys.revoke(ApiKeyId::from_bytes(id()), at(10)).await, Ok(false));
    assert_eq!(shop.ports.keys.list(Some(key.organisation)).await.unwrap()[0].revoked_at, None);
}

async fn a_change_of_the_organisation_is_seen(shop: Shop) {
    let key = create(&shop, key(&shop, 0)).await;
    shop.ports.keys.find(key.hash).await.unwrap();
    let suspended = Organisation { suspended: true, ..shop.organisation.clone() };
    assert_eq!(shop.ports.organisations.update(&suspended).await, Ok(true));
    assert!(
        found(&shop, key.hash, |_, organisation| organisation.suspended).await,
        "find still says: not suspended"
    );
}
