use crate::ask::{form, post};
use crate::shop::{PROD, Shop};

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
            let won = answer.body.contains(r#"{"success":true}"#) || answer.body.contains("has been changed");
            (won, password)
        });
    }
    let outcomes = attempts.join_all().await;
    let winners: Vec<_> =
        outcomes.into_iter().filter_map(|(won, password)| won.then_some(password)).collect();
    assert_eq!(winners.len(), 1, "{winners:?}");
    assert!(shop.jan_signs_in_with(&winners[0]).await);
}
