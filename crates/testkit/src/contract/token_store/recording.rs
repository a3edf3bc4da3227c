use application::model::{ApiKeyRecord, ClaimedMail, ClaimedWork, Lease, NewRequest};
use domain::{ApiKeyHash, ApiKeyId, ApiKeyKind, DeliveryState};

use crate::contract::fixture::{IntoMail as _, Shop, at, at_once, email, hash, id, ids, ip, sent, worker};

pub(super) async fn a_request_is_claimed_as_it_was_recorded(shop: Shop) {
    let request = NewRequest {
        sandbox: true,
        customer_ip: Some(ip("2001:db8::1")),
        email: email("Žofie.Nová+tag@Příklad.cz"),
        ..shop.request("ignored@example.com", 0)
    };
    shop.ports.intake.record(request.clone()).await.unwrap();
    assert_eq!(shop.state(request.id).await, DeliveryState::InQueue);
    let worker = worker();
    let claimed = shop.claim_one(worker, 0).await;
    let expected = ClaimedMail {
        lease: Lease::new(request.id, worker),
        organisation: request.organisation,
        sandbox: true,
        accepted_at: request.accepted_at,
        expires_at: request.expires_at,
        attempts: 0,
        work: ClaimedWork::Reset {
            email: request.email,
            customer_ip: request.customer_ip,
            geo: None,
            admitted: false,
        },
    };
    assert_eq!(claimed, expected);
}

pub(super) async fn an_unknown_ip_stays_unknown(shop: Shop) {
    let request = NewRequest { customer_ip: None, ..shop.request("jan@example.com", 0) };
    let id = request.id;
    shop.ports.intake.record(request).await.unwrap();
    let claimed = shop.claim_one(worker(), 0).await;
    assert!(matches!(claimed.work, ClaimedWork::Reset { customer_ip: None, .. }), "{claimed:?}");
    assert_eq!(shop.show(id).await.customer_ip, None);
}

pub(super) async fn a_request_may_name_its_key(shop: Shop) {
    let key = ApiKeyRecord {
        id: ApiKeyId::from_bytes(id()),
        organisation: shop.organisation.id,
        hash: ApiKeyHash::from_bytes(hash()),
        kind: ApiKeyKind::ALL[0],
        description: String::new(),
        scopes: Vec::new(),
        networks: Vec::new(),
        created_at: at(0),
        expires_at: at(1_000),
        revoked_at: None,
    };
    shop.ports.keys.create(&key).await.unwrap();
    let request = NewRequest { api_key: Some(key.id), ..shop.request("jan@example.com", 0) };
    shop.ports.intake.record(request).await.unwrap();
    shop.claim_one(worker(), 0).await;
}

pub(super) async fn recording_twice_is_recording_once(shop: Shop) {
    let request = shop.request("jan@example.com", 0);
    shop.ports.intake.record(request.clone()).await.unwrap();
    shop.ports.intake.record(request.clone()).await.unwrap();
    shop.claim_one(worker(), 0).await;
    assert_eq!(shop.ports.intake.record(request.clone()).await, Ok(()), "a repetition is no error");
    assert_eq!(ids(&shop.claim(worker(), 1).await), [], "a repetition does not end a lease");
    assert_eq!(shop.events(request.id).await.iter().filter(|event| *event == "accepted").count(), 1);
}

pub(super) async fn recording_again_does_not_bring_a_sent_mail_back(shop: Shop) {
    let request = shop.request("jan@example.com", 0);
    let worker = worker();
    shop.ports.intake.record(request.clone()).await.unwrap();
    shop.claim_one(worker, 0).await;
    assert!(shop.complete(request.id, worker, sent(), 1).await);
    shop.ports.intake.record(request.clone()).await.unwrap();
    assert_eq!(shop.state(request.id).await, DeliveryState::Sent);
    assert_eq!(ids(&shop.claim(worker, 2).await), []);
}

pub(super) async fn simultaneous_requests_are_all_recorded(shop: Shop) {
    let requests = at_once(128, |index| {
        let (intake, request) =
            (shop.ports.intake.clone(), shop.request(&format!("c{index}@example.com"), 0));
        async move {
            let id = request.id;
            intake.record(request).await.unwrap();
            id
        }
    })
    .await;
    let claimed = ids(&shop.claim(worker(), 0).await);
    let lost = requests.into_iter().filter(|request| !claimed.contains(&request.into_mail())).count();
    assert_eq!((lost, claimed.len()), (0, 128), "lost, and claimed, of 128");
}

/// It MUST NOT look at any account, so a banned, deleted or unknown one makes no difference.
pub(super) async fn any_address_is_recorded(shop: Shop) {
    use application::model::{CustomerImport, CustomerStatus};
    let banned = CustomerImport {
        status: Some(CustomerStatus::Banned),
        ..crate::contract::fixture::row("banned@example.com")
    };
    shop.import_at(&[banned], 0).await;
    for (index, address) in ["banned@example.com", "nobody@example.com"].into_iter().enumerate() {
        shop.record(address, index as i64).await;
    }
    assert_eq!(shop.claim(worker(), 10).await.len(), 2);
}
