//! What the tests of the adapters talk to: found running, else started for this run, else
//! installed, else told as missing.

mod install;
pub mod postgres;
pub mod redis;

use std::process::Command;

pub use self::postgres::{Durability, Postgres};
pub use self::redis::Redis;
use crate::output::{note, step};
use crate::{Result, process};

/// A service or program of somebody else that some tests need.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// A PostgreSQL server in which the tests make databases of their own.
    Postgres,
    /// A Redis server in which the tests use prefixes of their own.
    Redis,
    /// The `postfix` program; the tests run their own instances.
    Postfix,
    /// The `dnsmasq` program; likewise.
    Dnsmasq,
    /// The `pgbouncer` program; likewise.
    Pgbouncer,
    /// The `chromium` program.
    Chromium,
    /// The `promtool` program.
    Promtool,
}

impl Need {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Postgres,
        Self::Redis,
        Self::Postfix,
        Self::Dnsmasq,
        Self::Pgbouncer,
        Self::Chromium,
        Self::Promtool,
    ];

    /// The variable that tells a test where it is.
    #[must_use]
    pub fn variable(self) -> &'static str {
        match self {
            Self::Postgres => "RESETD_TEST_POSTGRES_URL",
            Self::Redis => "RESETD_TEST_REDIS_URL",
            Self::Postfix => "RESETD_TEST_POSTFIX",
            Self::Dnsmasq => "RESETD_TEST_DNSMASQ",
            Self::Pgbouncer => "RESETD_TEST_PGBOUNCER",
            Self::Chromium => "RESETD_TEST_CHROMIUM",
            Self::Promtool => "RESETD_TEST_PROMTOOL",
        }
    }

    /// Debian's packages that hold it.
    fn packages(self) -> &'static [&'static str] {
        match self {
            Self::Postgres => &["postgresql"],
            Self::Redis => &["redis-server"],
            Self::Postfix => &["postfix", "sasl2-bin", "libsasl2-modules"],
            Self::Dnsmasq => &["dnsmasq-base"],
            Self::Pgbouncer => &["pgbouncer"],
            Self::Chromium => &["chromium"],
            Self::Promtool => &["prometheus"],
        }
    }

    /// The program of those that the tests start themselves.
    fn program(self) -> Option<&'static str> {
        match self {
            Self::Postgres | Self::Redis => None,
            Self::Postfix => Some("postfix"),
            Self::Dnsmasq => Some("dnsmasq"),
            Self::Pgbouncer => Some("pgbouncer"),
            Self::Chromium => Some("chromium"),
            Self::Promtool => Some("promtool"),
        }
    }
}

/// The services of one run. Dropping it stops those it started.
#[derive(Debug, Default)]
pub struct Services {
    found: Vec<(Need, String)>,
    missing: Vec<(Need, String)>,
    postgres: Option<Postgres>,
    redis: Option<Redis>,
}

impl Services {
    /// Finds, starts or (where `may_install`) installs each.
    #[must_use]
    pub fn provide(may_install: bool) -> Self {
        let mut services = Self::default();
        let absent: Vec<Need> =
            Need::ALL.into_iter().filter(|need| services.look_for(*need).is_err()).collect();
        if may_install && !absent.is_empty() {
            let packages: Vec<&str> = absent.iter().flat_map(|need| need.packages()).copied().collect();
            if let Err(failure) = install::install(&packages) {
                note(format!("not installed: {failure}"));
            }
        }
        for need in absent {
            if let Err(failure) = services.look_for(need) {
                note(format!("{need:?}: missing ({failure})"));
                services.missing.push((need, failure.to_string()));
            }
        }
        services
    }

    /// Tells the tests that `command` runs where everything is.
    pub fn export(&self, command: &mut Command) {
        command.envs(self.found.iter().map(|(need, value)| (need.variable(), value)));
    }

    /// What there is not, and why.
    #[must_use]
    pub fn missing(&self) -> &[(Need, String)] {
        &self.missing
    }

    fn look_for(&mut self, need: Need) -> Result {
        let (value, how) = if let Some(given) = std::env::var_os(need.variable()) {
            (given.to_string_lossy().into_owned(), "given")
        } else {
            match need {
                Need::Postgres => self.look_for_postgres()?,
                Need::Redis => self.look_for_redis()?,
                Need::Postfix | Need::Dnsmasq | Need::Pgbouncer | Need::Chromium | Need::Promtool => {
                    let program = need.program().unwrap_or_default();
                    let path =
                        process::find_program(program).ok_or_else(|| format!("no program {program}"))?;
                    (path.display().to_string(), "installed")
                }
            }
        };
        step(format!("{need:?}: {how}, {value}"));
        self.found.push((need, value));
        Ok(())
    }

    fn look_for_postgres(&mut self) -> Result<(String, &'static str)> {
        if let Some(url) = postgres::running() {
            return Ok((url, "running"));
        }
        let throwaway = Postgres::start(Durability::None)?;
        let url = throwaway.url("postgres");
        self.postgres = Some(throwaway);
        Ok((url, "started for this run"))
    }

    fn look_for_redis(&mut self) -> Result<(String, &'static str)> {
        if let Some(url) = redis::running() {
            return Ok((url, "running"));
        }
        let throwaway = Redis::start()?;
        let url = throwaway.url();
        self.redis = Some(throwaway);
        Ok((url, "started for this run"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_need_has_a_variable_of_its_own_and_a_package() {
        let mut variables: Vec<&str> = Need::ALL.iter().map(|need| need.variable()).collect();
        variables.dedup();
        assert_eq!(variables.len(), Need::ALL.len());
        assert!(Need::ALL.iter().all(|need| !need.packages().is_empty()));
    }
}
