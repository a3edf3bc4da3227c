//! `serve` starts on good settings alone, and says which one is wrong.

use std::path::Path;
use std::process::Command;

use crate::http::{get, post_json};
use crate::process::{Server, resetd, run_ok, run_with};

pub(crate) fn good(directory: &Path, arguments: &[&str]) -> Command {
    let mut command = resetd();
    command
        .args(arguments)
        .env("RESETD_DATABASE_URL", format!("sqlite://{}", directory.join("resetd.db").display()))
        .env("RESETD_PUBLIC_URL", "https://reset.shop.example")
        .env("RESETD_MAIL_URL", format!("capture:{}", directory.join("mail").display()))
        .env("RESETD_MAIL_FROM", "Shop <no-reply@shop.example>");
    command
}

fn refusal(command: &mut Command) -> String {
    let output = run_with(command, b"");
    assert!(!output.status.success());
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn a_missing_setting_is_named() {
    let directory = tempfile::tempdir().unwrap();
    for (variable, setting) in [
        ("RESETD_DATABASE_URL", "database_url"),
        ("RESETD_PUBLIC_URL", "public_url"),
        ("RESETD_MAIL_URL", "mail_url"),
    ] {
        let told = refusal(good(directory.path(), &["serve"]).env_remove(variable));
        assert!(told.contains(setting) && told.contains(variable), "{told}");
    }
    let smtp = ("RESETD_MAIL_URL", "smtp://127.0.0.1:2525");
    let told = refusal(good(directory.path(), &["serve"]).env(smtp.0, smtp.1).env_remove("RESETD_MAIL_FROM"));
    assert!(told.contains("mail_from"), "{told}");
}

#[test]
fn an_unsafe_or_senseless_setting_is_named() {
    let directory = tempfile::tempdir().unwrap();
    for (variable, value, setting) in [
        ("RESETD_PUBLIC_URL", "http://reset.shop.cz", "public_url"),
        ("RESETD_LISTEN", "everywhere", "listen"),
        ("RESETD_LIMITER_URL", "abacus:", "limiter_url"),
        ("RESETD_MAIL_URL", "pigeon://loft", "mail_url"),
        ("RESETD_MAIL_URL", "smtp://user:hunter2@mail.shop.cz?tls=none", "mail_url"),
        ("RESETD_DATABASE_URL", "mysql://x", "database_url"),
        ("RESETD_DATA_KEY", "short", "data_key"),
        ("RESETD_GEO_CITY_DB", "/nowhere/city.mmdb", "geo"),
    ] {
        let told = refusal(good(directory.path(), &["serve"]).env(variable, value));
        assert!(told.contains(setting), "{variable}={value}: {told}");
        assert!(!told.contains("hunter2"), "{told}");
    }
}

#[test]
fn the_demo_is_for_this_machine_alone() {
    let directory = tempfile::tempdir().unwrap();
    let told = refusal(
        resetd().arg("demo").arg("--data-dir").arg(directory.path()).env("RESETD_LISTEN", "0.0.0.0:0"),
    );
    assert!(told.contains("loopback"), "{told}");
}

#[test]
fn in_production_the_sample_key_is_refused_and_there_is_no_mailbox() {
    let directory = tempfile::tempdir().unwrap();
    let server = Server::start(&mut good(directory.path(), &["serve"]));
    let sample = "/api/v1/customer/reset-password?apiKey=PRODPGrFxpGEtrOZfuWhnoJohUYBXuOE";
    let refused = post_json(server.address, sample, r#"{"email":"jan@barasek.com"}"#);
    assert_eq!(
        (refused.status, &refused.json()["error"]["code"]),
        (404, &"PUBLIC_API_KEY_SAMPLE_VALUE".into())
    );
    assert_eq!(get(server.address, "/dev/mailbox").status, 404);
    assert_eq!(get(server.address, "/healthz").status, 200);
    assert_eq!(get(server.address, "/readyz").status, 200);
}

#[test]
fn a_revoked_key_stops_within_a_second_while_the_server_runs() {
    let directory = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| run_ok(&mut good(directory.path(), arguments));
    run(&["organisation", "create", "Shop"]);
    let key = run(&["api-key", "create", "--organisation", "Shop", "--kind", "development"]);
    assert!(key.len() == 32 && key.starts_with("DEV_"), "the key alone");
    let server = Server::start(&mut good(directory.path(), &["serve"]));
    let target = format!("/api/v1/customer/reset-password?apiKey={key}");
    let ask = || post_json(server.address, &target, r#"{"email":"a@b.cz"}"#);
    assert_eq!(ask().status, 200);
    let listed = run(&["api-key", "list"]);
    assert!(!listed.contains(&key));
    let id = listed.lines().nth(1).unwrap().split(' ').next().unwrap().to_owned();
    run(&["api-key", "revoke", &id]);
    std::thread::sleep(std::time::Duration::from_secs(1));
    assert_eq!(ask().json()["error"]["code"], "PUBLIC_API_KEY_HAS_BEEN_DELETED");
    assert!(run(&["audit", "--verify"]).contains("the chain is whole"));
}

#[test]
fn a_database_remembers_its_data_key() {
    let directory = tempfile::tempdir().unwrap();
    let one = "11".repeat(16) + &"22".repeat(16);
    let other = "33".repeat(16) + &"44".repeat(16);
    run_ok(good(directory.path(), &["organisation", "create", "Shop"]).env("RESETD_DATA_KEY", &one));
    run_ok(good(directory.path(), &["organisation", "list"]).env("RESETD_DATA_KEY", &one));
    let told = refusal(good(directory.path(), &["organisation", "list"]).env("RESETD_DATA_KEY", &other));
    assert!(told.contains("data_key"), "{told}");
}

#[test]
fn the_effective_settings_are_printed_without_secrets() {
    let printed = run_ok(
        resetd()
            .arg("config")
            .env("RESETD_MAIL_URL", "smtp://user:hunter2@mail.shop.cz")
            .env("RESETD_DATA_KEY", "x"),
    );
    assert!(printed.contains("mail_url = ") && printed.contains("RESETD_MAIL_URL"), "{printed}");
    assert!(!printed.contains("hunter2") && !printed.contains("user:"), "{printed}");
}

#[test]
fn the_whole_internet_is_no_proxy() {
    for everybody in ["0.0.0.0/0", "10.0.0.0/8, ::/0"] {
        let output = run_with(
            resetd()
                .arg("serve")
                .env("RESETD_DATABASE_URL", "sqlite:///nowhere/resetd.db")
                .env("RESETD_PUBLIC_URL", "http://localhost")
                .env("RESETD_MAIL_URL", "capture:/nowhere")
                .env("RESETD_TRUSTED_PROXIES", everybody),
            b"",
        );
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains("trusted_proxies"), "{said}");
    }
}

#[test]
fn check_lists_all_that_serve_would_refuse_and_opens_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let checked = run_with(
        resetd()
            .args(["config", "--check"])
            .env("RESETD_LISTEN", "everywhere")
            .env("RESETD_PUBLIC_URL", "http://reset.shop.cz")
            .env("RESETD_MAIL_URL", "smtp://127.0.0.1")
            .env("RESETD_MAIL_DKIM_DOMAIN", "shop.example")
            .env("RESETD_TLS_KEY", "/nowhere/key.pem")
            .env("RESETD_GEO_CITY_DB", "/nowhere/city.mmdb")
            .env("RESETD_TELEMETRY_OTLP_URL", "http://127.0.0.1:4318")
            .env("RESETD_TELEMETRY_OTLP_HEADERS", "hunter2"),
        b"",
    );
    assert_eq!(checked.status.code(), Some(2));
    let said = String::from_utf8(checked.stderr).unwrap();
    let named = [
        "`listen`",
        "`public_url`",
        "`database_url`",
        "`mail_from`",
        "tls.key",
        "geo",
        "telemetry.otlp_headers",
    ];
    for name in named {
        assert!(said.contains(name), "{name}: {said}");
    }
    assert_eq!(said.matches("setting `public_url`").count(), 1, "{said}");
    assert!(!said.contains("hunter2"), "{said}");
    let database = directory.path().join("resetd.db");
    let fine = run_ok(&mut good(directory.path(), &["config", "--check"]));
    assert!(fine.contains("would start") && !database.exists(), "{fine}");
}

#[test]
fn serve_says_at_once_all_that_is_missing() {
    let told = refusal(resetd().arg("serve"));
    for name in ["public_url", "database_url", "mail_url"] {
        assert!(told.contains(&format!("setting `{name}` is missing")), "{told}");
    }
}

#[test]
fn what_is_hardly_meant_is_warned_of() {
    use std::os::unix::fs::PermissionsExt as _;
    let directory = tempfile::tempdir().unwrap();
    let key = directory.path().join("key");
    std::fs::write(&key, "11".repeat(16) + &"22".repeat(16)).unwrap();
    let start = |mode: u32| {
        std::fs::set_permissions(&key, std::fs::Permissions::from_mode(mode)).unwrap();
        let mut command = good(directory.path(), &["serve"]);
        Server::start(command.env("RESETD_DATA_KEY_FILE", &key).env("RESETD_PUBLIK_URL", "x")).stop()
    };
    let log = start(0o644);
    assert!(log.contains("mode 644") && log.contains("can read this secret"), "{log}");
    assert!(log.contains("RESETD_PUBLIK_URL is no setting; RESETD_PUBLIC_URL is"), "{log}");
    assert!(start(0o602).contains("can write this secret"));
    assert!(!start(0o600).contains("this secret"));
}
