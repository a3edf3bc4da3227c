//! A network that falls silent: connections that neither answer nor break.

#![expect(clippy::unwrap_used, reason = "a test that cannot begin fails")]

mod support;

use std::sync::Arc;
use std::time::Duration;

use application::ports::{CustomerDirectory, MailFilter, MailQueue, TokenStore};
use support::{TestDatabase, at, email, organisation, request, server, store_at, worker};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

/// A way to the server whose connections of the moment can fall silent, while new ones work.
struct Proxy {
    port: u16,
    era: watch::Sender<u32>,
}

impl Proxy {
    async fn start(to: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (port, (era, eras)) = (listener.local_addr().unwrap().port(), watch::channel(0));
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let server = TcpStream::connect(&to).await.unwrap();
                tokio::spawn(carry(client, server, eras.clone()));
            }
        });
        Self { port, era }
    }

    fn silence(&self) {
        self.era.send_modify(|era| *era += 1);
    }
}

/// Passes bytes on until silence falls, and then holds both ends open for ever.
async fn carry(mut client: TcpStream, mut server: TcpStream, mut eras: watch::Receiver<u32>) {
    eras.mark_unchanged();
    let mut buffers = (Vec::with_capacity(8_192), Vec::with_capacity(8_192));
    loop {
        tokio::select! {
            biased;
            _ = eras.changed() => std::future::pending::<()>().await,
            read = client.read_buf(&mut buffers.0) => match read {
                Ok(1..) => pass_on(&mut buffers.0, &mut server).await,
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
async fn connections_that_fall_silent_hold_nothing_up_for_long() {
    let Some(server) = server("connections_that_fall_silent_hold_nothing_up_for_long") else { return };
    let database = TestDatabase::create(&server).await;
    let url: sqlx::postgres::PgConnectOptions = database.url.parse().unwrap();
    let proxy = Proxy::start(format!("{}:{}", url.get_host(), url.get_port())).await;
    let url = url.host("127.0.0.1").port(proxy.port);
    let store = Arc::new(store_at(sqlx::ConnectOptions::to_url_lossy(&url).as_ref()).await);
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
            let claimed = store.claim_due(worker(), at(1), at(61), 10).await;
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
