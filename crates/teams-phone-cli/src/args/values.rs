//! Owns how values are read from arguments where the SDK's types do not do it; knows no option.

use std::time::Duration;

use jiff::SignedDuration;

/// Reads a length of time such as `90s`, `2h` or `1h30m`.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let shape = "write it like 30s, 90m, 2h or 1h30m";
    let signed: SignedDuration = text.trim().parse().map_err(|_| shape.to_owned())?;
    match Duration::try_from(signed) {
        Ok(duration) if !duration.is_zero() => Ok(duration),
        _ => Err(format!("it must be longer than nothing; {shape}")),
    }
}

/// Reads a text that must not be empty.
pub(super) fn text(text: &str) -> Result<String, String> {
    if text.trim().is_empty() {
        return Err("it is empty".to_owned());
    }
    Ok(text.to_owned())
}

/// Reads an HTTP method.
pub(super) fn method(text: &str) -> Result<String, String> {
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return Ok(text.to_owned());
    }
    Err("write it like GET or PUT".to_owned())
}

/// Reads a date as HTTP writes it.
pub(super) fn http_date(text: &str) -> Result<std::time::SystemTime, String> {
    httpdate::parse_http_date(text.trim()).map_err(|_| {
        "write it in RFC 1123 form, such as \"Mon, 14 Apr 2025 15:32:25 GMT\"".to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_people_write_them() {
        for (text, seconds) in [
            ("30s", 30),
            ("90m", 5400),
            ("2h", 7200),
            ("1h30m", 5400),
            ("PT2H", 7200),
        ] {
            assert_eq!(duration(text).unwrap().as_secs(), seconds, "{text}");
        }
        for text in ["", "2", "-1h", "0s", "soon", "99999999999999999999h"] {
            assert!(duration(text).unwrap_err().contains("30s"), "{text}");
        }
    }

    #[test]
    fn a_method_is_letters_only() {
        assert_eq!(method("post").unwrap(), "post");
        for text in ["", "GE T", "GET\n", "G\u{e9}T"] {
            assert!(method(text).is_err(), "{text}");
        }
    }
}
