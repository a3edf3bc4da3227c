//! The disruptions there are, by the names of the command line.

use crate::bench::Store;
use crate::disk::SimulatedDisk;
use xtask::process::find_program;
use xtask::services::postgres;

/// One way to disturb the system under test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `kill`
    Kill,
    /// `relay`
    Relay,
    /// `postgres-restart`
    PostgresRestart,
    /// `redis-restart`
    RedisRestart,
    /// `postgres-away`
    PostgresAway,
    /// `failover`
    Failover,
    /// `database-silent`
    DatabaseSilent,
    /// `database-down`
    DatabaseDown,
    /// `relay-silent`
    RelaySilent,
    /// `relay-down`
    RelayDown,
    /// `disk-full`
    DiskFull,
    /// `sync-error`
    SyncError,
    /// `power-cut`
    PowerCut,
}

impl Kind {
    /// All of them, in the order in which a run has them.
    pub const ALL: [Self; 13] = [
        Self::Kill,
        Self::Relay,
        Self::PostgresRestart,
        Self::RedisRestart,
        Self::PostgresAway,
        Self::Failover,
        Self::DatabaseSilent,
        Self::DatabaseDown,
        Self::RelaySilent,
        Self::RelayDown,
        Self::DiskFull,
        Self::SyncError,
        Self::PowerCut,
    ];

    /// Those of a run that asks for none.
    pub const DEFAULT: [Self; 4] = [Self::Kill, Self::Relay, Self::PostgresRestart, Self::RedisRestart];

    /// As on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Kill => "kill",
            Self::Relay => "relay",
            Self::PostgresRestart => "postgres-restart",
            Self::RedisRestart => "redis-restart",
            Self::PostgresAway => "postgres-away",
            Self::Failover => "failover",
            Self::DatabaseSilent => "database-silent",
            Self::DatabaseDown => "database-down",
            Self::RelaySilent => "relay-silent",
            Self::RelayDown => "relay-down",
            Self::DiskFull => "disk-full",
            Self::SyncError => "sync-error",
            Self::PowerCut => "power-cut",
        }
    }

    /// What it does, in a line.
    #[must_use]
    pub fn description(self) -> &'static str {
        match self {
            Self::Kill => {
                "servers, each in its turn, are killed and started again, every --kill-every seconds"
            }
            Self::Relay => "the relay is busy, away and slow, a sixth of the time each",
            Self::PostgresRestart => "PostgreSQL is stopped in good order and started again, twice",
            Self::RedisRestart => "Redis is stopped and started again, empty",
            Self::PostgresAway => "PostgreSQL ends at once and is away for --outage seconds",
            Self::Failover => {
                "PostgreSQL may only be read for --outage seconds, then a standby is the primary"
            }
            Self::DatabaseSilent => "connections to PostgreSQL fall silent and are not closed; new ones work",
            Self::DatabaseDown => "no connection to PostgreSQL passes anything on for --outage seconds",
            Self::RelaySilent => "connections to the relay fall silent and are not closed; new ones work",
            Self::RelayDown => "no connection to the relay passes anything on for --outage seconds",
            Self::DiskFull => "SQLite's disk has no room for --outage seconds",
            Self::SyncError => "a sync of SQLite's disk fails, and after a restart the power is cut",
            Self::PowerCut => "the power is cut: what SQLite has not synced is gone",
        }
    }

    /// The one with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Why a run on `store` cannot have it here; `None`: it can.
    #[must_use]
    pub fn obstacle(self, store: Store) -> Option<String> {
        if self.needs_postgres() {
            if store == Store::Sqlite {
                return Some("it needs --store postgres".to_owned());
            }
            return postgres::obstacle().or_else(|| {
                find_program("redis-server").is_none().then(|| "Redis is not installed".to_owned())
            });
        }
        if self.needs_disk() {
            if store == Store::Postgres {
                return Some("it needs --store sqlite".to_owned());
            }
            return SimulatedDisk::obstacle();
        }
        None
    }

    /// Whether it happens once, at a time of its own.
    pub(super) fn is_event(self) -> bool {
        !matches!(self, Self::Kill | Self::Relay)
    }

    /// Whether it is done to the disk under the store.
    pub(super) fn needs_disk(self) -> bool {
        matches!(self, Self::DiskFull | Self::SyncError | Self::PowerCut)
    }

    fn needs_postgres(self) -> bool {
        matches!(
            self,
            Self::PostgresRestart
                | Self::RedisRestart
                | Self::PostgresAway
                | Self::Failover
                | Self::DatabaseSilent
                | Self::DatabaseDown
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_leads_back_to_its_kind() {
        for kind in Kind::ALL {
            assert_eq!(Kind::from_name(kind.name()), Some(kind));
        }
        assert_eq!(Kind::from_name("kil"), None);
    }

    #[test]
    fn a_disruption_of_another_store_is_named_as_such() {
        assert!(Kind::Failover.obstacle(Store::Sqlite).unwrap().contains("postgres"));
        assert!(Kind::PowerCut.obstacle(Store::Postgres).unwrap().contains("sqlite"));
        assert_eq!(Kind::RelayDown.obstacle(Store::Sqlite), None);
    }
}
