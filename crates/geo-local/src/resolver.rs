use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use application::ports::{GeoError, GeoResolver};
use async_trait::async_trait;
use domain::{CustomerIp, GeoContext, IpScope};

use crate::database::{self, Database, Reloaded};
use crate::reverse_dns::{Reverse, ReverseDns};
use crate::{DatabaseKind, LocalGeoError, LocalGeoOptions};

/// The name this resolver gives as the source of what it says.
const SOURCE: &str = "local";

/// Resolves addresses from database files and DNS.
#[derive(Debug)]
pub struct LocalGeo {
    databases: Arc<[Database]>,
    dns: Option<ReverseDns>,
    check_every: Duration,
    opened: Instant,
    /// When the files were last looked at, in milliseconds since `opened`.
    checked: AtomicU64,
}

impl LocalGeo {
    /// Reads every database into memory. Blocks; for the start of a process. A path that is a
    /// folder stands for the `.mmdb` files that are in it now, by name.
    ///
    /// # Errors
    /// A file that is missing, unreadable, broken or of another kind, or a DNS resolver that cannot
    /// be set up.
    pub fn open(options: LocalGeoOptions) -> Result<Self, LocalGeoError> {
        let LocalGeoOptions { city, asn, anonymous, dns, check_every } = options;
        let kinds =
            [(DatabaseKind::City, city), (DatabaseKind::Asn, asn), (DatabaseKind::Anonymous, anonymous)];
        let mut databases = Vec::new();
        for (kind, paths) in kinds {
            for path in paths {
                for file in database::files(kind, path)? {
                    databases.push(Database::open(kind, file)?);
                }
            }
        }
        let dns = dns.as_ref().map(ReverseDns::new).transpose()?;
        Ok(Self {
            databases: databases.into(),
            dns,
            check_every,
            opened: Instant::now(),
            checked: AtomicU64::new(0),
        })
    }

    /// What the databases know of an address, at once: no DNS, no disk. Empty for one that is not
    /// global (see [`CustomerIp::is_global`]) or unknown.
    #[must_use]
    pub fn lookup(&self, address: IpAddr) -> GeoContext {
        if IpScope::of(address) != IpScope::Global {
            return GeoContext::default();
        }
        let mut context = GeoContext::default();
        // Files are in the order of kinds, and within a kind in that of the settings.
        let mut answered = None;
        for database in &*self.databases {
            let kind = database.kind();
            let read = if answered != Some(kind) {
                database.read(address, &mut context)
            } else if kind == DatabaseKind::City && context.city.is_none() {
                let mut later = GeoContext::default();
                database.read(address, &mut later).inspect(|_| refine(&mut context, later))
            } else {
                continue;
            };
            match read {
                Ok(true) => answered = Some(kind),
                Ok(false) => {}
                Err(error) => {
                    metrics::counter!("resetd_geo_database_errors_total", "kind" => kind.as_str())
                        .increment(1);
                    tracing::debug!(%kind, %error, "a database record cannot be read");
                }
            }
        }
        let mut context = context.cleaned();
        if !context.is_empty() {
            context.source = Some(SOURCE.to_owned());
        }
        context
    }

    /// Reads again every file that was replaced since, and returns how many are new. Blocks on the
    /// disk. A resolver in use does this by itself.
    pub fn reload(&self) -> usize {
        reload(&self.databases)
    }

    /// Looks at the files in the background if the last look is long enough ago.
    fn reload_when_due(&self) {
        let now = u64::try_from(self.opened.elapsed().as_millis()).unwrap_or(u64::MAX);
        let last = self.checked.load(Ordering::Relaxed);
        let due = u128::from(now - last.min(now)) >= self.check_every.as_millis();
        // The task that sets the time does the work.
        if due
            && !self.databases.is_empty()
            && self.checked.compare_exchange(last, now, Ordering::Relaxed, Ordering::Relaxed).is_ok()
        {
            let databases = Arc::clone(&self.databases);
            drop(tokio::task::spawn_blocking(move || reload(&databases)));
        }
    }
}

/// Adds what a later city database knows of a place whose country an earlier one named. It may
/// refine the place, not contradict it: where the two disagree on the country, the country alone is
/// as much as can honestly be said.
fn refine(context: &mut GeoContext, later: GeoContext) {
    if context.country_code.is_some() && context.country_code == later.country_code {
        let GeoContext { region, city, latitude, longitude, time_zone, .. } = later;
        context.region = context.region.take().or(region);
        context.city = city;
        if context.latitude.is_none() {
            context.latitude = latitude;
            context.longitude = longitude;
        }
        context.time_zone = context.time_zone.take().or(time_zone);
    }
}

fn reload(databases: &[Database]) -> usize {
    let mut replaced = 0;
    for database in databases {
        let kind = database.kind().as_str();
        let outcome = match database.reload() {
            Reloaded::Unchanged => continue,
            Reloaded::Replaced => {
                tracing::info!(kind, "a geo database was replaced and is in use");
                replaced += 1;
                "replaced"
            }
            Reloaded::Kept(error) => {
                tracing::warn!(kind, %error, "a geo database was replaced by one that cannot be used: the old one stays");
                "kept"
            }
        };
        metrics::counter!("resetd_geo_database_reloads_total", "kind" => kind, "outcome" => outcome)
            .increment(1);
    }
    replaced
}

#[async_trait]
impl GeoResolver for LocalGeo {
    async fn resolve(&self, ip: CustomerIp) -> Result<GeoContext, GeoError> {
        if !ip.is_global() {
            return Err(GeoError::Unknown);
        }
        self.reload_when_due();
        let mut context = self.lookup(ip.addr());
        let reverse = match &self.dns {
            Some(dns) => dns.name_of(ip.addr()).await,
            None => Reverse::None,
        };
        match reverse {
            Reverse::Confirmed(name) => {
                context.reverse_dns = Some(name);
                context.source = Some(SOURCE.to_owned());
                context = context.cleaned();
            }
            Reverse::None => {}
            Reverse::Failed(reason) => {
                metrics::counter!("resetd_geo_reverse_dns_failures_total").increment(1);
                if context.is_empty() {
                    return Err(GeoError::Unavailable(reason.to_owned()));
                }
            }
        }
        if context.is_empty() { Err(GeoError::Unknown) } else { Ok(context) }
    }
}
