//! Values for a backend's property tests: `any::<EmailAddress>()` and its like. Each shrinks
//! towards the simple ones.

use core::net::IpAddr;

use ::proptest::arbitrary::{Arbitrary, any};
use ::proptest::collection::vec;
use ::proptest::prop_oneof;
use ::proptest::sample::select;
use ::proptest::strategy::{BoxedStrategy, Strategy};

use super::{for_ids, for_words};
use crate::{
    ApiKey, ApiKeyHash, ApiKeyId, ApiKeyKind, CustomerId, CustomerIp, DeliveryState, EmailAddress, Expiry,
    IpScope, Language, LinkState, MailId, NoMailReason, OrganisationId, Password, RedeemCode, RequestId,
    ResetToken, Scope, TokenHash, WebhookEndpointId, WebhookEventId, WebhookEventType, WebhookSecret,
    WorkerId,
};

macro_rules! arbitrary {
    ($type:ident, $strategy:expr) => {
        impl Arbitrary for $type {
            type Parameters = ();
            type Strategy = BoxedStrategy<Self>;

            fn arbitrary_with((): ()) -> Self::Strategy {
                $strategy.boxed()
            }
        }
    };
}

/// Addresses as they come: plain ones, with dots and tags, of every built-in provider,
/// international on either side.
fn addresses() -> impl Strategy<Value = String> {
    let local = prop_oneof![
        4 => "[a-z]{1,12}",
        2 => "[a-z0-9]{1,8}\\.[a-z0-9]{1,8}",
        2 => "[A-Za-z0-9]{1,8}[+-][a-z0-9]{1,8}",
        1 => "[a-z0-9!#$%&'*/=?^_`{|}~]{1,12}",
        1 => "[a-zà-öø-žа-яα-ω]{1,12}",
    ];
    let domain = prop_oneof![
        4 => "[a-z]{1,12}\\.(com|cz|example|org)",
        1 => "[a-z0-9]{1,8}\\.[a-z]{1,8}\\.co\\.uk",
        3 => select(vec![
            "gmail.com", "googlemail.com", "outlook.com", "hotmail.co.uk", "live.nl", "msn.com", "yahoo.com", "ymail.com",
            "icloud.com", "me.com", "proton.me", "pm.me", "fastmail.com", "yandex.ru", "ya.ru", "seznam.cz",
        ])
        .prop_map(str::to_owned),
        1 => "[a-zá-žα-ω]{1,12}\\.(cz|example)",
    ];
    (local, domain).prop_map(|(local, domain)| format!("{local}@{domain}"))
}

arbitrary!(EmailAddress, addresses().prop_filter_map("not an address", |text| Self::parse(&text).ok()));
arbitrary!(CustomerIp, any::<IpAddr>().prop_map(Self::from));
arbitrary!(
    Expiry,
    (Self::MIN.as_seconds()..=Self::MAX.as_seconds())
        .prop_filter_map("out of range", |seconds| Self::from_seconds(u64::from(seconds)).ok())
);
arbitrary!(
    Language,
    prop_oneof![
        3 => select(Self::BUILT_IN.to_vec()),
        1 => "[a-z]{2,8}".prop_filter_map("not a language", |tag| Self::parse(&tag).ok()),
    ]
);
arbitrary!(
    ApiKey,
    "(PROD|DEV_|ROOT)[A-Za-z0-9]{28}"
        .prop_filter_map("the sample key", |text| { Self::parse(&text).and_then(Self::refuse_sample).ok() })
);
arbitrary!(ResetToken, "[A-Za-z0-9]{32}".prop_filter_map("not a token", |text| Self::parse(&text).ok()));
arbitrary!(Password, "\\PC{1,64}".prop_map(Self::new));
arbitrary!(
    WebhookSecret,
    vec(any::<u8>(), Self::SHORTEST..=Self::LONGEST)
        .prop_filter_map("not a secret", |bytes| Self::from_bytes(&bytes).ok())
);
arbitrary!(ApiKeyHash, any::<[u8; 32]>().prop_map(Self::from_bytes));
arbitrary!(TokenHash, any::<[u8; 32]>().prop_map(Self::from_bytes));

macro_rules! words {
    ($word:ident) => {
        arbitrary!($word, select(Self::ALL));
    };
}
for_words!(words);

macro_rules! ids {
    ($id:ident) => {
        // Times up to the year 10889, which is where their 48 bits end.
        arbitrary!($id, any::<(u64, [u8; 10])>().prop_map(|(ms, random)| Self::from_parts(ms, random)));
    };
}
for_ids!(ids);
