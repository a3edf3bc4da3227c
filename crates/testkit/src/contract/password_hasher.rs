use std::future::poll_fn;
use std::pin::pin;
use std::time::{Duration, Instant};

use application::model::PasswordHash;
use application::ports::{HasherError, PasswordHasher};
use domain::Password;

use super::suite::run_cases;

/// The contract of [`PasswordHasher`], but for the stored formats: see [`password_hasher_formats`].
///
/// # Panics
/// When a case of the contract is broken; the message says which.
pub async fn password_hasher<H: PasswordHasher>(fresh: impl AsyncFn() -> H) {
    run_cases!(
        "PasswordHasher",
        fresh(),
        [
            a_password_verifies_its_own_hash_alone,
            the_same_is_never_hashed_the_same,
            nothing_of_a_password_is_ignored,
            a_password_over_the_bound_is_refused,
            a_hash_of_another_kind_is_an_error,
            hashing_does_not_hold_up_others,
            hashes_at_once_all_come_out,
        ]
    );
}

/// That Argon2id and bcrypt verify, whichever is configured. Hashers for production run it as well.
///
/// # Panics
/// When a case of the contract is broken; the message says which.
pub async fn password_hasher_formats<H: PasswordHasher>(fresh: impl AsyncFn() -> H) {
    run_cases!("PasswordHasher", fresh(), [foreign_hashes_verify, damaged_hashes_are_errors]);
}

fn password(text: &str) -> Password {
    Password::new(text.to_owned())
}

async fn a_password_verifies_its_own_hash_alone<H: PasswordHasher>(hasher: H) {
    for text in ["Correct1", " Žluťoučký kůň 1 \u{1f40e} "] {
        let hash = hasher.hash(&password(text)).await.unwrap();
        assert!(!hash.expose().contains(text), "the hash shows the password");
        assert_eq!(hasher.verify(&password(text), &hash).await, Ok(true), "{text:?}");
        let beheaded: String = text.chars().skip(1).collect();
        for other in [format!("{text} "), format!("{}x", text.to_lowercase()), beheaded, String::new()] {
            assert_eq!(hasher.verify(&password(&other), &hash).await, Ok(false), "{other:?} is not {text:?}");
        }
    }
}

async fn the_same_is_never_hashed_the_same<H: PasswordHasher>(hasher: H) {
    let (one, other) = (
        hasher.hash(&password("Correct1")).await.unwrap(),
        hasher.hash(&password("Correct1")).await.unwrap(),
    );
    assert_ne!(one.expose(), other.expose(), "a fresh salt each time");
}

async fn nothing_of_a_password_is_ignored<H: PasswordHasher>(hasher: H) {
    let longest = hasher.max_bytes().unwrap_or(256);
    let long = |last: &str| password(&format!("{}{last}", "a".repeat(longest - 1)));
    let hash = hasher.hash(&long("x")).await.unwrap();
    assert_eq!(hasher.verify(&long("x"), &hash).await, Ok(true));
    assert_eq!(hasher.verify(&long("y"), &hash).await, Ok(false), "byte {longest} counts");
    assert_eq!(hasher.verify(&password(&"a".repeat(longest - 1)), &hash).await, Ok(false));
}

async fn a_password_over_the_bound_is_refused<H: PasswordHasher>(hasher: H) {
    let Some(most) = hasher.max_bytes() else { return };
    for over in [most + 1, most + 2, 4 * most] {
        let result = hasher.hash(&password(&"a".repeat(over))).await;
        assert!(
            matches!(result, Err(HasherError::TooLong(bound)) if bound == most),
            "{over} bytes: {result:?}"
        );
    }
    let hash = hasher.hash(&password(&"a".repeat(most))).await.unwrap();
    let longer = hasher.verify(&password(&"a".repeat(most + 1)), &hash).await;
    assert_ne!(longer, Ok(true), "a longer password is another one");
}

async fn a_hash_of_another_kind_is_an_error<H: PasswordHasher>(hasher: H) {
    for text in [
        "",
        "plain",
        "$1$salt$hash",
        "$6$rounds=5000$salt$hash",
        "5f4dcc3b5aa765d61d8327deb882cf99",
        "$",
        "$$$$",
    ] {
        let result = hasher.verify(&password("Correct1"), &PasswordHash::new(text.to_owned())).await;
        assert!(matches!(result, Err(HasherError::UnknownFormat(_))), "{text:?}: {result:?}");
    }
}

/// The work belongs on the blocking pool: the task that polls gets the thread back at once.
async fn hashing_does_not_hold_up_others<H: PasswordHasher>(hasher: H) {
    let secret = password("Correct1");
    let mut hash = pin!(hasher.hash(&secret));
    let (start, mut longest) = (Instant::now(), Duration::ZERO);
    poll_fn(|context| {
        let begun = Instant::now();
        let poll = hash.as_mut().poll(context);
        longest = longest.max(begun.elapsed());
        poll
    })
    .await
    .unwrap();
    let took = start.elapsed();
    let brief = longest < Duration::from_millis(5) || longest < took / 2;
    assert!(brief, "of {took:?} the thread was held for {longest:?} at a stretch");
}

async fn hashes_at_once_all_come_out<H: PasswordHasher>(hasher: H) {
    let passwords: Vec<_> = (0..4).map(|index| password(&format!("Correct{index}"))).collect();
    let hashes = futures_util::future::join_all(passwords.iter().map(|password| hasher.hash(password))).await;
    for (password, hash) in passwords.iter().zip(hashes) {
        assert_eq!(hasher.verify(password, &hash.unwrap()).await, Ok(true));
    }
}

/// Made by other programs: the reference implementation of Argon2, Python's `bcrypt`, PHP's
/// `password_hash`.
const FOREIGN: [(&str, &str); 4] = [
    ("password", "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"),
    ("password", "$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc"),
    ("U*U", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"),
    ("U*U*U", "$2y$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a"),
];

async fn foreign_hashes_verify<H: PasswordHasher>(hasher: H) {
    for (text, hash) in FOREIGN {
        let hash = PasswordHash::new(hash.to_owned());
        assert_eq!(hasher.verify(&password(text), &hash).await, Ok(true), "{}", hash.expose());
        assert_eq!(hasher.verify(&password("another"), &hash).await, Ok(false), "{}", hash.expose());
    }
}

async fn damaged_hashes_are_errors<H: PasswordHasher>(hasher: H) {
    for (_, hash) in FOREIGN {
        for damaged in [&hash[..hash.len() / 2], &hash[..8], &format!("{hash}!!"), &hash.replace('$', "#")] {
            let result = hasher.verify(&password("password"), &PasswordHash::new(damaged.to_owned())).await;
            assert!(matches!(result, Err(HasherError::UnknownFormat(_))), "{damaged}: {result:?}");
        }
    }
}
