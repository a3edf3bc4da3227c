//! Customer IPs: specification.md#customer-ip, case by case.

use core::net::IpAddr;

use resetd_domain::{CustomerIp, CustomerIpError, IpScope};

/// Input, normalized, source.
pub(crate) const ACCEPTED: &[(&str, &str, &str)] = &[
    ("1.1.1.1", "1.1.1.1", "specification.md#reset-requests"),
    ("0.0.0.1", "0.0.0.1", "RFC 6943 3.1.1: four decimal numbers"),
    ("255.255.255.255", "255.255.255.255", "RFC 6943 3.1.1"),
    ("192.168.0.1", "192.168.0.1", "RFC 6943 3.1.1"),
    ("10.0.0.0", "10.0.0.0", "RFC 6943 3.1.1: a zero is no leading zero"),
    ("127.0.0.1", "127.0.0.1", "itself"),
    ("127.0.0.2", "127.0.0.2", "loopback, but not 127.0.0.1"),
    // What becomes 127.0.0.1.
    ("", "127.0.0.1", "specification.md#customer-ip"),
    (" ", "127.0.0.1", "trimmed to nothing"),
    ("localhost", "127.0.0.1", "specification.md#customer-ip"),
    ("LOCALHOST", "127.0.0.1", "specification.md#customer-ip"),
    ("LocalHost", "127.0.0.1", "specification.md#customer-ip"),
    ("  localhost  ", "127.0.0.1", "trimmed"),
    ("0.0.0.0", "127.0.0.1", "specification.md#customer-ip"),
    ("::1", "127.0.0.1", "specification.md#customer-ip"),
    ("0:0:0:0:0:0:0:1", "127.0.0.1", "any spelling of ::1"),
    ("0000:0000:0000:0000:0000:0000:0000:0001", "127.0.0.1", "any spelling of ::1"),
    ("::0001", "127.0.0.1", "any spelling of ::1"),
    ("0::1", "127.0.0.1", "any spelling of ::1"),
    ("0:0::0:1", "127.0.0.1", "any spelling of ::1"),
    ("::0:1", "127.0.0.1", "any spelling of ::1"),
    ("::0.0.0.1", "127.0.0.1", "any spelling of ::1"),
    ("0:0:0:0:0:0:0.0.0.1", "127.0.0.1", "any spelling of ::1"),
    ("::ffff:0.0.0.0", "127.0.0.1", "mapped, then 0.0.0.0"),
    ("::ffff:0:0", "127.0.0.1", "mapped, then 0.0.0.0"),
    // Mapped: RFC 4291, section 2.5.5.2.
    ("::ffff:1.1.1.1", "1.1.1.1", "RFC 4291 2.5.5.2"),
    ("::FFFF:1.1.1.1", "1.1.1.1", "RFC 4291 2.5.5.2"),
    ("::ffff:101:101", "1.1.1.1", "RFC 4291 2.5.5.2"),
    ("::ffff:c0a8:1", "192.168.0.1", "RFC 4291 2.5.5.2"),
    ("0:0:0:0:0:ffff:192.0.2.1", "192.0.2.1", "RFC 4291 2.5.5.2"),
    ("0000:0000:0000:0000:0000:ffff:c000:0201", "192.0.2.1", "RFC 4291 2.5.5.2"),
    ("::ffff:127.0.0.1", "127.0.0.1", "RFC 4291 2.5.5.2"),
    // Not mapped.
    ("::ffff:0:1.1.1.1", "::ffff:0:101:101", "RFC 2765: translated, not mapped"),
    ("::1.1.1.1", "::101:101", "RFC 4291 2.5.5.1: compatible, not mapped"),
    ("64:ff9b::1.1.1.1", "64:ff9b::101:101", "RFC 6052: an address of its own"),
    // Output by RFC 5952.
    ("::", "::", "it stays"),
    ("0:0:0:0:0:0:0:0", "::", "it stays"),
    ("::0", "::", "it stays"),
    ("0::", "::", "it stays"),
    ("::0.0.0.0", "::", "it stays"),
    ("2001:db8::1", "2001:db8::1", "RFC 5952 4"),
    ("2001:DB8::1", "2001:db8::1", "RFC 5952 4.3: lower case"),
    ("2001:0db8::0001", "2001:db8::1", "RFC 5952 4.1: no leading zeros"),
    ("2001:db8:0:0:0:0:2:1", "2001:db8::2:1", "RFC 5952 4.2.1: as short as can be"),
    ("2001:db8::0:1", "2001:db8::1", "RFC 5952 4.2.1: as short as can be"),
    ("2001:db8::1:1:1:1:1", "2001:db8:0:1:1:1:1:1", "RFC 5952 4.2.2: not for one group"),
    ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1", "RFC 5952 4.2.2: not for one group"),
    ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1", "RFC 5952 4.2.3: the longest run"),
    ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1", "RFC 5952 4.2.3: the first of equals"),
    ("2001:db8:aaaa:bbbb:cccc:dddd:eeee:AAAA", "2001:db8:aaaa:bbbb:cccc:dddd:eeee:aaaa", "RFC 5952 2.3"),
    ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8", "RFC 4291 2.2"),
    ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0", "RFC 4291 2.2; RFC 5952 4.2.2"),
    ("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8", "RFC 4291 2.2; RFC 5952 4.2.2"),
    ("1::8", "1::8", "RFC 4291 2.2"),
    ("1::", "1::", "RFC 4291 2.2"),
    ("fe80::1", "fe80::1", "RFC 4291 2.5.6"),
    ("FF02::1", "ff02::1", "RFC 4291 2.7"),
    ("1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304", "RFC 4291 2.2"),
    ("2606:4700:4700::1111", "2606:4700:4700::1111", "RFC 5952 4"),
    // Trimming.
    (" 1.1.1.1", "1.1.1.1", "trimmed"),
    ("1.1.1.1 ", "1.1.1.1", "trimmed"),
    ("   ::2   ", "::2", "trimmed"),
];

/// Input, code of the error, its position, source.
pub(crate) const REFUSED: &[(&str, &str, usize, &str)] = &[
    // Ports and brackets: RFC 3986, section 3.2.2.
    ("1.1.1.1:80", "port", 7, "ports"),
    ("1.1.1.1:", "port", 7, "ports"),
    ("[::1]", "bracket", 0, "brackets"),
    ("[::1]:80", "bracket", 0, "brackets"),
    ("[1.1.1.1]", "bracket", 0, "brackets"),
    ("::1]", "bracket", 3, "brackets"),
    ("  [::1]", "bracket", 2, "brackets"),
    ("localhost:80", "unexpected-character", 0, "ports"),
    ("::ffff:1.1.1.1:80", "port", 14, "ports"),
    // CIDR: RFC 4632.
    ("10.0.0.0/8", "cidr", 8, "CIDR"),
    ("1.1.1.1/32", "cidr", 7, "CIDR"),
    ("2001:db8::/32", "cidr", 10, "CIDR"),
    ("::/0", "cidr", 2, "CIDR"),
    ("/", "cidr", 0, "CIDR"),
    // Zone ids: RFC 4007, section 11.
    ("fe80::1%eth0", "zone-id", 7, "zone ids"),
    ("fe80::1%1", "zone-id", 7, "zone ids"),
    ("fe80::1%25eth0", "zone-id", 7, "zone ids; RFC 6874"),
    ("::1%lo", "zone-id", 3, "zone ids"),
    // Leading zeros: RFC 6943, section 3.1.1.
    ("010.1.1.1", "leading-zero", 0, "octal to some, decimal to others"),
    ("192.168.010.1", "leading-zero", 8, "octal to some, decimal to others"),
    ("01.1.1.1", "leading-zero", 0, "leading zeros"),
    ("1.01.1.1", "leading-zero", 2, "leading zeros"),
    ("192.168.010.001", "leading-zero", 8, "leading zeros"),
    ("00.0.0.0", "leading-zero", 0, "leading zeros"),
    ("000.000.000.000", "leading-zero", 0, "leading zeros"),
    ("0177.0.0.1", "leading-zero", 0, "octal"),
    ("017700000001", "leading-zero", 0, "octal"),
    ("1.1.1.08", "leading-zero", 6, "leading zeros"),
    ("::ffff:1.1.1.01", "leading-zero", 13, "leading zeros"),
    ("::ffff:01.1.1.1", "leading-zero", 7, "leading zeros"),
    // Hexadecimal.
    ("0x7f.0.0.1", "hexadecimal", 0, "hex"),
    ("0x7f000001", "hexadecimal", 0, "hex"),
    ("127.0.0.0x1", "hexadecimal", 8, "hex"),
    ("0X7F.1", "hexadecimal", 0, "hex"),
    // Short forms: inet_aton(3).
    ("127.1", "short-ipv4", 5, "short"),
    ("127.0.1", "short-ipv4", 7, "short"),
    ("1", "short-ipv4", 1, "short"),
    ("0", "short-ipv4", 1, "short"),
    ("10", "short-ipv4", 2, "short"),
    ("1.1.1", "short-ipv4", 5, "short"),
    ("2130706433", "number-too-large", 0, "short"),
    ("::ffff:1.1", "short-ipv4", 10, "short"),
    // Other errors of four numbers.
    ("256.1.1.1", "number-too-large", 0, "RFC 6943 3.1.1"),
    ("1.1.1.256", "number-too-large", 6, "RFC 6943 3.1.1"),
    ("1.1.1.999", "number-too-large", 6, "RFC 6943 3.1.1"),
    ("1.1.1.4294967297", "number-too-large", 6, "no wrap"),
    ("1.1.1.1.1", "long-ipv4", 8, "RFC 6943 3.1.1"),
    ("1.1.1.1.", "long-ipv4", 8, "RFC 6943 3.1.1"),
    ("1..1.1", "missing-number", 2, "RFC 6943 3.1.1"),
    (".1.1.1", "missing-number", 0, "RFC 6943 3.1.1"),
    ("1.1.1.", "missing-number", 6, "RFC 6943 3.1.1"),
    (".", "missing-number", 0, "RFC 6943 3.1.1"),
    ("...", "missing-number", 0, "RFC 6943 3.1.1"),
    ("a.1.1.1", "unexpected-character", 0, "RFC 6943 3.1.1"),
    ("1.1.1.1a", "unexpected-character", 7, "RFC 6943 3.1.1"),
    ("1.1.1.-1", "unexpected-character", 6, "RFC 6943 3.1.1"),
    ("+1.1.1.1", "unexpected-character", 0, "RFC 6943 3.1.1"),
    ("1,1.1.1", "unexpected-character", 1, "RFC 6943 3.1.1"),
    ("1.1.1.1, 2.2.2.2", "unexpected-character", 7, "a list, as in X-Forwarded-For"),
    ("1 .1.1.1", "unexpected-character", 1, "spaces at the edges alone"),
    ("1.1.1.1\n", "unexpected-character", 7, "spaces alone are trimmed"),
    ("\t1.1.1.1", "unexpected-character", 0, "spaces alone are trimmed"),
    ("1.1.1.1\0", "unexpected-character", 7, "RFC 6943 3.1.1"),
    ("１.1.1.1", "unexpected-character", 0, "full-width digits"),
    ("1。1。1。1", "unexpected-character", 1, "ideographic full stops"),
    ("\u{a0}1.1.1.1", "unexpected-character", 0, "no-break space"),
    ("1.1.1.1\u{200b}", "unexpected-character", 7, "zero-width space"),
    // Errors of groups: RFC 4291, section 2.2.
    (":", "wrong-groups", 0, "RFC 4291 2.2"),
    (":1", "wrong-groups", 0, "RFC 4291 2.2"),
    ("1:", "wrong-groups", 2, "RFC 4291 2.2"),
    ("1:2:3:4:5:6:7", "wrong-groups", 13, "RFC 4291 2.2"),
    ("1:2:3:4:5:6:7:8:9", "wrong-groups", 16, "RFC 4291 2.2"),
    ("1:2:3:4:5:6:7:8::", "wrong-groups", 14, "RFC 4291 2.2: nothing left to stand for"),
    ("1:2:3:4::5:6:7:8", "wrong-groups", 15, "RFC 4291 2.2: nothing left to stand for"),
    ("::1:2:3:4:5:6:7:8", "wrong-groups", 16, "RFC 4291 2.2: nothing left to stand for"),
    ("1:2:3:4:5:6:7:1.2.3.4", "wrong-groups", 14, "RFC 4291 2.2: the dotted tail is two groups"),
    ("1:2:3:4:5:1.2.3.4", "wrong-groups", 17, "RFC 4291 2.2"),
    (":1::2", "wrong-groups", 0, "RFC 4291 2.2"),
    ("1::2:", "wrong-groups", 5, "RFC 4291 2.2"),
    ("1.1.1.1::", "port", 7, "a colon after a dot"),
    (":::", "second-ellipsis", 1, "RFC 4291 2.2"),
    ("1:::2", "second-ellipsis", 2, "RFC 4291 2.2"),
    ("1::2::3", "second-ellipsis", 4, "RFC 4291 2.2"),
    ("::::", "second-ellipsis", 1, "RFC 4291 2.2"),
    ("::12345", "group-too-long", 2, "RFC 4291 2.2"),
    ("2001:00db8::1", "group-too-long", 5, "RFC 4291 2.2"),
    ("::00001", "group-too-long", 2, "RFC 4291 2.2"),
    ("::g", "unexpected-character", 2, "RFC 4291 2.2"),
    ("::0x1", "unexpected-character", 3, "RFC 4291 2.2"),
    ("2001:db8::1::", "second-ellipsis", 11, "RFC 4291 2.2"),
    ("2001:db8 ::1", "unexpected-character", 8, "spaces at the edges alone"),
    ("::ffff:1.1.1.256", "number-too-large", 13, "RFC 4291 2.2"),
    ("::ffff:1.1.1.1.1", "long-ipv4", 15, "RFC 4291 2.2"),
    ("::1.", "missing-number", 4, "RFC 4291 2.2"),
    // Anything else.
    ("null", "unexpected-character", 0, "a word"),
    ("unknown", "unexpected-character", 0, "RFC 7239 6.2"),
    ("localhost.", "unexpected-character", 0, "localhost alone"),
    ("localhost.localdomain", "unexpected-character", 0, "localhost alone"),
    ("ip6-localhost", "unexpected-character", 0, "localhost alone"),
    ("example.com", "unexpected-character", 1, "a name"),
    ("beef.cz", "unexpected-character", 0, "a name"),
    ("deadbeef", "unexpected-character", 0, "no colon, no dot"),
    ("http://1.1.1.1", "unexpected-character", 0, "a URL"),
];

#[test]
fn accepted_addresses() {
    for (input, normalized, source) in ACCEPTED {
        let ip = CustomerIp::parse(input).unwrap_or_else(|error| panic!("{input:?}: {error} ({source})"));
        assert_eq!(ip.to_string(), *normalized, "{input:?} ({source})");
        assert_eq!(CustomerIp::parse(normalized), Ok(ip), "{input:?} ({source})");
        assert_eq!(CustomerIp::from(ip.addr()), ip, "{input:?} ({source})");
    }
}

#[test]
fn refused_addresses() {
    for (input, code, position, source) in REFUSED {
        match CustomerIp::parse(input) {
            Ok(ip) => panic!("{input:?} is taken as {ip} ({source})"),
            Err(error) => assert_eq!(
                (error.code(), error.position()),
                (*code, *position),
                "{input:?}: {error} ({source})"
            ),
        }
    }
}

/// First or last address of a block, or its neighbour; scope; source: the IANA special-purpose
/// registries.
pub(crate) const SCOPES: &[(&str, IpScope, &str)] = &[
    ("0.0.0.1", IpScope::ThisNetwork, "RFC 791 3.2"),
    ("0.255.255.255", IpScope::ThisNetwork, "RFC 791 3.2"),
    ("1.0.0.0", IpScope::Global, "after 0/8"),
    ("9.255.255.255", IpScope::Global, "before 10/8"),
    ("10.0.0.0", IpScope::Private, "RFC 1918"),
    ("10.255.255.255", IpScope::Private, "RFC 1918"),
    ("11.0.0.0", IpScope::Global, "after 10/8"),
    ("100.63.255.255", IpScope::Global, "before 100.64/10"),
    ("100.64.0.0", IpScope::Shared, "RFC 6598"),
    ("100.127.255.255", IpScope::Shared, "RFC 6598"),
    ("100.128.0.0", IpScope::Global, "after 100.64/10"),
    ("127.0.0.1", IpScope::Loopback, "RFC 1122 3.2.1.3"),
    ("127.255.255.255", IpScope::Loopback, "RFC 1122 3.2.1.3"),
    ("169.254.0.0", IpScope::LinkLocal, "RFC 3927"),
    ("169.254.169.254", IpScope::LinkLocal, "RFC 3927"),
    ("169.255.0.0", IpScope::Global, "after 169.254/16"),
    ("172.15.255.255", IpScope::Global, "before 172.16/12"),
    ("172.16.0.0", IpScope::Private, "RFC 1918"),
    ("172.31.255.255", IpScope::Private, "RFC 1918"),
    ("172.32.0.0", IpScope::Global, "after 172.16/12"),
    ("192.0.0.0", IpScope::Reserved, "RFC 6890 2.1"),
    ("192.0.0.8", IpScope::Reserved, "RFC 7600"),
    ("192.0.0.9", IpScope::Global, "RFC 7723"),
    ("192.0.0.10", IpScope::Global, "RFC 8155"),
    ("192.0.0.170", IpScope::Reserved, "RFC 8880"),
    ("192.0.1.0", IpScope::Global, "after 192.0.0/24"),
    ("192.0.2.1", IpScope::Documentation, "RFC 5737"),
    ("192.31.196.1", IpScope::Global, "RFC 7535"),
    ("192.52.193.1", IpScope::Global, "RFC 7450"),
    ("192.88.99.1", IpScope::Reserved, "RFC 7526"),
    ("192.167.255.255", IpScope::Global, "before 192.168/16"),
    ("192.168.0.0", IpScope::Private, "RFC 1918"),
    ("192.168.255.255", IpScope::Private, "RFC 1918"),
    ("192.169.0.0", IpScope::Global, "after 192.168/16"),
    ("192.175.48.1", IpScope::Global, "RFC 7534"),
    ("198.17.255.255", IpScope::Global, "before 198.18/15"),
    ("198.18.0.0", IpScope::Benchmarking, "RFC 2544"),
    ("198.19.255.255", IpScope::Benchmarking, "RFC 2544"),
    ("198.20.0.0", IpScope::Global, "after 198.18/15"),
    ("198.51.100.1", IpScope::Documentation, "RFC 5737"),
    ("203.0.113.1", IpScope::Documentation, "RFC 5737"),
    ("223.255.255.255", IpScope::Global, "before 224/4"),
    ("224.0.0.1", IpScope::Multicast, "RFC 5771"),
    ("239.255.255.255", IpScope::Multicast, "RFC 5771"),
    ("240.0.0.0", IpScope::Reserved, "RFC 1112 4"),
    ("255.255.255.254", IpScope::Reserved, "RFC 1112 4"),
    ("255.255.255.255", IpScope::Broadcast, "RFC 8190"),
    ("::", IpScope::Unspecified, "RFC 4291 2.5.2"),
    ("::2", IpScope::Reserved, "outside of 2000::/3"),
    ("::1.1.1.1", IpScope::Reserved, "RFC 4291 2.5.5.1: deprecated"),
    ("64:ff9b::1.1.1.1", IpScope::Global, "RFC 6052: what is in it"),
    ("64:ff9b::10.0.0.1", IpScope::Private, "RFC 6052: what is in it"),
    ("64:ff9b:1::1", IpScope::Private, "RFC 8215"),
    ("64:ff9b:2::1", IpScope::Reserved, "outside of 2000::/3"),
    ("100::1", IpScope::Reserved, "RFC 6666"),
    ("2001::1", IpScope::Reserved, "RFC 4380"),
    ("2001:1::1", IpScope::Global, "RFC 7723"),
    ("2001:1::2", IpScope::Global, "RFC 8155"),
    ("2001:1::4", IpScope::Reserved, "RFC 2928"),
    ("2001:2::1", IpScope::Benchmarking, "RFC 5180"),
    ("2001:2:1::1", IpScope::Reserved, "RFC 2928"),
    ("2001:3::1", IpScope::Global, "RFC 7450"),
    ("2001:4:112::1", IpScope::Global, "RFC 7535"),
    ("2001:10::1", IpScope::Reserved, "RFC 4843: deprecated"),
    ("2001:20::1", IpScope::Global, "RFC 7343"),
    ("2001:30::1", IpScope::Global, "RFC 9374"),
    ("2001:1ff:ffff::1", IpScope::Reserved, "RFC 2928"),
    ("2001:200::1", IpScope::Global, "after 2001::/23"),
    ("2001:db7:ffff::1", IpScope::Global, "before 2001:db8::/32"),
    ("2001:db8::1", IpScope::Documentation, "RFC 3849"),
    ("2001:db9::1", IpScope::Global, "after 2001:db8::/32"),
    ("2002:101:101::1", IpScope::Global, "RFC 3056: what is in it"),
    ("2002:a00:1::1", IpScope::Private, "RFC 3056: what is in it"),
    ("2002:7f00:1::1", IpScope::Loopback, "RFC 3056: what is in it"),
    ("2620:4f:8000::1", IpScope::Global, "RFC 7534"),
    ("2606:4700:4700::1111", IpScope::Global, "RFC 4291 2.5.4"),
    ("3fff::1", IpScope::Documentation, "RFC 9637"),
    ("3fff:fff::1", IpScope::Documentation, "RFC 9637"),
    ("3fff:1000::1", IpScope::Global, "after 3fff::/20"),
    ("4000::1", IpScope::Reserved, "outside of 2000::/3"),
    ("5f00::1", IpScope::Reserved, "RFC 9602"),
    ("fbff::1", IpScope::Reserved, "before fc00::/7"),
    ("fc00::1", IpScope::Private, "RFC 4193"),
    ("fdff:ffff::1", IpScope::Private, "RFC 4193"),
    ("fe00::1", IpScope::Reserved, "between"),
    ("fe80::1", IpScope::LinkLocal, "RFC 4291 2.5.6"),
    ("febf:ffff::1", IpScope::LinkLocal, "RFC 4291 2.5.6"),
    ("fec0::1", IpScope::Private, "RFC 3879: deprecated site-local"),
    ("ff00::", IpScope::Multicast, "RFC 4291 2.7"),
    ("ffff::1", IpScope::Multicast, "RFC 4291 2.7"),
];

#[test]
fn scopes() {
    for (input, scope, source) in SCOPES {
        let ip = CustomerIp::parse(input).unwrap();
        assert_eq!(ip.scope(), *scope, "{input} ({source})");
        assert_eq!(ip.is_global(), *scope == IpScope::Global, "{input} ({source})");
    }
    // Of addresses that are not normalised, too.
    for (input, scope) in
        [("::1", IpScope::Loopback), ("0.0.0.0", IpScope::ThisNetwork), ("::ffff:10.0.0.1", IpScope::Private)]
    {
        assert_eq!(IpScope::of(input.parse().unwrap()), scope, "{input}");
    }
    assert_eq!(IpScope::Shared.to_string(), "shared");
    assert_eq!(IpScope::parse("link-local"), Ok(IpScope::LinkLocal));
}

#[test]
fn conversions_and_order() {
    let v4: IpAddr = "::ffff:1.1.1.1".parse().unwrap();
    assert_eq!(CustomerIp::from(v4).to_string(), "1.1.1.1");
    assert_eq!(IpAddr::from(CustomerIp::LOCALHOST), IpAddr::from([127, 0, 0, 1]));
    assert_eq!(CustomerIp::from(core::net::Ipv6Addr::LOCALHOST), CustomerIp::LOCALHOST);
    assert_eq!(CustomerIp::from(core::net::Ipv4Addr::UNSPECIFIED), CustomerIp::LOCALHOST);
    assert_eq!(format!("{:?}", CustomerIp::LOCALHOST), "CustomerIp(127.0.0.1)");
    assert_eq!(format!("{:>12}", CustomerIp::LOCALHOST), "   127.0.0.1");
    let sorted =
        ["1.1.1.1", "2.0.0.0", "10.0.0.0", "::2", "2001:db8::"].map(|text| CustomerIp::parse(text).unwrap());
    assert!(sorted.is_sorted());
    assert_eq!("1.1.1.1".parse(), CustomerIp::try_from("1.1.1.1".to_owned()));
    let error = CustomerIp::parse("192.168.010.1").unwrap_err();
    assert_eq!(error, CustomerIpError::LeadingZero { position: 8 });
    assert_eq!(
        error.to_string(),
        "a leading zero at byte 8: expected decimal numbers from 0 to 255 such as `10`, not `010`"
    );
}

#[test]
fn a_budget_counts_an_ipv6_address_as_its_network() {
    for (address, key) in [
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2::", "2001:db8:1:2::"),
        ("2001:db8:1:3::1", "2001:db8:1:3::"),
        ("203.0.113.9", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("::1", "127.0.0.1"),
    ] {
        assert_eq!(CustomerIp::parse(address).unwrap().budget_key().to_string(), key, "{address}");
    }
}
