use std::net::{IpAddr, SocketAddr};

use lettre::transport::smtp::extension::ClientId;

/// What we call ourselves in `EHLO` where the settings say nothing (RFC 5321, section 4.1.4): the
/// host's name where it is a name in full, else the address the connection starts from, as a
/// literal. A short name (`vm`, a container's `4f2a…`) is refused by many relays, and some refuse
/// it at each recipient.
pub(crate) fn own_name(local: Option<SocketAddr>) -> String {
    let host = match ClientId::default() {
        ClientId::Domain(name) => name,
        _ => String::new(),
    };
    choose(&host, local.map(|address| address.ip()))
}

fn choose(host: &str, local: Option<IpAddr>) -> String {
    match local.map(|ip| ip.to_canonical()) {
        _ if is_full_name(host) => host.to_owned(),
        Some(IpAddr::V4(ip)) => format!("[{ip}]"),
        Some(IpAddr::V6(ip)) => format!("[IPv6:{ip}]"),
        None => "[127.0.0.1]".to_owned(),
    }
}

/// `mail.shop.example`; not `vm`, not `localhost.localdomain`, and nothing that does not belong
/// into a command.
fn is_full_name(name: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let mut labels = name.split('.');
    let last = labels.next_back().unwrap_or_default();
    name.len() <= 253
        && name.contains('.')
        && labels.all(label)
        && label(last)
        && !last.bytes().all(|b| b.is_ascii_digit())
        && !matches!(last, "localdomain" | "localhost" | "local" | "internal" | "lan" | "home")
}

#[cfg(test)]
mod tests {
    use super::choose;

    #[test]
    fn a_short_name_becomes_an_address() {
        let (v4, v6) = ("192.0.2.7".parse().unwrap(), "2001:db8::7".parse().unwrap());
        for (host, local, hello) in [
            ("mail.shop.example", Some(v4), "mail.shop.example"),
            ("vm", Some(v4), "[192.0.2.7]"),
            ("4f2a99c0aa11", Some(v6), "[IPv6:2001:db8::7]"),
            ("localhost.localdomain", Some(v4), "[192.0.2.7]"),
            ("10.0.0.1", Some(v4), "[192.0.2.7]"),
            ("evil\r\nX.example", Some(v4), "[192.0.2.7]"),
            ("vm.", Some("::ffff:192.0.2.7".parse().unwrap()), "[192.0.2.7]"),
            ("", None, "[127.0.0.1]"),
        ] {
            assert_eq!(choose(host, local), hello, "{host}");
        }
    }
}
