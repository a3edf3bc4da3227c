//! SIGHUP reads again what an operator has replaced; without TLS, too, and it never ends the
//! process.

use std::path::Path;
use std::time::Duration;

use crate::http::{get, post_json};
use crate::process::{Server, run_ok, within};
use crate::settings::good;

/// Saves a template whose subject is `subject`.
fn save(directory: &Path, subject: &str) {
    let file = |name: &str, text: &str| {
        let path = directory.join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let html = file("template.html", "<p><a href=\"{{ resetUrl }}\">set it</a></p>");
    let text = file("template.txt", "{{ resetUrl }}");
    let arguments = [
        "template",
        "save",
        "--organisation",
        "Shop",
        "--subject",
        subject,
        "--html",
        &html,
        "--text",
        &text,
    ];
    run_ok(&mut good(directory, &arguments));
}

/// The subjects of the mails captured so far.
fn subjects(server: &Server, key: &str) -> Vec<String> {
    let mails = get(server.address, &format!("/api/v1/sandbox/mail?apiKey={key}")).json();
    mails.as_array().unwrap().iter().map(|mail| mail["subject"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_new_template_is_used_at_once() {
    let directory = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| run_ok(&mut good(directory.path(), arguments));
    run(&["organisation", "create", "Shop"]);
    let customers = directory.path().join("customers.csv");
    std::fs::write(&customers, "id,email,name\n1,one@example.com,One\n2,two@example.com,Two\n").unwrap();
    run(&["customer", "import", customers.to_str().unwrap(), "--organisation", "Shop"]);
    let key = run(&["api-key", "create", "--organisation", "Shop", "--kind", "development"]);
    save(directory.path(), "The old subject");
    let server = Server::start(&mut good(directory.path(), &["serve"]));
    let ask = |email: &str, mails: usize| {
        let target = format!("/api/v1/customer/reset-password?apiKey={key}");
        let answer = post_json(server.address, &target, &format!(r#"{{"email":"{email}"}}"#));
        assert_eq!(answer.status, 200);
        within(Duration::from_secs(4), "the mail", || {
            let subjects = subjects(&server, &key);
            (subjects.len() == mails).then_some(subjects)
        })
    };
    assert_eq!(ask("one@example.com", 1), ["The old subject"]);
    save(directory.path(), "The new subject");
    server.signal("HUP");
    within(Duration::from_secs(2), "a word in the log", || {
        server.log().contains("templates and layouts are read again").then_some(())
    });
    // Well within the five seconds for which templates are kept otherwise.
    assert!(ask("two@example.com", 2).contains(&"The new subject".to_owned()));
}
