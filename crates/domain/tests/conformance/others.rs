//! IP addresses, expiries and API keys.

use resetd_domain::{ApiKey, CustomerIp, Expiry, SAMPLE_API_KEY};

use super::{
    document::Document,
    expiry, ip,
    json::Json,
    vector::{Answer, Vector, hex},
};

pub(crate) fn ips() -> Document {
    let accepted = ip::ACCEPTED.iter().map(|(input, _, because)| (*input, *because));
    let refused = ip::REFUSED.iter().map(|(input, _, _, because)| (*input, *because));
    let scopes = SCOPES.iter().map(|input| (*input, "the registries of special-purpose addresses of IANA"));
    let mut seen = std::collections::BTreeSet::new();
    let vectors = accepted.chain(refused).chain(scopes).filter(|(input, _)| seen.insert(*input)).map(
        |(input, because)| {
            let answer = match CustomerIp::parse(input) {
                Ok(ip) => Answer::Gives(Json::Object(vec![
                    ("normalized", ip.to_string().into()),
                    ("scope", ip.scope().as_str().into()),
                    ("budgetKey", ip.budget_key().to_string().into()),
                ])),
                Err(error) => Answer::Refused { code: error.code(), position: error.position() },
            };
            Vector::new("ip", input.into(), None, answer, because)
        },
    );
    Document { name: "ip", required: &["normalized"], codes: IP_CODES.to_vec(), vectors: vectors.collect() }
}

/// One of every block, and its neighbours.
const SCOPES: &[&str] = &[
    "0.1.2.3",
    "9.255.255.255",
    "10.0.0.1",
    "11.0.0.0",
    "100.63.255.255",
    "100.64.0.1",
    "100.127.255.255",
    "100.128.0.0",
    "127.1.2.3",
    "169.253.1.1",
    "169.254.1.1",
    "172.15.255.255",
    "172.16.0.1",
    "172.31.255.255",
    "172.32.0.0",
    "192.0.0.1",
    "192.0.0.9",
    "192.0.2.7",
    "192.88.99.1",
    "192.168.1.1",
    "198.17.1.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "8.8.8.8",
    "::",
    "64:ff9b::808:808",
    "64:ff9b::a00:1",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:2::1",
    "2001:db8::1",
    "2002:a00:1::",
    "2002:808:808::",
    "2606:4700::1111",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fdff::1",
    "fe80::1",
    "fec0::1",
    "ff02::1",
];

pub(crate) fn expiries() -> Document {
    let accepted = expiry::ACCEPTED.iter().map(|(input, _, because)| (*input, *because));
    let refused = expiry::REFUSED.iter().map(|(input, _, _, because)| (*input, *because));
    let vectors = accepted.chain(refused).map(|(input, because)| {
        let answer = match Expiry::parse(input) {
            Ok(expiry) => Answer::Gives(Json::Object(vec![
                ("seconds", Json::Number(u64::from(expiry.as_seconds()))),
                ("text", expiry.to_string().into()),
                ("iso8601", expiry.to_iso8601().to_string().into()),
            ])),
            Err(error) => Answer::Refused { code: error.code(), position: error.position() },
        };
        Vector::new("expiry", input.into(), None, answer, because)
    });
    Document {
        name: "expiry",
        required: &["seconds"],
        codes: EXPIRY_CODES.to_vec(),
        vectors: vectors.collect(),
    }
}

const KEYS: &[(&str, &str)] = &[
    (SAMPLE_API_KEY, "the sample key of the documentation"),
    ("PROD0123456789012345678901234567", "production, digits alone"),
    ("DEV_abcdefghijklmnopqrstuvwxyzAB", "development"),
    ("ROOTABCDEFGHIJKLMNOPQRSTUVWXYZab", "system"),
    ("PRODPRODPRODPRODPRODPRODPRODPROD", "the prefix again"),
    ("", "presence"),
    ("YOUR_API_KEY", "the placeholder"),
    (" PRODPGrFxpGEtrOZfuWhnoJohUYBXuOE", "nothing is trimmed"),
    ("prodPGrFxpGEtrOZfuWhnoJohUYBXuOE", "capitals"),
    ("DEV-abcdefghijklmnopqrstuvwxyzAB", "an underscore"),
    ("TESTabcdefghijklmnopqrstuvwxyzAB", "no such prefix"),
    ("PRO", "shorter than a prefix"),
    ("\u{e9}\u{e9}\u{e9}\u{e9}", "ASCII only"),
    ("PROD", "32 characters"),
    ("PRODPGrFxpGEtrOZfuWhnoJohUYBXuO", "31 characters"),
    ("PRODPGrFxpGEtrOZfuWhnoJohUYBXuOEx", "33 characters"),
    ("PRODPGrFxpGEtrOZfuWhnoJohUYBXuOE\n", "the $ of some regular expressions"),
    ("PRODPGrFxpGEtrOZfuWhnoJohUYBXuO ", "nothing is trimmed"),
    ("PROD_GrFxpGEtrOZfuWhnoJohUYBXuOE", "an underscore after the prefix"),
    ("DEV__bcdefghijklmnopqrstuvwxyzAB", "a second underscore"),
    ("PRODPGrFxpGEtrOZfuWhnoJohUYBXuO-", "a hyphen"),
    ("PRODPGrFxpGEtrOZfuWhnoJohUYBXu\u{e9}", "32 bytes, not ASCII"),
    ("PRODPGrFxpGEtrOZfuWhnoJohUYBXuO\0", "a NUL"),
    ("PRODPGrFxpGEtrOZfuWhnoJohUYBXuO\u{ff10}", "a full-width digit"),
];

pub(crate) fn api_keys() -> Document {
    let answer = |outcome: Result<ApiKey, resetd_domain::ApiKeyError>| match outcome {
        Ok(key) => Answer::Gives(Json::Object(vec![
            ("kind", key.kind().as_str().into()),
            ("masked", key.masked().to_string().into()),
            ("sha256", hex(key.hash().as_bytes()).into()),
            ("sample", Json::Bool(key.is_sample())),
        ])),
        Err(error) => Answer::Refused { code: error.code(), position: error.position() },
    };
    let mut vectors: Vec<Vector> = KEYS
        .iter()
        .map(|(input, because)| {
            Vector::new("api-key", (*input).into(), None, answer(ApiKey::parse(input)), because)
        })
        .collect();
    let refuse_sample = Json::Object(vec![("refuseSample", Json::Bool(true))]);
    for (input, because) in [
        (SAMPLE_API_KEY, "the sample key works in demonstrations alone"),
        ("DEV_abcdefghijklmnopqrstuvwxyzAB", "any other key works everywhere"),
    ] {
        let outcome = ApiKey::parse(input).and_then(ApiKey::refuse_sample);
        let options = Some(refuse_sample.clone());
        vectors.push(
            Vector::new("api-key", input.into(), options, answer(outcome), because)
                .needs(vec!["refuse-sample"]),
        );
    }
    Document { name: "api-key", required: &["kind"], codes: KEY_CODES.to_vec(), vectors }
}

const IP_CODES: &[&str] = &[
    "port",
    "bracket",
    "cidr",
    "zone-id",
    "leading-zero",
    "hexadecimal",
    "short-ipv4",
    "long-ipv4",
    "number-too-large",
    "missing-number",
    "group-too-long",
    "second-ellipsis",
    "wrong-groups",
    "unexpected-character",
];

const EXPIRY_CODES: &[&str] = &[
    "empty",
    "zero",
    "too-short",
    "too-long",
    "overflow",
    "signed",
    "fraction",
    "comma",
    "and",
    "missing-unit",
    "missing-number",
    "unknown-unit",
    "months",
    "years",
    "repeated-unit",
    "out-of-order",
    "not-ascii",
    "unexpected-character",
];

const KEY_CODES: &[&str] = &["empty", "unknown-prefix", "forbidden-character", "wrong-length", "sample-key"];
