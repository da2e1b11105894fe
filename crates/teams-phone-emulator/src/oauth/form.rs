//! Owns parameters as the authority takes them, from a form or a query: decoded, each at most once.
//! Refuses to know which parameters there are.

use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::refusal::Refusal;

/// Decoded parameters.
#[derive(Debug, Clone, Default)]
pub(crate) struct Form(Vec<(String, String)>);

impl Form {
    /// Reads `a=b&c=d`; a repeated parameter is refused, as Entra does.
    pub(crate) fn parse(text: &str) -> Result<Self, Refusal> {
        let mut pairs: Vec<(String, String)> = Vec::new();
        for pair in text.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let name = decode(name);
            if pairs.iter().any(|(known, _)| *known == name) {
                let text = format!("The parameter '{name}' was sent more than once.");
                return Err(Refusal::new("invalid_request", 9_000_411, text));
            }
            pairs.push((name, decode(value)));
        }
        Ok(Self(pairs))
    }

    /// A parameter that is there and not empty.
    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(known, value)| known == name && !value.is_empty())
            .map(|(_, value)| value.as_str())
    }

    pub(crate) fn required(&self, name: &str) -> Result<&str, Refusal> {
        self.value(name).ok_or_else(|| Refusal::missing(name))
    }
}

/// One name or value of a form, decoded.
pub(crate) fn decode(text: &str) -> String {
    percent_decode_str(&text.replace('+', " "))
        .decode_utf8_lossy()
        .into_owned()
}

/// Pairs as a form or query.
pub(crate) fn encode(pairs: &[(&str, &str)]) -> String {
    let pair = |(name, value): &(&str, &str)| {
        format!("{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC))
    };
    pairs.iter().map(pair).collect::<Vec<_>>().join("&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_what_it_encodes() {
        let form = Form::parse(&encode(&[("a", "x y+z&=/ü"), ("b", "")])).unwrap();
        assert_eq!(
            (form.value("a"), form.value("b"), form.value("c")),
            (Some("x y+z&=/ü"), None, None)
        );
        assert_eq!(Form::parse("a=1+2").unwrap().value("a"), Some("1 2"));
    }

    #[test]
    fn refuses_a_parameter_sent_twice() {
        assert!(
            Form::parse("a=1&a=1")
                .unwrap_err()
                .description()
                .contains("'a'")
        );
    }
}
