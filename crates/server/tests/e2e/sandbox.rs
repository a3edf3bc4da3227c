//! A development key beside live customers: it sees and changes nothing of theirs.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};

use crate::http::{get, post_json, send};
use crate::moving::target;
use crate::process::{Server, run_ok, within};
use crate::settings::good;

const LIVE: &str = "jan@shop.example";
const NOBODY: &str = "nobody@shop.example";

struct Installation<'d> {
    directory: &'d Path,
    database: String,
}

impl Installation<'_> {
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = good(self.directory, arguments);
        command.env("RESETD_DATABASE_URL", &self.database);
        command
    }

    fn run(&self, arguments: &[&str]) -> String {
        run_ok(&mut self.command(arguments))
    }

    /// A replica with a data directory of its own.
    fn serve(&self, name: &str) -> Server {
        Server::start(self.command(&["serve"]).env("RESETD_DATA_DIR", self.directory.join(name)))
    }

    /// What left for real mailboxes, newest last, as JSON.
    fn live_mails(&self) -> Vec<Value> {
        let mut found = Vec::new();
        let mut folders = vec![self.directory.join("mail")];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).into_iter().flatten() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|extension| extension == "json") {
                    found
                        .push((path.clone(), serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()));
                }
            }
        }
        found.sort_by(|(one, _), (other, _)| one.cmp(other));
        found.into_iter().map(|(_, mail)| mail).collect()
    }

    /// The token in the newest live mail, of which there are `count` then.
    fn live_token(&self, count: usize) -> String {
        within(Duration::from_secs(5), "a live mail", || {
            let mails = self.live_mails();
            (mails.len() == count).then(|| token(&mails[count - 1]))
        })
    }
}

fn token(mail: &Value) -> String {
    mail["link"].as_str().unwrap().rsplit('/').next().unwrap().to_owned()
}

/// The sandbox's mails, newest first, once there are `count`.
fn captured(server: &Server, key: &str, count: usize) -> Vec<Value> {
    within(Duration::from_secs(5), "captured mail", || {
        let answer = get(server.address, &format!("/api/v1/sandbox/mail?apiKey={key}"));
        assert_eq!(answer.status, 200);
        let mails = answer.json().as_array().unwrap().clone();
        (mails.len() == count).then_some(mails)
    })
}

/// Asks for a link; status, what of the headers says anything, body.
fn request(server: &Server, key: &str, email: &str) -> (u16, Vec<String>, String) {
    let target = format!("/api/v1/customer/reset-password?apiKey={key}");
    let answer = post_json(server.address, &target, &json!({ "email": email }).to_string());
    let names = answer.headers.into_iter().map(|(name, _)| name).collect();
    (answer.status, names, answer.body)
}

fn set_password(server: &Server, key: &str, token: &str, password: &str) -> Value {
    let target = format!("/api/v1/customer/set-new-password?apiKey={key}");
    let answer =
        post_json(server.address, &target, &json!({ "token": token, "password": password }).to_string());
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json()
}

/// A mail without what differs from one to the next: its token, its identity, its time, its
/// address.
fn alike(mail: &Value, address: &str) -> String {
    let text = ["subject", "text", "html"].map(|part| mail[part].as_str().unwrap()).join("\n");
    text.replace(&token(mail), "TOKEN").replace(address, "ADDRESS")
}

fn nothing_live_is_seen_or_changed(installation: &Installation<'_>) {
    installation.run(&["organisation", "create", "Shop"]);
    let customers = installation.directory.join("customers.csv");
    std::fs::write(&customers, format!("id,email,name\n1,{LIVE},Jan Live\n")).unwrap();
    installation.run(&["customer", "import", customers.to_str().unwrap(), "--organisation", "Shop"]);
    let key = |kind| installation.run(&["api-key", "create", "--organisation", "Shop", "--kind", kind]);
    let (dev, live_key) = (key("development"), key("production"));
    let (one, other) = (installation.serve("one"), installation.serve("other"));

    // A live link, then requests of the development key for the same address and for one that
    // nobody has.
    request(&one, &live_key, LIVE);
    let live = installation.live_token(1);
    let answer = request(&one, &dev, LIVE);
    assert_eq!((answer.0, answer.2.as_str()), (200, r#"{"success":true}"#));
    captured(&one, &dev, 1);
    assert_eq!(request(&other, &dev, NOBODY), answer, "the answer tells who has an account");
    // Every replica shows the same.
    let mails = captured(&one, &dev, 2);
    assert_eq!(captured(&other, &dev, 2), mails);
    assert_eq!((&mails[0]["to"], &mails[1]["to"]), (&json!(NOBODY), &json!(LIVE)));
    assert_eq!(alike(&mails[0], NOBODY), alike(&mails[1], LIVE), "the mail tells who has an account");
    assert!(!mails[1]["text"].as_str().unwrap().contains("Jan Live"), "a live customer's name is seen");
    let sandbox = token(&mails[1]);

    // The live link is alive, and each side's links are the other's unknown ones.
    let page = |token: &str| get(one.address, &format!("/reset/{token}")).status;
    assert_eq!((page(&live), page(&sandbox)), (200, 200));
    assert_eq!(set_password(&one, &dev, &live, "Stolen-Horse-1")["errorCode"], "E003");
    assert_eq!(set_password(&one, &live_key, &sandbox, "Stolen-Horse-1")["errorCode"], "E003");
    let done = set_password(&other, &dev, &sandbox, "Sandbox-Horse-1");
    assert_eq!(done["success"], true);
    let notice = &captured(&one, &dev, 3)[0];
    assert_eq!((&notice["to"], &notice["link"]), (&json!(LIVE), &Value::Null));

    // The page behind a sandbox link, too, changes the sandbox alone.
    let form = [("Content-Type", "application/x-www-form-urlencoded")];
    let typed = "password=Sandbox-Horse-2&password_confirmation=Sandbox-Horse-2";
    let changed = send(one.address, "POST", &format!("/reset/{}", token(&mails[0])), &form, typed);
    assert_eq!(changed.status, 200, "{}", changed.body);
    captured(&one, &dev, 4);

    // No live mail went out, and the live link sets the live password, once.
    assert_eq!(page(&live), 200);
    assert_eq!(installation.live_mails().len(), 1, "a notice of the sandbox went to a real mailbox");
    assert_eq!(set_password(&one, &live_key, &live, "Sandbox-Horse-1")["success"], true);
    within(Duration::from_secs(5), "the live notice", || {
        (installation.live_mails().len() == 2).then_some(())
    });
    assert_eq!(captured(&other, &dev, 4).len(), 4);

    let list = installation.run(&["mail", "list", "--json"]);
    let marked = list.lines().filter(|line| line.contains(r#""sandbox":true"#)).count();
    assert_eq!((list.lines().count(), marked), (6, 4), "{list}");
    assert_eq!(installation.run(&["mail", "list"]).matches("(sandbox)").count(), 4);
    assert_eq!(one.stop().matches("ERROR").count() + other.stop().matches("ERROR").count(), 0);
}

#[test]
fn a_development_key_sees_and_changes_nothing_live_on_sqlite() {
    let directory = tempfile::tempdir().unwrap();
    let database = format!("sqlite://{}", directory.path().join("resetd.db").display());
    nothing_live_is_seen_or_changed(&Installation { directory: directory.path(), database });
}

#[test]
#[ignore = "needs PostgreSQL"]
fn a_development_key_sees_and_changes_nothing_live_on_postgres() {
    let directory = tempfile::tempdir().unwrap();
    let target = target("a_development_key_sees_and_changes_nothing_live");
    let database = target.url();
    nothing_live_is_seen_or_changed(&Installation { directory: directory.path(), database });
}
