use super::stage;
use crate::shop::{DEV, ShopConfig};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs Chromium"]
async fn the_reference_sends_a_real_request() {
    let (shop, address, mut browser) = stage(ShopConfig::default()).await;
    browser.open(&format!("http://{address}/docs")).await;
    browser.until("document.querySelectorAll('form.try').length", "5").await;
    let form = "document.querySelector('#resetPassword form.try')";
    browser.eval(&format!("{form}.querySelector('input').focus()")).await;
    browser.write(DEV).await;
    browser.enter().await;
    browser.until(&format!("{form}.querySelector('.answer').textContent"), "200 OK").await;
    let answer = browser.eval(&format!("{form}.querySelector('.answer').textContent")).await;
    assert!(
        answer.contains("\"success\": true") && answer.contains("x-ratelimit-remaining: 999"),
        "{answer}"
    );
    assert_eq!(shop.due().await, 1);
    // The key went along to the other calls.
    browser.eval("document.querySelector('#ping form.try').requestSubmit()").await;
    let ping = "document.querySelector('#ping .answer').textContent";
    browser.until(ping, "\"kind\": \"development\"").await;
}
