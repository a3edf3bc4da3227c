//! What sealing costs: `cargo bench -p resetd-system`.

use application::ports::AddressVault as _;
use divan::{Bencher, black_box};
use domain::{EmailAddress, OrganisationId};
use resetd_system::{DataKey, OsRandom, Vault};

fn main() {
    divan::main();
}

fn vault() -> Vault {
    Vault::new(&DataKey::generate(&OsRandom))
}

fn address() -> EmailAddress {
    EmailAddress::parse("jan.barasek@example.com").unwrap_or_else(|error| unreachable!("{error}"))
}

const ORGANISATION: OrganisationId = OrganisationId::from_bytes([7; 16]);

#[divan::bench]
fn seal(bencher: Bencher<'_, '_>) {
    let (vault, address) = (vault(), address());
    bencher.bench(|| vault.seal(black_box(address.normalized().as_bytes())));
}

#[divan::bench]
fn open(bencher: Bencher<'_, '_>) {
    let vault = vault();
    let sealed = vault.seal(address().normalized().as_bytes());
    bencher.bench(|| vault.open(black_box(&sealed)));
}

#[divan::bench]
fn fingerprint(bencher: Bencher<'_, '_>) {
    let (vault, address) = (vault(), address());
    bencher.bench(|| vault.fingerprint(ORGANISATION, black_box(&address)));
}

/// What a store does with every request.
#[divan::bench]
fn seal_and_fingerprint(bencher: Bencher<'_, '_>) {
    let (vault, address) = (vault(), address());
    bencher.bench(|| {
        let address = black_box(&address);
        (vault.seal(address.normalized().as_bytes()), vault.fingerprint(ORGANISATION, address))
    });
}
