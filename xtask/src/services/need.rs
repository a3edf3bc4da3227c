//! What some tests need beyond Rust and a C compiler.

use std::net::ToSocketAddrs;
use std::path::Path;

use super::{mariadb, postgres};
use crate::process::{find_program, is_root};
use crate::{Result, geo_data, workspace};

/// A service, a program or an ability of the machine, named in `#[ignore = "needs …"]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// A PostgreSQL server in which the tests make databases of their own.
    Postgres,
    /// PostgreSQL's programs; the tests run servers of their own.
    PostgresPrograms,
    /// A MariaDB server in which the tests make databases of their own.
    Mariadb,
    /// MariaDB's programs; the tests run servers of their own.
    MariadbPrograms,
    /// A Redis server in which the tests use prefixes of their own.
    Redis,
    /// Redis's programs; the tests run servers of their own.
    RedisPrograms,
    /// The `postfix` program; the tests run instances of their own, which takes root.
    Postfix,
    /// The `dnsmasq` program; likewise.
    Dnsmasq,
    /// The `pgbouncer` program; likewise.
    Pgbouncer,
    /// The `chromium` program.
    Chromium,
    /// axe-core's script; `npm` brings it.
    Axe,
    /// The `promtool` program.
    Promtool,
    /// The `setpriv` program.
    Setpriv,
    /// The right to mount a FUSE file system.
    Fuse,
    /// A name of this machine, not `localhost`, that resolves to a private or loopback address.
    HostName,
    /// The databases of `cargo xtask geo-data`.
    GeoData,
}

impl Need {
    /// All of them.
    pub const ALL: [Self; 16] = [
        Self::Postgres,
        Self::PostgresPrograms,
        Self::Mariadb,
        Self::MariadbPrograms,
        Self::Redis,
        Self::RedisPrograms,
        Self::Postfix,
        Self::Dnsmasq,
        Self::Pgbouncer,
        Self::Chromium,
        Self::Axe,
        Self::Promtool,
        Self::Setpriv,
        Self::Fuse,
        Self::HostName,
        Self::GeoData,
    ];

    /// As in `#[ignore = "needs NAME"]`; several are separated by commas.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Postgres => "PostgreSQL",
            Self::PostgresPrograms => "PostgreSQL's programs",
            Self::Mariadb => "MariaDB",
            Self::MariadbPrograms => "MariaDB's programs",
            Self::Redis => "Redis",
            Self::RedisPrograms => "Redis's programs",
            Self::Postfix => "Postfix",
            Self::Dnsmasq => "dnsmasq",
            Self::Pgbouncer => "PgBouncer",
            Self::Chromium => "Chromium",
            Self::Axe => "axe-core",
            Self::Promtool => "promtool",
            Self::Setpriv => "setpriv",
            Self::Fuse => "FUSE",
            Self::HostName => "a host name",
            Self::GeoData => "GEO data",
        }
    }

    /// The one with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|need| need.name().eq_ignore_ascii_case(name))
    }

    /// The environment variable that says to a test where it is.
    #[must_use]
    pub fn variable(self) -> Option<&'static str> {
        match self {
            Self::Postgres => Some("RESETD_TEST_POSTGRES_URL"),
            Self::Mariadb => Some("RESETD_TEST_MARIADB_URL"),
            Self::Redis => Some("RESETD_TEST_REDIS_URL"),
            Self::Postfix => Some("RESETD_TEST_POSTFIX"),
            Self::Dnsmasq => Some("RESETD_TEST_DNSMASQ"),
            Self::Pgbouncer => Some("RESETD_TEST_PGBOUNCER"),
            Self::Chromium => Some("RESETD_TEST_CHROMIUM"),
            Self::Axe => Some("RESETD_TEST_AXE"),
            Self::Promtool => Some("RESETD_TEST_PROMTOOL"),
            Self::HostName => Some("RESETD_TEST_HOST_NAME"),
            Self::GeoData => Some("RESETD_TEST_GEO_DATA"),
            Self::PostgresPrograms
            | Self::MariadbPrograms
            | Self::RedisPrograms
            | Self::Setpriv
            | Self::Fuse => None,
        }
    }

    /// Whether `--require-services` covers it. The rest is a property of the machine or data that
    /// a developer downloads.
    #[must_use]
    pub fn is_service(self) -> bool {
        !matches!(self, Self::Axe | Self::Fuse | Self::HostName | Self::GeoData)
    }

    /// Debian's packages that hold it.
    pub(super) fn packages(self) -> &'static [&'static str] {
        match self {
            Self::Postgres | Self::PostgresPrograms => &["postgresql"],
            Self::Mariadb | Self::MariadbPrograms => &["mariadb-server"],
            Self::Redis | Self::RedisPrograms => &["redis-server"],
            Self::Postfix => &["postfix", "sasl2-bin", "libsasl2-modules"],
            Self::Dnsmasq => &["dnsmasq-base"],
            Self::Pgbouncer => &["pgbouncer"],
            Self::Chromium => &["chromium"],
            Self::Promtool => &["prometheus"],
            Self::Setpriv => &["util-linux"],
            Self::Axe | Self::Fuse | Self::HostName | Self::GeoData => &[],
        }
    }

    /// Where it is, for what has neither to be started nor asked: a program's path, a folder or a
    /// name.
    pub(super) fn find(self) -> Result<String> {
        let program = match self {
            Self::PostgresPrograms => return absent(postgres::obstacle()),
            Self::Mariadb | Self::MariadbPrograms => return absent(mariadb::obstacle()),
            Self::Axe => return axe(),
            Self::Fuse => return absent(fuse_obstacle()),
            Self::HostName => return host_name(),
            Self::GeoData => {
                let folder = workspace::root().join(geo_data::DEFAULT_FOLDER);
                let there = folder.is_dir().then(|| folder.display().to_string());
                return there.ok_or_else(|| "`cargo xtask geo-data` was not run".into());
            }
            Self::Postgres => "postgres",
            Self::Redis | Self::RedisPrograms => "redis-server",
            Self::Postfix => "postfix",
            Self::Dnsmasq => "dnsmasq",
            Self::Pgbouncer => "pgbouncer",
            Self::Chromium => "chromium",
            Self::Promtool => "promtool",
            Self::Setpriv => "setpriv",
        };
        let path = find_program(program).ok_or_else(|| format!("no program {program}"))?;
        Ok(path.display().to_string())
    }
}

fn absent(obstacle: Option<String>) -> Result<String> {
    match obstacle {
        None => Ok("installed".to_owned()),
        Some(obstacle) => Err(obstacle.into()),
    }
}

/// The script of axe-core, taken from npm into `target/axe` the first time.
fn axe() -> Result<String> {
    const VERSION: &str = "4.14.1";
    let folder = workspace::root().join("target/axe");
    let script = folder.join("package/axe.min.js");
    if !script.exists() {
        std::fs::create_dir_all(&folder)?;
        let run = |program: &str, arguments: &[&str]| -> Result {
            let output = std::process::Command::new(program).args(arguments).current_dir(&folder).output();
            let output = output.map_err(|error| format!("{program}: {error}"))?;
            if output.status.success() {
                Ok(())
            } else {
                Err(format!("{program} did not bring axe-core").into())
            }
        };
        run("npm", &["pack", "--silent", &format!("axe-core@{VERSION}")])?;
        run("tar", &["-xzf", &format!("axe-core-{VERSION}.tgz")])?;
    }
    Ok(script.display().to_string())
}

/// Why this process can mount no FUSE file system; `None`: it can try.
#[must_use]
pub fn fuse_obstacle() -> Option<String> {
    if !Path::new("/dev/fuse").exists() {
        return Some("there is no /dev/fuse".to_owned());
    }
    (!is_root()).then(|| "only root may mount".to_owned())
}

/// The name by which this machine calls itself, where it resolves to addresses that are its own.
fn host_name() -> Result<String> {
    let name = std::fs::read_to_string("/etc/hostname")?.trim().to_owned();
    if name.is_empty() || name.contains("localhost") {
        return Err("this machine has no name of its own".into());
    }
    let mut addresses = (name.as_str(), 0).to_socket_addrs()?;
    let inside = addresses.all(|address| match address {
        std::net::SocketAddr::V4(address) => address.ip().is_loopback() || address.ip().is_private(),
        std::net::SocketAddr::V6(address) => {
            address.ip().is_loopback()
                || address.ip().is_unique_local()
                || address.ip().is_unicast_link_local()
        }
    });
    if inside { Ok(name) } else { Err(format!("{name} resolves to public addresses").into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_lead_back() {
        for need in Need::ALL {
            assert_eq!(Need::from_name(need.name()), Some(need));
            assert_eq!(need.packages().is_empty(), !need.is_service());
        }
        assert_eq!(Need::from_name("postgresql"), Some(Need::Postgres));
        assert_eq!(Need::from_name("a computer"), None);
    }

    #[test]
    fn variables_are_unique() {
        let mut variables: Vec<&str> = Need::ALL.iter().filter_map(|need| need.variable()).collect();
        let count = variables.len();
        variables.sort_unstable();
        variables.dedup();
        assert_eq!(variables.len(), count);
    }
}
