//! The four rules of `resetd-domain` behind one function: rule and input in, JSON out. `include/resetd_rules.h` is what C
//! reads.

mod answer;
mod ffi;
mod options;

use domain::{ApiKey, CustomerIp, EmailAddress, Expiry};

pub use self::ffi::{resetd_free, resetd_rule, resetd_rules_version};
use self::{
    answer::{Error, Parts, to_json},
    options::Options,
};

/// The answer of a rule as one line of JSON.
#[must_use]
pub fn apply(rule: &[u8], input: &[u8], options: Option<&[u8]>) -> String {
    to_json(answer(rule, input, options))
}

fn answer(rule: &[u8], input: &[u8], options: Option<&[u8]>) -> Result<Parts, Error> {
    let options = Options::read(options)?;
    let rule = match rule {
        b"email" => email,
        b"ip" => ip,
        b"expiry" => expiry,
        b"api-key" => api_key,
        _ => {
            let expected = "no such rule: expected email, ip, expiry or api-key";
            return Err(Error::of_call("unknown-rule", &expected));
        }
    };
    let valid = input.utf8_chunks().next().map_or("", |chunk| chunk.valid());
    if valid.len() < input.len() {
        return Err(Error::not_unicode(valid));
    }
    rule(valid, &options)
}

fn email(text: &str, options: &Options) -> Result<Parts, Error> {
    let email =
        EmailAddress::parse_with(text, &options.providers).map_err(|error| Error::refusal(text, &error))?;
    Ok(Parts::Email {
        canonical: email.canonical().to_owned(),
        provider: email.canonical_rule().map(|rule| rule.name().to_owned()),
        masked: email.masked().to_string(),
        local_part: email.local_part().to_owned(),
        domain: email.domain().to_owned(),
        unicode: email.to_unicode().into_owned(),
        normalized: email.into_normalized(),
    })
}

fn ip(text: &str, _: &Options) -> Result<Parts, Error> {
    let ip = CustomerIp::parse(text).map_err(|error| Error::refusal(text, &error))?;
    Ok(Parts::Ip {
        normalized: ip.to_string(),
        scope: ip.scope().as_str(),
        budget_key: ip.budget_key().to_string(),
    })
}

fn expiry(text: &str, _: &Options) -> Result<Parts, Error> {
    let expiry = Expiry::parse(text).map_err(|error| Error::refusal(text, &error))?;
    Ok(Parts::Expiry {
        seconds: expiry.as_seconds(),
        text: expiry.to_string(),
        iso8601: expiry.to_iso8601().to_string(),
    })
}

fn api_key(text: &str, options: &Options) -> Result<Parts, Error> {
    let key = ApiKey::parse(text);
    let key = if options.refuse_sample { key.and_then(ApiKey::refuse_sample) } else { key };
    let key = key.map_err(|error| Error::refusal(text, &error))?;
    Ok(Parts::ApiKey {
        kind: key.kind().as_str(),
        masked: key.masked().to_string(),
        sha256: key.hash().as_bytes().iter().map(|byte| format!("{byte:02x}")).collect(),
        sample: key.is_sample(),
    })
}
