use std::io;

use secrecy::ExposeSecret as _;

use super::values::OtlpUrl;
use super::*;

fn read_file(path: &str) -> io::Result<String> {
    match path {
        "/run/secret" => Ok("from-a-file\n".to_owned()),
        "/run/key" => Ok("11".repeat(16) + &"22".repeat(16) + "\n"),
        _ => Err(io::Error::from(io::ErrorKind::NotFound)),
    }
}

fn layered(file: &str, environment: &[(&str, &str)], flags: &[&str]) -> Layers {
    let mut layers = Layers::default();
    layers.add_toml(file, "resetd.toml", read_file);
    let variables = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    layers.add_environment(variables, read_file);
    for pair in flags {
        layers.add_pair(pair).unwrap();
    }
    layers
}

fn good(file: &str, environment: &[(&str, &str)], flags: &[&str]) -> Settings {
    let layers = layered(file, environment, flags);
    let (settings, errors) = read(&layers);
    assert!(layers.errors.is_empty() && errors.is_empty(), "{:?} {errors:?}", layers.errors);
    settings
}

fn errors(file: &str, environment: &[(&str, &str)]) -> Vec<String> {
    let layers = layered(file, environment, &[]);
    let (_, errors) = read(&layers);
    layers.errors.iter().chain(&errors).map(ToString::to_string).collect()
}

#[test]
fn the_later_layer_wins() {
    let file = "listen = '127.0.0.1:1'\nretention_days = 7\n[geo]\ncity_db = '/city'\nreverse_dns = true\n";
    let environment = [("RESETD_LISTEN", "127.0.0.1:2"), ("RESETD_GEO_ASN_DB", "/asn")];
    let settings = good(file, &environment, &[]);
    assert_eq!(settings.listen.port(), 2);
    assert_eq!(settings.geo.city_db.as_deref(), Some("/city".as_ref()));
    assert_eq!(settings.geo.asn_db.as_deref(), Some("/asn".as_ref()));
    assert!(settings.geo.reverse_dns);
    assert_eq!(settings.retention_days, 7);
    let settings = good(file, &environment, &["listen=127.0.0.1:3", "geo.reverse_dns=false"]);
    assert_eq!(settings.listen.port(), 3);
    assert!(!settings.geo.reverse_dns);
}

#[test]
fn an_empty_value_is_none() {
    let settings = good("", &[("RESETD_DATABASE_URL", ""), ("RESETD_MAX_CONNECTIONS", "")], &[]);
    assert!(settings.database_url.is_none());
    assert_eq!(settings.max_connections.get(), 10_000);
}

#[test]
fn a_secret_may_be_a_file() {
    let token = |settings: Settings| settings.geo.vikitron_token.unwrap().expose_secret().to_owned();
    assert_eq!(token(good("", &[("RESETD_GEO_VIKITRON_TOKEN_FILE", "/run/secret")], &[])), "from-a-file");
    assert_eq!(token(good("[geo]\nvikitron_token_file = '/run/secret'", &[], &[])), "from-a-file");
    let over = [("RESETD_GEO_VIKITRON_TOKEN", "x")];
    assert_eq!(token(good("[geo]\nvikitron_token_file = '/run/secret'", &over, &[])), "x");
    assert!(good("data_key_file = '/run/key'", &[], &[]).data_key.is_some());
    let layers = layered("data_key_file = '/run/key'\nmail_url = 'smtp://u:p@h'", &[], &[]);
    assert_eq!(layers.secret_files, [std::path::Path::new("/run/key"), "resetd.toml".as_ref()]);
}

#[test]
fn all_that_is_wrong_is_said_at_once() {
    let file = "listne = 'x'\nworker = 'perhaps'\nretention_days = 0\n[password]\nscheme = 'md5'\n";
    let environment = [
        ("RESETD_DATA_KEY", "x"),
        ("RESETD_DATA_KEY_FILE", "/run/key"),
        ("RESETD_GEO_VIKITRON_TOKEN_FILE", "/nowhere"),
        ("RESETD_LISTEN", "nonsense"),
        ("RESETD_LIMITER_URL", "abacus:"),
        ("RESETD_TELEMETRY_SAMPLING", "1.5"),
        ("RESETD_MAX_CONNECTIONS", "0"),
        ("RESETD_TRUSTED_PROXIES", "10.0.0.0/8, nowhere"),
        ("RESETD_MAIL_URL", "smtp://user:hunter2@mail.shop.cz?tls=none"),
    ];
    let found = errors(file, &environment);
    let expected = [
        "listne",
        "RESETD_DATA_KEY_FILE",
        "/nowhere",
        "`worker`: expected true or false",
        "`retention_days`: expected a whole number of days from 1 to 36,500",
        "`password.scheme`: unknown variant `md5`, expected `argon2id` or `bcrypt`",
        "`listen`: invalid socket address",
        "`limiter_url`: expected memory:",
        "`telemetry.sampling`: expected a number from 0 to 1",
        "`max_connections`",
        "`trusted_proxies`: expected networks",
        "`mail_url`: credentials",
    ];
    for expected in expected {
        assert!(found.iter().any(|error| error.contains(expected)), "{expected}: {found:#?}");
    }
    assert_eq!(found.len(), expected.len(), "{found:#?}");
    assert!(!found.iter().any(|error| error.contains("hunter2")), "{found:#?}");
}

#[test]
fn a_mistyped_variable_is_warned_of() {
    let variables = [("RESETD_PUBLIK_URL", "x"), ("RESETD_TOTALLY_ELSE", "x"), ("RESETD_CONFIG", "x")];
    let warnings = layered("", &variables, &[]).warnings;
    assert_eq!(warnings.len(), 2, "{warnings:?}");
    assert!(warnings[0].contains("RESETD_PUBLIK_URL is no setting; RESETD_PUBLIC_URL is"), "{warnings:?}");
}

#[test]
fn a_public_url_over_http_is_unsafe_unless_it_stays_here() {
    for good_url in [
        "https://reset.shop.cz",
        "https://shop.cz/reset/",
        "http://127.0.0.1:8080",
        "http://localhost",
        "http://a.test",
    ] {
        assert!(good("", &[("RESETD_PUBLIC_URL", good_url)], &[]).public_url().is_ok(), "{good_url}");
    }
    let refused = errors("", &[("RESETD_PUBLIC_URL", "http://reset.shop.cz")]);
    assert!(refused[0].contains("unsafe"), "{refused:?}");
    for bad in ["reset.shop.cz", "ftp://shop.cz", "https://user@shop.cz", "https://shop.cz/?a=b"] {
        assert_eq!(errors("", &[("RESETD_PUBLIC_URL", bad)]).len(), 1, "{bad}");
    }
}

#[test]
fn traces_go_to_their_path_under_the_base_url() {
    for (given, expected) in [
        ("http://127.0.0.1:4318", "http://127.0.0.1:4318/v1/traces"),
        ("https://collector.example/otlp/", "https://collector.example/otlp/v1/traces"),
        ("https://collector.example/v1/traces", "https://collector.example/v1/traces"),
    ] {
        assert_eq!(given.parse::<OtlpUrl>().unwrap().url().as_str(), expected);
    }
    for bad in ["127.0.0.1:4318", "grpc://127.0.0.1:4317", "https://user:hunter2@collector.example"] {
        assert!(!bad.parse::<OtlpUrl>().unwrap_err().contains("hunter2"), "{bad}");
    }
}

#[test]
fn descriptions_hold_no_secret() {
    let variables = [
        ("RESETD_MAIL_URL", "smtp://user:hunter2@mail.example:587"),
        ("RESETD_DATA_KEY", "c2VjcmV0"),
        ("RESETD_GEO_VIKITRON_TOKEN", "S3cret"),
        ("RESETD_TELEMETRY_OTLP_HEADERS", "authorization=S3cret"),
        ("RESETD_MAIL_DKIM_KEY", "S3cret"),
    ];
    let layers = layered("", &variables, &[]);
    let (settings, _) = read(&layers);
    let shown = format!("{:?} {settings:?}", describe(&layers));
    for secret in ["hunter2", "c2VjcmV0", "S3cret"] {
        assert!(!shown.contains(secret), "{shown}");
    }
    assert!(shown.contains("mail.example:587"));
}

#[test]
fn no_setting_that_is_a_url_shows_a_secret() {
    for known in known().iter().filter(|known| known.name.ends_with("url")) {
        assert_eq!(known.secrecy, known::Secrecy::Credentials, "{}", known.name);
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
