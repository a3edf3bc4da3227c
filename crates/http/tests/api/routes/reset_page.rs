use std::sync::Arc;

use application::model::{Logo, LogoKind, MailFilter, OrganisationSettings};
use application::ports::{CustomerDirectory, MailQueue, MockTokenStore, StoreError};
use axum::http::Method;
use chrono::TimeDelta;
use domain::Language;

use crate::ask::{Answer, ask, form, get};
use crate::shop::{FIRST_PASSWORD, GOOD_PASSWORD, Shop, ShopConfig, petra};

const BROWSER: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

async fn submit(shop: &Shop, token: &str, password: &str, confirmation: &str) -> Answer {
    let encode = |text: &str| {
        percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
    };
    let body = format!("password={}&password_confirmation={}", encode(password), encode(confirmation));
    form(&format!("/reset/{token}"), body).of(shop).await
}

#[tokio::test]
async fn a_good_link_shows_the_form() {
    let shop = Shop::open().await;
    let token = shop.link(shop.jan).await;
    let page = get(&format!("/reset/{token}")).of(&shop).await;
    page.is_page(200, r#"<html lang="en">"#);
    for text in [
        "<h1>Set a new password</h1>",
        "Barasek &amp; Sons",
        r#"<label for="password">New password</label>"#,
        r#"autocomplete="new-password""#,
        r#"aria-describedby="rules""#,
        "at least 8 characters",
        r#"<form method="post""#,
    ] {
        assert!(page.body.contains(text), "{text}");
    }
    let policy = page.header("content-security-policy").unwrap();
    assert!(
        policy.starts_with("default-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"),
        "{policy}"
    );
    assert!(!policy.contains("img-src"), "no logo, no pictures: {policy}");
    assert_eq!(page.header("x-robots-tag"), Some("noindex, nofollow"));
    assert_eq!(page.header("referrer-policy"), Some("no-referrer"));
    assert_eq!(page.header("cache-control"), Some("no-store"));
}

#[tokio::test]
async fn the_form_sets_the_password_and_the_link_is_used() {
    let shop = Shop::open().await;
    let token = shop.link(shop.jan).await;
    submit(&shop, &token, GOOD_PASSWORD, GOOD_PASSWORD).await.is_page(200, "Your password has been changed");
    assert!(shop.jan_signs_in_with(GOOD_PASSWORD).await);
    let again = submit(&shop, &token, "Another secret 9", "Another secret 9").await;
    again.is_page(410, "This link has been used");
    get(&format!("/reset/{token}")).of(&shop).await.is_page(410, "This link has been used");
    assert!(shop.jan_signs_in_with(GOOD_PASSWORD).await);
}

#[tokio::test]
async fn the_page_of_a_sandbox_link_stays_in_the_sandbox() {
    let shop = Shop::open().await;
    let (live, sandbox) = (shop.link(shop.jan).await, shop.sandbox_link().await);
    get(&format!("/reset/{sandbox}")).of(&shop).await.is_page(200, "Set a new password");
    let done = submit(&shop, &sandbox, GOOD_PASSWORD, GOOD_PASSWORD).await;
    done.is_page(200, "Your password has been changed");
    assert!(shop.jan_signs_in_with(FIRST_PASSWORD).await);
    let own = shop.store.password_history(shop.sandbox_jan().await, 10).await.unwrap();
    assert_eq!(own.len(), 1, "the sandbox customer's password");
    // A fresh link is asked for in the sandbox, and "this was not me" kills what is there.
    form(&format!("/reset/{sandbox}/fresh"), "").of(&shop).await.is_page(200, "Check your mailbox");
    let newest =
        MailQueue::list(&shop.store, MailFilter { limit: 1, ..MailFilter::default() }).await.unwrap();
    assert!(newest[0].sandbox, "a live request was made");
    let unwanted = shop.sandbox_link().await;
    form(&format!("/reset/{unwanted}/not-me"), "").of(&shop).await.is_page(200, "");
    get(&format!("/reset/{unwanted}")).of(&shop).await.is_page(410, "");
    get(&format!("/reset/{live}")).of(&shop).await.is_page(200, "Set a new password");
    submit(&shop, &live, GOOD_PASSWORD, GOOD_PASSWORD).await.is_page(200, "Your password has been changed");
}

#[tokio::test]
async fn what_is_wrong_is_told_and_the_link_stays_good() {
    let shop = Shop::open().await;
    let token = shop.link(shop.jan).await;
    for (password, confirmation, text) in [
        ("short", "short", "an upper-case letter"),
        ("", "", "at least 8 characters"),
        (GOOD_PASSWORD, "Correct horse 8", "The two passwords are not the same"),
        (GOOD_PASSWORD, "", "The two passwords are not the same"),
        (FIRST_PASSWORD, FIRST_PASSWORD, "You have used this password before"),
        ("Password1", "Password1", "among the first that are guessed"),
    ] {
        let page = submit(&shop, &token, password, confirmation).await;
        page.is_page(422, text);
        assert!(page.body.contains(r#"role="alert""#) && page.body.contains("<title>Error: "), "{text}");
        assert!(page.body.contains(r#"aria-invalid="true""#), "{text}");
        assert!(
            password.is_empty() || !page.body.contains(&format!("\"{password}\"")),
            "it is not sent back"
        );
    }
    submit(&shop, &token, GOOD_PASSWORD, GOOD_PASSWORD).await.is_page(200, "Your password has been changed");
}

#[tokio::test]
async fn dead_links_are_told_apart() {
    let shop = Shop::open().await;
    let expired = shop.link(petra()).await;
    shop.clock.advance(TimeDelta::hours(1));
    let superseded = shop.link(shop.jan).await;
    shop.clock.advance(TimeDelta::seconds(1));
    let used = shop.link(shop.jan).await;
    submit(&shop, &used, GOOD_PASSWORD, GOOD_PASSWORD).await;
    for (token, status, text) in [
        (&*expired, 410, "Platnost odkazu vypršela"),
        (&*superseded, 410, "This link is no longer valid"),
        (&*used, 410, "This link has been used"),
        (&"x".repeat(32), 404, "This link is not valid"),
        ("short", 404, "This link is not valid"),
        ("%FF", 404, "This link is not valid"),
        ("%3Cscript%3E", 404, "This link is not valid"),
    ] {
        let page = get(&format!("/reset/{token}")).of(&shop).await;
        page.is_page(status, text);
        assert_eq!(page.body.contains("fresh\""), status == 410, "a fresh one only for the holder: {text}");
        assert!(!page.body.contains("<script>"), "{text}");
    }
}

#[tokio::test]
async fn the_holder_of_a_dead_link_gets_a_fresh_one_within_the_budget() {
    let settings = OrganisationSettings { requests_per_ip_minute: 2, ..OrganisationSettings::default() };
    let shop = Shop::planned(ShopConfig { settings, ..ShopConfig::default() }).await;
    let token = shop.link(shop.jan).await;
    let fresh = format!("/reset/{token}/fresh");
    let good = form(&fresh, "").of(&shop).await;
    assert_eq!((good.status, good.header("location")), (303, Some(format!("../{token}").as_str())));
    submit(&shop, &token, GOOD_PASSWORD, GOOD_PASSWORD).await;
    let before = shop.due().await;
    form(&fresh, "").of(&shop).await.is_page(200, "Check your mailbox");
    assert_eq!(shop.due().await, before + 1);
    form(&fresh, "").of(&shop).await.is_page(200, "Check your mailbox");
    let limited = form(&fresh, "").of(&shop).await;
    limited.is_page(429, "Too many attempts");
    assert_eq!(limited.header("retry-after"), Some("60"));
    form(&format!("/reset/{}/fresh", "x".repeat(32)), "")
        .of(&shop)
        .await
        .is_page(404, "This link is not valid");
    assert_eq!(shop.due().await, before + 2);
}

#[tokio::test]
async fn it_speaks_the_customers_language_else_the_organisations_else_the_browsers() {
    let settings = OrganisationSettings { language: Language::DE, ..OrganisationSettings::default() };
    let shop = Shop::planned(ShopConfig { settings, ..ShopConfig::default() }).await;
    let (jan, petra) = (shop.link(shop.jan).await, shop.link(petra()).await);
    let visit = |token: String| get(&format!("/reset/{token}")).header("accept-language", "pl,en;q=0.5");
    visit(jan.clone()).of(&shop).await.is_page(200, r#"<html lang="de">"#);
    let page = visit(petra).of(&shop).await;
    page.is_page(200, r#"<html lang="cs">"#);
    assert!(page.body.contains("Nastavení nového hesla") && page.body.contains("nejméně 8 znaků"));
    visit("x".repeat(32)).of(&shop).await.is_page(404, r#"<html lang="pl">"#);
    visit(format!("{jan}/not-me")).of(&shop).await.is_page(200, "Anforderung zurückziehen");
}

#[tokio::test]
async fn a_page_shows_the_organisations_logo_colour_and_ways_on() {
    let logo = Logo::new(LogoKind::Svg, b"<svg xmlns='http://www.w3.org/2000/svg'/>");
    let settings = OrganisationSettings {
        logo: Some(logo),
        logo_url: Some("https://cdn.example.com/logo.svg".to_owned()),
        accent: domain::AccentColor::parse("#7a3b00").ok(),
        sign_in_url: Some("https://shop.example/login".to_owned()),
        contact: Some("help@shop.example".to_owned()),
        ..OrganisationSettings::default()
    };
    let shop = Shop::planned(ShopConfig { settings, ..ShopConfig::default() }).await;
    let token = shop.link(shop.jan).await;
    let page = get(&format!("/reset/{token}")).of(&shop).await;
    page.is_page(200, r#"alt="Barasek &amp; Sons""#);
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.ends_with("; img-src 'self'") && !page.body.contains("cdn.example.com"), "{policy}");
    assert!(page.body.contains(":root{--accent:#7a3b00;"), "{}", page.body);
    assert!(page.body.contains(r#"<a href="mailto:help@shop.example">"#), "{}", page.body);
    let source = page.body.split("<img src=\"").nth(1).unwrap().split('"').next().unwrap();
    let path = source.replace("&#x2f;", "/").replacen("..", "", 1);
    let picture = get(&path).of(&shop).await;
    assert_eq!((picture.status, picture.header("content-type")), (200, Some("image/svg+xml")), "{path}");
    assert!(picture.header("content-security-policy").unwrap().ends_with("sandbox"));
    get(&format!("{path}0")).of(&shop).await.is_error(404, "INTERNAL_RESOURCE_NOT_FOUND");
    let done = submit(&shop, &token, GOOD_PASSWORD, GOOD_PASSWORD).await;
    done.is_page(200, r#"<a class="submit" href="https:&#x2f;&#x2f;shop.example&#x2f;login">Sign in at"#);
    assert!(!done.body.contains("?lang="), "what a form did is not done again in another language");
    get(&format!("/reset/{token}")).of(&shop).await.is_page(410, "Back to Barasek &amp; Sons");
}

#[tokio::test]
async fn password_managers_find_a_user_name_and_the_rules() {
    let shop = Shop::open().await;
    let page = get(&format!("/reset/{}", shop.link(shop.jan).await)).of(&shop).await;
    for part in [
        r#"autocomplete="username" value="jan@barasek.com" readonly"#,
        r#"minlength="8""#,
        r#"passwordrules="minlength: 8; maxlength: 128; required: upper; required: lower; required: digit;""#,
        "It must not be one of the most common passwords",
    ] {
        assert!(page.body.contains(part), "{part}: {}", page.body);
    }
    let expired = get(&format!("/reset/{}/not-me", shop.link(shop.jan).await)).of(&shop).await;
    assert!(!expired.body.contains("jan@barasek.com"), "the address is in the form alone");
}

#[tokio::test]
async fn the_language_can_be_switched_and_stays() {
    let shop = Shop::open().await;
    let path = format!("/reset/{}", shop.link(shop.jan).await);
    let page = get(&format!("{path}?lang=cs")).of(&shop).await;
    page.is_page(200, r#"<html lang="cs">"#);
    assert!(page.body.contains("not-me?lang=cs") && page.body.contains(r#"<a href="?lang=de" lang="de""#));
    get(&format!("{path}?lang=xx")).of(&shop).await.is_page(200, r#"<html lang="en">"#);
    get(&format!("/reset/{}?lang=pl", "x".repeat(32))).of(&shop).await.is_page(404, r#"<html lang="pl">"#);
    let post = form(&format!("{path}?lang=sk"), "password=a&password_confirmation=b").of(&shop).await;
    post.is_page(422, r#"<html lang="sk">"#);
}

#[tokio::test]
async fn this_was_not_me_kills_the_request_by_post_alone() {
    let shop = Shop::open().await;
    let token = shop.link(shop.jan).await;
    let path = format!("/reset/{token}/not-me");
    for method in [Method::GET, Method::HEAD] {
        assert_eq!(ask(method, &path).of(&shop).await.status, 200);
    }
    get(&path).of(&shop).await.is_page(200, "Cancel the request");
    get(&format!("/reset/{token}")).of(&shop).await.is_page(200, "Set a new password");
    form(&path, "").of(&shop).await.is_page(200, "The request has been cancelled");
    get(&format!("/reset/{token}")).of(&shop).await.is_page(410, "This link is no longer valid");
    form(&path, "").of(&shop).await.is_page(410, "This link is no longer valid");
    form(&format!("/reset/{}/not-me", "x".repeat(32)), "")
        .of(&shop)
        .await
        .is_page(404, "This link is not valid");
    assert!(shop.jan_signs_in_with(FIRST_PASSWORD).await);
}

#[tokio::test]
async fn visits_are_noted_people_and_scanners_apart() {
    let shop = Shop::open().await;
    let token = shop.link(shop.jan).await;
    let path = format!("/reset/{token}");
    for visit in [
        get(&path).header("user-agent", BROWSER),
        get(&path).header("user-agent", BROWSER).header("sec-purpose", "prefetch;prerender"),
        ask(Method::HEAD, &path).header("user-agent", BROWSER),
        get(&path).header("user-agent", "Slackbot-LinkExpanding 1.0"),
    ] {
        visit.of(&shop).await;
        shop.visits.settle().await;
    }
    let mails = shop.store.list(MailFilter { organisation: None, state: None, limit: 10 }).await.unwrap();
    let detail = shop.store.show(mails[0].id).await.unwrap().unwrap();
    let events: Vec<_> = detail.timeline.iter().map(|entry| entry.event.as_str()).collect();
    let visits: Vec<_> = events.into_iter().filter(|event| matches!(*event, "opened" | "scanned")).collect();
    assert_eq!(visits, ["opened", "scanned", "scanned", "scanned"]);
    let opened = detail.timeline.iter().find(|entry| entry.event == "opened").unwrap();
    assert!(
        opened.detail.starts_with("from 198.51.100.7; "),
        "the peer of these requests: {}",
        opened.detail
    );
}

#[tokio::test]
async fn a_store_that_is_away_is_told_kindly() {
    let mut tokens = MockTokenStore::new();
    tokens.expect_find().returning(|_, _| Err(StoreError::Unavailable("secret".into())));
    let shop = Shop::planned(ShopConfig { tokens: Some(Arc::new(tokens)), ..ShopConfig::default() }).await;
    let token = "x".repeat(32);
    for page in [
        get(&format!("/reset/{token}")).of(&shop).await,
        get(&format!("/reset/{token}/not-me")).of(&shop).await,
        submit(&shop, &token, GOOD_PASSWORD, GOOD_PASSWORD).await,
        form(&format!("/reset/{token}/fresh"), "").of(&shop).await,
        form(&format!("/reset/{token}/not-me"), "").of(&shop).await,
    ] {
        page.is_page(503, "We cannot open this page just now");
        assert!(!page.body.contains("secret"));
    }
}

#[tokio::test]
async fn a_form_that_is_none_is_refused_and_changes_nothing() {
    let shop = Shop::open().await;
    let token = shop.link(shop.jan).await;
    let path = format!("/reset/{token}");
    let fields = "password=Correct+horse+7&password_confirmation=Correct+horse+7";
    let huge = format!("{fields}&x={}", "x".repeat(20_000));
    for (ask, status) in [
        (form(&path, fields).without("content-type"), 415),
        (form(&path, fields).header("content-type", "application/json"), 415),
        (form(&path, fields).header("content-encoding", "gzip"), 415),
        (form(&path, huge), 413),
        (form(&path, format!("{fields}&password=Other+horse+8")), 400),
        (form(&path, "password=%FF&password_confirmation=%FF"), 400),
    ] {
        ask.of(&shop).await.is_page(status, "This did not work");
    }
    assert!(shop.jan_signs_in_with(FIRST_PASSWORD).await);
}

#[tokio::test]
async fn the_same_form_sent_twice_shows_success_twice() {
    let shop = Shop::open().await;
    let token = shop.link(shop.jan).await;
    for _ in 0..2 {
        let page = submit(&shop, &token, GOOD_PASSWORD, GOOD_PASSWORD).await;
        page.is_page(200, "Your password has been changed");
    }
    let other = submit(&shop, &token, "Another secret 9", "Another secret 9").await;
    other.is_page(410, "This link has been used");
    for body in ["", "password=short&password_confirmation=short"] {
        form(&format!("/reset/{token}"), body).of(&shop).await.is_page(410, "This link has been used");
    }
    let body = serde_json::json!({ "token": token, "password": GOOD_PASSWORD }).to_string();
    let path = format!("/api/v1/customer/set-new-password?apiKey={}", crate::shop::PROD);
    assert!(crate::ask::post(&path, body).of(&shop).await.body.contains("E003"), "the API says E003");
    shop.clock.advance(TimeDelta::minutes(10));
    let late = submit(&shop, &token, GOOD_PASSWORD, GOOD_PASSWORD).await;
    late.is_page(410, "This link has been used");
}

#[tokio::test]
async fn a_link_with_something_stuck_to_it_leads_to_the_form() {
    let shop = Shop::open().await;
    let token = shop.link(shop.jan).await;
    for (stuck, location) in [
        ("/", format!("./../{token}")),
        ("//", format!("./../../{token}")),
        ("/?utm_source=mail", format!("./../{token}?utm_source=mail")),
        (".", format!("./{token}")),
        (",", format!("./{token}")),
        (")", format!("./{token}")),
        ("%3E", format!("./{token}")),
        ("%22", format!("./{token}")),
        ("%5D.", format!("./{token}")),
        ("/not-me/", format!("./../../{token}/not-me")),
        ("/not-me.", format!("./../{token}/not-me")),
    ] {
        let answer = get(&format!("/reset/{token}{stuck}")).of(&shop).await;
        assert_eq!((answer.status, answer.header("location")), (308, Some(location.as_str())), "{stuck}");
    }
    let query = get(&format!("/reset/{token}?utm_source=mail")).of(&shop).await;
    query.is_page(200, "Set a new password");
    for path in ["/reset", "/reset/", "/reset/x/", "/reset/x/y/z", "/reset/%FF", "/reset/x%2Fy"] {
        get(path).of(&shop).await.is_page(404, "This link is not valid");
    }
}

#[tokio::test]
async fn links_work_with_and_without_the_path_of_the_public_url() {
    let public_url = "https://example.com/auth".to_owned();
    let shop = Shop::planned(ShopConfig { public_url, ..ShopConfig::default() }).await;
    let token = shop.link(shop.jan).await;
    for path in
        [format!("/auth/reset/{token}"), format!("/reset/{token}"), format!("/auth/reset/{token}/not-me")]
    {
        assert_eq!(get(&path).of(&shop).await.status, 200, "{path}");
    }
    let post = form(
        &format!("/auth/reset/{token}"),
        "password=Correct+horse+7&password_confirmation=Correct+horse+7",
    )
    .without("sec-fetch-site")
    .without("origin")
    .header("origin", "https://example.com")
    .header("host", "127.0.0.1:8080");
    post.of(&shop).await.is_page(200, "Your password has been changed");
}

#[tokio::test]
async fn a_banned_customer_is_shown_no_form() {
    let shop = Shop::open().await;
    let banned = domain::CustomerId::from_bytes([2; 16]);
    let page = get(&format!("/reset/{}", shop.link(banned).await)).of(&shop).await;
    page.is_page(410, "This link is no longer valid");
}
