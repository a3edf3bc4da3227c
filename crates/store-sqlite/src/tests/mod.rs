//! What only this crate can see: rounds, faults of the disk, query plans, the bytes of the file.

mod bytes;
mod faults;
mod moving;
mod plans;
mod races;
mod recovery;
mod rounds;
mod setup;
