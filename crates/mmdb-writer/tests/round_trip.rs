//! What the writer writes, MaxMind's format as another implementation reads it gives back.
#![expect(clippy::unwrap_used, reason = "helpers of a test may fail the test")]

use std::collections::BTreeMap;
use std::net::IpAddr;

use maxminddb::Reader;
use resetd_mmdb_writer::{RecordSize, Value, WriteError, Writer};

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

fn json(reader: &Reader<Vec<u8>>, address: &str) -> serde_json::Value {
    reader.lookup(ip(address)).unwrap().decode().unwrap().unwrap_or(serde_json::Value::Null)
}

fn rich(name: &str) -> Value {
    Value::map([
        ("name", Value::text(name)),
        ("longer", Value::text("x".repeat(400))),
        ("huge", Value::text("y".repeat(70_000))),
        ("double", Value::Double(-33.8688)),
        ("float", Value::Float(0.5)),
        ("small", Value::Uint16(0)),
        ("middle", Value::Uint32(4_200_000_000)),
        ("big", Value::Uint64(u64::MAX)),
        ("truth", Value::Boolean(true)),
        ("lie", Value::Boolean(false)),
        ("list", Value::Array(vec![Value::text("shared text"), Value::text("shared text")])),
    ])
}

#[test]
fn every_record_size_and_type_comes_back() {
    for size in [RecordSize::Bits24, RecordSize::Bits28, RecordSize::Bits32] {
        let mut writer = Writer::new("Test-City", size).languages(["en", "de"]).built_at(1_700_000_000);
        writer.insert(ip("1.1.1.0"), 24, &rich("one")).unwrap();
        writer.insert(ip("2001:db8::"), 32, &rich("two")).unwrap();
        let reader = Reader::from_source(writer.finish().unwrap()).unwrap();
        reader.verify().unwrap();
        assert_eq!(reader.metadata().database_type, "Test-City");
        assert_eq!(reader.metadata().languages, ["en", "de"]);
        assert_eq!(reader.metadata().build_epoch, 1_700_000_000);
        assert_eq!(reader.metadata().record_size, size.bits());
        let one = json(&reader, "1.1.1.77");
        assert_eq!(one["name"], "one");
        assert_eq!(one["longer"].as_str().unwrap().len(), 400);
        assert_eq!(one["huge"].as_str().unwrap().len(), 70_000);
        assert_eq!(one["double"], -33.8688);
        assert_eq!(one["float"], 0.5);
        assert_eq!(one["small"], 0);
        assert_eq!(one["middle"], 4_200_000_000_u32);
        assert_eq!(one["big"], u64::MAX);
        assert_eq!(one["truth"], true);
        assert_eq!(one["lie"], false);
        assert_eq!(one["list"], serde_json::json!(["shared text", "shared text"]));
        assert_eq!(json(&reader, "2001:db8:ffff::1")["name"], "two");
        assert_eq!(json(&reader, "1.1.2.0"), serde_json::Value::Null);
        assert_eq!(json(&reader, "2001:db9::"), serde_json::Value::Null);
    }
}

#[test]
fn a_later_network_wins_inside_an_earlier_one() {
    let mut writer = Writer::ipv4("Test", RecordSize::Bits24);
    writer.insert(ip("10.0.0.0"), 8, &Value::text("wide")).unwrap();
    writer.insert(ip("10.1.2.3"), 32, &Value::text("narrow")).unwrap();
    let reader = Reader::from_source(writer.finish().unwrap()).unwrap();
    reader.verify().unwrap();
    assert_eq!(json(&reader, "10.1.2.2"), "wide");
    assert_eq!(json(&reader, "10.1.2.3"), "narrow");
    assert_eq!(json(&reader, "10.1.2.4"), "wide");
    assert_eq!(json(&reader, "11.0.0.0"), serde_json::Value::Null);
}

#[test]
fn ranges_and_thousands_of_records_come_back() {
    let mut writer = Writer::new("Test", RecordSize::Bits28);
    let mut expected = BTreeMap::new();
    for number in 0..20_000_u32 {
        let first = u32::from_be_bytes([20, 0, 0, 3]) + number * 700;
        let text = format!("record number {number}");
        writer.insert_range(addr(first), addr(first + 698), &Value::text(&*text)).unwrap();
        expected.insert(first, text);
    }
    writer.insert_range(ip("2001:db8::3"), ip("2001:db8::ffff"), &Value::text("six")).unwrap();
    let reader = Reader::from_source(writer.finish().unwrap()).unwrap();
    for (first, text) in expected {
        assert_eq!(json(&reader, &addr(first).to_string()), text.as_str());
        assert_eq!(json(&reader, &addr(first + 698).to_string()), text.as_str());
        assert_eq!(json(&reader, &addr(first + 699).to_string()), serde_json::Value::Null);
    }
    assert_eq!(json(&reader, "2001:db8::2"), serde_json::Value::Null);
    assert_eq!(json(&reader, "2001:db8::fffe"), "six");
    assert_eq!(json(&reader, "2001:db8::1:0"), serde_json::Value::Null);
}

#[test]
fn what_records_share_is_written_once() {
    let shared = Value::map([("names", Value::map([("en", Value::text("x".repeat(1_000)))]))]);
    let mut writer = Writer::new("Test", RecordSize::Bits24);
    for number in 0..100_u32 {
        let record = Value::map([("number", Value::Uint32(number)), ("country", shared.clone())]);
        writer.insert(addr(u32::from_be_bytes([20, 0, 0, 0]) + number), 32, &record).unwrap();
    }
    let file = writer.finish().unwrap();
    assert!(file.len() < 10_000, "{}", file.len());
    let reader = Reader::from_source(file).unwrap();
    reader.verify().unwrap();
    for number in 0..100_u32 {
        let record = json(&reader, &format!("20.0.0.{number}"));
        assert_eq!(
            (record["number"].as_u64(), record["country"]["names"]["en"].as_str().unwrap().len()),
            (Some(number.into()), 1_000)
        );
    }
}

#[test]
fn a_whole_tree_of_one_record_is_possible() {
    let mut writer = Writer::new("Test", RecordSize::Bits24);
    writer.insert(ip("::"), 0, &Value::text("everything")).unwrap();
    let reader = Reader::from_source(writer.finish().unwrap()).unwrap();
    assert_eq!(json(&reader, "9.9.9.9"), "everything");
    assert_eq!(json(&reader, "ffff::"), "everything");
}

#[test]
fn what_cannot_be_written_is_refused() {
    let record = Value::text("x");
    let mut four = Writer::ipv4("Test", RecordSize::Bits24);
    assert_eq!(four.insert(ip("::1"), 128, &record), Err(WriteError::Family(ip("::1"))));
    assert_eq!(four.insert_range(ip("::1"), ip("::2"), &record), Err(WriteError::Family(ip("::1"))));
    let prefix = WriteError::Prefix { address: ip("1.2.3.4"), prefix: 33 };
    assert_eq!(four.insert(ip("1.2.3.4"), 33, &record), Err(prefix));
    let range = WriteError::Range { first: ip("1.2.3.4"), last: ip("1.2.3.3") };
    assert_eq!(four.insert_range(ip("1.2.3.4"), ip("1.2.3.3"), &record), Err(range));
    let families = WriteError::Range { first: ip("1.2.3.4"), last: ip("::9") };
    assert_eq!(four.insert_range(ip("1.2.3.4"), ip("::9"), &record), Err(families));
    let mut huge = Writer::ipv4("Test", RecordSize::Bits24);
    huge.insert(ip("1.0.0.0"), 8, &Value::text("x".repeat(16_000_000))).unwrap();
    huge.insert(ip("2.0.0.0"), 8, &Value::text("y".repeat(16_000_000))).unwrap();
    huge.insert(ip("3.0.0.0"), 8, &Value::text("z")).unwrap();
    assert_eq!(huge.finish().unwrap_err(), WriteError::TooLarge { bits: 24 });
}

fn addr(bits: u32) -> IpAddr {
    IpAddr::V4(bits.into())
}
