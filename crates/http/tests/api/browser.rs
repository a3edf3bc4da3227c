//! The pages in a real browser: headless Chromium, which `RESETD_TEST_CHROMIUM` names.

mod axe;
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

/// A shop on a socket and a browser beside it.
async fn stage(plan: ShopConfig) -> (Shop, SocketAddr, Chromium) {
    let shop = Shop::planned(plan).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(serve(listener, shop.router.clone(), ConnectionLimits::default(), std::future::pending()));
    let browser = Chromium::start(&testkit::service("RESETD_TEST_CHROMIUM")).await;
    (shop, address, browser)
}
