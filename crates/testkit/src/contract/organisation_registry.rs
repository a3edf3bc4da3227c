use std::collections::BTreeMap;
use std::time::Duration;

use application::model::{
    AddressBudget, CustomersMode, ExpirySettings, GeoAction, GeoRules, HashScheme, Logo, LogoKind,
    Organisation, OrganisationSettings, PasswordSettings,
};
use application::ports::StoreError;
use chrono::TimeDelta;
use domain::{Language, OrganisationId, ProviderRule, TagSeparator};

use super::StoreUnderTest;
use super::fixture::{Shop, at, at_once, id, organisation};
use super::suite::run_cases;

/// The contract of [`OrganisationRegistry`](application::ports::OrganisationRegistry).
///
/// # Panics
/// When a case of the contract is broken; the message says which.
pub async fn organisation_registry<P: Into<StoreUnderTest>>(fresh: impl AsyncFn() -> P) {
    run_cases!(
        "OrganisationRegistry",
        async { Shop::open(fresh().await.into()).await },
        [
            a_new_one_is_found_as_it_was_made,
            an_unknown_one_is_not_found,
            a_taken_id_is_a_conflict,
            a_taken_name_is_a_conflict,
            of_simultaneous_creations_with_one_name_one_wins,
            update_replaces_name_suspension_and_settings,
            update_of_an_unknown_one_changes_nothing,
            update_to_a_taken_name_is_a_conflict,
            every_setting_survives,
            they_are_listed_by_name,
        ]
    );
}

async fn a_new_one_is_found_as_it_was_made(shop: Shop) {
    let found = shop.ports.organisations.find(shop.organisation.id).await.unwrap();
    assert_eq!(found, Some(shop.organisation));
}

async fn an_unknown_one_is_not_found(shop: Shop) {
    assert_eq!(shop.ports.organisations.find(OrganisationId::from_bytes(id())).await, Ok(None));
}

async fn a_taken_id_is_a_conflict(shop: Shop) {
    let twin = Organisation { id: shop.organisation.id, ..organisation() };
    let result = shop.ports.organisations.create(&twin).await;
    assert!(matches!(result, Err(StoreError::Conflict(_))), "{result:?}");
    let kept = shop.ports.organisations.find(shop.organisation.id).await.unwrap().unwrap();
    assert_eq!(kept.name, shop.organisation.name, "the first one stays");
}

async fn a_taken_name_is_a_conflict(shop: Shop) {
    let namesake = Organisation { name: shop.organisation.name.clone(), ..organisation() };
    let result = shop.ports.organisations.create(&namesake).await;
    assert!(matches!(result, Err(StoreError::Conflict(_))), "{result:?}");
    assert_eq!(
        shop.ports.organisations.find(namesake.id).await,
        Ok(None),
        "nothing of the refused one was stored"
    );
}

async fn of_simultaneous_creations_with_one_name_one_wins(shop: Shop) {
    let name = format!("{} race", shop.organisation.name);
    let results = at_once(8, |_| {
        let (organisations, rival) =
            (shop.ports.organisations.clone(), Organisation { name: name.clone(), ..organisation() });
        async move { organisations.create(&rival).await }
    })
    .await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1, "{results:?}");
}

async fn update_replaces_name_suspension_and_settings(shop: Shop) {
    let changed = Organisation {
        name: format!("{} & Söhne", shop.organisation.name),
        suspended: true,
        settings: OrganisationSettings {
            footer: Some("Na Příkopě 1".to_owned()),
            ..OrganisationSettings::default()
        },
        ..shop.organisation.clone()
    };
    assert_eq!(shop.ports.organisations.update(&changed).await, Ok(true));
    assert_eq!(shop.ports.organisations.find(changed.id).await.unwrap(), Some(changed.clone()));
    let back = Organisation { suspended: false, settings: OrganisationSettings::default(), ..changed };
    assert_eq!(shop.ports.organisations.update(&back).await, Ok(true));
    assert_eq!(shop.ports.organisations.find(back.id).await.unwrap(), Some(back));
}

async fn update_of_an_unknown_one_changes_nothing(shop: Shop) {
    let stranger = organisation();
    assert_eq!(shop.ports.organisations.update(&stranger).await, Ok(false));
    assert_eq!(shop.ports.organisations.find(stranger.id).await, Ok(None));
}

async fn update_to_a_taken_name_is_a_conflict(shop: Shop) {
    let neighbour = shop.neighbour().await;
    let renamed = Organisation { name: shop.organisation.name.clone(), ..neighbour.organisation.clone() };
    let result = shop.ports.organisations.update(&renamed).await;
    assert!(matches!(result, Err(StoreError::Conflict(_))), "{result:?}");
    assert_eq!(shop.ports.organisations.find(renamed.id).await.unwrap(), Some(neighbour.organisation));
}

async fn every_setting_survives(shop: Shop) {
    let rule = ProviderRule::new("Example", "its postmaster", ["example.com"]);
    let own = rule.map(|rule| rule.ignoring_dots().dropping_tags(TagSeparator::Plus));
    let settings = OrganisationSettings {
        provider_rules: own.into_iter().collect(),
        customers: CustomersMode::Http {
            url: "https://shop.example/resetd".to_owned(),
            sealed_secret: "c2VhbGVk".to_owned(),
            scheme: HashScheme::Bcrypt,
        },
        reset_url: Some("https://shop.example/heslo?token={token}&x=1".to_owned()),
        language: Language::SK,
        mail_from: Some("Obchod \"U Lva\" <info@shop.example>".to_owned()),
        logo_url: Some("https://shop.example/logo.png".to_owned()),
        logo: Some(Logo {
            kind: LogoKind::Svg,
            hash: "0123456789abcdef".to_owned(),
            base64: "PHN2Zy8+".to_owned(),
        }),
        accent: domain::AccentColor::parse("#7a3b00").ok(),
        sign_in_url: Some("https://shop.example/přihlášení".to_owned()),
        contact: Some("+420 123 456 789, po–pá".to_owned()),
        reply_to: Some("Podpora <podpora@shop.example>".to_owned()),
        time_zone: Some("Europe/Prague".to_owned()),
        footer: Some("Řádek první\nŘádek druhý; 'uvozovky' \u{1f980}".to_owned()),
        expiry: ExpirySettings { floor: 120, ceiling: 86_400, default: 7_200 },
        address_budget: AddressBudget { per_minute: 0, per_hour: u32::MAX },
        requests_per_ip_minute: 7,
        password: PasswordSettings { min_length: 12, upper: false, lower: false, digit: true },
        geo_rules: GeoRules {
            tor: GeoAction::Refuse,
            hosting: GeoAction::Slow,
            proxy: GeoAction::Flag,
            countries: BTreeMap::from([
                ("KP".to_owned(), GeoAction::Refuse),
                ("CZ".to_owned(), GeoAction::Allow),
            ]),
            flag_abroad: true,
        },
    };
    let odd = Organisation { settings, created_at: at(1) + TimeDelta::milliseconds(123), ..organisation() };
    shop.ports.organisations.create(&odd).await.unwrap();
    assert_eq!(shop.ports.organisations.find(odd.id).await.unwrap(), Some(odd));
}

async fn they_are_listed_by_name(shop: Shop) {
    let tag = shop.organisation.name.replace(' ', "-").to_ascii_lowercase();
    let mut expected = Vec::new();
    for letter in ["m", "a", "z", "c"] {
        let one = Organisation { name: format!("{letter}-{tag}"), ..organisation() };
        shop.ports.organisations.create(&one).await.unwrap();
        expected.push(one.name);
        // An order by time of creation must not pass for an order by name.
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    expected.sort();
    let listed = shop.ports.organisations.list().await.unwrap();
    assert!(listed.contains(&shop.organisation), "the list holds what was created");
    let names: Vec<_> = listed.into_iter().map(|one| one.name).filter(|name| name.ends_with(&tag)).collect();
    assert_eq!(names, expected);
}
