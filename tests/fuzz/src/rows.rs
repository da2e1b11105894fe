//! Owns what is true of reading any file of rows; knows no service.

use serde_json::Value;
use teams_phone_cli::fuzz_rows;

use super::assert_shows;

/// How rows may be written; the empty name has it told from the first line.
const FORMATS: [&str; 3] = ["", "csv", "jsonl"];
/// Longer lines count as one bad row, whatever they hold.
const LONGEST: usize = 64 * 1024;

/// What may stand before the text of a file.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// How many rows the two commands could do and could not: each row counts once for each command.
type Counts = Result<(usize, usize), String>;

/// Reads the bytes as a file of rows, in every format.
///
/// - Every line that is not blank is a row, good or bad, for each command.
/// - A line spoils itself only: read in two parts, the file has the same rows.
/// - Every element of an array is a row likewise, and an array is read to its end whatever is in it.
/// - A file that has no rows at all is refused for a reason, in one line with its number.
///
/// # Panics
/// If one of these is not so.
pub fn check(bytes: &[u8]) -> &'static str {
    let [told, csv, jsonl] = FORMATS.map(|format| fuzz_rows(bytes, format));
    assert!(told == csv || told == jsonl, "{told:?}");
    count(bytes, &csv, true);
    halves(bytes, &csv, "csv");
    if is_array(bytes) {
        elements(bytes, &jsonl);
    } else {
        count(bytes, &jsonl, false);
        halves(bytes, &jsonl, "jsonl");
    }
    match told {
        Err(_) => "refused",
        Ok((good, bad)) if good >= bad && good > 0 => "good",
        Ok((0, _)) => "bad",
        Ok(_) => "mixed",
    }
}

/// Compares the numbers of rows and lines.
fn count(bytes: &[u8], counts: &Counts, has_head: bool) {
    let lines: Vec<&[u8]> = without_mark(bytes).split(|byte| *byte == b'\n').collect();
    let first = lines.iter().position(|line| !is_blank(line));
    match counts {
        Ok((good, bad)) if lines.iter().all(|line| line.len() < LONGEST) => {
            let rows = lines.iter().filter(|line| !is_blank(line)).count();
            assert_eq!(
                good + bad,
                2 * (rows - usize::from(has_head)),
                "rows of {lines:?}"
            );
        }
        Ok(_) => {}
        Err(said) => {
            // A name of a column is shown up to its 64th character, each of which may need ten to be visible.
            assert_shows(said, 900);
            assert!(said.starts_with("the bytes"), "{said}");
            match first {
                None => assert!(said.ends_with("is empty"), "{said}"),
                Some(first) => {
                    let number = format!("line {}: ", first + 1);
                    assert!(said.contains(&number), "{number}{said}");
                }
            }
        }
    }
}

/// Compares the numbers of rows and elements, as far as another reader takes it for an array.
fn elements(bytes: &[u8], counts: &Counts) {
    assert!(counts.is_ok(), "an array is read row by row: {counts:?}");
    let array: Result<Vec<Value>, _> = serde_json::from_slice(without_mark(bytes));
    if let (Ok((good, bad)), Ok(array), true) = (counts, array, bytes.len() < LONGEST) {
        assert_eq!(good + bad, 2 * array.len(), "elements of {array:?}");
    }
}

/// Reads the rows in two parts, the head before both.
fn halves(bytes: &[u8], counts: &Counts, format: &str) {
    let Ok((good, bad)) = counts else { return };
    let mut lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
    let head = match (format, lines.iter().position(|line| !is_blank(line))) {
        ("csv", Some(at)) => lines.drain(..=at).collect::<Vec<_>>().concat(),
        _ => Vec::new(),
    };
    // Within the file the mark is a part of its line, which must not come first.
    if head.is_empty() && lines.iter().any(|line| line.starts_with(MARK)) {
        return;
    }
    let (before, after) = lines.split_at(lines.len() / 2);
    let part = |lines: &[&[u8]]| {
        if lines.iter().all(|line| is_blank(line)) {
            return Some((0, 0));
        }
        let text = [head.as_slice(), b"\n", &lines.concat()].concat();
        // By itself, what was a bad line is the beginning of an array.
        if head.is_empty() && is_array(&text) {
            return None;
        }
        // Without a head, the first line has to be text.
        let read = fuzz_rows(&text, format);
        assert!(read.is_ok() || head.is_empty(), "{read:?}");
        read.ok()
    };
    if let (Some(before), Some(after)) = (part(before), part(after)) {
        assert_eq!(
            (before.0 + after.0, before.1 + after.1),
            (*good, *bad),
            "in two parts"
        );
    }
}

fn is_array(bytes: &[u8]) -> bool {
    without_mark(bytes).trim_ascii_start().starts_with(b"[")
}

/// The bytes without the mark of their encoding, which is one at the beginning of a file only.
fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(MARK).unwrap_or(bytes)
}

fn is_blank(line: &[u8]) -> bool {
    line.len() <= LONGEST && std::str::from_utf8(line).is_ok_and(|text| text.trim().is_empty())
}
