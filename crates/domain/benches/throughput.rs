//! How many values a second one core parses, and what the crates do that one would take instead.
//!
//! `cargo bench -p resetd-domain` prints divan's tables and then the ratios, measured side by side.
//! Divan's figures are per batch of [`BATCH`] values.

use std::hint::black_box;
use std::net::IpAddr;
use std::time::{Duration, Instant};

use divan::Bencher;
use divan::counter::ItemsCount;
use resetd_domain::{CustomerIp, EmailAddress, Expiry};
use unicode_normalization::UnicodeNormalization;

/// Values in a batch: enough to be no loop over one cached line, few enough to stay in the cache.
const BATCH: usize = 1_000;

fn main() {
    divan::main();
    // Divan has flags for listing and filtering; the ratios are for plain runs.
    if std::env::args().skip(1).all(|argument| argument == "--bench") {
        ratios();
    }
}

fn spread<const N: usize>(values: [&str; N]) -> Vec<String> {
    values.iter().cycle().take(BATCH).map(|value| (*value).to_owned()).collect()
}

/// What sign-up forms of a Central European shop see: ASCII, mostly lower case, a quarter at Gmail.
#[expect(clippy::indexing_slicing, reason = "the lengths stand right there")]
fn emails() -> Vec<String> {
    const FIRST: [&str; 20] = [
        "jan", "petr", "Martin", "tereza", "eva", "lucie", "jakub", "ondrej", "Katerina", "tomas", "anna",
        "david", "michal", "veronika", "josef", "hana", "pavel", "lenka", "filip", "zuzana",
    ];
    const LAST: [&str; 17] = [
        "novak",
        "svoboda",
        "Novotny",
        "dvorak",
        "cerny",
        "prochazka",
        "kucera",
        "vesely",
        "horak",
        "nemec",
        "marek",
        "pospisil",
        "hajek",
        "kral",
        "benes",
        "fiala",
        "sedlak",
    ];
    const DOMAIN: [&str; 16] = [
        "gmail.com",
        "gmail.com",
        "gmail.com",
        "Gmail.com",
        "seznam.cz",
        "seznam.cz",
        "email.cz",
        "centrum.cz",
        "outlook.com",
        "hotmail.com",
        "icloud.com",
        "yahoo.com",
        "post.cz",
        "azet.sk",
        "wp.pl",
        "example-company.com",
    ];
    (0..BATCH)
        .map(|n| {
            let (first, last, domain) = (FIRST[n % 20], LAST[n % 17], DOMAIN[n % 16]);
            match n % 7 {
                0 => format!("{first}@{domain}"),
                1 => format!("{first}{last}{}@{domain}", n % 100),
                2 => format!("{first}.{last}+shop@{domain}"),
                _ => format!("{first}.{last}@{domain}"),
            }
        })
        .collect()
}

fn international_emails() -> Vec<String> {
    spread([
        "jan@háčkyčárky.cz",
        "žofie.nováková@example.cz",
        "用户@例え.テスト",
        "jan@bücher.example",
        "josé@example.com",
        "коля@пример.испытание",
    ])
}

fn refused_emails() -> Vec<String> {
    spread([
        "jan.example.com",
        "jan@localhost",
        "\"jan\"@example.com",
        "jan@example.com.",
        "jan..x@example.com",
        "Jan <jan@example.com>",
    ])
}

fn expiries() -> Vec<String> {
    spread(["3h 20m", "1h", "30 minutes", "PT3H20M", "2d", "90m", "1d 12h", "P1D", "24h", "45 min"])
}

/// The same without ISO 8601, which humantime does not read.
fn word_expiries() -> Vec<String> {
    spread(["3h 20m", "1h", "30 minutes", "2d", "90m", "1d 12h", "24h", "45 min"])
}

fn ips() -> Vec<String> {
    spread([
        "1.1.1.1",
        "192.168.10.25",
        "88.103.44.201",
        "2a00:1028:83b8:1e52::1",
        "213.151.96.4",
        "10.0.0.1",
        "::ffff:1.1.1.1",
        "2001:db8::8a2e:370:7334",
    ])
}

/// The best stack of general crates for the deliverable form: `email_address`, `idna`, NFC, lower
/// case. It has no canonical form.
fn email_stack(text: &str) -> Option<String> {
    let options =
        email_address::Options::default().with_required_tld().without_domain_literal().without_display_text();
    let address = email_address::EmailAddress::parse_with_options(text.trim(), options).ok()?;
    let mut normalized: String = address.local_part().nfc().collect::<String>().to_lowercase();
    normalized.push('@');
    normalized.push_str(&idna::domain_to_ascii_strict(address.domain()).ok()?);
    Some(normalized)
}

fn ours(text: &str) -> Option<EmailAddress> {
    EmailAddress::parse(text).ok()
}

fn std_ip(text: &str) -> Option<IpAddr> {
    text.trim_matches(' ').parse::<IpAddr>().ok().map(|ip| ip.to_canonical())
}

fn bench<T>(bencher: Bencher<'_, '_>, values: Vec<String>, parse: impl Fn(&str) -> T + Sync) {
    bencher.counter(ItemsCount::new(values.len())).bench(|| {
        for value in &values {
            black_box(parse(black_box(value)));
        }
    });
}

#[divan::bench_group]
mod email {
    use super::*;

    #[divan::bench]
    fn ascii(bencher: Bencher<'_, '_>) {
        bench(bencher, emails(), ours);
    }

    #[divan::bench]
    fn ascii_peer_stack(bencher: Bencher<'_, '_>) {
        bench(bencher, emails(), email_stack);
    }

    #[divan::bench]
    fn international(bencher: Bencher<'_, '_>) {
        bench(bencher, international_emails(), ours);
    }

    #[divan::bench]
    fn international_peer_stack(bencher: Bencher<'_, '_>) {
        bench(bencher, international_emails(), email_stack);
    }

    #[divan::bench]
    fn refused(bencher: Bencher<'_, '_>) {
        bench(bencher, refused_emails(), ours);
    }
}

#[divan::bench_group]
mod expiry {
    use super::*;

    #[divan::bench]
    fn mixed(bencher: Bencher<'_, '_>) {
        bench(bencher, expiries(), |text| Expiry::parse(text).ok());
    }

    #[divan::bench]
    fn words(bencher: Bencher<'_, '_>) {
        bench(bencher, word_expiries(), |text| Expiry::parse(text).ok());
    }

    #[divan::bench]
    fn words_humantime(bencher: Bencher<'_, '_>) {
        bench(bencher, word_expiries(), |text| humantime::parse_duration(text).ok());
    }
}

#[divan::bench_group]
mod ip {
    use super::*;

    #[divan::bench]
    fn mixed(bencher: Bencher<'_, '_>) {
        bench(bencher, ips(), |text| CustomerIp::parse(text).ok());
    }

    #[divan::bench]
    fn mixed_std(bencher: Bencher<'_, '_>) {
        bench(bencher, ips(), std_ip);
    }
}

/// Values a second: the best of many short rounds, as the machine is rarely ours alone.
fn rate<T>(values: &[String], parse: impl Fn(&str) -> T) -> f64 {
    let best = (0..400)
        .map(|_| {
            let start = Instant::now();
            for value in values {
                black_box(parse(black_box(value)));
            }
            start.elapsed()
        })
        .min()
        .unwrap_or(Duration::MAX);
    values.len() as f64 / best.as_secs_f64()
}

#[expect(clippy::print_stdout, reason = "the table is what the program is for")]
fn ratios() {
    println!("\nmillions a second on one core, best round        ours   peers   ratio   target");
    let line = |name: &str, ours: f64, peer: f64, target: &str| {
        println!("{name:<46} {:>6.2}  {:>6.2}  {:>6.2}   {target}", ours / 1e6, peer / 1e6, ours / peer);
    };
    line(
        "e-mail, ASCII (email_address+idna+NFC+lower)",
        rate(&emails(), ours),
        rate(&emails(), email_stack),
        "2.00",
    );
    let international = international_emails();
    line(
        "e-mail, international (the same)",
        rate(&international, ours),
        rate(&international, email_stack),
        "",
    );
    let words = word_expiries();
    let human = rate(&words, |text| humantime::parse_duration(text).ok());
    line("expiry (humantime)", rate(&words, |text| Expiry::parse(text).ok()), human, "10.00");
    line(
        "customer IP (std::net)",
        rate(&ips(), |text| CustomerIp::parse(text).ok()),
        rate(&ips(), std_ip),
        "15.00",
    );
}
