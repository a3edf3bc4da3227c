//! What only this crate can see: rounds, errors of the disk, query plans, the bytes of the file.

mod bytes;
mod errors;
mod moving;
mod plans;
mod races;
mod recovery;
mod rounds;
mod setup;
