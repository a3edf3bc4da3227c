//! The built-in rules, each with its source. `docs/specification.md` decides which of a provider's
//! rules count. To add one: add a row here and its cases to `tests/it/email_accepted.rs`.

use std::borrow::Cow;

use super::{ProviderRule, TagSeparator};

macro_rules! rules {
    ($(
        $name:literal, from $source:literal {
            domains: [$($domain:literal),* $(,)?],
            $(brands: [$($brand:literal),*],)?
            $(but_not: [$($stranger:literal),*],)?
            tag: $tag:ident,
            $(dots: $dots:literal,)?
            $(mapped_to: $target:literal,)?
        }
    )*) => {
        &[$( ProviderRule {
            name: Cow::Borrowed($name),
            source: Cow::Borrowed($source),
            domains: Cow::Borrowed(&[$(Cow::Borrowed($domain)),*]),
            brands: &[$($($brand),*)?],
            strangers: &[$($($stranger),*)?],
            dots: false $(|| $dots)?,
            tag: Some(TagSeparator::$tag),
            canonical_domain: rules!(@target $($target)?),
        } ),*]
    };
    (@target) => { None };
    (@target $target:literal) => { Some(Cow::Borrowed($target)) };
}

/// Looked through from the top; the domains of no two rules overlap.
pub(super) static RULES: &[ProviderRule] = rules! {
    "Gmail", from "specification.md#email-addresses; support.google.com/mail/answer/7436150 (dots do not matter), support.google.com/mail/answer/22370 (tags)" {
        domains: ["gmail.com", "googlemail.com"],
        tag: Plus,
        dots: true,
        mapped_to: "gmail.com",
    }
    "Outlook", from "specification.md#email-addresses; learn.microsoft.com/exchange/recipients-in-exchange-online/plus-addressing-in-exchange-online" {
        domains: ["outlook.com", "hotmail.com", "live.com", "msn.com"],
        brands: ["outlook", "hotmail", "live"],
        tag: Plus,
    }
    "Yahoo", from "specification.md#email-addresses; help.yahoo.com, disposable addresses: base name, hyphen, keyword" {
        domains: ["yahoo.com", "ymail.com", "rocketmail.com"],
        brands: ["yahoo"],
        but_not: ["yahoo.co.jp", "yahoo.jp"],
        tag: Hyphen,
    }
    "iCloud", from "specification.md#email-addresses; RFC 5233; Apple documents no tags, its servers drop them on delivery" {
        domains: ["icloud.com", "me.com", "mac.com"],
        tag: Plus,
    }
    "Proton", from "specification.md#email-addresses; proton.me/support/creating-aliases" {
        domains: ["proton.me", "protonmail.com", "pm.me"],
        tag: Plus,
    }
    "Fastmail", from "specification.md#email-addresses; fastmail.help, plus addressing and subdomain addressing" {
        domains: ["fastmail.com", "fastmail.fm"],
        tag: Plus,
    }
    "Yandex", from "specification.md#email-addresses; yandex.com/support/mail, addresses with a plus sign" {
        domains: ["yandex.com", "ya.ru"],
        brands: ["yandex"],
        tag: Plus,
    }
};
