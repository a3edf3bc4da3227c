use std::time::Duration;

use domain::{CustomerIp, GeoContext};

use crate::ports::GeoResolver;

/// How long the resolvers of an address may take altogether; after that whatever needs the place
/// goes on without it.
pub const GEO_DEADLINE: Duration = Duration::from_millis(350);

/// Where an address is, if anybody knows in time. Private addresses are nobody's business.
pub(crate) async fn locate(
    geo: &dyn GeoResolver,
    deadline: Duration,
    ip: Option<CustomerIp>,
) -> Option<GeoContext> {
    let ip = ip.filter(CustomerIp::is_global)?;
    match tokio::time::timeout(deadline, geo.resolve(ip)).await {
        Ok(Ok(context)) => Some(context),
        Ok(Err(_)) | Err(_) => None,
    }
}
