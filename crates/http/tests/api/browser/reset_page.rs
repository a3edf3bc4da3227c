use super::stage;
use crate::shop::{GOOD_PASSWORD, ShopConfig};

const TITLE: &str = "document.querySelector('h1').textContent";

/// By keyboard alone, the scripts of the page off: a wrong entry, then a right one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs Chromium"]
async fn a_keyboard_without_javascript_sets_a_password() {
    let (shop, address, mut browser) = stage(ShopConfig::default()).await;
    let token = shop.link(shop.jan).await;
    browser.without_scripts().await;
    browser.open(&format!("http://{address}/reset/{token}")).await;
    assert_eq!(browser.eval("document.querySelectorAll('.toggle').length").await, "0");
    browser.tab().await;
    assert_eq!(browser.eval("document.activeElement.labels[0].textContent").await, "New password");
    browser.write("weak-weak").await;
    browser.tab().await;
    assert_eq!(browser.eval("document.activeElement.labels[0].textContent").await, "New password again");
    browser.write("weak-weak").await;
    browser.enter().await;
    browser.until("document.title", "Error: Set a new password").await;
    // The focus is where the error is.
    browser.until("document.activeElement.id", "password").await;
    assert_eq!(browser.eval("document.getElementById('password').value").await, "");
    let described = "document.getElementById('password').getAttribute('aria-describedby')\
                     .split(' ').every((id) => document.getElementById(id))";
    assert_eq!(browser.eval(described).await, "true");
    browser.write(GOOD_PASSWORD).await;
    browser.tab().await;
    browser.write(GOOD_PASSWORD).await;
    browser.tab().await;
    browser.enter().await;
    browser.until(TITLE, "Your password has been changed").await;
    assert!(shop.jan_signs_in_with(GOOD_PASSWORD).await);
    browser.open(&format!("http://{address}/reset/{token}")).await;
    browser.until(TITLE, "This link has been used").await;
    browser.eval("document.querySelector('.submit').focus()").await;
    browser.enter().await;
    browser.until(TITLE, "Check your mailbox").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs Chromium"]
async fn with_javascript_a_password_can_be_shown_and_nothing_is_blocked() {
    let (shop, address, mut browser) = stage(ShopConfig::default()).await;
    let token = shop.link(shop.jan).await;
    browser.open(&format!("http://{address}/reset/{token}")).await;
    browser.until("document.querySelectorAll('.toggle').length", "1").await;
    browser.eval("document.getElementById('password').focus()").await;
    browser.write(GOOD_PASSWORD).await;
    browser.eval("document.querySelector('.toggle').click()").await;
    assert_eq!(browser.eval("document.getElementById('password').type").await, "text");
    let label = "document.querySelector('.toggle').getAttribute('aria-label')";
    assert_eq!(browser.eval(label).await, "Hide: New password");
    assert_eq!(browser.eval("document.querySelectorAll('.rules .met').length").await, "4");
    browser.until("document.querySelector('.live').textContent", "4 of 4 rules met").await;
    // The style has passed the policy.
    assert_ne!(browser.eval("getComputedStyle(document.querySelector('main')).borderRadius").await, "0px");
    browser.eval("document.getElementById('confirmation').focus()").await;
    browser.write(GOOD_PASSWORD).await;
    browser.enter().await;
    browser.until(TITLE, "Your password has been changed").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs Chromium"]
async fn nothing_runs_over_a_narrow_screen() {
    let plan = ShopConfig { mailbox: true, ..ShopConfig::default() };
    let (shop, address, mut browser) = stage(plan).await;
    shop.capture(shop.organisation.id, 1, 0);
    let token = shop.link(shop.jan).await;
    let size = serde_json::json!({ "width": 320, "height": 640, "deviceScaleFactor": 1, "mobile": true });
    browser.call("Emulation.setDeviceMetricsOverride", size).await;
    let paths = [
        format!("reset/{token}"),
        format!("reset/{token}/not-me"),
        "reset/unknown".to_owned(),
        "dev/mailbox".to_owned(),
        "docs".to_owned(),
        "errors".to_owned(),
        "errors/PUBLIC_API_KEY_IS_NOT_IN_VALID_FORMAT".to_owned(),
        String::new(),
    ];
    for path in paths {
        browser.open(&format!("http://{address}/{path}")).await;
        assert_eq!(browser.eval("document.documentElement.scrollWidth <= 320").await, "true", "/{path}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs Chromium"]
async fn this_was_not_me_takes_a_click() {
    let (shop, address, mut browser) = stage(ShopConfig::default()).await;
    let token = shop.link(shop.jan).await;
    browser.open(&format!("http://{address}/reset/{token}")).await;
    browser.eval("document.querySelector('.after a').click()").await;
    browser.until(TITLE, "Didn’t ask for a new password?").await;
    browser.eval("document.querySelector('.submit').click()").await;
    browser.until(TITLE, "The request has been cancelled").await;
}
