//! Owns the guess why a signature does not fit: it repeats the known mistakes until one gives the signature received.
//! Refuses to reveal anything that would help to sign: neither the key nor a signature leaves this module.

use base64::{Engine, engine::general_purpose::STANDARD};
use percent_encoding::percent_decode_str;
use subtle::ConstantTimeEq;

use crate::{access_key::AccessKey, failure::Failure};

use super::{CONTENT_HASH, Facts};

/// More mistakes than this at once are not looked for.
const MOST_MISTAKES: usize = 2;

/// One way to get a part of the computation wrong; the first of each list is the right one, without a remark.
struct Variant {
    value: String,
    remark: Option<String>,
}

/// A mistake in how the bytes of the signature were made or written.
#[derive(Clone, Copy)]
enum Making {
    Right,
    KeyNotDecoded,
    Hex,
    HexOfUndecoded,
}

/// Explains a signature that does not fit although body hash and date do.
pub(super) fn signature(facts: &Facts<'_>, key: &AccessKey) -> Failure {
    let remarks = find(facts, key);
    let why = match &remarks {
        Some(remarks) => format!("the signature would fit if corrected thus: {}", remarks.join("; ")),
        None => "body hash and date are right, so either the access key is another one, or the client signed a string \
                 other than the one in StringToSign: compare them byte by byte"
            .to_owned(),
    };
    let code = if remarks.is_some() {
        "StringToSignDiffers"
    } else {
        "KeyOrStringToSignDiffers"
    };
    Failure::denied("Request signature differs from the generated signature.")
        .explained(code, why)
        .with_detail("SignedHost", facts.host)
        .with_detail("SignedPathAndQuery", facts.request.target.clone())
}

/// The fewest mistakes that give the received signature.
fn find(facts: &Facts<'_>, key: &AccessKey) -> Option<Vec<String>> {
    let newlines = vec![
        right("\n"),
        wrong("\r\n", "lines are separated by \\r\\n; use \\n alone"),
    ];
    let axes = [
        orders(facts),
        targets(facts),
        hosts(facts),
        methods(facts),
        newlines,
    ];
    combinations(&axes)
        .filter_map(|picked| {
            let [order, target, host, method, newline] = picked;
            let names: Vec<String> = order.value.split(';').map(str::to_owned).collect();
            let text = facts.string_for(
                &method.value,
                &target.value,
                &host.value,
                &newline.value,
                &names,
            );
            let making = made(&text, &facts.order.signature, key)?;
            let remarks = picked
                .into_iter()
                .filter_map(|variant| variant.remark.clone());
            Some(remarks.chain(making.map(str::to_owned)).collect::<Vec<_>>())
        })
        .min_by_key(Vec::len)
}

/// Every choice of one variant per part with at most [`MOST_MISTAKES`] wrong ones.
fn combinations(axes: &[Vec<Variant>; 5]) -> impl Iterator<Item = [&Variant; 5]> {
    let total: usize = axes.iter().map(Vec::len).product();
    (0..total)
        .map(|number| {
            let mut rest = number;
            axes.each_ref().map(|axis| {
                let variant = &axis[rest % axis.len()];
                rest /= axis.len();
                variant
            })
        })
        .filter(|picked| {
            picked
                .iter()
                .filter(|variant| variant.remark.is_some())
                .count()
                <= MOST_MISTAKES
        })
}

/// Whether the received signature is one of this text, and with which mistake in the making.
fn made(text: &str, received: &str, key: &AccessKey) -> Option<Option<&'static str>> {
    let (decoded, undecoded) = (key.sign(text), key.sign_undecoded(text));
    [Making::Right, Making::KeyNotDecoded, Making::Hex, Making::HexOfUndecoded].into_iter().find_map(|making| {
        let (candidate, remark) = match making {
            Making::Right => (STANDARD.encode(&decoded), None),
            Making::KeyNotDecoded => {
                (STANDARD.encode(&undecoded), Some("the access key was used as text; decode its base64 first"))
            }
            Making::Hex => (hex(&decoded), Some("the signature is hexadecimal; send base64")),
            Making::HexOfUndecoded => (
                hex(&undecoded),
                Some("the access key was used as text and the signature is hexadecimal; decode the key, send base64"),
            ),
        };
        let same = bool::from(candidate.as_bytes().ct_eq(received.to_owned().as_bytes()));
        same.then_some(remark)
    })
}

fn methods(facts: &Facts<'_>) -> Vec<Variant> {
    let method = facts.request.method.as_str();
    vec![
        right(method.to_ascii_uppercase()),
        wrong(
            method.to_ascii_lowercase(),
            "the method was signed in lower case; sign it in upper case",
        ),
    ]
}

fn targets(facts: &Facts<'_>) -> Vec<Variant> {
    let target = facts.request.target.as_str();
    let path = facts.request.path();
    let decoded = percent_decode_str(target).decode_utf8_lossy().into_owned();
    let escaped = format!("{}{}", path.replace(':', "%3A"), &target[path.len()..]);
    let unescaped = format!(
        "{}{}",
        path.replace("%3A", ":").replace("%3a", ":"),
        &target[path.len()..]
    );
    let on_wire = "sign path and query exactly as they are sent";
    vec![
        right(target),
        wrong(path, "the query was not signed; sign path and query"),
        wrong(
            escaped,
            format!("the path was signed with `%3A` but sent with `:`; {on_wire}"),
        ),
        wrong(
            unescaped,
            format!("the path was signed with `:` but sent with `%3A`; {on_wire}"),
        ),
        wrong(
            decoded,
            format!("path and query were signed percent-decoded; {on_wire}"),
        ),
        wrong(
            target.replace("%20", "+").replace('~', "%7E"),
            format!("the query was re-encoded as a form; {on_wire}"),
        ),
        wrong(
            target.trim_start_matches('/'),
            "the leading slash of the path was not signed",
        ),
        wrong(
            format!("http://{}{target}", facts.host),
            "the whole URL was signed; sign path and query only",
        ),
        wrong(
            format!("https://{}{target}", facts.host),
            "the whole URL was signed; sign path and query only",
        ),
    ]
}

fn hosts(facts: &Facts<'_>) -> Vec<Variant> {
    let host = facts.host;
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let as_sent = "sign the Host header exactly as it is sent";
    vec![
        right(host),
        wrong(
            format!("{host}/"),
            format!("the host was signed with a trailing slash; {as_sent}"),
        ),
        wrong(
            name,
            format!("the host was signed without its port; {as_sent}"),
        ),
        wrong(
            format!("{name}:443"),
            format!("the host was signed with the default port; {as_sent}"),
        ),
        wrong(
            format!("{host}{}", &host[name.len()..]),
            format!("the host was signed with its port twice; {as_sent}"),
        ),
        wrong(
            format!("http://{host}"),
            format!("the host was signed with its scheme; {as_sent}"),
        ),
        wrong(
            format!("https://{host}"),
            format!("the host was signed with its scheme; {as_sent}"),
        ),
        wrong("localhost", format!("`localhost` was signed; {as_sent}")),
        wrong(
            format!("localhost{}", &host[name.len()..]),
            format!("`localhost` and the port were signed; {as_sent}"),
        ),
        wrong(
            format!("127.0.0.1{}", &host[name.len()..]),
            format!("`127.0.0.1` and the port were signed; {as_sent}"),
        ),
    ]
}

fn orders(facts: &Facts<'_>) -> Vec<Variant> {
    let declared = facts.order.signed.join(";");
    let mut orders = vec![right(declared.clone())];
    for date in ["x-ms-date", "date"] {
        let usual = format!("{date};host;{CONTENT_HASH}");
        if usual != declared {
            orders.push(wrong(
                usual.clone(),
                format!("the values were signed in the order {usual}; declare that order"),
            ));
        }
    }
    orders
}

fn right(value: impl Into<String>) -> Variant {
    Variant {
        value: value.into(),
        remark: None,
    }
}

fn wrong(value: impl Into<String>, remark: impl Into<String>) -> Variant {
    Variant {
        value: value.into(),
        remark: Some(remark.into()),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
