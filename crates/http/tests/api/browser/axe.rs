//! axe-core on every page: five languages, light and dark, 320 and 1440 pixels wide.

use application::model::{Logo, LogoKind, OrganisationSettings};
use chrono::TimeDelta;
use domain::{AccentColor, Language};

use super::chromium::Chromium;
use super::stage;
use crate::shop::{GOOD_PASSWORD, ShopConfig};

/// WCAG 2.2 A and AA, best practices, and one experimental rule of level A.
const RUN: &str = "axe.run(document, {
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    rules: { 'label-content-name-mismatch': { enabled: true } },
}).then((found) => JSON.stringify(found.violations.map((one) => [one.id, one.nodes.map((node) => node.html)])))";

async fn check(browser: &mut Chromium, axe: &str, what: &str) {
    browser.settled(axe).await;
    for width in [320, 1440] {
        for scheme in ["light", "dark"] {
            browser.emulate(width, scheme).await;
            let violations = browser.settled(RUN).await;
            assert_eq!(violations, "[]", "{what}, {width} px, {scheme}");
        }
    }
}

fn settings() -> OrganisationSettings {
    OrganisationSettings {
        accent: AccentColor::parse("#767676").ok(),
        sign_in_url: Some("https://shop.example/login".to_owned()),
        contact: Some("help@shop.example".to_owned()),
        logo: Some(Logo::new(
            LogoKind::Svg,
            br#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 40"><path d="M0 0h120v40H0z"/></svg>"#,
        )),
        ..OrganisationSettings::default()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs Chromium, axe-core"]
async fn no_page_of_a_link_violates_a_rule() {
    let axe = std::fs::read_to_string(testkit::service("RESETD_TEST_AXE")).unwrap();
    for plan in [settings(), OrganisationSettings::default()] {
        let (shop, address, mut browser) =
            stage(ShopConfig { settings: plan, ..ShopConfig::default() }).await;
        for language in Language::BUILT_IN {
            let base = format!("http://{address}/reset");
            shop.clock.advance(TimeDelta::seconds(1));
            let token = shop.link(shop.jan).await;
            let link = format!("{base}/{token}?lang={language}");
            browser.open(&link).await;
            browser.eval("document.querySelector('.toggle').click()").await;
            check(&mut browser, &axe, &format!("{language} form")).await;
            browser.open(&format!("{base}/{token}/not-me?lang={language}")).await;
            check(&mut browser, &axe, &format!("{language} not me")).await;
            let good = format!("{GOOD_PASSWORD} {language}");
            for (password, title) in [("Password1", "error"), (&*good, "changed")] {
                browser.open(&link).await;
                let fill = format!(
                    "for (const name of ['password', 'password_confirmation']) \
                     document.forms[0].elements[name].value = {password:?}"
                );
                browser.eval(&format!("(() => {{ {fill}; document.forms[0].requestSubmit(); }})()")).await;
                let sent = if title == "error" {
                    "document.querySelectorAll('.error').length"
                } else {
                    "document.querySelectorAll('.done').length"
                };
                browser.until(sent, "1").await;
                check(&mut browser, &axe, &format!("{language} {title}")).await;
            }
            for path in [format!("{token}?lang={language}"), format!("unknown?lang={language}")] {
                browser.open(&format!("{base}/{path}")).await;
                check(&mut browser, &axe, &path.replace(&token, "used")).await;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs Chromium, axe-core"]
async fn no_page_for_integrators_violates_a_rule() {
    let axe = std::fs::read_to_string(testkit::service("RESETD_TEST_AXE")).unwrap();
    let plan = ShopConfig { mailbox: true, accept_sample: true, ..ShopConfig::default() };
    let (shop, address, mut browser) = stage(plan).await;
    browser.open(&format!("http://{address}/dev/mailbox")).await;
    check(&mut browser, &axe, "an empty mailbox").await;
    shop.capture(shop.organisation.id, 1, 0);
    for path in [
        "",
        "docs",
        "errors",
        "errors/E001",
        "nowhere",
        "dev/mailbox",
        "dev/mailbox?view=text",
        "dev/mailbox?view=headers",
        "dev/mailbox?q=nothing",
    ] {
        browser.open(&format!("http://{address}/{path}")).await;
        check(&mut browser, &axe, path).await;
    }
    browser.open(&format!("http://{address}/dev/mailbox?mail=mail-1")).await;
    shop.capture(shop.organisation.id, 2, 1);
    browser.until("document.querySelector('.news').textContent", "1 new mail").await;
    check(&mut browser, &axe, "the mailbox with news").await;
}
