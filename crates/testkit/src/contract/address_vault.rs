use std::collections::HashSet;

use application::model::Identifier;
use application::ports::{AddressVault, VaultError};
use domain::OrganisationId;

use super::fixture::{email, id};
use super::suite::run_cases;

/// The contract of [`AddressVault`]. Every call of `fresh` makes a vault with the same key, as
/// every replica does.
///
/// # Panics
/// When a case of the contract is broken; the message says which.
pub async fn address_vault<V: AddressVault>(fresh: impl AsyncFn() -> V) {
    run_cases!(
        "AddressVault",
        async { [fresh().await, fresh().await] },
        [
            what_is_sealed_is_opened_by_every_replica,
            the_same_is_never_sealed_the_same,
            sealed_bytes_do_not_show_the_plain,
            altered_bytes_are_refused,
            shortened_lengthened_and_foreign_bytes_are_refused,
            fingerprints_are_the_same_on_every_replica,
            fingerprints_follow_the_canonical_form,
            fingerprints_differ_between_organisations_and_addresses,
            identifiers_have_the_fingerprint_of_their_mailbox,
        ]
    );
}

const PLAIN: &[u8] = b"jan.barasek@example.com";

async fn what_is_sealed_is_opened_by_every_replica<V: AddressVault>([one, other]: [V; 2]) {
    for length in [0, 1, 15, 16, 17, 31, 32, 33, 63, 64, 65, 254, 10_000] {
        let plain: Vec<u8> = (0..length).map(|index| index as u8).collect();
        assert_eq!(other.open(&one.seal(&plain)), Ok(plain), "{length} bytes");
    }
}

async fn the_same_is_never_sealed_the_same<V: AddressVault>([one, other]: [V; 2]) {
    let sealed: HashSet<_> = (0..1_000).flat_map(|_| [one.seal(PLAIN), other.seal(PLAIN)]).collect();
    assert_eq!(sealed.len(), 2_000);
}

async fn sealed_bytes_do_not_show_the_plain<V: AddressVault>([vault, _]: [V; 2]) {
    let sealed = vault.seal(PLAIN);
    for part in PLAIN.windows(4) {
        assert!(
            !sealed.windows(4).any(|bytes| bytes == part),
            "{:?} is in the open",
            String::from_utf8_lossy(part)
        );
    }
}

async fn altered_bytes_are_refused<V: AddressVault>([vault, _]: [V; 2]) {
    let sealed = vault.seal(PLAIN);
    for index in 0..sealed.len() {
        for mask in [0x01, 0x80] {
            let mut altered = sealed.clone();
            altered[index] ^= mask;
            assert_eq!(vault.open(&altered), Err(VaultError), "byte {index} of {}", sealed.len());
        }
    }
    assert_eq!(vault.open(&sealed).as_deref(), Ok(PLAIN), "the unaltered bytes still open");
}

async fn shortened_lengthened_and_foreign_bytes_are_refused<V: AddressVault>([vault, _]: [V; 2]) {
    let sealed = vault.seal(PLAIN);
    for length in 0..sealed.len() {
        assert_eq!(vault.open(&sealed[..length]), Err(VaultError), "the first {length} bytes");
        assert_eq!(vault.open(&sealed[sealed.len() - length..]), Err(VaultError), "the last {length} bytes");
    }
    assert_eq!(vault.open(&[&sealed[..], &[0]].concat()), Err(VaultError), "a byte too many");
    assert_eq!(vault.open(PLAIN), Err(VaultError), "what was never sealed");
    assert_eq!(vault.open(&[0; 100]), Err(VaultError), "zeros");
    let other = vault.seal(b"eva@example.com");
    let half = sealed.len() / 2;
    assert_eq!(
        vault.open(&[&sealed[..half], &other[half.min(other.len())..]].concat()),
        Err(VaultError),
        "a mixture"
    );
}

async fn fingerprints_are_the_same_on_every_replica<V: AddressVault>([one, other]: [V; 2]) {
    let (organisation, jan) = (OrganisationId::from_bytes(id()), email("jan@example.com"));
    assert_eq!(one.fingerprint(organisation, &jan), one.fingerprint(organisation, &jan));
    assert_eq!(one.fingerprint(organisation, &jan), other.fingerprint(organisation, &jan));
}

async fn fingerprints_follow_the_canonical_form<V: AddressVault>([vault, _]: [V; 2]) {
    let organisation = OrganisationId::from_bytes(id());
    let jan = vault.fingerprint(organisation, &email("janbarasek@gmail.com"));
    for spelling in ["jan.barasek@gmail.com", "JanBarasek+eshop@googlemail.com"] {
        assert_eq!(vault.fingerprint(organisation, &email(spelling)), jan, "{spelling}");
    }
}

async fn fingerprints_differ_between_organisations_and_addresses<V: AddressVault>([vault, _]: [V; 2]) {
    let addresses = ["jan@example.com", "jana@example.com", "jan@example.org", "ja@nexample.com"];
    let distinct: HashSet<_> =
        addresses.into_iter().filter_map(|text| domain::EmailAddress::parse(text).ok()).collect();
    let organisations: Vec<_> = (0..4).map(|_| OrganisationId::from_bytes(id())).collect();
    let fingerprints: HashSet<_> = organisations
        .iter()
        .flat_map(|organisation| distinct.iter().map(|address| vault.fingerprint(*organisation, address)))
        .collect();
    assert_eq!(fingerprints.len(), organisations.len() * distinct.len());
}

/// Databases hold such fingerprints: whatever a vault does, they must stay what they are.
async fn identifiers_have_the_fingerprint_of_their_mailbox<V: AddressVault>([one, other]: [V; 2]) {
    let organisation = OrganisationId::from_bytes(id());
    let phone = "6811b420ac917d5dab549e876930df22fe99a52af2d4ba0fe1b8bd0819f067b9@phone.invalid";
    assert_eq!(Identifier::Phone.mailbox("+420777123456"), phone);
    for (kind, text) in [
        (Identifier::Phone, "+420777123456"),
        (Identifier::External, "+420777123456"),
        (Identifier::External, "crm-17@example.com"),
        (Identifier::External, ""),
    ] {
        let mailbox = email(&kind.mailbox(text));
        assert_eq!(
            one.fingerprint_of(organisation, kind, text),
            other.fingerprint(organisation, &mailbox),
            "{text}"
        );
    }
}
