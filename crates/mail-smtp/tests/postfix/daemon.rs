//! A Postfix with everything of its own: configuration, queue, ports, users, mailboxes.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tempfile::TempDir;

pub(crate) struct Daemon {
    postfix: String,
    directory: TempDir,
    port: u16,
    implicit_port: u16,
}

impl Drop for Daemon {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.show_log();
        }
        let configuration = self.directory.path().join("conf");
        let _ = Command::new(&self.postfix)
            .arg("-c")
            .arg(configuration)
            .arg("stop")
            .stderr(Stdio::null())
            .status();
    }
}

impl Daemon {
    pub(crate) fn start(postfix: &str) -> Self {
        let directory = TempDir::new().unwrap();
        let root = directory.path();
        // Postfix drops its privileges: others must be able to pass.
        open_to_all(root);
        for name in ["conf", "conf/sasl", "queue", "data", "mail"] {
            fs::create_dir(root.join(name)).unwrap();
        }
        run(Command::new("chown").arg("postfix").arg(root.join("data")));
        run(Command::new("chown").arg("nobody").arg(root.join("mail")));
        certificates(root);
        users(root);
        let (port, implicit_port) = (free_port(), free_port());
        fs::write(root.join("conf/main.cf"), main_cf(root)).unwrap();
        fs::write(root.join("conf/master.cf"), master_cf(port, implicit_port)).unwrap();
        let access = "later@barasek.com 450 4.2.0 greylisted, come back\n\
                      never@barasek.com 550 5.1.1 user unknown\n\
                      busy@barasek.com 421 4.3.2 closing for today\n";
        fs::write(root.join("access"), access).unwrap();
        let users = ["jan", "smtps", "jiří", "after", "many", "before", "during", "victim"];
        let mailboxes: String = users.map(|user| format!("{user}@barasek.com {user}/\n")).concat();
        fs::write(root.join("mailboxes"), mailboxes).unwrap();
        let daemon = Self { postfix: postfix.to_owned(), directory, port, implicit_port };
        daemon.command("start");
        daemon
    }

    /// `postfix -c … COMMAND`. A start is done when the port answers.
    pub(crate) fn command(&self, command: &str) {
        let configuration = self.directory.path().join("conf");
        run(Command::new(&self.postfix).arg("-c").arg(configuration).arg(command));
        let started = Instant::now();
        while command == "start" && std::net::TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            assert!(started.elapsed() < Duration::from_secs(20), "Postfix does not answer: {}", self.log());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    #[expect(clippy::print_stderr, reason = "what the daemon had to say of a failed test")]
    fn show_log(&self) {
        eprintln!("{}", self.log());
    }

    fn log(&self) -> String {
        fs::read_to_string(self.directory.path().join("log")).unwrap_or_default()
    }

    pub(crate) fn url(&self, login: &str, options: &str) -> String {
        let ca = self.directory.path().join("ca.pem");
        let login = if login.is_empty() { String::new() } else { format!("{}@", login.replace(' ', "%20")) };
        format!("smtp://{login}localhost:{}?hello=client.example{options}&ca={}", self.port, ca.display())
    }

    pub(crate) fn implicit_url(&self, login: &str) -> String {
        let ca = self.directory.path().join("ca.pem");
        format!("smtps://{}@localhost:{}?ca={}", login.replace(' ', "%20"), self.implicit_port, ca.display())
    }

    /// The messages in a mailbox.
    pub(crate) fn mailbox(&self, user: &str) -> Vec<String> {
        let directory = self.directory.path().join("mail").join(user).join("new");
        let Ok(entries) = fs::read_dir(directory) else { return Vec::new() };
        entries.map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap()).collect()
    }

    /// Waits until a mailbox holds `count` messages.
    pub(crate) async fn arrived(&self, user: &str, count: usize) -> Vec<String> {
        let started = Instant::now();
        loop {
            let mails = self.mailbox(user);
            if mails.len() >= count {
                return mails;
            }
            assert!(
                started.elapsed() < Duration::from_secs(30),
                "{user} has {} of {count} mails: {}",
                mails.len(),
                self.log()
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

fn main_cf(root: &Path) -> String {
    let path = |name: &str| root.join(name).display().to_string();
    format!(
        "compatibility_level = 3.6
queue_directory = {queue}
data_directory = {data}
maillog_file = {log}
maillog_file_prefixes = {root}
myhostname = relay.example
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
alias_maps =
alias_database =
local_recipient_maps =
virtual_mailbox_domains = barasek.com
virtual_mailbox_base = {mail}
virtual_mailbox_maps = texthash:{mailboxes}
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
smtpd_recipient_restrictions = check_recipient_access texthash:{access}, permit_sasl_authenticated, reject
smtpd_tls_security_level = may
smtpd_tls_auth_only = yes
smtpd_tls_cert_file = {certificate}
smtpd_tls_key_file = {key}
smtpd_sasl_auth_enable = yes
smtpd_sasl_local_domain = relay.example
smtpd_client_connection_count_limit = 100
smtpd_error_sleep_time = 0
smtputf8_enable = yes
notify_classes =
",
        queue = path("queue"),
        data = path("data"),
        log = path("log"),
        root = root.display(),
        mail = path("mail"),
        mailboxes = path("mailboxes"),
        access = path("access"),
        certificate = path("relay.pem"),
        key = path("relay.key"),
    )
}

fn master_cf(port: u16, implicit_port: u16) -> String {
    format!(
        "127.0.0.1:{port} inet n - n - - smtpd
127.0.0.1:{implicit_port} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
error unix - - n - - error
retry unix - - n - - error
postlog unix-dgram n - n - 1 postlogd
"
    )
}

fn certificates(root: &Path) {
    let mut authority = CertificateParams::new(vec![]).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let certificate =
        CertificateParams::new(vec!["localhost".to_owned()]).unwrap().signed_by(&key, &authority).unwrap();
    fs::write(root.join("ca.pem"), authority.pem()).unwrap();
    fs::write(root.join("relay.pem"), certificate.pem()).unwrap();
    fs::write(root.join("relay.key"), key.serialize_pem()).unwrap();
}

/// Debian's Postfix looks for `sasl/smtpd.conf` below its configuration. One user, `user`, with the
/// password `correct horse`.
fn users(root: &Path) {
    let base: PathBuf = root.join("conf/sasl");
    let database = base.join("sasldb2");
    let configuration = format!(
        "pwcheck_method: auxprop\nauxprop_plugin: sasldb\nmech_list: PLAIN LOGIN\nsasldb_path: {}\n",
        database.display()
    );
    fs::write(base.join("smtpd.conf"), configuration).unwrap();
    let script = "printf 'correct horse' | saslpasswd2 -p -c -f \"$1\" -u relay.example user";
    run(Command::new("sh").arg("-c").arg(script).arg("sh").arg(&database));
    run(Command::new("chown").arg("postfix").arg(&database));
}

fn open_to_all(path: &Path) {
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

/// A port nobody listens on, above 20,000 as the kernel hands them out.
fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn run(command: &mut Command) {
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {said}");
}
