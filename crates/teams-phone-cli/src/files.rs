//! Owns the reading of small input files, standard input among them; knows nothing of what is in them.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use teams_phone::Secret;

use crate::failure::Failure;

/// A text file larger than this holds no key and no connection string.
const MAX_TEXT: u64 = 64 * 1024;

/// No body and no list of certificates is larger.
const MAX_BYTES: u64 = 16 * 1024 * 1024;

/// Whether a path stands for standard input.
pub(crate) fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// Reads a text that must not be shown. `option` names the file in messages: a path may be a secret given
/// in the wrong place, so it is not repeated.
pub(crate) fn read_secret(path: &Path, option: &str) -> Result<Secret, Failure> {
    let given = path.to_string_lossy().to_ascii_lowercase();
    if given.contains("accesskey=") {
        return Err(Failure::usage(format!(
            "{option} got a connection string instead of the name of a file"
        ))
        .with_hint(format!(
            "arguments can be seen by every user of this machine: write the connection string to a file, or set {}",
            crate::env_vars::CONNECTION_STRING[0]
        )));
    }
    if given.starts_with("eyj") && given.matches('.').count() >= 2 {
        return Err(Failure::usage(format!(
            "{option} got a token instead of the name of a file"
        ))
        .with_hint(
            "arguments can be seen by every user of this machine: write the token to a file",
        ));
    }
    let what = if is_stdin(path) {
        "standard input".to_owned()
    } else {
        format!("the file named by {option}")
    };
    let bytes = read(path, MAX_TEXT + 1).map_err(|error| unreadable(&what, &error))?;
    if bytes.len() as u64 > MAX_TEXT {
        return Err(Failure::usage(format!(
            "{what} is longer than {MAX_TEXT} bytes"
        )));
    }
    let text = String::from_utf8(bytes)
        .map_err(|_| Failure::usage(format!("{what} is not UTF-8 text")))?;
    let text = text.trim_start_matches('\u{feff}').trim();
    if text.is_empty() {
        return Err(Failure::usage(format!("{what} is empty")));
    }
    Ok(Secret::new(text))
}

/// Reads all bytes of a file whose name is no secret.
pub(crate) fn read_bytes(path: &Path, option: &str) -> Result<Vec<u8>, Failure> {
    let what = if is_stdin(path) {
        "standard input".to_owned()
    } else {
        format!("{option} {}", path.display())
    };
    let bytes = read(path, MAX_BYTES + 1).map_err(|error| unreadable(&what, &error))?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(Failure::usage(format!(
            "{what} is longer than {MAX_BYTES} bytes"
        )));
    }
    Ok(bytes)
}

fn read(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if is_stdin(path) {
        io::stdin().lock().take(limit).read_to_end(&mut bytes)?;
    } else {
        File::open(path)?.take(limit).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

fn unreadable(what: &str, error: &io::Error) -> Failure {
    Failure::usage(format!("{what} cannot be read: {error}"))
}
