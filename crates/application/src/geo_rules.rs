use crate::model::{GeoAction, GeoRules};
use domain::GeoContext;

/// The strictest action among the rules that match what is known. Nothing known: allow.
pub(crate) fn judge(rules: &GeoRules, context: Option<&GeoContext>) -> GeoAction {
    let Some(context) = context else { return GeoAction::Allow };
    let flagged = |flag: Option<bool>, action| if flag == Some(true) { action } else { GeoAction::Allow };
    let country = context.country_code.as_ref().and_then(|code| rules.countries.get(code)).copied();
    [
        flagged(context.is_tor, rules.tor),
        flagged(context.is_hosting, rules.hosting),
        flagged(context.is_proxy, rules.proxy),
        flagged(context.is_vpn, rules.proxy),
        country.unwrap_or_default(),
    ]
    .into_iter()
    .max_by_key(|action| severity(*action))
    .unwrap_or_default()
}

const fn severity(action: GeoAction) -> u8 {
    match action {
        GeoAction::Allow => 0,
        GeoAction::Flag => 1,
        GeoAction::Slow => 2,
        GeoAction::Refuse => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn context() -> GeoContext {
        GeoContext { country_code: Some("CZ".into()), is_tor: Some(true), ..GeoContext::default() }
    }

    #[test]
    fn the_strictest_rule_wins() {
        let mut rules = GeoRules { tor: GeoAction::Flag, ..GeoRules::default() };
        assert_eq!(judge(&rules, Some(&context())), GeoAction::Flag);
        rules.countries.insert("CZ".into(), GeoAction::Refuse);
        assert_eq!(judge(&rules, Some(&context())), GeoAction::Refuse);
    }

    #[test]
    fn what_is_not_known_matches_nothing() {
        let rules = GeoRules { tor: GeoAction::Refuse, hosting: GeoAction::Refuse, ..GeoRules::default() };
        assert_eq!(judge(&rules, None), GeoAction::Allow);
        assert_eq!(judge(&rules, Some(&GeoContext { is_tor: Some(false), ..context() })), GeoAction::Allow);
    }
}
