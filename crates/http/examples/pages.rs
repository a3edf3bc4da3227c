//! Serves every page on in-memory ports, for looking at them and for taking their pictures:
//! `cargo run -p resetd-http --example pages -- 127.0.0.1:8099`, then open the addresses it prints.

#![expect(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a tool for the developer, on the fixture of the tests"
)]

#[path = "../tests/api/shop.rs"]
mod shop;

use application::model::CapturedMail;
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use axum::routing::get;
use chrono::TimeDelta;
use resetd_http::{ConnectionLimits, serve};
use tower::ServiceExt;

use shop::{GOOD_PASSWORD, Shop, ShopConfig, petra};

#[tokio::main]
async fn main() {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8099".to_owned());
    let plan = ShopConfig { accept_sample: true, mailbox: true, ..ShopConfig::default() };
    let shop = Shop::planned(plan).await;
    let expired = shop.link(petra()).await;
    shop.clock.advance(TimeDelta::hours(1));
    let used = shop.link(shop.jan).await;
    post(&shop.router, &format!("/reset/{used}"), GOOD_PASSWORD).await;
    shop.clock.advance(TimeDelta::seconds(1));
    let good = shop.link(shop.jan).await;
    capture(&shop, &good);
    let states = [
        ("policy", format!("/reset/{good}"), "password"),
        ("fresh", format!("/reset/{expired}/fresh"), ""),
        ("changed", format!("/reset/{good}"), "Another secret 9"),
    ];
    let mut router = shop.router.clone();
    for (name, path, password) in states {
        let inner = shop.router.clone();
        let shown = get(move || async move { post(&inner, &path, password).await });
        router = router.route(&format!("/show/{name}"), shown);
    }
    println!("good     http://{address}/reset/{good}\nexpired  http://{address}/reset/{expired}");
    println!("used     http://{address}/reset/{used}\nnot me   http://{address}/reset/{good}/not-me");
    println!(
        "after a POST: http://{address}/show/policy, /show/fresh, /show/changed (the last one uses the link)"
    );
    println!("mailbox  http://{address}/dev/mailbox\ndocs     http://{address}/docs");
    let listener = tokio::net::TcpListener::bind(&address).await.unwrap();
    serve(listener, router, ConnectionLimits::default(), std::future::pending()).await;
}

async fn post(router: &Router, path: &str, password: &str) -> Response {
    let encoded = password.replace(' ', "+");
    let request = Request::post(path)
        .header("host", "localhost")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from(format!("password={encoded}&password_confirmation={encoded}")))
        .unwrap();
    router.clone().oneshot(request).await.unwrap()
}

fn capture(shop: &Shop, token: &str) {
    let mails = [
        (
            "petra@barasek.com",
            "Nastavení nového hesla – Barasek & Sons",
            "Nastavení nového hesla",
            "Nastavit nové heslo",
        ),
        ("zoe@example.com", "Your password was changed – Barasek & Sons", "Your password was changed", ""),
        (
            "jan@barasek.com",
            "Set a new password – Barasek & Sons",
            "Set a new password",
            "Set a new password",
        ),
    ];
    for (number, (to, subject, title, button)) in (1_u8..).zip(mails) {
        let link = (!button.is_empty()).then(|| format!("http://127.0.0.1:8099/reset/{token}"));
        let mail = CapturedMail {
            id: format!("01997b2c-7d3e-7a41-9c52-0f6f5be3a1d{number}"),
            to: to.to_owned(),
            subject: subject.to_owned(),
            text: format!("{title}\n\nHello Jan Barášek,\n\n{}\n", link.as_deref().unwrap_or_default()),
            html: html(title, button, link.as_deref()),
            link,
            created_at: shop::noon() + TimeDelta::minutes(i64::from(number) * 7),
            headers: [
                ("From", "Barasek & Sons <no-reply@barasek.com>"),
                ("To", to),
                ("Subject", subject),
                ("Message-ID", "<01997b2c-7d3e-7a41@reset.barasek.com>"),
                ("Auto-Submitted", "auto-generated"),
            ]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .to_vec(),
        };
        shop.archive.put(shop.organisation.id, mail);
    }
}

fn html(title: &str, button: &str, link: Option<&str>) -> String {
    let link = link.map_or_else(String::new, |link| {
        format!(
            "<p><a href=\"{link}\" style=\"display:inline-block;padding:14px 28px;background:#1a5fd8;border-radius:8px;\
             color:#fff;font-weight:600;text-decoration:none\">{button}</a></p>"
        )
    });
    format!(
        "<!doctype html><body style=\"margin:0;background:#f2f4f6;font:16px/25px sans-serif;color:#26313d\">\
         <div style=\"max-width:600px;margin:32px auto\"><p style=\"font-size:20px;font-weight:600;margin:0 4px 20px\">\
         Barasek &amp; Sons</p><div style=\"padding:36px 40px;background:#fff;border:1px solid #dfe3e8;\
         border-radius:10px\"><h1 style=\"margin:0 0 20px;font-size:24px\">{title}</h1><p>Hello Jan Barášek,</p>\
         <p>we have received a request for your account at Barasek &amp; Sons.</p>{link}<p>If it was not you, there is \
         nothing for you to do.</p></div></div></body>"
    )
}
