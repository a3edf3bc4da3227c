use application::model::OrganisationSettings;
use axum::http::StatusCode;

use crate::ask::{form, get};
use crate::shop::{GOOD_PASSWORD, NETWORKED, Shop, ShopConfig};

#[tokio::test]
async fn a_forwarded_header_of_a_stranger_opens_no_network() {
    let shop = Shop::open().await;
    let path = format!("/ping/v1?apiKey={NETWORKED}");
    for name in ["x-forwarded-for", "forwarded", "x-real-ip", "client-ip", "true-client-ip"] {
        let answer = get(&path).header(name, "192.0.2.9").of(&shop).await;
        answer.is_error(403, "PERMISSION_API_KEY_HAS_NO_PERMISSION");
    }
}

#[tokio::test]
async fn behind_a_trusted_proxy_the_callers_own_hops_are_not_believed() {
    let plan = ShopConfig { trusted_proxies: vec!["10.0.0.0/8".parse().unwrap()], ..ShopConfig::default() };
    let shop = Shop::planned(plan).await;
    let path = format!("/ping/v1?apiKey={NETWORKED}");
    let proxied = |hops: &str| get(&path).at_address("10.0.0.1").header("x-forwarded-for", hops);
    assert_eq!(proxied("192.0.2.9").of(&shop).await.status, 200);
    assert_eq!(proxied("192.0.2.9, 10.0.0.2").of(&shop).await.status, 200);
    assert_eq!(proxied("192.0.2.9, 198.51.100.7").of(&shop).await.status, 403);
    assert_eq!(get(&path).header("x-forwarded-for", "192.0.2.9").of(&shop).await.status, 403);
}

/// The budget of the page counts the address the visitor comes from, whatever the headers claim.
#[tokio::test]
async fn a_new_claim_for_every_request_does_not_stretch_the_budget_of_an_ip() {
    let settings = OrganisationSettings { requests_per_ip_minute: 3, ..OrganisationSettings::default() };
    let shop = Shop::planned(ShopConfig { settings, ..ShopConfig::default() }).await;
    let token = shop.link(shop.jan).await;
    let fields = format!("password={0}&password_confirmation={0}", GOOD_PASSWORD.replace(' ', "+"));
    form(&format!("/reset/{token}"), fields).of(&shop).await.is_page(200, "changed");
    let mut taken = 0;
    for claim in 1..=10 {
        let ask = form(&format!("/reset/{token}/fresh"), "")
            .header("x-forwarded-for", &format!("203.0.113.{claim}"));
        taken += usize::from(ask.of(&shop).await.status == 200);
    }
    assert_eq!(taken, 3);
}

#[tokio::test]
async fn no_host_or_forwarded_header_gets_into_a_page_or_a_redirect() {
    let shop = Shop::open().await;
    let token = shop.link(shop.jan).await;
    for path in [
        format!("/reset/{token}"),
        "/reset/unknown".to_owned(),
        "/docs".into(),
        "/".into(),
        "/openapi.json".into(),
    ] {
        let answer = get(&path)
            .header("host", "evil.example")
            .header("x-forwarded-host", "evil.example")
            .header("x-forwarded-proto", "evil")
            .header("forwarded", "host=evil.example")
            .header("x-original-url", "/evil")
            .of(&shop)
            .await;
        assert!(!answer.body.contains("evil"), "{path}");
        assert_eq!(answer.header("location"), None, "{path}");
    }
    let redirect = form(&format!("/reset/{token}/fresh"), "").header("host", "evil.example").of(&shop).await;
    assert_eq!((redirect.status, redirect.header("location")), (303, Some(format!("../{token}").as_str())));
}

#[tokio::test]
async fn a_rebound_name_does_not_read_the_demos_mailbox() {
    let shop = Shop::planned(ShopConfig { mailbox: true, ..ShopConfig::default() }).await;
    for path in ["/dev/mailbox", "/dev/mailbox/messages", "/dev/mailbox/x/html"] {
        get(path)
            .header("host", "evil.example:8080")
            .of(&shop)
            .await
            .is_error(404, "INTERNAL_RESOURCE_NOT_FOUND");
        get(path).of(&shop).await.is_error(404, "INTERNAL_RESOURCE_NOT_FOUND");
    }
    get("/dev/mailbox/messages").header("host", "localhost:8080").of(&shop).await.is(StatusCode::OK, "[]");
}
