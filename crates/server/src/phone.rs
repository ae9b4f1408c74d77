//! Phone numbers.

use phonenumber::Mode;
use phonenumber::country::Id;

/// The country of numbers that do not name one, if a caller does not either.
pub const HOME: Id = Id::BR;

/// Whether this is E.164: a plus, then 7 to 15 digits of which the first is not zero.
pub fn is_e164(phone: &str) -> bool {
    phone.strip_prefix('+').is_some_and(|digits| {
        (7..=15).contains(&digits.len())
            && !digits.starts_with('0')
            && digits.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// A number as people write it, in E.164; none if it is none. One without a plus is a number of
/// `country`, and only if that has no such number one with the country's code but without the plus.
pub fn normalise(written: &str, country: Id) -> Option<String> {
    let digits = dialled(written)?;
    if let Some(international) = digits.strip_prefix('+') {
        return checked(international);
    }
    if let Some(international) = digits.strip_prefix("00") {
        return checked(international);
    }
    let own = if country == Id::BR {
        brazilian(&digits)
    } else {
        None
    };
    // The library looks for a country's code in front of a number by itself, and would take the area
    // code 55 of an old mobile number for one; so it is asked last in Brazil.
    own.or_else(|| formatted(Some(country), &digits))
        .or_else(|| (digits.len() > 10).then(|| checked(&digits)).flatten())
}

/// Its digits, with the plus that it may begin with; none if it has other letters than people put
/// into numbers.
fn dialled(written: &str) -> Option<String> {
    let written = written.trim().trim_start_matches('\'').trim_start();
    let mut digits = String::new();
    for (at, letter) in written.char_indices() {
        match letter {
            '0'..='9' => digits.push(letter),
            '+' if at == 0 => digits.push(letter),
            ' '
            | '\u{a0}'
            | '\u{202f}'
            | '\t'
            | '-'
            | '\u{2010}'..='\u{2013}'
            | '('
            | ')'
            | '.'
            | '/' => {}
            _ => return None,
        }
    }
    (digits.len() >= 7 && digits.len() <= 18).then_some(digits)
}

/// Area code and number, with or without the country's code: told apart by their length alone.
fn brazilian(digits: &str) -> Option<String> {
    match (digits.len(), digits.starts_with("55")) {
        (10 | 11, _) => checked(&format!("55{digits}")),
        (12 | 13, true) => checked(digits),
        _ => None,
    }
}

/// A number with its country's code, as it is or, for a Brazilian mobile of before 2016, with the
/// ninth digit that it has got since.
fn checked(digits: &str) -> Option<String> {
    let number = format!("+{digits}");
    formatted(None, &number).or_else(|| {
        let longer = other_spelling(&number).filter(|other| other.len() > number.len())?;
        formatted(None, &longer)
    })
}

fn formatted(country: Option<Id>, number: &str) -> Option<String> {
    let number = phonenumber::parse(country, number).ok()?;
    if !phonenumber::is_valid(&number) {
        return None;
    }
    let text = number.format().mode(Mode::E164).to_string();
    is_e164(&text).then_some(text)
}

/// A Brazilian mobile number without its ninth digit, or with it: WhatsApp knows one person by either.
pub fn other_spelling(phone: &str) -> Option<String> {
    let national = phone.strip_prefix("+55")?;
    let (area, number) = national.split_at_checked(2)?;
    let mobile = |number: &str| number.starts_with(['6', '7', '8', '9']);
    match number.len() {
        8 if mobile(number) => Some(format!("+55{area}9{number}")),
        9 => {
            let short = number.strip_prefix('9').filter(|short| mobile(short))?;
            Some(format!("+55{area}{short}"))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_as_people_write_it() {
        for (written, number) in [
            ("+55 11 97000-0001", "+5511970000001"),
            ("(11) 97000-0001", "+5511970000001"),
            ("011 97000-0001", "+5511970000001"),
            ("0 15 11 97000-0001", "+5511970000001"),
            ("'5511970000001", "+5511970000001"),
            ("00 55 11 97000.0001", "+5511970000001"),
            ("11\u{a0}3222\u{2011}1111", "+551132221111"),
            ("+351 912 345 678", "+351912345678"),
            ("351912345678", "+351912345678"),
            ("+1 (202) 555-0143", "+12025550143"),
        ] {
            let found = normalise(written, HOME);
            assert_eq!(found.as_deref(), Some(number), "{written}");
        }
    }

    #[test]
    fn the_area_code_55_is_not_taken_for_the_country() {
        for (written, number) in [
            ("(55) 99123-4567", "+5555991234567"),
            ("55991234567", "+5555991234567"),
            ("5532221111", "+555532221111"),
            ("555532221111", "+555532221111"),
            ("5555991234567", "+5555991234567"),
            ("+55 55 3222-1111", "+555532221111"),
            ("(55) 9123-4567", "+5555991234567"),
            ("+555591234567", "+5555991234567"),
        ] {
            let found = normalise(written, HOME);
            assert_eq!(found.as_deref(), Some(number), "{written}");
        }
    }

    #[test]
    fn what_is_no_number_is_none() {
        for written in [
            "",
            "n/a",
            "123",
            "+5511",
            "5.511E+12",
            "00000000000",
            "(10) 97000-0001",
            "11970000001 ramal 3",
            "+",
            "++5511970000001",
            "11 97000-0001 / 11 97000-0002",
            "٠١٢٣٤٥٦٧٨٩",
            "999999999999999999",
        ] {
            assert_eq!(normalise(written, HOME), None, "{written}");
        }
    }

    #[test]
    fn another_country_may_be_the_default() {
        let found = normalise("912 345 678", Id::PT);
        assert_eq!(found.as_deref(), Some("+351912345678"));
        let found = normalise("(202) 555-0143", Id::US);
        assert_eq!(found.as_deref(), Some("+12025550143"));
    }

    #[test]
    fn a_mobile_has_two_spellings_and_a_landline_one() {
        let (long, short) = ("+5511970000001", "+551170000001");
        assert_eq!(other_spelling(long).as_deref(), Some(short));
        assert_eq!(other_spelling(short).as_deref(), Some(long));
        for one in ["+551132221111", "+351912345678", "+55", "+55é11", "x"] {
            assert_eq!(other_spelling(one), None, "{one}");
        }
    }
}
