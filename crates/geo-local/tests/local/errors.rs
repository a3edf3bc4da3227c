use std::fs;
use std::path::PathBuf;

use application::ports::{GeoError, GeoResolver};
use mmdb_writer::{RecordSize, Value, Writer};

use crate::geo_local::{DatabaseKind, LocalGeo, LocalGeoError, LocalGeoOptions};
use crate::{Files, addr, fixtures, ip};

fn city(path: PathBuf) -> Result<LocalGeo, LocalGeoError> {
    LocalGeo::open(LocalGeoOptions { city: vec![path], ..LocalGeoOptions::default() })
}

#[test]
fn a_missing_file_is_named() {
    let path = Files::new().path("none.mmdb");
    let error = city(path.clone()).unwrap_err();
    assert!(
        matches!(&error, LocalGeoError::Missing { kind: DatabaseKind::City, path: named } if *named == path)
    );
    assert!(error.to_string().contains("none.mmdb"), "{error}");
}

#[test]
fn a_path_through_a_file_is_unreadable() {
    let files = Files::new();
    let path = files.put("file", b"").join("city.mmdb");
    assert!(matches!(city(path), Err(LocalGeoError::Unreadable { .. })));
}

#[test]
fn a_folder_stands_for_the_databases_in_it() {
    let files = Files::new();
    let folder = files.path("folder");
    fs::create_dir(&folder).unwrap();
    assert!(matches!(city(folder.clone()), Err(LocalGeoError::Missing { .. })));
    fs::write(folder.join("notes.txt"), "no database").unwrap();
    assert!(matches!(city(folder.clone()), Err(LocalGeoError::Missing { .. })));
    fs::write(folder.join("ipv4.mmdb"), fixtures::flat_city(4)).unwrap();
    fs::write(folder.join("ipv6.mmdb"), fixtures::flat_city(6)).unwrap();
    let geo = city(folder).unwrap();
    assert_eq!(geo.lookup(addr("89.24.1.2")).city.unwrap().name, "Brno");
    assert_eq!(geo.lookup(addr("2001:4860:4860::8888")).city.unwrap().name, "Berlin");
}

#[test]
fn a_file_that_is_no_database_is_broken() {
    let files = Files::new();
    let whole = fixtures::maxmind_city();
    let mut flipped = whole.clone();
    flipped.reverse();
    let bad: [(&str, &[u8]); 5] = [
        ("empty", b""),
        ("text", b"not a database"),
        ("cut", &whole[..whole.len() / 2]),
        ("only metadata", &whole[whole.len() - 300..]),
        ("reversed", &flipped),
    ];
    for (name, bytes) in bad {
        let opened = city(files.put(name, bytes));
        assert!(matches!(opened, Err(LocalGeoError::Broken { .. })), "{name}: {opened:?}");
    }
}

#[test]
fn a_database_of_another_kind_is_refused() {
    let files = Files::new();
    let error = city(files.put("asn", &fixtures::maxmind_asn())).unwrap_err();
    let message = error.to_string();
    assert!(matches!(error, LocalGeoError::WrongKind { kind: DatabaseKind::City, .. }), "{message}");
    assert!(message.contains("GeoLite2-ASN") && message.contains("autonomous_system_number"), "{message}");
    let other = fixtures::everything("Something", &Value::map([("colour", "green".into())]));
    assert!(matches!(city(files.put("other", &other)), Err(LocalGeoError::WrongKind { .. })));
    let list = fixtures::everything("Something", &Value::Array(vec!["a".into()]));
    assert!(city(files.put("list", &list)).is_err());
}

#[tokio::test]
async fn nothing_configured_or_nothing_inside_knows_nothing() {
    let files = Files::new();
    let empty = Writer::new("GeoLite2-City", RecordSize::Bits24).finish().unwrap();
    for geo in [LocalGeo::open(LocalGeoOptions::default()), city(files.put("empty", &empty))] {
        let geo = geo.unwrap();
        assert_eq!(geo.resolve(ip("8.8.8.8")).await, Err(GeoError::Unknown));
        assert_eq!(geo.reload(), 0);
    }
}

#[test]
fn no_damage_to_a_file_can_make_a_lookup_panic() {
    let files = Files::new();
    let whole = fixtures::maxmind_city();
    let mut opened = 0;
    for place in 0..whole.len() {
        let mut damaged = whole.clone();
        damaged[place] ^= 1 << (place % 8);
        fs::write(files.path("damaged"), &damaged).unwrap();
        if let Ok(geo) = city(files.path("damaged")) {
            opened += 1;
            for address in ["89.24.1.2", "8.8.8.8", "1.1.1.1", "62.1.1.1", "2a00:1028::1", "9.9.9.9"] {
                let _ = geo.lookup(addr(address));
            }
        }
    }
    assert!(opened > whole.len() / 4, "{opened} of {}", whole.len());
}
