//! Owns cutting a JSON array into the texts of its elements, of bounded length; knows nothing of what they say.

use std::io::{self, BufRead};

use super::lines::{LONGEST, Line};

/// The elements of an array, each with the number of the line that it begins in.
pub(super) struct Elements<R> {
    reader: R,
    number: u64,
    read: u64,
    is_open: bool,
    ended: bool,
}

/// How far an element is read.
struct Element {
    bytes: Vec<u8>,
    is_plain: bool,
    depth: usize,
    in_text: bool,
    escaped: bool,
}

impl<R: BufRead> Elements<R> {
    pub(super) fn new(reader: R) -> Self {
        Self {
            reader,
            number: 1,
            read: 0,
            is_open: false,
            ended: false,
        }
    }

    /// How many bytes are read.
    pub(super) fn read(&self) -> u64 {
        self.read
    }

    /// Ends the elements after a failure; answers the number of the line that could not be read.
    pub(super) fn fail(&mut self) -> u64 {
        self.ended = true;
        self.number
    }

    /// The next element.
    pub(super) fn next(&mut self) -> io::Result<Option<Line>> {
        while !self.ended {
            let number = self.number;
            let Some(byte) = self.byte()? else {
                return Ok(Some(self.end(number, "the array is not closed")));
            };
            match byte {
                b'[' if !self.is_open => self.is_open = true,
                b']' => return self.rest(),
                b',' | 0xef | 0xbb | 0xbf => {}
                byte if byte.is_ascii_whitespace() => {}
                byte => return self.element(number, byte).map(Some),
            }
        }
        Ok(None)
    }

    fn element(&mut self, number: u64, first: u8) -> io::Result<Line> {
        let mut element = Element {
            bytes: Vec::new(),
            is_plain: !matches!(first, b'{' | b'[' | b'"'),
            depth: 0,
            in_text: false,
            escaped: false,
        };
        element.add(first);
        while !element.is_whole() {
            let Some(next) = self.peek()? else {
                return Ok(self.end(number, "the file ends within the row"));
            };
            if element.is_plain && (next.is_ascii_whitespace() || matches!(next, b',' | b']')) {
                break;
            }
            if element.in_text && next == b'\n' {
                let why = "a text is not closed; the rows from here on cannot be read";
                return Ok(self.end(number, why));
            }
            self.byte()?;
            element.add(next);
        }
        let text = if element.bytes.len() > LONGEST {
            Err(format!("the row is longer than {LONGEST} bytes"))
        } else {
            String::from_utf8(element.bytes).map_err(|_| "the row is not UTF-8 text".to_owned())
        };
        Ok(Line { number, text })
    }

    /// What follows the array: nothing, or else an error.
    fn rest(&mut self) -> io::Result<Option<Line>> {
        self.ended = true;
        while let Some(byte) = self.byte()? {
            if !byte.is_ascii_whitespace() {
                return Ok(Some(self.end(self.number, "something follows the array")));
            }
        }
        Ok(None)
    }

    fn end(&mut self, number: u64, why: &str) -> Line {
        self.ended = true;
        let text = Err(why.to_owned());
        Line { number, text }
    }

    fn peek(&mut self) -> io::Result<Option<u8>> {
        Ok(self.reader.fill_buf()?.first().copied())
    }

    fn byte(&mut self) -> io::Result<Option<u8>> {
        let byte = self.peek()?;
        if let Some(byte) = byte {
            self.reader.consume(1);
            self.read += 1;
            self.number += u64::from(byte == b'\n');
        }
        Ok(byte)
    }
}

impl Element {
    fn is_whole(&self) -> bool {
        !self.is_plain && self.depth == 0 && !self.in_text
    }

    fn add(&mut self, byte: u8) {
        if self.bytes.len() <= LONGEST {
            self.bytes.push(byte);
        }
        match byte {
            _ if self.escaped => self.escaped = false,
            b'\\' if self.in_text => self.escaped = true,
            b'"' => self.in_text = !self.in_text,
            b'{' | b'[' if !self.in_text => self.depth += 1,
            b'}' | b']' if !self.in_text => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn elements(text: &str) -> Vec<(u64, Result<String, String>)> {
        let mut elements = Elements::new(text.as_bytes());
        let next = || elements.next().unwrap();
        std::iter::from_fn(next)
            .map(|line| (line.number, line.text))
            .collect()
    }

    fn good(number: u64, text: &str) -> (u64, Result<String, String>) {
        (number, Ok(text.to_owned()))
    }

    #[test]
    fn elements_are_cut_whatever_they_hold_and_have_the_line_they_begin_in() {
        assert_eq!(elements("[]\n"), []);
        let text = "\u{feff} [\n{\"a\":\"]}\\\"\\\\\"},\n\n {\"b\":\n[1,{}]} , 5,true\n]\n";
        let wanted = [
            good(2, "{\"a\":\"]}\\\"\\\\\"}"),
            good(4, "{\"b\":\n[1,{}]}"),
            good(5, "5"),
            good(5, "true"),
        ];
        assert_eq!(elements(text), wanted);
    }

    #[test]
    fn an_element_that_is_too_long_spoils_itself_only() {
        let long = "x".repeat(LONGEST);
        let read = elements(&format!("[{{\"a\":\"{long}\"}},{{}}]"));
        let why = read[0].1.as_ref().unwrap_err();
        assert!(why.contains("longer than"), "{why}");
        assert_eq!(read[1..], [good(1, "{}")]);
    }

    #[test]
    fn arrays_that_do_not_end_well_are_told_once() {
        for (text, said) in [
            ("[{},\n", "the array is not closed"),
            ("[{},{\"a\":", "the file ends within the row"),
            ("[{},{\"a\":\"x\n\"},{}]", "a text is not closed"),
            ("[{}]\n{}\n{}", "something follows the array"),
        ] {
            let read = elements(text);
            assert_eq!((read.len(), &read[0]), (2, &good(1, "{}")), "{text}");
            let why = read[1].1.as_ref().unwrap_err();
            assert!(why.contains(said), "{text}: {why}");
        }
    }
}
