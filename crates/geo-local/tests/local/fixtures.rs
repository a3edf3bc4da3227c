//! Small databases in the layouts of the vendors, made by our own writer.

use std::net::IpAddr;

use mmdb_writer::{RecordSize, Value, Writer};

/// The file of a database with these networks.
pub(crate) fn database(mut writer: Writer, networks: &[(&str, Value)]) -> Vec<u8> {
    for (network, record) in networks {
        let (address, prefix) = network.split_once('/').expect("a network");
        let address: IpAddr = address.parse().expect("an address");
        writer.insert(address, prefix.parse().expect("a prefix"), record).expect("a network that fits");
    }
    writer.finish().expect("a small database")
}

fn names<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Value {
    Value::map([(
        "names",
        Value::map(pairs.into_iter().map(|(language, name)| (language, Value::text(name)))),
    )])
}

fn with(value: Value, more: impl IntoIterator<Item = (&'static str, Value)>) -> Value {
    match value {
        Value::Map(mut pairs) => {
            pairs.extend(more.into_iter().map(|(key, value)| (key.to_owned(), value)));
            Value::Map(pairs)
        }
        other => other,
    }
}

/// GeoLite2 City: nested, many languages, Prague in 89.24.0.0/16, a country alone in 8.8.8.0/24.
pub(crate) fn maxmind_city() -> Vec<u8> {
    let czechia = names([("de", "Tschechien"), ("en", "Czechia"), ("ja", "チェコ"), ("pt-BR", "Tchéquia")]);
    let prague = Value::map([
        (
            "city",
            with(
                names([("de", "Prag"), ("en", "Prague"), ("fr", "Prague"), ("ja", "プラハ")]),
                [("geoname_id", 3_067_696.into())],
            ),
        ),
        ("continent", with(names([("en", "Europe")]), [("code", "EU".into())])),
        ("country", with(czechia, [("iso_code", "CZ".into()), ("is_in_european_union", true.into())])),
        (
            "location",
            Value::map([
                ("accuracy_radius", Value::Uint16(20)),
                ("latitude", 50.0883.into()),
                ("longitude", 14.4124.into()),
                ("time_zone", "Europe/Prague".into()),
            ]),
        ),
        ("postal", Value::map([("code", Value::text("110 00"))])),
        ("registered_country", with(names([("en", "Czechia")]), [("iso_code", "CZ".into())])),
        (
            "subdivisions",
            Value::Array(vec![
                with(names([("en", "Prague"), ("de", "Hauptstadt Prag")]), [("iso_code", "10".into())]),
                names([("en", "Praha 1")]),
            ]),
        ),
    ]);
    let states =
        Value::map([("country", with(names([("en", "United States")]), [("iso_code", "US".into())]))]);
    let registered_only =
        Value::map([("registered_country", with(names([("en", "Australia")]), [("iso_code", "AU".into())]))]);
    let union =
        Value::map([("country", with(names([("en", "European Union")]), [("iso_code", "EU".into())]))]);
    let null_island =
        Value::map([("location", Value::map([("latitude", 0.0.into()), ("longitude", 0.0.into())]))]);
    let writer =
        Writer::new("GeoLite2-City", RecordSize::Bits28).languages(["de", "en", "fr", "ja", "pt-BR"]);
    database(
        writer,
        &[
            ("89.24.0.0/16", prague.clone()),
            ("2a00:1028::/32", prague),
            ("8.8.8.0/24", states),
            ("1.1.1.0/24", registered_only),
            ("62.0.0.0/8", union),
            ("63.0.0.0/8", null_island),
        ],
    )
}

/// DB-IP's free city database: MaxMind's layout, English alone, districts in parentheses, no time
/// zone.
pub(crate) fn dbip_city() -> Vec<u8> {
    let prague = Value::map([
        ("city", names([("en", "Prague (Nové Město)")])),
        ("country", with(names([("en", "Czechia"), ("fa", "جمهوری چک")]), [("iso_code", "CZ".into())])),
        (
            "location",
            Value::map([("latitude", Value::Double(50.0785)), ("longitude", Value::Double(14.4239))]),
        ),
        ("subdivisions", Value::Array(vec![names([("en", "Hlavni mesto Praha")])])),
    ]);
    let odd = Value::map([("city", names([("en", "(Somewhere)")]))]);
    let writer = Writer::new("DBIP-City-Lite (compat=City)", RecordSize::Bits24).languages(["en"]);
    database(writer, &[("89.24.0.0/16", prague), ("90.0.0.0/8", odd)])
}

/// DB-IP's lists as they are distributed freely: flat fields, single-precision coordinates, one
/// file per family.
pub(crate) fn flat_city(family: u8) -> Vec<u8> {
    let record = |code: &str, state: &str, city: &str, at: (f32, f32), zone: &str| {
        Value::map([
            ("city", Value::text(city)),
            ("country_code", Value::text(code)),
            ("latitude", Value::Float(at.0)),
            ("longitude", Value::Float(at.1)),
            ("postcode", Value::text("")),
            ("state1", Value::text(state)),
            ("state2", Value::text("")),
            ("timezone", Value::text(zone)),
        ])
    };
    let brno = record("CZ", "South Moravian", "Brno (Brno-střed)", (49.195, 16.608), "");
    let unknown = record("", "", "", (0.0, 0.0), "");
    if family == 4 {
        let writer = Writer::ipv4("city ipv4", RecordSize::Bits28);
        database(writer, &[("89.24.0.0/16", brno), ("90.0.0.0/8", unknown)])
    } else {
        let berlin = record("DE", "Land Berlin", "Berlin", (52.5, 13.4), "Europe/Berlin");
        database(Writer::new("city ipv6", RecordSize::Bits28), &[("2001:4860::/32", berlin)])
    }
}

/// A list of countries alone: 8.8.8.0/24 in the US, everything else of 8.0.0.0/8 and 89.24.0.0/16
/// in Czechia.
pub(crate) fn flat_country() -> Vec<u8> {
    let country = |code: &str| Value::map([("country_code", Value::text(code))]);
    database(
        Writer::new("country", RecordSize::Bits24),
        &[("8.0.0.0/8", country("CZ")), ("8.8.8.0/24", country("US")), ("89.24.0.0/16", country("CZ"))],
    )
}

/// IPinfo's location database: texts only, coordinates too.
pub(crate) fn ipinfo_location() -> Vec<u8> {
    let record =
        |pairs: &[(&'static str, &'static str)]| Value::map(pairs.iter().map(|(k, v)| (*k, Value::text(*v))));
    let prague = record(&[
        ("city", "Prague"),
        ("country", "CZ"),
        ("lat", "50.08804"),
        ("lng", "14.42076"),
        ("postal_code", "110 00"),
        ("region", "Prague"),
        ("region_code", "10"),
        ("timezone", "Europe/Prague"),
    ]);
    let newer = record(&[
        ("city", "Mountain View"),
        ("continent", "North America"),
        ("country", "United States"),
        ("country_code", "US"),
        ("loc", "37.4056,-122.0775"),
        ("region", "California"),
    ]);
    let named = record(&[("country", "AU"), ("country_name", "Australia"), ("lat", "none"), ("lng", "")]);
    let writer = Writer::new("ipinfo generic_location.mmdb", RecordSize::Bits32);
    database(writer, &[("89.24.0.0/16", prague), ("8.8.8.0/24", newer), ("1.1.1.0/24", named)])
}

/// IPinfo's free country and ASN list: the number as text.
pub(crate) fn ipinfo_lite() -> Vec<u8> {
    let record = Value::map([
        ("as_domain", Value::text("google.com")),
        ("as_name", Value::text("Google LLC")),
        ("asn", Value::text("AS15169")),
        ("continent", Value::text("North America")),
        ("country", Value::text("United States")),
        ("country_code", Value::text("US")),
    ]);
    database(Writer::new("ipinfo bundle_lite.mmdb", RecordSize::Bits24), &[("8.8.8.0/24", record)])
}

/// IPinfo's privacy database: truths as texts, false left empty.
pub(crate) fn ipinfo_privacy() -> Vec<u8> {
    let record = |on: &[&str]| {
        Value::map(
            ["hosting", "proxy", "relay", "service", "tor", "vpn"]
                .map(|name| (name, Value::text(if on.contains(&name) { "true" } else { "" }))),
        )
    };
    let writer = Writer::new("ipinfo standard_privacy.mmdb", RecordSize::Bits24);
    database(
        writer,
        &[
            ("8.8.8.0/24", record(&["hosting", "vpn"])),
            ("1.1.1.0/24", record(&["relay"])),
            ("89.24.0.0/16", record(&[])),
        ],
    )
}

/// GeoLite2 ASN.
pub(crate) fn maxmind_asn() -> Vec<u8> {
    let system = |number: u32, name: &str| {
        Value::map([
            ("autonomous_system_number", Value::Uint32(number)),
            ("autonomous_system_organization", Value::text(name)),
        ])
    };
    database(
        Writer::new("GeoLite2-ASN", RecordSize::Bits24),
        &[
            ("1.1.1.0/24", system(13_335, "CLOUDFLARENET")),
            ("8.8.8.0/24", system(15_169, "GOOGLE")),
            ("2001:4860::/32", system(15_169, "GOOGLE")),
            ("89.24.0.0/16", system(0, "\u{202e}\u{0}")),
        ],
    )
}

/// DB-IP's combined database: the autonomous system under `traits`.
pub(crate) fn dbip_isp() -> Vec<u8> {
    let record = Value::map([
        ("city", names([("en", "Brisbane (South Brisbane)")])),
        ("country", with(names([("en", "Australia")]), [("iso_code", "AU".into())])),
        (
            "traits",
            Value::map([
                ("autonomous_system_number", Value::Uint32(13_335)),
                ("autonomous_system_organization", Value::text("Cloudflare, Inc.")),
                ("user_type", Value::text("hosting")),
            ]),
        ),
    ]);
    database(
        Writer::new("DBIP-Location-ISP (compat=Enterprise)", RecordSize::Bits28),
        &[("1.1.1.0/24", record)],
    )
}

/// GeoIP2 Anonymous IP: only what is true is said.
pub(crate) fn maxmind_anonymous() -> Vec<u8> {
    let flags = |on: &[&'static str]| Value::map(on.iter().map(|name| (*name, Value::Boolean(true))));
    database(
        Writer::new("GeoIP2-Anonymous-IP", RecordSize::Bits24),
        &[
            ("1.1.1.0/24", flags(&["is_anonymous", "is_anonymous_vpn"])),
            ("8.8.8.0/24", flags(&["is_anonymous", "is_hosting_provider"])),
            ("9.9.9.0/24", flags(&["is_anonymous", "is_tor_exit_node"])),
            ("4.4.4.0/24", flags(&["is_anonymous", "is_public_proxy"])),
            ("5.5.5.0/24", flags(&["is_anonymous"])),
            ("2001:4860::/32", flags(&["is_anonymous", "is_residential_proxy", "is_tor_exit_node"])),
        ],
    )
}

/// A city database whose record does not hold what its fields are for.
pub(crate) fn hostile_city() -> Vec<u8> {
    let record = Value::map([
        (
            "city",
            Value::map([(
                "names",
                Value::map([("en", Value::text(format!("Pra\u{7}gue\u{202e}{}", "x".repeat(300))))]),
            )]),
        ),
        ("country", Value::text("not a map")),
        (
            "location",
            Value::map([
                ("latitude", Value::Double(900.0)),
                ("longitude", Value::text("east")),
                ("time_zone", Value::text("<script>alert(1)</script>")),
            ]),
        ),
        ("subdivisions", Value::Array(Vec::new())),
    ]);
    database(Writer::new("GeoLite2-City", RecordSize::Bits24), &[("8.8.8.0/24", record)])
}

/// A database of this type where every address has this record.
pub(crate) fn everything(database_type: &str, record: &Value) -> Vec<u8> {
    database(Writer::new(database_type, RecordSize::Bits24), &[("::/0", record.clone())])
}

/// A flat city database where every address is in this city of this country.
pub(crate) fn city_in(code: &str, city: &str) -> Vec<u8> {
    let (latitude, longitude) = (Value::Float(45.5), Value::Float(-73.6));
    let record = [
        ("country_code", code.into()),
        ("city", city.into()),
        ("latitude", latitude),
        ("longitude", longitude),
    ];
    everything("city", &Value::map(record))
}

/// A city database in MaxMind's layout where every address is in this city.
pub(crate) fn one_city(name: &str) -> Vec<u8> {
    everything("GeoLite2-City", &Value::map([("city", names([("en", name)]))]))
}
