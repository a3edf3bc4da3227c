//! IP addresses, expiries and API keys.

use resetd_domain::{ApiKey, ApiKeyError, CustomerIp, CustomerIpError, Expiry, ExpiryError, SAMPLE_API_KEY};

use super::document::Document;
use super::json::Json;
use super::vector::{Answer, Vector, hex};
use crate::{api_key, expiry, ip};

pub(crate) fn ips() -> Document {
    let accepted = ip::ACCEPTED.iter().map(|(input, _, because)| (*input, *because));
    let refused = ip::REFUSED.iter().map(|(input, _, _, because)| (*input, *because));
    let scopes = ip::SCOPES.iter().map(|(input, _, because)| (*input, *because));
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
    Document {
        name: "ip",
        required: &["normalized"],
        codes: CustomerIpError::CODES.to_vec(),
        vectors: vectors.collect(),
    }
}

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
        codes: ExpiryError::CODES.to_vec(),
        vectors: vectors.collect(),
    }
}

pub(crate) fn api_keys() -> Document {
    let answer = |outcome: Result<ApiKey, ApiKeyError>| match outcome {
        Ok(key) => Answer::Gives(Json::Object(vec![
            ("kind", key.kind().as_str().into()),
            ("masked", key.masked().to_string().into()),
            ("sha256", hex(key.hash().as_bytes()).into()),
            ("sample", Json::Bool(key.is_sample())),
        ])),
        Err(error) => Answer::Refused { code: error.code(), position: error.position() },
    };
    let accepted = api_key::ACCEPTED.iter().map(|(input, _, because)| (*input, *because));
    let refused = api_key::REFUSED.iter().map(|(input, _, because)| (*input, *because));
    let vectors = accepted.chain(refused).map(|(input, because)| {
        Vector::new("api-key", input.into(), None, answer(ApiKey::parse(input)), because)
    });
    let mut vectors: Vec<Vector> = vectors.collect();
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
    Document { name: "api-key", required: &["kind"], codes: ApiKeyError::CODES.to_vec(), vectors }
}
