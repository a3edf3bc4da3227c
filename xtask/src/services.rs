//! The services that tests and benchmarks use: found running, else started for this run, else
//! installed, else reported as missing.

mod install;
pub mod mariadb;
mod need;
pub mod postgres;
pub mod redis;

use std::process::Command;

pub use self::mariadb::Mariadb;
pub use self::need::{Need, fuse_obstacle};
pub use self::postgres::{Durability, Postgres};
pub use self::redis::Redis;
use crate::Result;
use crate::output::{note, step};

/// The services of one run. Dropping it stops those it started.
#[derive(Debug, Default)]
pub struct Services {
    found: Vec<(Need, String)>,
    missing: Vec<(Need, String)>,
    postgres: Option<Postgres>,
    mariadb: Option<Mariadb>,
    redis: Option<Redis>,
}

impl Services {
    /// Finds, starts or (where `may_install`) installs each, but those in `without`.
    #[must_use]
    pub fn provide(may_install: bool, without: &[Need]) -> Self {
        let mut services = Self::default();
        services.missing.extend(without.iter().map(|need| (*need, "left out by --without".to_owned())));
        let wanted = Need::ALL.into_iter().filter(|need| !without.contains(need));
        let absent: Vec<Need> = wanted.filter(|need| services.look_for(*need).is_err()).collect();
        let packages: Vec<&str> = absent.iter().flat_map(|need| need.packages()).copied().collect();
        if may_install
            && !packages.is_empty()
            && let Err(failure) = install::install(&packages)
        {
            note(format!("not installed: {failure}"));
        }
        for need in absent {
            if let Err(failure) = services.look_for(need) {
                note(format!("{}: missing ({failure})", need.name()));
                services.missing.push((need, failure.to_string()));
            }
        }
        services
    }

    /// Exports the location of everything that was found to the tests that `command` runs.
    pub fn export(&self, command: &mut Command) {
        for need in Need::ALL.iter().filter_map(|need| need.variable()) {
            command.env_remove(need);
        }
        command.envs(self.found.iter().filter_map(|(need, value)| Some((need.variable()?, value))));
    }

    /// What was not found, and why.
    #[must_use]
    pub fn missing(&self) -> &[(Need, String)] {
        &self.missing
    }

    fn look_for(&mut self, need: Need) -> Result {
        let given = need.variable().and_then(std::env::var_os);
        let (value, how) = match (given, need) {
            (Some(given), _) => (given.to_string_lossy().into_owned(), "given"),
            (None, Need::Postgres) => self.look_for_postgres()?,
            (None, Need::Mariadb) => self.look_for_mariadb()?,
            (None, Need::Redis) => self.look_for_redis()?,
            (None, _) => (need.find()?, "found"),
        };
        step(format!("{}: {how}, {value}", need.name()));
        self.found.push((need, value));
        Ok(())
    }

    fn look_for_postgres(&mut self) -> Result<(String, &'static str)> {
        if let Some(url) = postgres::running() {
            return Ok((url, "running"));
        }
        let throwaway = self.postgres.insert(Postgres::start(Durability::None)?);
        Ok((throwaway.url("postgres"), "started for this run"))
    }

    fn look_for_mariadb(&mut self) -> Result<(String, &'static str)> {
        if let Some(url) = mariadb::running() {
            return Ok((url, "running"));
        }
        let throwaway = self.mariadb.insert(Mariadb::start()?);
        Ok((throwaway.url(), "started for this run"))
    }

    fn look_for_redis(&mut self) -> Result<(String, &'static str)> {
        if let Some(url) = redis::running() {
            return Ok((url, "running"));
        }
        let throwaway = self.redis.insert(Redis::start()?);
        Ok((throwaway.url(), "started for this run"))
    }
}

#[cfg(test)]
impl Services {
    /// A run that has everything but these.
    pub(crate) fn of_missing(missing: &[(Need, &str)]) -> Self {
        let missing = missing.iter().map(|(need, why)| (*need, (*why).to_owned())).collect();
        Self { missing, ..Self::default() }
    }
}
