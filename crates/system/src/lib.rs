//! Clock, operating-system randomness, password hashing, sealing at rest: the ports that need
//! nothing but this machine.
//!
//! | type | port |
//! |---|---|
//! | [`SystemClock`] | [`Clock`](application::ports::Clock) |
//! | [`OsRandom`] | [`Random`](application::ports::Random) |
//! | [`SystemHasher`] | [`PasswordHasher`](application::ports::PasswordHasher) |
//! | [`Vault`], made from a [`DataKey`] | [`AddressVault`](application::ports::AddressVault) |

mod argon2id;
mod bcrypt_hash;
mod clock;
mod data_key;
mod hasher;
mod nonce;
mod random;
mod vault;

pub use clock::SystemClock;
pub use data_key::{DataKey, DataKeyError};
pub use hasher::{HashScheme, SystemHasher};
pub use random::OsRandom;
pub use vault::Vault;
