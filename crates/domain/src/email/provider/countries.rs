//! Country-code top-level domains: `hotmail.de` is Microsoft's, `hotmail.example` is not.

/// The two-letter top-level domains that are delegated, in alphabetical order. Source:
/// <https://www.iana.org/domains/root/db>, the rows of type "country-code"; `uk`, `eu`, `su` and
/// `ac` are the ones that ISO 3166-1 does not assign.
pub(super) static COUNTRIES: &str = "\
    ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs bt bv bw by bz \
    ca cc cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg er es et eu fi fj fk fm fo fr \
    ga gb gd ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu id ie il im in io iq ir is it \
    je jm jo jp ke kg kh ki km kn kp kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc md me mg mh mk ml mm mn mo mp mq mr ms \
    mt mu mv mw mx my mz na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr ps pt pw py qa re ro rs ru rw \
    sa sb sc sd se sg sh si sj sk sl sm sn so sr ss st su sv sx sy sz tc td tf tg th tj tk tl tm tn to tr tt tv tw tz \
    ua ug uk us uy uz va vc ve vg vi vn vu wf ws ye yt za zm zw";

/// Whether what follows a brand's name makes it the brand's domain in a country: `de`, `co.uk`,
/// `com.br`.
pub(super) fn is_country_suffix(suffix: &str) -> bool {
    let country = suffix.strip_prefix("co.").or_else(|| suffix.strip_prefix("com.")).unwrap_or(suffix);
    // A country's code is two letters without a dot or space, so it can only match a whole entry.
    country.len() == 2 && COUNTRIES.split(' ').any(|code| code == country)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted_and_of_two_letters() {
        let codes: Vec<&str> = COUNTRIES.split(' ').collect();
        assert!(codes.is_sorted());
        assert!(
            codes.iter().all(|code| code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_lowercase()))
        );
        assert_eq!(codes.len(), 248);
    }

    #[test]
    fn suffixes() {
        for suffix in ["de", "co.uk", "com.br", "com.tr", "eu", "cz"] {
            assert!(is_country_suffix(suffix), "{suffix}");
        }
        for suffix in [
            "com", "net", "evil.com", "xx", "co", "de.com", "co.com", "org.uk", "d", "", "co.", ".de",
            "co.co.uk",
        ] {
            assert_eq!(is_country_suffix(suffix), suffix == "co", "{suffix}");
        }
    }
}
