//! Owns telephone numbers: every spelling in use is read, one is kept; knows no call.

use std::fmt;
use std::str::FromStr;

use teams_phone_core::Error;
use teams_phone_core::hooks::one_line;

/// The most digits that E.164 allows.
const MAX_DIGITS: usize = 15;
/// Shorter numbers are dialled inside of a network only.
const MIN_DIGITS: usize = 4;
const MAX_EXTENSION: usize = 20;

/// A telephone number in E.164 form, such as `+12065550100`, perhaps with an extension: `+12065550100;ext=17`.
///
/// It is read with or without `+`, as a `tel:` URI, and with the usual separators (blanks, hyphens, dots,
/// parentheses). Without a `+` the digits must begin with the country code all the same: national numbers
/// cannot be told from international ones. A resource account may refuse a number with an extension.
///
/// ```
/// use teams_phone::PhoneNumber;
///
/// let number: PhoneNumber = "tel:+1 (206) 555-0100".parse()?;
/// assert_eq!(number.to_string(), "+12065550100");
/// assert_eq!(number, "12065550100".parse()?);
/// # Ok::<(), teams_phone::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PhoneNumber {
    /// The whole text, `+` and extension included.
    text: String,
    /// The length of the part before the extension.
    e164: usize,
}

impl PhoneNumber {
    /// The number as Microsoft Graph writes it: `+`, digits, and `;ext=` if there is an extension.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The number without its extension.
    #[must_use]
    pub fn e164(&self) -> &str {
        &self.text[..self.e164]
    }

    /// The digits of the extension.
    #[must_use]
    pub fn extension(&self) -> Option<&str> {
        self.text[self.e164..].strip_prefix(";ext=")
    }

    /// Takes a number as the service wrote it; what is no number is kept as it is.
    pub(crate) fn from_service(text: &str) -> Self {
        text.parse().unwrap_or_else(|_| Self {
            text: one_line(text),
            e164: one_line(text).len(),
        })
    }

    fn new(digits: &str, extension: Option<&str>) -> Self {
        let mut text = format!("+{digits}");
        let e164 = text.len();
        if let Some(extension) = extension {
            text.push_str(";ext=");
            text.push_str(extension);
        }
        Self { text, e164 }
    }
}

impl FromStr for PhoneNumber {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let refuse = |why: &str| {
            let shown: String = text.chars().take(40).collect();
            Error::config(format!("telephone number {shown:?} {why}"))
        };
        let trimmed = text.trim();
        let number = match trimmed.get(..4) {
            Some(scheme) if scheme.eq_ignore_ascii_case("tel:") => &trimmed[4..],
            _ => trimmed,
        };
        let (number, extension) = match number.split_once(';') {
            None => (number, None),
            Some((number, parameter)) => {
                let extension = parameter
                    .get(..4)
                    .filter(|name| name.eq_ignore_ascii_case("ext="));
                let extension = extension.map(|_| &parameter[4..]).filter(|digits| {
                    (1..=MAX_EXTENSION).contains(&digits.len()) && all_digits(digits)
                });
                let extension = extension.ok_or_else(|| {
                    refuse(
                        "has something else than an extension like `;ext=17` after the semicolon",
                    )
                })?;
                (number, Some(extension))
            }
        };
        let number = number.trim();
        if number.contains("(0)") {
            return Err(refuse(
                "has a `(0)`, which is not dialled from abroad; leave it out",
            ));
        }
        let digits = number.strip_prefix('+').unwrap_or(number);
        let digits: String = digits
            .chars()
            .filter(|c| !" -.()\u{a0}".contains(*c))
            .collect();
        if digits.is_empty() {
            return Err(refuse("has no digits; write it like +12065550100"));
        }
        if !all_digits(&digits) {
            return Err(refuse(
                "has something else than digits; write it like +12065550100",
            ));
        }
        if digits.starts_with('0') {
            return Err(refuse(
                "begins with 0; give the country code first, without the prefix for calls abroad",
            ));
        }
        if !(MIN_DIGITS..=MAX_DIGITS).contains(&digits.len()) {
            return Err(refuse("has too few or too many digits; E.164 allows 15"));
        }
        Ok(Self::new(&digits, extension))
    }
}

fn all_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

impl fmt::Display for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl serde::Serialize for PhoneNumber {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_spelling_becomes_one() {
        for (given, kept) in [
            ("+12065550100", "+12065550100"),
            ("12065550100", "+12065550100"),
            ("tel:+12065550100", "+12065550100"),
            ("TEL:12065550100", "+12065550100"),
            (" +1 (206) 555-01.00 ", "+12065550100"),
            ("+12065550100;ext=17", "+12065550100;ext=17"),
            ("tel:+1-206-555-0100;EXT=007", "+12065550100;ext=007"),
        ] {
            let number: PhoneNumber = given.parse().unwrap();
            assert_eq!(number.as_str(), kept, "{given}");
        }
        let number: PhoneNumber = "+12065550100;ext=17".parse().unwrap();
        assert_eq!(
            (number.e164(), number.extension()),
            ("+12065550100", Some("17"))
        );
    }

    #[test]
    fn says_what_is_wrong_with_a_number() {
        for (given, said) in [
            ("", "no digits"),
            ("tel:", "no digits"),
            ("+", "no digits"),
            ("+1206CALLNOW", "something else than digits"),
            ("++12065550100", "something else than digits"),
            ("+44 (0)20 7946 0018", "leave it out"),
            ("0012065550100", "begins with 0"),
            ("0206555010", "begins with 0"),
            ("+123", "too few"),
            ("+1234567890123456", "too many"),
            ("+12065550100;ext=", "extension"),
            ("+12065550100;ext=1a", "extension"),
            ("+12065550100;phone-context=x", "extension"),
            ("+12065550100;", "extension"),
            ("٣٤٥٦٧٨٩", "something else than digits"),
        ] {
            let error = given.parse::<PhoneNumber>().unwrap_err().to_string();
            assert!(error.contains(said), "{given}: {error}");
        }
    }

    #[test]
    fn keeps_what_the_service_says() {
        assert_eq!(PhoneNumber::from_service("tel:+112345").as_str(), "+112345");
        assert_eq!(PhoneNumber::from_service("odd").as_str(), "odd");
        assert_eq!(PhoneNumber::from_service("odd").extension(), None);
    }

    proptest! {
        #[test]
        fn what_is_read_is_read_again_alike(text in "\\PC{0,40}") {
            if let Ok(number) = text.parse::<PhoneNumber>() {
                prop_assert_eq!(number.as_str().parse::<PhoneNumber>().unwrap(), number);
            }
        }

        #[test]
        fn separators_change_nothing(digits in "[1-9][0-9]{6,14}", at in 1usize..6) {
            let plain: PhoneNumber = digits.parse().unwrap();
            let (head, tail) = digits.split_at(at);
            prop_assert_eq!(format!("tel:+({head})-{tail}").parse::<PhoneNumber>().unwrap(), plain);
        }
    }
}
