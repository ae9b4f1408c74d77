//! In which time zones a phone number may be.
//!
//! By the area code in Brazil and in North America, else by the country: mobile numbers of other
//! countries do not tell more. Libraries that map numbers to zones pick the likely one; here all that are
//! possible count, because a message is held back rather than sent at night.

use super::brazil;
use jiff::tz::TimeZone;
use phonenumber::metadata::DATABASE;
use std::collections::{BTreeSet, HashMap};
use std::sync::OnceLock;

/// Between the names of a key.
const BETWEEN: char = ',';

/// The names of the zones that a number may be in, in order and joined by commas; empty for the office's
/// own zone, which a number of no known country counts as. `written`: the zone that is written down for
/// the lead, which counts alone if it is one.
pub fn zone_key(phone: &str, written: Option<&str>) -> String {
    match written.filter(|name| is_zone(name)) {
        Some(name) => name.to_owned(),
        None => of_number(phone),
    }
}

/// The names of a key.
pub fn zone_names(key: &str) -> Vec<String> {
    let names = key.split(BETWEEN).filter(|name| !name.is_empty());
    names.map(str::to_owned).collect()
}

/// Whether there is a time zone of this IANA name. Names have no comma.
pub fn is_zone(name: &str) -> bool {
    !name.contains(BETWEEN) && TimeZone::get(name).is_ok()
}

/// The zones of a key. A name that is known no more is left out; without any it is the office's zone, and
/// UTC if that is unknown too.
pub fn zones(key: &str, office: &str) -> Vec<TimeZone> {
    let known: Vec<_> = key
        .split(BETWEEN)
        .filter_map(|name| TimeZone::get(name).ok())
        .collect();
    if known.is_empty() {
        return vec![TimeZone::get(office).unwrap_or(TimeZone::UTC)];
    }
    known
}

fn of_number(phone: &str) -> String {
    if let Some(national) = phone.strip_prefix("+55")
        && let Some(found) = national.get(..2).and_then(brazil::zones)
    {
        return found.to_owned();
    }
    if let Some(national) = phone.strip_prefix("+1")
        && let Some(found) = national.get(..3).and_then(|area| area_codes().get(area))
    {
        return (*found).to_owned();
    }
    let Ok(number) = phonenumber::parse(None, phone) else {
        return String::new();
    };
    if let Some(one) = number.metadata(&DATABASE)
        && let Some(found) = of_country(one.id())
    {
        return found.to_owned();
    }
    // A number that is none by the plan: of any country with its code.
    let sharing = DATABASE.by_code(&number.country().code()).into_iter();
    let names: BTreeSet<&str> = sharing
        .flatten()
        .filter_map(|one| of_country(one.id()))
        .flat_map(|key| key.split(BETWEEN))
        .collect();
    Vec::from_iter(names).join(",")
}

/// By the country's code of ISO 3166, or what the numbering plans use where that has none: Ascension and
/// Tristan da Cunha, and Kosovo, which keeps Belgrade's time.
fn of_country(id: &str) -> Option<&'static str> {
    static COUNTRIES: OnceLock<HashMap<&str, &str>> = OnceLock::new();
    let countries = COUNTRIES.get_or_init(|| rows(include_str!("countries.txt")).collect());
    let id = match id {
        "AC" | "TA" => "SH",
        "XK" => "RS",
        other => other,
    };
    countries.get(id).copied()
}

fn area_codes() -> &'static HashMap<&'static str, &'static str> {
    static AREAS: OnceLock<HashMap<&str, &str>> = OnceLock::new();
    AREAS.get_or_init(|| {
        rows(include_str!("north_america.txt"))
            .flat_map(|(zones, areas)| areas.split(' ').map(move |area| (area, zones)))
            .collect()
    })
}

/// Both columns of a table; a line with `#` says where it is from.
fn rows(table: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    let lines = table.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.split_once('\t'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_brazilian_number_is_in_the_zone_of_its_area_code() {
        for (phone, zones) in [
            ("+5511970000001", "America/Sao_Paulo"),
            ("+5555991234567", "America/Sao_Paulo"),
            ("+556832221111", "America/Rio_Branco"),
            ("+5592981112222", "America/Manaus"),
            ("+5597981112222", "America/Eirunepe,America/Manaus"),
            ("+5569981112222", "America/Porto_Velho"),
            ("+5566981112222", "America/Cuiaba"),
            ("+5567981112222", "America/Campo_Grande"),
            ("+5595981112222", "America/Boa_Vista"),
            ("+5581981112222", "America/Noronha,America/Recife"),
            ("+5587981112222", "America/Recife"),
        ] {
            assert_eq!(zone_key(phone, None), zones, "{phone}");
        }
    }

    #[test]
    fn every_area_code_that_brazil_has_is_known_and_no_other() {
        let unused = [
            "23", "25", "26", "29", "36", "39", "52", "56", "57", "58", "59", "72", "76", "78",
        ];
        for area in 10..100_u32 {
            let area = area.to_string();
            let given = !area.ends_with('0') && !unused.contains(&area.as_str());
            assert_eq!(brazil::zones(&area).is_some(), given, "{area}");
        }
    }

    #[test]
    fn a_number_of_north_america_is_in_the_zones_of_its_area_code() {
        for (phone, zones) in [
            ("+12125550143", "America/New_York"),
            ("+18505550143", "America/Chicago,America/New_York"),
            ("+18085550143", "Pacific/Honolulu"),
            ("+14165550143", "America/Toronto"),
            ("+18765550143", "America/Jamaica"),
        ] {
            assert_eq!(zone_key(phone, None), zones, "{phone}");
        }
        let free = zone_key("+18005550143", None);
        let free: Vec<_> = free.split(BETWEEN).collect();
        assert!(free.contains(&"America/New_York") && free.contains(&"Pacific/Honolulu"));
    }

    #[test]
    fn another_number_may_be_anywhere_in_its_country() {
        for (phone, zones) in [
            (
                "+351912345678",
                "Atlantic/Azores,Atlantic/Madeira,Europe/Lisbon",
            ),
            ("+34612345678", "Africa/Ceuta,Atlantic/Canary,Europe/Madrid"),
            ("+33612345678", "Europe/Paris"),
            ("+919876543210", "Asia/Kolkata"),
            ("+38344123456", "Europe/Belgrade"),
        ] {
            assert_eq!(zone_key(phone, None), zones, "{phone}");
        }
    }

    #[test]
    fn a_number_that_the_plan_does_not_have_may_be_in_any_country_of_its_code() {
        let any = zone_key("+441111111111", None);
        assert!(
            any.contains("Europe/London") && any.contains("Europe/Jersey"),
            "{any}"
        );
    }

    #[test]
    fn a_number_of_no_country_counts_as_the_offices() {
        for phone in ["+9991234567", "+80012345678", "+", "", "+88312345678"] {
            assert_eq!(zone_key(phone, None), "", "{phone}");
        }
        let office = zones("", "America/Manaus");
        assert_eq!(office, [TimeZone::get("America/Manaus").unwrap()]);
        assert_eq!(zones("", "Nowhere/Land"), [TimeZone::UTC]);
    }

    #[test]
    fn what_is_written_down_counts_alone_if_it_is_a_zone() {
        let phone = "+5511970000001";
        assert_eq!(zone_key(phone, Some("Asia/Tokyo")), "Asia/Tokyo");
        for none in ["", "Nowhere/Land", "America/Bahia,Asia/Tokyo"] {
            assert_eq!(zone_key(phone, Some(none)), "America/Sao_Paulo", "{none}");
        }
    }

    #[test]
    fn every_zone_of_the_tables_is_known() {
        let (areas, countries) = (
            include_str!("north_america.txt"),
            include_str!("countries.txt"),
        );
        let areas = rows(areas).map(|(zones, _)| zones);
        let countries = rows(countries).map(|(_, zones)| zones);
        let brazil = (10..100_u32).filter_map(|area| brazil::zones(&area.to_string()));
        for key in areas.chain(countries).chain(brazil) {
            let mut names: Vec<_> = key.split(BETWEEN).collect();
            assert!(names.iter().all(|name| is_zone(name)), "{key}");
            names.sort_unstable();
            assert_eq!(names.join(","), key, "in order");
        }
    }
}
