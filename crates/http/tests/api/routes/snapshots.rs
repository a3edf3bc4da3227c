//! Every page in five languages, in `snapshots/`. `INSTA_UPDATE=always` writes them anew.

use application::model::OrganisationSettings;
use chrono::TimeDelta;
use domain::Language;

use crate::ask::{Answer, form, get};
use crate::shop::{FIRST_PASSWORD, GOOD_PASSWORD, Shop, ShopConfig};

/// The page without its style, its script and what differs from run to run.
fn shown(answer: &Answer, token: &str) -> String {
    let without = |text: &str, start: &str, end: &str| {
        let mut rest = text;
        let mut kept = String::new();
        while let Some((before, after)) = rest.split_once(start) {
            kept.push_str(before);
            rest = after.split_once(end).unwrap().1;
        }
        kept + rest
    };
    let page = without(&without(&answer.body, "<style>", "</style>"), "<script>", "</script>");
    let lines: Vec<_> = page.lines().filter(|line| !line.trim().is_empty()).collect();
    format!("{}\n{}", answer.status, lines.join("\n").replace(token, "TOKEN"))
}

fn entry(password: &str, confirmation: &str) -> String {
    let encoded = |text: &str| text.replace(' ', "+");
    format!("password={}&password_confirmation={}", encoded(password), encoded(confirmation))
}

#[tokio::test]
async fn pages_look_like_this() {
    for language in Language::BUILT_IN {
        let settings = OrganisationSettings {
            language,
            requests_per_ip_minute: 1,
            sign_in_url: Some("https://shop.example/login".to_owned()),
            contact: Some("+420 123 456 789".to_owned()),
            ..OrganisationSettings::default()
        };
        let shop = Shop::planned(ShopConfig { settings, ..ShopConfig::default() }).await;
        let compare = |name: &str, answer: &Answer, token: &str| {
            insta::assert_snapshot!(format!("{language}_{name}"), shown(answer, token));
        };
        let superseded = shop.link(shop.jan).await;
        shop.clock.advance(TimeDelta::seconds(1));
        let token = shop.link(shop.jan).await;
        let path = format!("/reset/{token}");
        compare("form", &get(&path).of(&shop).await, &token);
        for (name, password, confirmation) in [
            ("rules", "short", "short"),
            ("common", "Password1", "Password1"),
            ("long", &*format!("Aa1{}", "x".repeat(300)), &*format!("Aa1{}", "x".repeat(300))),
            ("mismatch", GOOD_PASSWORD, "Correct horse 8"),
            ("used_before", FIRST_PASSWORD, FIRST_PASSWORD),
        ] {
            compare(name, &form(&path, entry(password, confirmation)).of(&shop).await, &token);
        }
        compare("not_me", &get(&format!("{path}/not-me")).of(&shop).await, &token);
        compare("not_understood", &form(&path, "password=%FF").of(&shop).await, &token);
        compare("superseded", &get(&format!("/reset/{superseded}")).of(&shop).await, &superseded);
        compare("changed", &form(&path, entry(GOOD_PASSWORD, GOOD_PASSWORD)).of(&shop).await, &token);
        compare("used", &get(&path).of(&shop).await, &token);
        compare("resent", &form(&format!("{path}/fresh"), "").of(&shop).await, &token);
        compare("too_many", &form(&format!("{path}/fresh"), "").of(&shop).await, &token);
        shop.clock.advance(TimeDelta::seconds(1));
        let unwanted = shop.link(shop.jan).await;
        compare("cancelled", &form(&format!("/reset/{unwanted}/not-me"), "").of(&shop).await, &unwanted);
        let expired = shop.link(shop.jan).await;
        shop.clock.advance(TimeDelta::hours(1));
        compare("expired", &get(&format!("/reset/{expired}")).of(&shop).await, &expired);
        let tag = language.as_str();
        let unknown = get("/reset/unknown").header("accept-language", tag).of(&shop).await;
        compare("unknown", &unknown, "TOKEN");
        let nothing = get("/nowhere").header("accept", "text/html").header("accept-language", tag);
        compare("nothing", &nothing.of(&shop).await, "TOKEN");
    }
}

#[test]
fn the_committed_openapi_document_is_this_one() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi.json");
    let committed = std::fs::read_to_string(path).unwrap();
    assert_eq!(committed.trim_end(), resetd_http::openapi(None), "run the example `error-pages`");
}
