use std::collections::HashMap;
use std::io;

use super::*;

fn layered(
    file: &str,
    environment: &[(&str, &str)],
    flags: &[(&str, &str)],
) -> Result<Settings, SettingsError> {
    let variables: HashMap<String, String> =
        environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let read = |path: &str| match path {
        "/run/secret" => Ok("from-a-file\n".to_owned()),
        _ => Err(io::Error::from(io::ErrorKind::NotFound)),
    };
    let mut layers = Layers::default();
    layers.add_toml(file, "resetd.toml", KNOWN)?;
    layers.resolve_files(read)?;
    layers.add_environment(|name| variables.get(name).cloned(), read, KNOWN)?;
    for (name, value) in flags {
        layers.set(name, (*value).to_owned(), "flag".to_owned());
    }
    Ok(Settings::new(layers))
}

#[test]
fn the_later_layer_wins() {
    let file = "listen = '127.0.0.1:1'\npublic_url = 'https://a.example'\n[geo]\ncity_db = '/city'\n";
    let settings =
        layered(file, &[("RESETD_LISTEN", "127.0.0.1:2"), ("RESETD_GEO_ASN_DB", "/asn")], &[]).unwrap();
    assert_eq!(settings.listen().unwrap().port(), 2);
    assert_eq!(settings.text("geo.city_db"), Some("/city"));
    assert_eq!(settings.text("geo.asn_db"), Some("/asn"));
    let settings = layered(file, &[("RESETD_LISTEN", "127.0.0.1:2")], &[("listen", "127.0.0.1:3")]).unwrap();
    assert_eq!(settings.listen().unwrap().port(), 3);
}

#[test]
fn a_secret_may_be_a_file() {
    let by_environment = layered("", &[("RESETD_DATA_KEY_FILE", "/run/secret")], &[]).unwrap();
    assert_eq!(by_environment.text("data_key"), Some("from-a-file"));
    let by_file = layered("data_key_file = '/run/secret'", &[], &[]).unwrap();
    assert_eq!(by_file.text("data_key"), Some("from-a-file"));
    let over = layered("data_key_file = '/run/secret'", &[("RESETD_DATA_KEY", "x")], &[]).unwrap();
    assert_eq!(over.text("data_key"), Some("x"));
}

#[test]
fn errors_name_the_setting() {
    let missing = layered("", &[], &[]).unwrap().required("mail_url").unwrap_err().to_string();
    assert!(missing.contains("`mail_url`") && missing.contains("RESETD_MAIL_URL"), "{missing}");
    let unknown = layered("listne = 'x'", &[], &[]).unwrap_err();
    assert_eq!(unknown, SettingsError::Unknown { name: "listne".into(), origin: "resetd.toml".into() });
    let twice = layered("", &[("RESETD_DATA_KEY", "x"), ("RESETD_DATA_KEY_FILE", "/run/secret")], &[]);
    assert!(matches!(twice, Err(SettingsError::Twice { .. })));
    let unread = layered("", &[("RESETD_DATA_KEY_FILE", "/nowhere")], &[]).unwrap_err().to_string();
    assert!(unread.contains("/nowhere"), "{unread}");
    assert!(layered("", &[("RESETD_LISTEN", "nonsense")], &[]).unwrap().listen().is_err());
}

#[test]
fn a_public_url_over_http_is_unsafe_unless_it_stays_here() {
    let check = |url: &str| layered("", &[("RESETD_PUBLIC_URL", url)], &[]).unwrap().public_url();
    for good in [
        "https://reset.shop.cz",
        "https://shop.cz/reset/",
        "http://127.0.0.1:8080",
        "http://localhost",
        "http://a.test",
    ] {
        assert!(check(good).is_ok(), "{good}");
    }
    assert!(matches!(check("http://reset.shop.cz"), Err(SettingsError::Unsafe { .. })));
    for bad in ["reset.shop.cz", "ftp://shop.cz", "https://user@shop.cz", "https://shop.cz/?a=b"] {
        assert!(matches!(check(bad), Err(SettingsError::Invalid { .. })), "{bad}");
    }
}

#[test]
fn descriptions_hold_no_secret() {
    let settings = layered(
        "",
        &[("RESETD_MAIL_URL", "smtp://user:hunter2@mail.example:587"), ("RESETD_DATA_KEY", "c2VjcmV0")],
        &[],
    )
    .unwrap();
    let shown = format!("{:?}", settings.describe());
    assert!(!shown.contains("hunter2") && !shown.contains("c2VjcmV0"), "{shown}");
    assert!(shown.contains("mail.example:587"));
}

#[test]
fn no_setting_that_is_a_url_shows_a_secret() {
    use super::source::Secrecy;
    for known in KNOWN.iter().filter(|known| known.name.ends_with("url")) {
        assert_eq!(known.secrecy, Secrecy::UrlWithCredentials, "{}", known.name);
    }
    for url in [
        "postgres://db/x?user=u&password=S3cret",
        "postgres://db/x?PASSWORD=S3cret&sslmode=require",
        "postgres://u:S3cret@db/x?sslpassword=S3cret",
        "https://u:S3cret@collector/",
        "https://S3cret@collector/",
        "https://collector/v1?token=S3cret",
        "https://collector/v1?S3cret",
        "https://collector/v1#S3cret",
        "redis://:S3cret@redis:6379",
        "smtp://u:S3cret@relay?tls=required",
        "capture:dir?token=S3cret",
        "S3cret",
    ] {
        let shown = masked_url(url);
        assert!(!shown.contains("S3cret"), "{url}: {shown}");
    }
    for url in [
        "sqlite://data/resetd.db",
        "postgres://db/x?sslmode=verify-full&sslrootcert=/etc/ca.pem",
        "smtp://relay:25?tls=required",
        "memory:",
        "https://reset.example.com/auth",
    ] {
        assert_eq!(masked_url(url), url);
    }
}
