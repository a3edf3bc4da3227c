use super::stage;
use crate::shop::ShopConfig;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs Chromium"]
async fn new_mail_is_offered_and_what_is_read_stays() {
    let plan = ShopConfig { mailbox: true, ..ShopConfig::default() };
    let (shop, address, mut browser) = stage(plan).await;
    browser.open(&format!("http://{address}/dev/mailbox")).await;
    browser.until("document.querySelector('h2').textContent", "No mail yet").await;
    shop.capture(shop.organisation.id, 1, 0);
    browser.until("document.querySelector('h2').textContent", "Subject 1 <b>").await;
    assert_eq!(browser.eval("document.querySelector('.news').hidden").await, "true");
    shop.capture(shop.organisation.id, 2, 1);
    browser.until("document.querySelector('.news').textContent", "1 new mail").await;
    browser.until("document.title", "(1) Mailbox").await;
    assert_eq!(browser.eval("document.querySelector('h2').textContent").await, "Subject 1 <b>");
    browser.eval("document.querySelector('.news').click()").await;
    browser.until("document.querySelector('h2').textContent", "Subject 2 <b>").await;
}
