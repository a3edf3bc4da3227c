//! Behind PgBouncer, which others wrote.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot begin fails")]

mod support;

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use application::ports::{DeliveryQueue, RequestIntake, StoreError};
use resetd_store_postgres::{PoolSettings, PostgresDatabase};
use sqlx::ConnectOptions as _;
use sqlx::postgres::PgConnectOptions;
use support::{TestDatabase, at, organisation, request, server, store_at, worker};
use tokio::net::TcpStream;

/// A PgBouncer of the test's own before its database. It ends with the test.
struct Bouncer {
    process: Child,
    folder: PathBuf,
    url: String,
}

impl Bouncer {
    async fn start(binary: &str, database: &TestDatabase, mode: &str) -> Self {
        let to: PgConnectOptions = database.url.parse().unwrap();
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let folder = std::env::temp_dir().join(format!("resetd-pgbouncer-{}-{mode}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let settings = format!(
            "[databases]\n* = host={} port={} user={}\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\n\
             unix_socket_dir =\nauth_type = any\npool_mode = {mode}\ndefault_pool_size = 40\n",
            to.get_host(),
            to.get_port(),
            to.get_username(),
        );
        let file = folder.join("pgbouncer.ini");
        std::fs::write(&file, settings).unwrap();
        let mut command = Command::new(binary);
        // It refuses to run as root, who can read the file for it.
        if std::fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0) {
            std::os::unix::process::CommandExt::uid(&mut command, NOBODY);
            std::fs::set_permissions(&folder, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        }
        let process = command.arg(&file).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let url = to.host("127.0.0.1").port(port).to_url_lossy().to_string();
        let bouncer = Self { process, folder, url };
        for _ in 0..100 {
            if TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
                return bouncer;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("pgbouncer did not listen within 5 s");
    }
}

/// Debian's `nobody`.
const NOBODY: u32 = 65_534;

impl Drop for Bouncer {
    fn drop(&mut self) {
        drop((self.process.kill(), self.process.wait()));
        drop(std::fs::remove_dir_all(&self.folder));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL, PgBouncer"]
async fn a_pooler_that_keeps_sessions_works_and_any_other_is_refused() {
    let server = server();
    let binary = testkit::service("RESETD_TEST_PGBOUNCER");
    let database = TestDatabase::create(&server).await;
    for mode in ["transaction", "statement"] {
        let bouncer = Bouncer::start(&binary, &database, mode).await;
        // Whoever was served before leaves sessions behind, and they are shared out again.
        for _ in 0..3 {
            let refused =
                PostgresDatabase::connect(&bouncer.url, PoolSettings::default(), "resetd-test").await;
            let Err(StoreError::Unavailable(why)) = refused else { panic!("{mode}: {refused:?}") };
            assert!(why.contains("pool_mode = session"), "{mode}: {why}");
        }
    }
    let bouncer = Bouncer::start(&binary, &database, "session").await;
    let store = store_at(&bouncer.url).await;
    let shop = organisation(&store).await;
    store.record(request(shop, "jan@barasek.com", at(0))).await.unwrap();
    assert_eq!(store.claim(worker(), at(1), at(61), 10).await.unwrap().len(), 1);
    store.database().close().await;
}
