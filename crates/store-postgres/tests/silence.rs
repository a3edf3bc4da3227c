//! A network that falls silent: connections that neither answer nor break.

#![expect(clippy::unwrap_used, reason = "a test that cannot begin fails")]

mod support;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use application::model::{Issued, Lease, MailFilter, PasswordHash, Redeemed, Redemption, TokenIssue};
use application::ports::{CustomerDirectory, DeliveryQueue, MailQueue, RequestIntake, TokenStore};
use chrono::TimeDelta;
use domain::MailId;
use sqlx::ConnectOptions as _;
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use support::{
    TestDatabase, at, customer, email, id, organisation, request, server, store_at, token, worker,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

/// A way to the server whose connections of the moment can fall silent, while new ones work.
struct Proxy {
    port: u16,
    era: watch::Sender<u32>,
    /// The next connection that says this is cut once the server has answered, and the answer with
    /// it.
    cuts_at: Arc<Mutex<Option<&'static str>>>,
}

impl Proxy {
    async fn start(to: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (port, (era, eras)) = (listener.local_addr().unwrap().port(), watch::channel(0));
        let cuts_at = Arc::default();
        let cut = Arc::clone(&cuts_at);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let server = TcpStream::connect(&to).await.unwrap();
                tokio::spawn(carry(client, server, eras.clone(), Arc::clone(&cut)));
            }
        });
        Self { port, era, cuts_at }
    }

    /// A proxy to the server of this database, and the URL that leads through it.
    async fn before(database: &TestDatabase) -> (Self, String) {
        let url: PgConnectOptions = database.url.parse().unwrap();
        let proxy = Self::start(format!("{}:{}", url.get_host(), url.get_port())).await;
        // In the clear, so that the proxy can read along.
        let url = url.host("127.0.0.1").port(proxy.port).ssl_mode(PgSslMode::Disable);
        let url = url.to_url_lossy().to_string();
        (proxy, url)
    }

    fn silence(&self) {
        self.era.send_modify(|era| *era += 1);
    }
}

/// Passes bytes on until silence falls, and then holds both ends open for ever.
async fn carry(
    mut client: TcpStream,
    mut server: TcpStream,
    mut eras: watch::Receiver<u32>,
    cuts_at: Arc<Mutex<Option<&'static str>>>,
) {
    eras.mark_unchanged();
    let mut buffers = (Vec::with_capacity(8_192), Vec::with_capacity(8_192));
    loop {
        tokio::select! {
            biased;
            _ = eras.changed() => std::future::pending::<()>().await,
            read = client.read_buf(&mut buffers.0) => match read {
                Ok(1..) => {
                    let said = String::from_utf8_lossy(&buffers.0).into_owned();
                    let cut = cuts_at.lock().unwrap().take_if(|text| said.contains(*text)).is_some();
                    pass_on(&mut buffers.0, &mut server).await;
                    if cut {
                        server.read_buf(&mut buffers.1).await.unwrap();
                        return;
                    }
                }
                _ => return,
            },
            read = server.read_buf(&mut buffers.1) => match read {
                Ok(1..) => pass_on(&mut buffers.1, &mut client).await,
                _ => return,
            },
        }
    }
}

async fn pass_on(bytes: &mut Vec<u8>, to: &mut TcpStream) {
    to.write_all(bytes).await.unwrap_or_default();
    bytes.clear();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL"]
async fn connections_that_fall_silent_hold_nothing_up_for_long() {
    let server = server();
    let database = TestDatabase::create(&server).await;
    let (proxy, url) = Proxy::before(&database).await;
    let store = Arc::new(store_at(&url).await);
    let shop = organisation(&store).await;

    // Every connection of the pools is open and in use when silence falls.
    let load = {
        let store = Arc::clone(&store);
        move || {
            let store = Arc::clone(&store);
            async move {
                let address = email("jan@barasek.com");
                let (recorded, found, listed, pinged) = tokio::join!(
                    store.record(request(shop, "jan@barasek.com", at(0))),
                    store.find_by_email(shop, &address),
                    store.list(MailFilter { limit: 1, ..MailFilter::default() }),
                    store.database().ping(),
                );
                recorded.and(found.map(drop)).and(listed.map(drop)).and(pinged)
            }
        }
    };
    let mut busy = JoinSet::new();
    for _ in 0..16 {
        let load = load.clone();
        busy.spawn(async move {
            let end = Instant::now() + Duration::from_millis(600);
            while Instant::now() < end {
                drop(load().await);
            }
        });
    }
    sleep(Duration::from_millis(300)).await;
    proxy.silence();

    let began = Instant::now();
    let everything_works = async {
        loop {
            let claimed = store.claim(worker(), at(1), at(61), 10).await;
            if load().await.is_ok() && claimed.is_ok_and(|mails| !mails.is_empty()) {
                return;
            }
        }
    };
    timeout(Duration::from_secs(20), everything_works).await.unwrap();
    eprintln!("everything works {:?} after silence fell", began.elapsed());
    for _ in 0..40 {
        load().await.unwrap();
    }
    timeout(Duration::from_secs(30), busy.join_all()).await.unwrap();
    timeout(Duration::from_secs(10), store.database().close()).await.unwrap();
}

/// The customer's password is changed, so nobody may be told otherwise; and where it is not, nobody
/// may be told that it is.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL"]
async fn a_change_whose_commit_was_not_answered_is_looked_up() {
    let server = server();
    let database = TestDatabase::create(&server).await;
    let (proxy, url) = Proxy::before(&database).await;
    let store = store_at(&url).await;
    let shop = organisation(&store).await;
    let customer = customer(&store, shop, "jan@barasek.com").await;
    let (request, worker, token) = (request(shop, "jan@barasek.com", at(0)), worker(), token());
    store.record(request.clone()).await.unwrap();
    assert_eq!(store.claim(worker, at(1), at(61), 10).await.unwrap().len(), 1);
    let (at_issue, expires_at) = (at(1), request.expires_at);
    let issue = TokenIssue {
        lease: Lease::new(request.id, worker),
        organisation: shop,
        customer,
        token,
        at: at_issue,
        expires_at,
        geo: None,
    };
    assert_eq!(store.issue(issue).await.unwrap(), Issued::Issued);
    let redemption = Redemption {
        token,
        organisation: shop,
        sandbox: false,
        password: Some(PasswordHash::new("$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$new".to_owned())),
        repetition: None,
        at: at(10),
        customer_ip: None,
        notice: MailId::from_bytes(id(at(10))),
        notice_expires_at: at(10) + TimeDelta::days(3),
        actor: "customer".to_owned(),
    };

    // The statement before the commit: the transaction is rolled back.
    *proxy.cuts_at.lock().unwrap() = Some("UPDATE reset_token SET used_at");
    let redeemed = store.redeem(redemption.clone()).await;
    assert!(redeemed.is_err(), "{redeemed:?}");
    assert!(proxy.cuts_at.lock().unwrap().is_none(), "it was cut");
    assert_eq!(store.password_history(customer, 10).await.unwrap().len(), 1);

    *proxy.cuts_at.lock().unwrap() = Some("COMMIT");
    assert_eq!(store.redeem(redemption.clone()).await.unwrap(), Redeemed::Changed);
    assert!(proxy.cuts_at.lock().unwrap().is_none(), "it was cut");
    assert_eq!(store.password_history(customer, 10).await.unwrap().len(), 2);
    assert_eq!(store.redeem(redemption).await.unwrap(), Redeemed::NoSuchLink);
}
