//! [`GeoResolver`](application::ports::GeoResolver) from local sources: databases in MaxMind's
//! format and reverse DNS.
//!
//! Every source is optional: a city database (place, coordinates, time zone), an ASN database
//! (autonomous system), an anonymous-IP database (proxy, VPN, Tor, hosting) and DNS (the host name,
//! forward-confirmed). Each kind of database may be several files, one per address family, say; the
//! first file that lists an address answers. A later city database may add the city to a country
//! that an earlier one named, if it agrees on the country.
//!
//! The field layouts of MaxMind, DB-IP, IPinfo and the flat one of freely distributed lists are
//! told apart by the database's own type and by the shape of its records, so any mixture works.
//!
//! A file that is replaced is read again within [`LocalGeoOptions::check_every`]; while the new one
//! is broken, the old one stays. A file should be replaced by renaming: one overwritten in place is
//! picked up when it has come to rest.
//!
//! ```no_run
//! use geo_local::{LocalGeo, LocalGeoOptions};
//! # use resetd_geo_local as geo_local;
//!
//! let options = LocalGeoOptions { city: vec!["city.mmdb".into()], ..LocalGeoOptions::default() };
//! let geo = LocalGeo::open(options)?;
//! let context = geo.lookup([1, 1, 1, 1].into());
//! # Ok::<(), geo_local::LocalGeoError>(())
//! ```

mod database;
mod error;
mod layout;
mod options;
mod resolver;
mod reverse_dns;

pub use error::{DatabaseKind, LocalGeoError};
pub use options::{DnsOptions, LocalGeoOptions};
pub use resolver::LocalGeo;
