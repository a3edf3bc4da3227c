//! `resetd customer import`, as operators and their scripts run it.

use std::path::PathBuf;
use std::process::Output;

use crate::process::{resetd, run_ok, run_with};

struct Shop {
    directory: tempfile::TempDir,
}

impl Shop {
    fn new() -> Self {
        let shop = Self { directory: tempfile::tempdir().unwrap() };
        run_ok(resetd().args(["organisation", "create", "Shop"]).env("RESETD_DATABASE_URL", shop.database()));
        shop
    }

    fn database(&self) -> String {
        format!("sqlite://{}", self.directory.path().join("resetd.db").display())
    }

    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.directory.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    fn import(&self, file: &str, flags: &[&str], input: &[u8]) -> Output {
        let mut command = resetd();
        command.args(["customer", "import", file, "--organisation", "Shop"]).args(flags);
        run_with(command.env("RESETD_DATABASE_URL", self.database()), input)
    }

    /// What an import of this content from standard input says and ends with.
    fn pipe(&self, content: impl AsRef<[u8]>) -> (String, Option<i32>, String) {
        said(&self.import("-", &[], content.as_ref()))
    }
}

fn said(output: &Output) -> (String, Option<i32>, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    (text(&output.stdout), output.status.code(), text(&output.stderr))
}

/// The first four counts.
fn counts(created: u64, updated: u64, unchanged: u64, skipped: u64) -> String {
    format!(
        "{created} created, {updated} updated, {unchanged} unchanged, {skipped} skipped, 0 stale, 0 passwords kept"
    )
}

#[test]
fn bad_rows_are_skipped_by_line_and_told_by_the_exit_code() {
    let shop = Shop::new();
    let mut csv = "id,email,phone,name,language,status\n".to_owned();
    for number in 0..2_500 {
        csv.push_str(&format!("{number},c{number}@example.com,,Customer {number},cs,active\n"));
    }
    csv.push_str("x,not an address,,X,,\ny,,,Y,,\nz,,,Z,klingon language,\n");
    let file = shop.file("customers.csv", csv);
    let (out, code, log) = said(&shop.import(file.to_str().unwrap(), &[], b""));
    assert_eq!((out, code), (counts(2_501, 0, 0, 2), Some(3)), "{log}");
    assert!(log.contains("line 2502: email:") && log.contains("line 2504: language:"), "{log}");
    let (out, code, _) = said(&shop.import(file.to_str().unwrap(), &["--json"], b""));
    assert_eq!(
        (out.as_str(), code),
        (r#"{"created":0,"updated":0,"unchanged":2501,"skipped":2,"stale":0,"passwordsKept":0}"#, Some(3))
    );
}

#[test]
fn the_content_of_a_file_decides_nothing() {
    let shop = Shop::new();
    let file = |name, status| shop.file(name, format!("id,email,status\n7,a@b.cz,{status}\n"));
    let (a, b) = (file("a.csv", "active"), file("b.csv", "banned"));
    for (file, expected) in [
        (&a, counts(1, 0, 0, 0)),
        (&b, counts(0, 1, 0, 0)),
        (&a, counts(0, 1, 0, 0)),
        (&a, counts(0, 0, 1, 0)),
    ] {
        let (out, code, log) = said(&shop.import(file.to_str().unwrap(), &[], b""));
        assert_eq!((out, code), (expected, Some(0)), "{log}");
    }
    let (out, code, _) = said(&shop.import(a.to_str().unwrap(), &["--resume"], b""));
    assert_eq!((out, code), (counts(0, 0, 1, 0), Some(0)), "a complete import has nothing to resume");
}

#[test]
fn a_column_that_is_not_there_changes_nothing() {
    let shop = Shop::new();
    let full = "id,email,phone,name,language,status\n7,a@b.cz,+420777123456,Ann,cs,active\n";
    assert_eq!(shop.pipe(full).0, counts(1, 0, 0, 0));
    assert_eq!(shop.pipe("id,status\n7,banned\n").0, counts(0, 1, 0, 0));
    assert_eq!(shop.pipe("id,name\n7,Anna\n").0, counts(0, 1, 0, 0));
    // Everything is as it was, but for what was said; an empty status leaves it as it is.
    let same = "id,email,phone,name,language,status\n7,a@b.cz,+420777123456,Anna,cs,banned\n";
    assert_eq!(shop.pipe(same).0, counts(0, 0, 1, 0));
    assert_eq!(shop.pipe("id,status\n7,\n").0, counts(0, 0, 1, 0));
    assert_eq!(shop.pipe("{\"id\":7,\"name\":null}").0, counts(0, 1, 0, 0));
    assert_eq!(shop.pipe("id,name\n7,\n").0, counts(0, 0, 1, 0), "null had erased it");
}

#[test]
fn every_name_encoding_and_delimiter_is_understood() {
    let text = "id;email;name\r\n7;jiri@b.cz;Jiří Žák\r\n";
    let utf16 = |mark: &str| -> Vec<u8> {
        format!("{mark}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect()
    };
    let windows = b"id;email;name\r\n7;jiri@b.cz;Ji\xf8\xed \x8e\xe1k\r\n".to_vec();
    let shop = Shop::new();
    assert_eq!(shop.pipe(text).0, counts(1, 0, 0, 0));
    for (name, content) in [
        ("CUSTOMERS.CSV", format!("\u{feff}{text}").into_bytes()),
        ("customers", text.replace(';', "\t").into_bytes()),
        ("customers.txt", utf16("\u{feff}")),
        ("customers.dat", utf16("")),
        ("customers.csv", windows),
        ("customers.json", "{\"id\":\"7\",\"email\":\"jiri@b.cz\",\"name\":\"Jiří Žák\"}".into()),
    ] {
        let path = shop.file(name, content);
        let (out, code, log) = said(&shop.import(path.to_str().unwrap(), &[], b""));
        assert_eq!((out, code), (counts(0, 0, 1, 0), Some(0)), "{name}: {log}");
    }
    let piped = text.replace(';', "|");
    let (out, ..) = said(&shop.import("/dev/stdin", &["--delimiter", "|"], piped.as_bytes()));
    assert_eq!(out, counts(0, 0, 1, 0));
    let (out, ..) = said(&shop.import("-", &["--encoding", "windows-1250"], b"id,name\n7,\x8e\n"));
    assert_eq!(out, counts(0, 1, 0, 0), "one letter tells nothing, the flag does");
}

#[test]
fn what_spreadsheets_do_to_rows_is_told() {
    let shop = Shop::new();
    let (out, code, log) =
        shop.pipe("phone,name\r\n4.41E+11,Ada\r\n\"4,41E+11\",Bob\r\n420777123456.0,C\r\n");
    assert_eq!((out, code), (counts(0, 0, 0, 3), Some(3)), "{log}");
    assert!(
        ["line 2: phone", "line 3: phone", "line 4: phone"].iter().all(|line| log.contains(line)),
        "{log}"
    );
    assert!(!log.contains("4.41E+11"), "no log holds a phone number: {log}");
    let (out, code, log) = shop.pipe("id,email,language\n1,a@b.cz,cz\n2,c@d.cz,cs-CZ\n");
    assert_eq!((out, code), (counts(1, 0, 0, 1), Some(3)), "{log}");
    assert!(log.contains("did you mean `cs`"), "{log}");
    let quote = "id,email,name\r\nq1,q1@b.cz,\"never closed\r\nq2,q2@b.cz,N\r\nq3,q3@b.cz,N\r\n";
    let (out, code, log) = shop.pipe(quote);
    assert_eq!((out, code), (counts(2, 0, 0, 1), Some(3)), "{log}");
    assert!(log.contains("line 2: a quote is not closed"), "{log}");
    let (out, code, log) =
        shop.pipe("id,email,name\r\n1,ok@b.cz,A\r\n2,bad,B\r\n3,ok3@b.cz,C\r\n4,bad4,D\r\n");
    assert_eq!(code, Some(3), "{out}");
    assert!(log.contains("line 3: email:") && log.contains("line 5: email:"), "{log}");
}

#[test]
fn a_file_that_says_two_things_is_refused_whole() {
    let shop = Shop::new();
    for (content, told) in [
        ("id,email,E-Mail,name\n48,a@b.cz,b@b.cz,N\n", "`email` and `E-Mail`"),
        ("foo,bar\n1,2\n", "--delimiter"),
        ("", "empty"),
        ("[{\"id\":7}]", "JSON array"),
    ] {
        let (out, code, log) = shop.pipe(content);
        assert_eq!((out.as_str(), code), ("", Some(1)), "{log}");
        assert!(log.contains(told), "{log}");
    }
    for flags in [&["--resume"][..], &["--delimiter", "ab"], &["--encoding", "klingon"]] {
        let (_, code, log) = said(&shop.import("-", flags, b"id\n7\n"));
        assert_eq!(code, Some(2), "{flags:?}: {log}");
    }
    assert_eq!(said(&shop.import("/nowhere/at/all.csv", &[], b"")).1, Some(2));
}

#[test]
fn an_organisations_own_provider_rules_decide_whose_address_it_is() {
    let shop = Shop::new();
    let update = |file: &str| {
        let mut command = resetd();
        command.args(["organisation", "update", "Shop", "--provider-rules", file]);
        said(&run_with(command.env("RESETD_DATABASE_URL", shop.database()), b""))
    };
    let csv = "id,email\n1,jan@firma.cz\n2,J.An+x@firma.cz\n";
    let rules =
        r#"[{"name":"Firma","source":"its postmaster","domains":["firma.cz"],"ignoresDots":true,"tag":"+"}]"#;
    let good = shop.file("good.json", rules);
    let bad = shop.file("bad.json", rules.replace("\"+\"", "\"=\""));

    let (_, code, error) = update(bad.to_str().unwrap());
    assert_eq!(code, Some(2), "{error}");
    assert!(error.contains("the provider \"Firma\": a tag begins with `+` or `-`"), "{error}");

    let (_, code, log) = update(good.to_str().unwrap());
    assert_eq!(code, Some(0), "{log}");
    let (summary, code, rejected) = shop.pipe(csv);
    assert_eq!((summary, code), (counts(1, 0, 0, 1), Some(3)), "{rejected}");
    assert!(rejected.contains("belongs to another customer"), "{rejected}");

    assert_eq!(update("none").1, Some(0));
    assert_eq!(shop.pipe(csv).0, counts(1, 0, 1, 0));
}
