//! Owns reading files of rows, one at a time; knows how rows are written, not what is done with them.
//!
//! A file may be of any length and a line may be anything: memory is bounded, a bad line spoils itself only.

mod elements;
mod fields;
mod lines;

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;
use std::thread;

use futures::stream::{self, Stream};
use tokio::sync::mpsc;

use crate::args::{RowFormat, RowsArgs};
use crate::failure::Failure;
use crate::files;

use elements::Elements;
use fields::Layout;
pub(crate) use fields::{Fields, shortened};
use lines::{Line, Lines};

/// What a row has to be in a file of lines, and in an array.
const LINE: &str = "a JSON object in one line";
const ELEMENT: &str = "a JSON object";

/// Rows that are read before they are asked for.
const AHEAD: usize = 64;

/// One row of a file.
#[derive(Debug)]
pub(crate) struct Row {
    /// The number of its line, from 1.
    pub(crate) line: u64,
    /// How many bytes of the file are read.
    pub(crate) read: u64,
    /// What it says, or why that cannot be told.
    pub(crate) fields: Result<Fields, String>,
}

/// A file of rows whose head has been read.
pub(crate) struct Rows {
    source: Source,
    layout: Layout,
    /// A line that was read to find out how rows are written.
    held: Option<Line>,
    size: Option<u64>,
}

type Reader = Box<dyn BufRead + Send>;

/// What rows are cut out of.
enum Source {
    Lines(Lines<Reader>),
    Array(Elements<Reader>),
}

impl Rows {
    /// Opens the file and reads what its columns are.
    pub(crate) fn open(args: &RowsArgs) -> Result<Self, Failure> {
        let is_stdin = files::is_stdin(&args.file);
        let name = if is_stdin {
            "standard input".to_owned()
        } else {
            args.file.display().to_string()
        };
        let broken = |error: io::Error| Failure::usage(format!("{name} cannot be read: {error}"));
        let (reader, size): (Reader, _) = if is_stdin {
            (Box::new(BufReader::new(io::stdin())), None)
        } else {
            let file = File::open(&args.file).map_err(broken)?;
            let facts = file.metadata().map_err(broken)?;
            if facts.is_dir() {
                return Err(Failure::usage(format!("{name} is a folder, not a file")));
            }
            let size = facts.is_file().then_some(facts.len());
            (Box::new(BufReader::new(file)), size)
        };
        let format = args.format.or_else(|| by_extension(&args.file));
        let rows = Self::read(&name, reader, format)?;
        Ok(Self { size, ..rows })
    }

    /// Reads what the columns are; `name` says in messages where the rows come from.
    pub(crate) fn read(
        name: &str,
        mut reader: Reader,
        format: Option<RowFormat>,
    ) -> Result<Self, Failure> {
        let broken = |error: io::Error| Failure::usage(format!("{name} cannot be read: {error}"));
        if format != Some(RowFormat::Csv) && is_array(&mut reader).map_err(broken)? {
            return Ok(Self {
                source: Source::Array(Elements::new(reader)),
                layout: Layout::Json(ELEMENT),
                held: None,
                size: None,
            });
        }
        let mut lines = Lines::new(reader);
        let head = lines.next().map_err(broken)?;
        let Some(head) = head else {
            return Err(Failure::usage(format!("{name} is empty")));
        };
        let text = head
            .text
            .clone()
            .map_err(|why| Failure::usage(format!("{name}, line {}: {why}", head.number)))?;
        let format = format.unwrap_or_else(|| by_look(&text));
        let (layout, held) = match format {
            RowFormat::Jsonl => (Layout::Json(LINE), Some(head)),
            RowFormat::Csv => {
                let layout = Layout::csv(&text).map_err(|why| {
                    Failure::usage(format!("{name}, line {}: {why}", head.number)).with_hint(
                        "the first line names the columns: tenant_id,object_id,principal_type,client_ids,action",
                    )
                })?;
                (layout, None)
            }
        };
        Ok(Self {
            source: Source::Lines(lines),
            layout,
            held,
            size: None,
        })
    }

    /// How long the file is, if that can be told.
    pub(crate) fn size(&self) -> Option<u64> {
        self.size
    }

    /// The rows, read by a thread of their own, because a pipe may make its reader wait.
    pub(crate) fn stream(self) -> impl Stream<Item = Row> + Send + 'static {
        let (sender, receiver) = mpsc::channel(AHEAD);
        thread::spawn(move || {
            for row in self {
                if sender.blocking_send(row).is_err() {
                    break;
                }
            }
        });
        stream::unfold(receiver, |mut receiver| async move {
            let row = receiver.recv().await?;
            Some((row, receiver))
        })
    }
}

impl Iterator for Rows {
    type Item = Row;

    fn next(&mut self) -> Option<Row> {
        let line = match self
            .held
            .take()
            .map_or_else(|| self.source.next(), |held| Ok(Some(held)))
        {
            Ok(line) => line?,
            Err(error) => {
                let line = self.source.fail();
                return Some(Row {
                    line,
                    read: self.source.read(),
                    fields: Err(format!("the rows from here on cannot be read: {error}")),
                });
            }
        };
        let fields = line.text.and_then(|text| self.layout.fields(&text));
        Some(Row {
            line: line.number,
            read: self.source.read(),
            fields,
        })
    }
}

impl Source {
    fn next(&mut self) -> io::Result<Option<Line>> {
        match self {
            Self::Lines(lines) => lines.next(),
            Self::Array(elements) => elements.next(),
        }
    }

    fn read(&self) -> u64 {
        match self {
            Self::Lines(lines) => lines.read(),
            Self::Array(elements) => elements.read(),
        }
    }

    fn fail(&mut self) -> u64 {
        match self {
            Self::Lines(lines) => lines.fail(),
            Self::Array(elements) => elements.fail(),
        }
    }
}

/// Whether an array begins, told from what there is to read without waiting for more.
fn is_array(reader: &mut Reader) -> io::Result<bool> {
    let start = reader.fill_buf()?;
    let start = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start);
    Ok(start.trim_ascii_start().first() == Some(&b'['))
}

fn by_extension(path: &Path) -> Option<RowFormat> {
    let extension = path.extension()?.to_str()?.to_ascii_lowercase();
    match extension.as_str() {
        "csv" | "tsv" => Some(RowFormat::Csv),
        "jsonl" | "ndjson" | "json" => Some(RowFormat::Jsonl),
        _ => None,
    }
}

fn by_look(line: &str) -> RowFormat {
    if line.trim_start().starts_with('{') {
        RowFormat::Jsonl
    } else {
        RowFormat::Csv
    }
}
