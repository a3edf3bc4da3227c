//! The pages in a real browser: headless Chromium, where `RESETD_TEST_CHROMIUM` names one.

mod chromium;
mod docs_page;
mod mailbox_page;
mod reset_page;
mod websocket;

use std::net::SocketAddr;

use resetd_http::{ConnectionLimits, serve};
use tokio::net::TcpListener;

use self::chromium::Chromium;
use crate::shop::{Shop, ShopConfig};

/// A shop on a socket and a browser beside it, or `None` where there is no browser.
async fn stage(name: &str, plan: ShopConfig) -> Option<(Shop, SocketAddr, Chromium)> {
    #[expect(clippy::disallowed_methods, reason = "where the services of a test are")]
    let program = std::env::var("RESETD_TEST_CHROMIUM");
    let Ok(program) = program else {
        eprintln!("SKIPPED {name}: RESETD_TEST_CHROMIUM is not set");
        return None;
    };
    let shop = Shop::planned(plan).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(serve(listener, shop.router.clone(), ConnectionLimits::default(), std::future::pending()));
    let browser = Chromium::start(&program).await;
    Some((shop, address, browser))
}
