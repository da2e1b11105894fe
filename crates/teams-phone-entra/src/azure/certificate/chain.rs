//! Owns the order of a certificate chain, by the names of issuers; checks no signature.

use rustls::pki_types::CertificateDer;

/// The identifier of a DER sequence.
const SEQUENCE: u8 = 0x30;
/// The identifier of the version, the one optional field before the names.
const VERSION: u8 = 0xa0;

/// The certificate at `own`, its issuer's, that one's issuer's and so on, as RFC 7515 wants `x5c`; what does
/// not belong to the chain is left out.
pub(super) fn ordered(
    mut certificates: Vec<CertificateDer<'static>>,
    own: usize,
) -> Vec<CertificateDer<'static>> {
    let mut chain = vec![certificates.swap_remove(own)];
    while let Some(issuer) = chain
        .last()
        .and_then(|last| names(last))
        .map(|it| it.issuer)
    {
        let next = certificates
            .iter()
            .position(|one| names(one).is_some_and(|it| it.subject == issuer));
        let Some(next) = next else { break };
        let next = certificates.swap_remove(next);
        chain.push(next);
    }
    chain
}

/// Who signed a certificate, and whose it is, each as it is encoded.
struct Names<'a> {
    issuer: &'a [u8],
    subject: &'a [u8],
}

/// Reads just as much of a certificate as is before the names (RFC 5280, section 4.1).
fn names(der: &[u8]) -> Option<Names<'_>> {
    let (SEQUENCE, certificate, _) = element(der)? else {
        return None;
    };
    let (SEQUENCE, signed, _) = element(certificate)? else {
        return None;
    };
    let (first, _, rest) = element(signed)?;
    let rest = if first == VERSION {
        element(rest)?.2
    } else {
        rest
    };
    let (_, _, rest) = element(rest)?; // signature algorithm, after the serial number
    let (_, issuer, rest) = element(rest)?;
    let (_, _, rest) = element(rest)?; // validity
    let (_, subject, _) = element(rest)?;
    Some(Names { issuer, subject })
}

/// The first element: its identifier, its content, and what follows it.
fn element(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&identifier, rest) = der.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = if first < 0x80 {
        (usize::from(first), rest)
    } else {
        let (bytes, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
        if bytes.len() > 4 {
            return None;
        }
        let length = bytes
            .iter()
            .fold(0, |length, &byte| (length << 8) | usize::from(byte));
        (length, rest)
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((identifier, content, rest))
}

#[cfg(test)]
mod tests {
    use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};

    use super::*;

    /// A chain of three, the leaf first.
    fn chain() -> [CertificateDer<'static>; 3] {
        let params = |name: &str, authority: bool| {
            let mut params = CertificateParams::new(Vec::new()).unwrap();
            params.distinguished_name.push(DnType::CommonName, name);
            if authority {
                params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
            }
            params
        };
        let key = || KeyPair::generate().unwrap();
        let (root_key, middle_key) = (key(), key());
        let root = params("root", true);
        let root_der = root.self_signed(&root_key).unwrap();
        let root = Issuer::new(root, root_key);
        let middle = params("middle", true);
        let middle_der = middle.signed_by(&middle_key, &root).unwrap();
        let middle = Issuer::new(middle, middle_key);
        let leaf = params("leaf", false).signed_by(&key(), &middle).unwrap();
        [leaf, middle_der, root_der].map(|certificate| certificate.der().clone())
    }

    #[test]
    fn each_certificate_is_followed_by_its_issuers() {
        let chain = chain();
        let stranger = rcgen::generate_simple_self_signed(["x".to_owned()]).unwrap();
        for order in [[0, 1, 2], [1, 2, 0], [2, 1, 0], [0, 2, 1]] {
            let mut given: Vec<_> = order.map(|index| chain[index].clone()).into();
            given.push(stranger.cert.der().clone());
            let own = order.iter().position(|&index| index == 0).unwrap();
            assert_eq!(ordered(given, own), chain, "{order:?}");
        }
    }

    #[test]
    fn what_is_no_certificate_stands_alone() {
        let whole = chain();
        for end in 0..whole[0].len() {
            let cut = CertificateDer::from(whole[0][..end].to_vec());
            let found = ordered(vec![cut.clone(), whole[1].clone()], 0);
            assert_eq!(found[0], cut);
        }
        let huge = CertificateDer::from(vec![SEQUENCE, 0x84, 255, 255, 255, 255]);
        assert_eq!(ordered(vec![huge.clone()], 0), [huge]);
    }
}
