use std::sync::Arc;

use application::model::MailFilter;
use domain::{DeliveryState, RequestId};

use super::StoreUnderTest;
use super::fixture::{IntoMail as _, Shop, ids, sent, worker};
use super::suite::run_cases;
use crate::fake::DamagingVault;

/// What a store does with rows that it cannot read: another data key on one replica, a newer
/// version's format, a damaged disk. `fresh` makes an empty store that seals with the vault it is
/// given.
///
/// # Panics
/// When a case of the contract is broken; the message says which.
pub async fn unreadable_rows<P: Into<StoreUnderTest>>(fresh: impl AsyncFn(Arc<DamagingVault>) -> P) {
    let fresh = async || {
        let vault = Arc::new(DamagingVault::default());
        let ports = fresh(Arc::clone(&vault)).await.into();
        Damaged { shop: Shop::open(ports).await, vault }
    };
    run_cases!(
        "UnreadableRows",
        fresh(),
        [
            an_unreadable_request_does_not_stop_those_beside_it,
            an_unreadable_request_ends_as_an_error_for_operators_to_see,
            many_unreadable_requests_end_at_once,
        ]
    );
}

struct Damaged {
    shop: Shop,
    vault: Arc<DamagingVault>,
}

impl Damaged {
    async fn record(&self, accepted: i64, damaged: bool) -> RequestId {
        self.vault.damage(damaged);
        let request = self.shop.record("jan@example.com", accepted).await;
        self.vault.damage(false);
        request
    }
}

async fn an_unreadable_request_does_not_stop_those_beside_it(damaged: Damaged) {
    let mut good = Vec::new();
    for accepted in 0..9 {
        let request = damaged.record(accepted, accepted % 4 == 0).await;
        if accepted % 4 != 0 {
            good.push(request);
        }
    }
    let (shop, holder) = (damaged.shop, worker());
    let mails = good.iter().map(|request| request.into_mail()).collect::<Vec<_>>();
    assert_eq!(ids(&shop.claim(holder, 10).await), mails, "every good one, at once");
    for request in good {
        assert!(shop.complete(request, holder, sent(), 11).await);
    }
    assert_eq!(ids(&shop.claim(worker(), 100).await), [], "the bad ones do not come back");
}

async fn an_unreadable_request_ends_as_an_error_for_operators_to_see(damaged: Damaged) {
    let good = damaged.record(0, false).await;
    let bad = damaged.record(1, true).await;
    let shop = damaged.shop;
    assert_eq!(ids(&shop.claim(worker(), 10).await), [good.into_mail()]);
    let shown = shop.show(bad).await;
    assert_eq!(shown.summary.state, DeliveryState::PreparingError);
    assert_ne!(shown.summary.last_reply, None, "it says why");
    let everything = MailFilter { limit: 10, ..MailFilter::default() };
    assert_eq!(shop.ports.queue.list(everything).await.unwrap().len(), 2);
    let errors = MailFilter { state: Some(DeliveryState::PreparingError), ..everything };
    let listed = shop.ports.queue.list(errors).await.unwrap();
    assert_eq!(listed.iter().map(|mail| mail.id).collect::<Vec<_>>(), [bad.into_mail()]);
}

async fn many_unreadable_requests_end_at_once(damaged: Damaged) {
    for accepted in 0..60 {
        damaged.record(accepted, true).await;
    }
    let good = damaged.record(60, false).await;
    assert_eq!(ids(&damaged.shop.claim(worker(), 70).await), [good.into_mail()]);
}
