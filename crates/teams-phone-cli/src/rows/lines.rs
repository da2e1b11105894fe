//! Owns cutting bytes into lines of bounded length; knows nothing of what a line says.

use std::io::{self, BufRead, Read as _};

/// A line longer than this is no row.
pub(super) const LONGEST: usize = 64 * 1024;

/// A line that is not blank, without its end.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) number: u64,
    /// The text, or why there is none.
    pub(super) text: Result<String, String>,
}

/// The lines of a reader.
pub(super) struct Lines<R> {
    reader: R,
    number: u64,
    read: u64,
    failed: bool,
}

impl<R: BufRead> Lines<R> {
    pub(super) fn new(reader: R) -> Self {
        Self {
            reader,
            number: 0,
            read: 0,
            failed: false,
        }
    }

    /// How many bytes are read.
    pub(super) fn read(&self) -> u64 {
        self.read
    }

    /// Ends the lines after a failure; answers the number of the line that could not be read.
    pub(super) fn fail(&mut self) -> u64 {
        self.failed = true;
        self.number + 1
    }

    /// The next line that is not blank.
    pub(super) fn next(&mut self) -> io::Result<Option<Line>> {
        while !self.failed {
            let mut bytes = Vec::new();
            let limit = LONGEST as u64 + 1;
            let taken = self
                .reader
                .by_ref()
                .take(limit)
                .read_until(b'\n', &mut bytes)?;
            if taken == 0 {
                return Ok(None);
            }
            self.number += 1;
            self.read += taken as u64;
            if taken > LONGEST && bytes.last() != Some(&b'\n') {
                self.skip()?;
                return Ok(Some(
                    self.line(Err(format!("the line is longer than {LONGEST} bytes"))),
                ));
            }
            let first = self.number == 1;
            let bytes = match bytes.strip_prefix(b"\xef\xbb\xbf") {
                Some(rest) if first => rest,
                _ => &bytes,
            };
            match std::str::from_utf8(bytes) {
                Ok(text) if text.trim().is_empty() => {}
                Ok(text) => {
                    return Ok(Some(
                        self.line(Ok(text.trim_end_matches(['\r', '\n']).to_owned())),
                    ));
                }
                Err(_) => {
                    return Ok(Some(
                        self.line(Err("the line is not UTF-8 text".to_owned())),
                    ));
                }
            }
        }
        Ok(None)
    }

    /// Reads past the end of the line.
    fn skip(&mut self) -> io::Result<()> {
        loop {
            let buffer = self.reader.fill_buf()?;
            let end = buffer.iter().position(|byte| *byte == b'\n');
            let used = end.map_or(buffer.len(), |end| end + 1);
            self.reader.consume(used);
            self.read += used as u64;
            if end.is_some() || used == 0 {
                return Ok(());
            }
        }
    }

    fn line(&self, text: Result<String, String>) -> Line {
        Line {
            number: self.number,
            text,
        }
    }
}
