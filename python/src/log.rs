//! Owns what the SDK says about calls, on its way to the logger `teams_phone`.
//!
//! Calls run outside the interpreter and so cannot log themselves: what they say waits here, until a thread
//! that holds the interpreter comes by. Nothing is collected while the logger is not listening.

use std::fmt::{self, Write as _};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Mutex, Once, PoisonError};
use std::time::SystemTime;

use pyo3::prelude::*;
use pyo3::types::PyDict;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::Interest;
use tracing::{Event, Level, Metadata, Subscriber};

use crate::fork::{InTurn, Lasting, name};

/// What waits at most; the oldest are kept.
const MOST: usize = 10_000;
/// Python's `logging.DEBUG`, `INFO`, `WARNING` and `ERROR`.
const DEBUG: u8 = 10;
const INFO: u8 = 20;
const WARNING: u8 = 30;
const ERROR: u8 = 40;
/// A level that nothing has.
const NEVER: u8 = u8::MAX;

/// The lowest level that the logger listens to.
static THRESHOLD: AtomicU8 = AtomicU8::new(NEVER);
/// What waits to be logged.
static WAITING: InTurn<Mutex<Vec<Entry>>> = InTurn([const { Mutex::new(Vec::new()) }; _]);
static LOGGER: Lasting<Py<PyAny>> = Lasting::new();

struct Entry {
    level: u8,
    /// When it happened; it is told later.
    moment: SystemTime,
    file: &'static str,
    line: u32,
    text: String,
    fields: Vec<(&'static str, String)>,
}

/// Looks whether the logger listens. A program that never imported `logging` does not.
pub(crate) fn look(py: Python<'_>) -> PyResult<()> {
    let logger = match LOGGER.known() {
        Some(logger) => logger.bind(py),
        None => {
            static MODULES: Lasting<Py<PyAny>> = Lasting::new();
            let modules = MODULES
                .get(|| -> PyResult<_> { Ok(py.import("sys")?.getattr("modules")?.unbind()) })?;
            if !modules.bind(py).contains(name!(py, "logging"))? {
                return Ok(());
            }
            let logging = py.import(name!(py, "logging"))?;
            let logger = logging.call_method1(name!(py, "getLogger"), ("teams_phone",))?;
            // As every library: without it, Python prints warnings of programs that set up no log.
            let nowhere = logging.call_method0(name!(py, "NullHandler"))?;
            logger.call_method1(name!(py, "addHandler"), (nowhere,))?;
            LOGGER.get(|| PyResult::Ok(logger.unbind()))?.bind(py)
        }
    };
    let threshold = threshold(logger)?;
    if threshold != NEVER {
        static ONCE: Once = Once::new();
        // Fails where the command has set up its own log, which is for the terminal.
        ONCE.call_once(|| drop(tracing::subscriber::set_global_default(Collector)));
    }
    THRESHOLD.store(threshold, Ordering::Relaxed);
    Ok(())
}

/// The lowest level that the logger listens to.
fn threshold(logger: &Bound<'_, PyAny>) -> PyResult<u8> {
    let enabled = |level: u8| -> PyResult<bool> {
        let name = name!(logger.py(), "isEnabledFor");
        logger.call_method1(name, (level,))?.extract()
    };
    Ok(if enabled(DEBUG)? {
        DEBUG
    } else if !enabled(WARNING)? {
        if enabled(ERROR)? { ERROR } else { NEVER }
    } else if enabled(INFO)? {
        INFO
    } else {
        WARNING
    })
}

/// Whether something waits to be logged.
pub(crate) fn is_waiting() -> bool {
    THRESHOLD.load(Ordering::Relaxed) != NEVER && !waiting().is_empty()
}

/// Logs what waits.
pub(crate) fn flush(py: Python<'_>) -> PyResult<()> {
    if !is_waiting() {
        return Ok(());
    }
    let entries = std::mem::take(&mut *waiting());
    let Some(logger) = LOGGER.known() else {
        return Ok(());
    };
    for entry in entries {
        let fields = PyDict::new(py);
        for (name, value) in &entry.fields {
            fields.set_item(*name, value)?;
        }
        tell(logger.bind(py), &entry, &fields)?;
    }
    Ok(())
}

/// Does what the logger's `log` does, but for the moment and the place, which are those of the event.
fn tell(logger: &Bound<'_, PyAny>, entry: &Entry, fields: &Bound<'_, PyDict>) -> PyResult<()> {
    let py = logger.py();
    let enabled = logger.call_method1(name!(py, "isEnabledFor"), (entry.level,))?;
    if !enabled.is_truthy()? {
        return Ok(());
    }
    let extra = PyDict::new(py);
    extra.set_item(name!(py, "teams_phone"), fields)?;
    let (name, text, nothing) = (name!(py, "teams_phone"), (&entry.text,), py.None());
    let Entry {
        level, file, line, ..
    } = *entry;
    let arguments = (
        name, level, file, line, "%s", text, &nothing, &nothing, extra,
    );
    let record = logger.call_method1(name!(py, "makeRecord"), arguments)?;
    let since = entry.moment.duration_since(SystemTime::UNIX_EPOCH);
    let since = since.unwrap_or_default();
    let moment = since.as_secs_f64();
    let earlier = moment - record.getattr(name!(py, "created"))?.extract::<f64>()?;
    let relative: f64 = record.getattr(name!(py, "relativeCreated"))?.extract()?;
    record.setattr(name!(py, "created"), moment)?;
    record.setattr(name!(py, "msecs"), f64::from(since.subsec_millis()))?;
    record.setattr(name!(py, "relativeCreated"), relative + earlier * 1000.0)?;
    logger
        .call_method1(name!(py, "handle"), (record,))
        .map(drop)
}

fn waiting() -> std::sync::MutexGuard<'static, Vec<Entry>> {
    WAITING
        .ours()
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
}

/// Collects events of the SDK; it has no use for spans.
struct Collector;

impl Subscriber for Collector {
    /// Asked anew each time: the logger's level may change.
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        let ours = metadata.target().starts_with("teams_phone");
        if ours && !metadata.is_span() && *metadata.level() <= Level::DEBUG {
            Interest::sometimes()
        } else {
            Interest::never()
        }
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        !metadata.is_span()
            && *metadata.level() <= Level::DEBUG
            && level(*metadata.level()) >= THRESHOLD.load(Ordering::Relaxed)
            && metadata.target().starts_with("teams_phone")
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let metadata = event.metadata();
        let mut entry = Entry {
            level: level(*metadata.level()),
            moment: SystemTime::now(),
            file: metadata.file().unwrap_or("teams_phone"),
            line: metadata.line().unwrap_or_default(),
            text: String::new(),
            fields: Vec::new(),
        };
        event.record(&mut entry);
        let mut waiting = waiting();
        if waiting.len() < MOST {
            waiting.push(entry.finished());
        }
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

impl Entry {
    /// The message, followed by the fields.
    fn finished(mut self) -> Self {
        for (name, value) in &self.fields {
            let _ = write!(self.text, " {name}={value}");
        }
        self
    }
}

impl Visit for Entry {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.record_debug(field, &format_args!("{value}"));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            let _ = write!(self.text, "{value:?}");
        } else {
            self.fields.push((field.name(), format!("{value:?}")));
        }
    }
}

fn level(level: Level) -> u8 {
    match level {
        Level::ERROR => ERROR,
        Level::WARN => WARNING,
        Level::INFO => INFO,
        _ => DEBUG,
    }
}
