//! Addresses, addresses by rules of one's own, and pairs of addresses.

use resetd_domain::{EmailAddress, EmailError, ProviderRule, ProviderRules, TagSeparator};

use super::document::Document;
use super::json::Json;
use super::vector::{Answer, Vector, needs_of_address};
use crate::email_accepted::{PLAIN, PROVIDERS};
use crate::email_refused::REFUSED;

const RULE: &str = "email";

pub(crate) fn addresses() -> Document {
    let plain = PLAIN.iter().map(|(input, _, because)| address(input, because));
    let providers = PROVIDERS.iter().map(|(input, _, _, because)| address(input, because));
    let refused = REFUSED.iter().map(|(input, _, _, because)| address(input, because));
    let lengths = lengths();
    let lengths = lengths.iter().map(|(input, because)| address(input, because));
    let own = OWN.iter().map(|(input, because)| own_address(input, because));
    let mut vectors: Vec<Vector> = plain.chain(providers).chain(refused).chain(lengths).chain(own).collect();
    // Some cases stand in two tables.
    let mut seen = std::collections::BTreeSet::new();
    vectors.retain(|vector| seen.insert(vector.id.clone()));
    Document {
        name: RULE,
        required: &["normalized", "canonical"],
        codes: EmailError::CODES.to_vec(),
        vectors,
    }
}

fn address(input: &str, because: &str) -> Vector {
    let answer = answer(EmailAddress::parse(input));
    Vector::new(RULE, input.into(), None, answer, because).needs(needs_of_address(input))
}

fn answer(outcome: Result<EmailAddress, EmailError>) -> Answer {
    match outcome {
        Ok(email) => Answer::Gives(Json::Object(vec![
            ("normalized", email.normalized().into()),
            ("canonical", email.canonical().into()),
            ("provider", email.canonical_rule().map_or(Json::Null, |rule| rule.name().into())),
            ("masked", email.masked().to_string().into()),
            ("localPart", email.local_part().into()),
            ("domain", email.domain().into()),
            ("unicode", (*email.to_unicode()).into()),
        ])),
        Err(error) => Answer::Refused { code: error.code(), position: error.position() },
    }
}

/// The edges of every length, and one octet beyond each. RFC 5321 4.5.3.1, RFC 1035 2.3.4.
fn lengths() -> Vec<(String, &'static str)> {
    let label = "a".repeat(63);
    let local = "l".repeat(64);
    vec![
        (format!("{local}@example.com"), "a local part of 64 octets"),
        (format!("{local}l@example.com"), "a local part of 65 octets"),
        (format!("{}@example.com", "\u{e9}".repeat(32)), "a local part of 32 characters, 64 octets"),
        (format!("{}@example.com", "\u{e9}".repeat(33)), "a local part of 33 characters, 66 octets"),
        (format!("{}@example.com", "e\u{301}".repeat(32)), "measured in NFC: 64 octets"),
        (format!("{}@example.com", "\u{130}".repeat(22)), "measured in lower case: 44 octets become 66"),
        (format!("jan@{label}.com"), "a label of 63 octets"),
        (format!("jan@{label}a.com"), "a label of 64 octets"),
        (format!("jan@{}.com", "\u{ff41}".repeat(63)), "measured as mapped by UTS-46: 63 octets"),
        (format!("jan@{}.com", "\u{fc}".repeat(57)), "measured as an A-label: 63 octets"),
        (format!("jan@x.{}.com", "\u{fc}".repeat(58)), "measured as an A-label: 64 octets"),
        (format!("{local}@{label}.{label}.{}", "b".repeat(61)), "an address of 254 octets"),
        (format!("{local}@{label}.{label}.{}", "b".repeat(62)), "an address of 255 octets"),
        (format!("   {local}@{label}.{label}.{}   ", "b".repeat(61)), "white space does not count"),
        (format!("  x@{label}.{label}.{label}.{}", "b".repeat(61)), "255 octets, and where they begin"),
    ]
}

/// Of each input, by [`own_rules`].
const OWN: &[(&str, &str)] = &[
    ("j.an@example.com", "dots are ignored, the domain is mapped"),
    ("J.An+shop@Example.com", "a tag counts where the rule does not drop it"),
    ("j.an+x@firma.cz", "the first rule that covers a domain counts, here without tags"),
    ("j.an+x@sub.example.com", "by the second rule"),
    ("jan@firma.cz", "the domain that others are mapped to"),
    ("j.a.n@sub.firma.cz", "a subdomain is another domain"),
    ("j.an+x@h\u{e1}\u{10d}ky.cz", "dots and tags, an international domain"),
    ("j.an+x@xn--hky-ela4t.cz", "the same domain as an A-label"),
    ("a.-b@yahoo.com", "the built-in rules still hold elsewhere"),
    ("j.a.n-x@gmail.com", "a rule of one's own takes the place of a built-in one"),
    (
        "jan+x@googlemail.com",
        "and leaves its other domains to it, where mapping would lead into the other rule",
    ),
    ("-x@gmail.com", "nothing left of the tag, by the rule of one's own"),
    ("+x@gmail.com", "no tag by the rule of one's own"),
    ("jan@example.com.", "refused as ever"),
];

/// Name, domains, whether dots are ignored, what begins a tag, the domain it maps to.
type Rule = (&'static str, &'static [&'static str], bool, Option<TagSeparator>, Option<&'static str>);

/// They come before the built-in ones; the first that covers a domain counts.
const OWN_RULES: &[Rule] = &[
    ("Firma", &["example.com", "firma.cz"], true, None, Some("firma.cz")),
    ("Hacky", &["h\u{e1}\u{10d}ky.cz"], true, Some(TagSeparator::Plus), None),
    ("Never", &["firma.cz", "sub.example.com"], false, Some(TagSeparator::Plus), None),
    ("Hyphens", &["gmail.com"], false, Some(TagSeparator::Hyphen), None),
];

fn own_rules() -> ProviderRules {
    let rules = OWN_RULES.iter().map(|(name, domains, dots, tag, target)| {
        let mut rule = ProviderRule::new(*name, "a test", *domains).unwrap();
        if *dots {
            rule = rule.ignoring_dots();
        }
        if let Some(tag) = tag {
            rule = rule.dropping_tags(*tag);
        }
        if let Some(target) = target {
            rule = rule.mapped_to(target).unwrap();
        }
        rule
    });
    rules.collect()
}

fn own_address(input: &str, because: &str) -> Vector {
    let providers = OWN_RULES.iter().map(|(name, domains, dots, tag, target)| {
        Json::Object(vec![
            ("name", (*name).into()),
            ("source", "a test".into()),
            ("domains", Json::texts(domains.iter().copied())),
            ("ignoresDots", Json::Bool(*dots)),
            ("tag", tag.map_or(Json::Null, |tag| tag.as_char().to_string().into())),
            ("mapsTo", target.map_or(Json::Null, Json::from)),
        ])
    });
    let options = Json::Object(vec![("providers", Json::List(providers.collect()))]);
    let answer = answer(EmailAddress::parse_with(input, &own_rules()));
    let mut needs = needs_of_address(input);
    needs.push("providers");
    Vector::new(RULE, input.into(), Some(options), answer, because).needs(needs)
}

/// Two addresses, and why they are or are not of one mailbox.
const PAIRS: &[(&str, &str, &str)] = &[
    ("jan@example.com", "jan@example.com", "the same address"),
    ("Jan@Example.com", "jan@example.com", "case"),
    ("jan+x@gmail.com", "JAN+Y@gmail.com", "tags"),
    ("j.a.n@gmail.com", "jan@googlemail.com", "dots, and two names of one domain"),
    ("jan+x@googlemail.com", "j.an@gmail.com", "dots, tag and two names"),
    ("jan@gmail.com", "jan@gmail.cz", "another domain"),
    ("jan@gmail.com", "jam@gmail.com", "another name"),
    ("jan+x@outlook.com", "jan@outlook.com", "tags"),
    ("j.an@outlook.com", "jan@outlook.com", "dots count there"),
    ("jan@outlook.com", "jan@hotmail.com", "two domains of one provider are two mailboxes"),
    ("jan@hotmail.co.uk", "jan+a@hotmail.co.uk", "a country domain follows its provider"),
    ("jan-x@yahoo.com", "jan@yahoo.com", "Yahoo's tags have a hyphen"),
    ("jan+x@yahoo.com", "jan@yahoo.com", "and no plus"),
    ("jan-x@yahoo.co.jp", "jan@yahoo.co.jp", "Yahoo Japan is another company"),
    ("jan+x@seznam.cz", "jan@seznam.cz", "nobody said that tags are ignored there"),
    ("jan@proton.me", "jan@pm.me", "the provider's domains keep their own names"),
    ("a\u{301}@example.com", "\u{e1}@example.com", "two spellings in Unicode, one in NFC"),
    ("jan@h\u{e1}\u{10d}ky.cz", "jan@xn--hky-ela4t.cz", "a U-label and its A-label"),
    ("jan@gma\u{131}l.com", "jan@gmail.com", "they merely look alike"),
    ("\u{456}van@example.com", "ivan@example.com", "a Cyrillic letter that looks alike"),
    ("jan@fa\u{df}.de", "jan@fass.de", "deviation characters are kept"),
];

pub(crate) fn same_mailbox() -> Document {
    let vectors = PAIRS.iter().map(|(one, other, because)| {
        let [first, second] = [one, other].map(|text| EmailAddress::parse(text).unwrap());
        assert_eq!(first.same_mailbox(&second), second.same_mailbox(&first));
        let answer = Answer::Gives(Json::Object(vec![("same", Json::Bool(first.same_mailbox(&second)))]));
        let mut needs = needs_of_address(one);
        needs.extend(needs_of_address(other));
        needs.sort_unstable();
        needs.dedup();
        Vector::new("same-mailbox", Json::texts([*one, *other]), None, answer, because).needs(needs)
    });
    Document { name: "same-mailbox", required: &["same"], codes: Vec::new(), vectors: vectors.collect() }
}
