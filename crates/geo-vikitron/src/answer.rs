//! VikiTron's JSON (`docs/vikitron.md`): every field optional, unknown ones passed over, misfits
//! dropped.

use domain::{CustomerIp, GeoContext, PlaceName};
use serde_json::Value;

/// The name this resolver gives as the source of what it says.
const SOURCE: &str = "vikitron";

/// Why a body is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Nonsense {
    /// Not JSON, or not an object.
    NotAnObject,
    /// It says it is about another address.
    OtherAddress,
}

/// Reads a body; `None` when it says nothing that can be used.
pub(crate) fn read(body: &[u8], asked: CustomerIp) -> Result<Option<GeoContext>, Nonsense> {
    let answer: Value = serde_json::from_slice(body).map_err(|_| Nonsense::NotAnObject)?;
    if !answer.is_object() {
        return Err(Nonsense::NotAnObject);
    }
    if let Some(about) = text(&answer, "/ip")
        && CustomerIp::parse(&about) != Ok(asked)
    {
        return Err(Nonsense::OtherAddress);
    }
    let flag = |path| answer.pointer(path).and_then(Value::as_bool);
    let number = |path| answer.pointer(path).and_then(Value::as_f64);
    let mut context = GeoContext {
        reverse_dns: text(&answer, "/reverseDns"),
        country_code: text(&answer, "/country/code"),
        country: place(&answer, "/country"),
        region: place(&answer, "/region"),
        city: place(&answer, "/city"),
        latitude: number("/location/latitude"),
        longitude: number("/location/longitude"),
        time_zone: text(&answer, "/location/timeZone"),
        asn: answer.pointer("/network/asn").and_then(Value::as_u64).and_then(|asn| asn.try_into().ok()),
        as_organisation: text(&answer, "/network/organisation"),
        is_proxy: flag("/flags/proxy"),
        is_vpn: flag("/flags/vpn"),
        is_tor: flag("/flags/tor"),
        is_hosting: flag("/flags/hosting"),
        source: None,
    }
    .cleaned();
    if context.is_empty() {
        return Ok(None);
    }
    context.source = Some(SOURCE.to_owned());
    Ok(Some(context))
}

fn text(answer: &Value, path: &str) -> Option<String> {
    answer.pointer(path).and_then(Value::as_str).map(str::to_owned)
}

fn place(answer: &Value, path: &str) -> Option<PlaceName> {
    let place = answer.pointer(path)?;
    let named = |value: &Value| value.as_str().map(str::to_owned);
    let name = place.get("name").and_then(named).unwrap_or_default();
    let names = place.get("names").and_then(Value::as_object);
    let names =
        names.into_iter().flatten().filter_map(|(language, name)| Some((language.clone(), named(name)?)));
    Some(PlaceName { name, names: names.collect() })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn ip() -> CustomerIp {
        CustomerIp::parse("1.1.1.1").unwrap()
    }

    fn read_json(value: &Value) -> Result<Option<GeoContext>, Nonsense> {
        read(value.to_string().as_bytes(), ip())
    }

    #[test]
    fn a_full_answer_is_read_whole() {
        let answer = json!({
            "ip": "::ffff:1.1.1.1",
            "reverseDns": "one.one.one.one.",
            "country": {"code": "au", "name": "Australia", "names": {"cs": "Austrálie"}},
            "region": {"name": "Queensland"},
            "city": {"names": {"en": "Brisbane"}},
            "location": {"latitude": -27.4766, "longitude": 153, "timeZone": "Australia/Brisbane"},
            "network": {"asn": 13335, "organisation": "Cloudflare, Inc."},
            "flags": {"proxy": false, "vpn": true, "tor": false, "hosting": true},
            "somethingNew": [1, 2, 3],
        });
        let context = read_json(&answer).unwrap().unwrap();
        let names =
            |pairs: &[(&str, &str)]| pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
        let expected = GeoContext {
            reverse_dns: Some("one.one.one.one".to_owned()),
            country_code: Some("AU".to_owned()),
            country: Some(PlaceName { name: "Australia".to_owned(), names: names(&[("cs", "Austrálie")]) }),
            region: Some(PlaceName::new("Queensland")),
            city: Some(PlaceName { name: "Brisbane".to_owned(), names: names(&[("en", "Brisbane")]) }),
            latitude: Some(-27.4766),
            longitude: Some(153.0),
            time_zone: Some("Australia/Brisbane".to_owned()),
            asn: Some(13335),
            as_organisation: Some("Cloudflare, Inc.".to_owned()),
            is_proxy: Some(false),
            is_vpn: Some(true),
            is_tor: Some(false),
            is_hosting: Some(true),
            source: Some("vikitron".to_owned()),
        };
        assert_eq!(context, expected);
    }

    #[test]
    fn a_misfit_costs_its_own_field_only() {
        let answer = json!({
            "reverseDns": ["x"],
            "country": "Czechia",
            "region": null,
            "city": {"name": 7, "names": {"cs": "Pra\u{0}ha", "de": 5}},
            "location": {"latitude": "50", "longitude": 14.4, "timeZone": "<script>"},
            "network": {"asn": 4_294_967_296_u64, "organisation": "x".repeat(5_000)},
            "flags": {"tor": "yes", "vpn": true},
        });
        let context = read_json(&answer).unwrap().unwrap();
        assert_eq!(context.city.as_ref().unwrap().name, "Praha");
        assert_eq!(context.as_organisation.as_ref().unwrap().len(), 200);
        assert_eq!((context.is_vpn, context.is_tor), (Some(true), None));
        assert_eq!((context.asn, context.latitude, context.longitude), (None, None, None));
        assert_eq!((context.reverse_dns, context.country, context.time_zone), (None, None, None));
    }

    #[test]
    fn an_answer_without_anything_is_no_answer() {
        for empty in
            [json!({}), json!({"ip": "1.1.1.1"}), json!({"city": {}, "flags": null}), json!({"x": 1})]
        {
            assert_eq!(read_json(&empty), Ok(None), "{empty}");
        }
    }

    #[test]
    fn nonsense_is_told_apart() {
        for bad in ["", "null", "[]", "\"x\"", "{", "<html>", "{}{}", "\u{feff}{}", &"[".repeat(60_000)] {
            assert_eq!(read(bad.as_bytes(), ip()), Err(Nonsense::NotAnObject), "{bad:.20}");
        }
        assert_eq!(read(b"{\"city\":{\"name\":\"\xff\"}}", ip()), Err(Nonsense::NotAnObject));
        for other in ["1.1.1.2", "::1", "x"] {
            assert_eq!(
                read_json(&json!({"ip": other, "city": {"name": "Prague"}})),
                Err(Nonsense::OtherAddress)
            );
        }
    }
}
