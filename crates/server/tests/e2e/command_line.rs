//! What scripts rely on.

use crate::process::{resetd, run_ok, run_with};

#[test]
fn normalize_takes_arguments_or_lines() {
    let output = run_ok(resetd().args(["normalize", "email", "JAN@Barasek.com", "nobody"]));
    let lines: Vec<&str> = output.lines().collect();
    assert_eq!(
        lines[0],
        r#"{"input":"JAN@Barasek.com","ok":true,"normalized":"jan@barasek.com","canonical":"jan@barasek.com"}"#
    );
    assert!(lines[1].starts_with(r#"{"input":"nobody","ok":false,"error":{"code":""#), "{}", lines[1]);

    let output = run_with(resetd().args(["normalize", "ip"]), b"::1\n1.2.3.4:5\n");
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.starts_with("{\"input\":\"::1\",\"ok\":true,\"normalized\":\"127.0.0.1\"}\n"), "{text}");
}

#[test]
fn strict_fails_on_a_bad_value_and_only_then() {
    for (value, code) in [("3h 20m", 0), ("-5m", 1)] {
        let output = run_with(resetd().args(["normalize", "--strict", "expiry", value]), b"");
        assert_eq!(output.status.code(), Some(code), "{value}: {}", String::from_utf8_lossy(&output.stderr));
    }
    let output = run_with(resetd().args(["normalize", "expiry", "-5m"]), b"");
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn a_commands_own_options_stand_before_the_settings() {
    let help = run_ok(resetd().args(["template", "preview", "--help"]));
    let (own, settings) = help.split_once("\nSettings:\n").unwrap();
    assert!(own.contains("--text") && own.contains("--kind") && !own.contains("--database-url"), "{help}");
    assert!(settings.contains("--database-url"), "{help}");
}

#[test]
fn openapi_prints_the_document() {
    let document: serde_json::Value = serde_json::from_str(&run_ok(resetd().arg("openapi"))).unwrap();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    assert!(document["paths"]["/api/v1/customer/reset-password"]["post"].is_object());
}

#[test]
fn a_template_with_an_unknown_variable_is_refused_when_saved() {
    let directory = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = directory.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let good = file("good.html", "<p>Hello {{ customerName }}, <a href=\"{{ resetUrl }}\">set it</a></p>");
    let bad = file("bad.html", "<p>{{ custommerName }}</p>");
    let text = file("text.txt", "{{ resetUrl }}");
    let database = format!("sqlite://{}", directory.path().join("resetd.db").display());
    let save = |html: &str| {
        let arguments = [
            "template",
            "save",
            "--organisation",
            "Shop",
            "--subject",
            "Hi",
            "--html",
            html,
            "--text",
            &text,
        ];
        run_with(resetd().args(arguments).env("RESETD_DATABASE_URL", &database), b"")
    };
    run_ok(resetd().args(["organisation", "create", "Shop"]).env("RESETD_DATABASE_URL", &database));
    let refused = String::from_utf8(save(&bad).stderr).unwrap();
    assert!(refused.contains("custommerName"), "{refused}");
    assert!(save(&good).status.success());
    let preview = run_ok(
        resetd()
            .args(["template", "preview", "--organisation", "Shop"])
            .env("RESETD_DATABASE_URL", &database),
    );
    assert!(preview.contains("Hello Jan Barášek"), "{preview}");
}
