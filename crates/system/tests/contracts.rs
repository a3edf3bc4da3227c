//! Every adapter of this crate keeps its port's contract.

#![expect(clippy::expect_used, reason = "helpers of tests are tests")]

use std::num::NonZeroUsize;
use std::time::Duration;

use application::model::PasswordHash;
use application::ports::{AddressVault as _, HasherError, PasswordHasher as _};
use domain::{EmailAddress, OrganisationId, Password};
use resetd_system::{DataKey, HashScheme, OsRandom, SystemClock, SystemHasher, Vault};
use testkit::contract;

const KEY: &str = "4f7a3b0c9d2e1f6058697a8b9cadbecfd0e1f203142536475869708192a3b4c5";

fn vault() -> Vault {
    Vault::new(&KEY.parse().expect("a key"))
}

#[tokio::test]
async fn system_clock() {
    contract::clock(|| async { SystemClock }).await;
}

#[tokio::test]
async fn os_random() {
    contract::random(|| async { OsRandom }).await;
}

#[tokio::test]
async fn vault_keeps_the_contract() {
    contract::address_vault(|| async { vault() }).await;
}

#[tokio::test]
async fn hashers() {
    for scheme in [HashScheme::Argon2id, HashScheme::Bcrypt] {
        contract::password_hasher(|| async { SystemHasher::new(scheme) }).await;
        contract::password_hasher_formats(|| async { SystemHasher::new(scheme) }).await;
    }
}

#[test]
fn another_key_opens_nothing() {
    let other = Vault::new(&DataKey::generate(&OsRandom));
    let sealed = vault().seal(b"jan@example.com");
    assert!(other.open(&sealed).is_err());
    let (organisation, jan) =
        (OrganisationId::from_bytes([1; 16]), EmailAddress::parse("jan@example.com").expect("an address"));
    assert_ne!(vault().fingerprint(organisation, &jan), other.fingerprint(organisation, &jan));
    assert_eq!(format!("{other:?}"), "Vault(…)");
}

/// Rows written by one version must be read by every later one: these two, computed by another
/// program, are for ever.
#[test]
fn the_formats_do_not_change() {
    let sealed = vault().seal(b"jan@example.com");
    assert_eq!((sealed[0], sealed.len()), (1, 15 + 41));
    let jan = EmailAddress::parse("jan.barasek@gmail.com").expect("an address");
    let fingerprint = vault().fingerprint(OrganisationId::from_bytes([1; 16]), &jan);
    let hex: String = fingerprint.0.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(hex, "88f15a6bf7e4d7038af4588944284e9e");
    let old = concat!(
        "01000102030405060708090a0b0c0d0e0f1011121314151617",
        "d85dc2b7bb15a79bd2b6d003fec8cd25be8cd0734ac12ceae33132027fa2c2"
    );
    let old: Vec<u8> =
        (0..old.len()).step_by(2).filter_map(|at| u8::from_str_radix(&old[at..at + 2], 16).ok()).collect();
    assert_eq!(vault().open(&old).as_deref(), Ok(&b"jan@example.com"[..]));
}

#[tokio::test]
async fn each_scheme_verifies_what_the_other_made() {
    let (argon2id, bcrypt) = (SystemHasher::new(HashScheme::Argon2id), SystemHasher::new(HashScheme::Bcrypt));
    let password = Password::new("Correct1".to_owned());
    let hash = argon2id.hash(&password).await.expect("a hash");
    assert!(hash.expose().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", hash.expose());
    assert_eq!(bcrypt.verify(&password, &hash).await, Ok(true));
    let hash = bcrypt.hash(&password).await.expect("a hash");
    assert!(hash.expose().starts_with("$2b$12$"), "{}", hash.expose());
    assert_eq!(argon2id.verify(&password, &hash).await, Ok(true));
}

/// An imported hash cannot make this machine work for minutes or take all its memory.
#[tokio::test]
async fn hashes_that_ask_too_much_are_refused() {
    let hasher = SystemHasher::new(HashScheme::Argon2id);
    for hash in [
        "$argon2id$v=19$m=4194304,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        "$argon2id$v=19$m=65536,t=1000000,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        "$argon2id$v=19$m=65536,t=2,p=1000$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        "$2b$31$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
        "$2b$17$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
        "$2x$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
        "$argon2i$v=19$m=256,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
    ] {
        let result =
            hasher.verify(&Password::new("password".to_owned()), &PasswordHash::new(hash.to_owned())).await;
        assert!(matches!(result, Err(HasherError::UnknownFormat(_))), "{hash}: {result:?}");
    }
}

/// With one place, a caller that goes away does not let a second hash begin before its own is done.
#[tokio::test]
async fn an_abandoned_hash_keeps_its_place() {
    let hasher = SystemHasher::with_concurrency(HashScheme::Bcrypt, NonZeroUsize::MIN);
    let password = Password::new("Correct1".to_owned());
    let begun = std::time::Instant::now();
    hasher.hash(&password).await.expect("a hash");
    let one = begun.elapsed();
    let begun = std::time::Instant::now();
    for _ in 0..3 {
        drop(tokio::time::timeout(Duration::from_millis(1), hasher.hash(&password)).await);
    }
    hasher.hash(&password).await.expect("a hash");
    assert!(
        begun.elapsed() > one.mul_f64(1.2),
        "the abandoned one ran beside it: {:?}, one takes {one:?}",
        begun.elapsed()
    );
}
