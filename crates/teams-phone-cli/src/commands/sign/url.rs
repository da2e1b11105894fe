//! Owns the check that a URL is written as it will be sent; it changes none.
//!
//! A signature is over path and query byte by byte, so a URL that any client would rewrite on the way (dot
//! segments, blanks, letters that must be encoded) cannot be signed as it stands.

use url::{Position, Url};

/// The URL, if it goes on the wire exactly as it is written.
pub(super) fn on_the_wire(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|why| format!("--url is not a URL: {why}"))?;
    let Some((_, rest)) = text.split_once("://") else {
        return Err(
            "--url has no host; write it like https://<resource>.communication.azure.com/..."
                .to_owned(),
        );
    };
    if !matches!(url.scheme(), "https" | "http") || url.host().is_none() {
        return Err(format!("--url has scheme {:?}; use https", url.scheme()));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("--url carries a user name or password; remove it".to_owned());
    }
    if url.fragment().is_some() {
        return Err("--url has a fragment (#...), which is never sent; remove it".to_owned());
    }
    let (authority, target) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    same_host(authority, &url)?;
    let wire = &url[Position::BeforePath..Position::AfterQuery];
    let given = if target.starts_with('/') {
        target.to_owned()
    } else {
        format!("/{target}")
    };
    if given == wire {
        return Ok(url);
    }
    Err(format!(
        "--url would not be sent as it is written, so its signature would not fit: {given:?} goes on the wire as {wire:?}; sign and send the latter, or encode what is meant otherwise"
    ))
}

/// The host may be written in capitals and with the scheme's own port.
fn same_host(authority: &str, url: &Url) -> Result<(), String> {
    let own_port = if url.scheme() == "https" {
        ":443"
    } else {
        ":80"
    };
    let given = authority.to_ascii_lowercase();
    let given = given.strip_suffix(own_port).unwrap_or(&given);
    if given.trim_end_matches(':') == url.authority() {
        return Ok(());
    }
    Err(format!(
        "--url names the host {authority:?}, which is sent as {:?}; write it so",
        url.authority()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaves_a_sendable_url_as_it_is() {
        for text in [
            "https://x.example/identities/8:acs:1/:issueAccessToken?api-version=2025-06-30",
            "https://x.example/identities/8%3Aacs%3A1?q=a~b&n=a%2Fb%3Ac",
            "http://127.0.0.1:18080/identities?a=1",
            "https://x.example/a//b",
        ] {
            assert_eq!(on_the_wire(text).unwrap().as_str(), text);
        }
        for text in [
            "https://X.example",
            "https://x.example:443/",
            "https://x.example/",
        ] {
            assert_eq!(
                on_the_wire(text).unwrap().as_str(),
                "https://x.example/",
                "{text}"
            );
        }
        assert_eq!(
            on_the_wire("https://x.example?a=1").unwrap().as_str(),
            "https://x.example/?a=1"
        );
    }

    #[test]
    fn refuses_what_would_be_rewritten() {
        for (text, said) in [
            ("", "not a URL"),
            ("x.example/a", "not a URL"),
            ("ftp://x.example/a", "scheme"),
            ("https:/x.example/a", "no host"),
            ("https://u:p@x.example/", "user name"),
            ("https://x.example/a#b", "fragment"),
            ("https://x.example/a/../b", "\"/b\""),
            ("https://x.example/a/%2e%2e/b", "\"/b\""),
            ("https://x.example/./a", "\"/a\""),
            ("https://x.example/a b", "\"/a%20b\""),
            ("https://x.example/a ", "\"/a\""),
            (" https://x.example/a?b=\u{e9}", "\"/a?b=%C3%A9\""),
            ("https://x.example/a\\b", "\"/a/b\""),
            ("https://x.example/a\tb", "\"/ab\""),
            ("https://x\t.example/a", "\"x.example\""),
            ("https://b\u{fc}cher.example/", "xn--"),
            ("https://127.1/", "127.0.0.1"),
        ] {
            let error = on_the_wire(text).unwrap_err();
            assert!(error.contains(said), "{text:?}: {error}");
        }
    }
}
