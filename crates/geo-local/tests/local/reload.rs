use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use application::ports::GeoResolver;

use crate::geo_local::{LocalGeo, LocalGeoOptions};
use crate::{Files, addr, fixtures, ip};

fn open(files: &Files, check_every: Duration) -> LocalGeo {
    let city = vec![files.path("city")];
    LocalGeo::open(LocalGeoOptions { city, check_every, ..LocalGeoOptions::default() }).unwrap()
}

fn city(geo: &LocalGeo) -> String {
    geo.lookup(addr("8.8.8.8")).city.unwrap().name
}

#[test]
fn a_replaced_file_is_read_again() {
    let files = Files::new();
    files.put("city", &fixtures::one_city("Old"));
    let geo = open(&files, Duration::from_secs(3_600));
    assert_eq!((city(&geo), geo.reload()), ("Old".to_owned(), 0));
    files.put("city", &fixtures::one_city("New"));
    assert_eq!(city(&geo), "Old");
    assert_eq!((geo.reload(), geo.reload()), (1, 0));
    assert_eq!(city(&geo), "New");
}

#[test]
fn a_broken_or_missing_replacement_keeps_the_old_one() {
    let files = Files::new();
    files.put("city", &fixtures::one_city("Old"));
    let geo = open(&files, Duration::from_secs(3_600));
    let whole = fixtures::one_city("New");
    for broken in [&b"nonsense"[..], &whole[..whole.len() - 20], &fixtures::maxmind_asn()] {
        files.put("city", broken);
        assert_eq!((geo.reload(), geo.reload()), (0, 0));
        assert_eq!(city(&geo), "Old");
    }
    fs::remove_file(files.path("city")).unwrap();
    assert_eq!((geo.reload(), geo.reload()), (0, 0));
    assert_eq!(city(&geo), "Old");
    files.put("city", &whole);
    assert_eq!(geo.reload(), 1);
    assert_eq!(city(&geo), "New");
}

#[tokio::test]
async fn a_resolver_in_use_looks_by_itself() {
    let files = Files::new();
    files.put("city", &fixtures::one_city("Old"));
    let geo = open(&files, Duration::from_millis(20));
    files.put("city", &fixtures::one_city("New"));
    for _ in 0..500 {
        if geo.resolve(ip("8.8.8.8")).await.unwrap().city.unwrap().name == "New" {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the new file was not read within 5 s");
}

#[test]
fn lookups_go_on_while_files_change() {
    let files = Files::new();
    files.put("city", &fixtures::one_city("City 0"));
    let geo = Arc::new(open(&files, Duration::from_secs(3_600)));
    let over = Arc::new(AtomicBool::new(false));
    let readers: Vec<_> = (0..2)
        .map(|_| {
            let (geo, over) = (Arc::clone(&geo), Arc::clone(&over));
            std::thread::spawn(move || {
                let mut last = 0;
                while !over.load(Ordering::Relaxed) {
                    let number: u32 = city(&geo).trim_start_matches("City ").parse().unwrap();
                    assert!(number >= last, "{number} after {last}");
                    last = number;
                }
            })
        })
        .collect();
    for number in 1..=100 {
        files.put("city", &fixtures::one_city(&format!("City {number}")));
        assert_eq!(geo.reload(), 1, "{number}");
    }
    over.store(true, Ordering::Relaxed);
    readers.into_iter().for_each(|reader| reader.join().unwrap());
    assert_eq!(city(&geo), "City 100");
}
