use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use application::PasswordQueue;
use application::model::PasswordHash;
use application::ports::{HasherError, PasswordHasher};
use domain::Password;

use crate::ask::{form, post};
use crate::shop::{FIRST_PASSWORD, PROD, Shop, ShopConfig, petra};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_simultaneous_redemptions_one_wins() {
    let shop = Shop::open().await;
    let token = shop.link(shop.jan).await;
    let mut attempts = tokio::task::JoinSet::new();
    for number in 0..40 {
        let (router, token) = (shop.router.clone(), token.clone());
        attempts.spawn(async move {
            let password = format!("Attempt number {number}");
            let answer = if number % 2 == 0 {
                let body = serde_json::json!({ "token": token, "password": password }).to_string();
                post(&format!("/api/v1/customer/set-new-password?apiKey={PROD}"), body)
                    .of_router(&router)
                    .await
            } else {
                let password = password.replace(' ', "+");
                let body = format!("password={password}&password_confirmation={password}");
                form(&format!("/reset/{token}"), body).of_router(&router).await
            };
            let won = answer.body.contains(r#"{"success":true,"#) || answer.body.contains("has been changed");
            (won, password)
        });
    }
    let outcomes = attempts.join_all().await;
    let winners: Vec<_> =
        outcomes.into_iter().filter_map(|(won, password)| won.then_some(password)).collect();
    assert_eq!(winners.len(), 1, "{winners:?}");
    assert!(shop.jan_signs_in_with(&winners[0]).await);
}

/// A hash that takes a fifth of a second.
struct SlowHasher(testkit::fake::PlainHasher);

#[async_trait::async_trait]
impl PasswordHasher for SlowHasher {
    async fn hash(&self, password: &Password) -> Result<PasswordHash, HasherError> {
        tokio::time::sleep(Duration::from_millis(200)).await;
        self.0.hash(password).await
    }

    async fn verify(&self, password: &Password, hash: &PasswordHash) -> Result<bool, HasherError> {
        tokio::time::sleep(Duration::from_millis(200)).await;
        self.0.verify(password, hash).await
    }

    fn max_bytes(&self) -> Option<usize> {
        None
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_holder_of_one_link_holds_up_nobody_else() {
    let hasher: Arc<dyn PasswordHasher> = Arc::new(SlowHasher(testkit::fake::PlainHasher::new()));
    let shop = Shop::planned(ShopConfig { hasher: Some(hasher), ..ShopConfig::default() }).await;
    let (jan, petra) = (shop.link(shop.jan).await, shop.link(petra()).await);
    let mut flood = tokio::task::JoinSet::new();
    for number in 0..1_500 {
        let (router, jan) = (shop.router.clone(), jan.clone());
        flood.spawn(async move {
            if number % 2 == 0 {
                let body = serde_json::json!({ "token": jan, "password": FIRST_PASSWORD }).to_string();
                post(&format!("/api/v1/customer/set-new-password?apiKey={PROD}"), body)
                    .of_router(&router)
                    .await
            } else {
                let password = FIRST_PASSWORD.replace(' ', "+");
                let body = format!("password={password}&password_confirmation={password}");
                form(&format!("/reset/{jan}"), body).of_router(&router).await
            }
        });
    }
    tokio::time::sleep(Duration::from_millis(50)).await;
    let started = std::time::Instant::now();
    let body = serde_json::json!({ "token": petra, "password": "Another secret 9" }).to_string();
    let victim = post(&format!("/api/v1/customer/set-new-password?apiKey={PROD}"), body).of(&shop).await;
    victim.is_changed();
    assert!(started.elapsed() < Duration::from_secs(3), "{:?}", started.elapsed());
    let answers = flood.join_all().await;
    let refused: Vec<_> = answers.iter().filter(|answer| answer.status == 429).collect();
    assert_eq!(refused.len(), 1_490, "ten attempts were made");
    for answer in refused {
        let wait: u64 = answer.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=600).contains(&wait), "{wait}");
        let page = answer.body.contains("tried too often");
        assert!(page || answer.body.contains("INTERNAL_TOO_MANY_REQUESTS"), "{}", answer.body);
    }
    shop.clock.advance(chrono::TimeDelta::minutes(10));
    let body = serde_json::json!({ "token": jan, "password": "Another secret 9" }).to_string();
    let later = post(&format!("/api/v1/customer/set-new-password?apiKey={PROD}"), body).of(&shop).await;
    later.is_changed();
}

#[tokio::test]
async fn over_the_deadline_of_the_queue_it_is_503_and_the_token_stays_good() {
    let hasher: Arc<dyn PasswordHasher> = Arc::new(SlowHasher(testkit::fake::PlainHasher::new()));
    let queue = PasswordQueue::with_deadline(NonZeroUsize::MIN, Duration::from_millis(50));
    let shop = Shop::planned(ShopConfig { hasher: Some(hasher), queue, ..ShopConfig::default() }).await;
    let token = shop.link(shop.jan).await;
    let body = serde_json::json!({ "token": token, "password": "Another secret 9" }).to_string();
    let answer = post(&format!("/api/v1/customer/set-new-password?apiKey={PROD}"), body).of(&shop).await;
    answer.is_error(503, "INTERNAL_SERVICE_UNAVAILABLE");
    assert_eq!(answer.header("retry-after"), Some("5"));
    let fields = "password=Another+secret+9&password_confirmation=Another+secret+9";
    let page = form(&format!("/reset/{token}"), fields).of(&shop).await;
    page.is_page(503, "Your link is still good");
    assert_eq!(page.header("retry-after"), Some("5"));
    crate::ask::get(&format!("/reset/{token}")).of(&shop).await.is_page(200, "Set a new password");
    assert!(shop.jan_signs_in_with(FIRST_PASSWORD).await);
}
