//! Owns what is measured and what is aimed at.

/// Calls of one client, made by a process of its own.
pub(super) struct Measurement {
    /// The way of calling, then who calls.
    pub(super) name: &'static str,
    pub(super) program: Program,
    pub(super) in_flight: u32,
    pub(super) calls: u32,
    /// Whether client and server share one core.
    pub(super) one_core: bool,
    /// After how many of the calls memory is looked at first; 0: only at the end.
    pub(super) look: u32,
}

/// Who makes the calls.
pub(super) enum Program {
    /// The Rust program beside the scripts.
    Hand,
    /// A module of `peers`, its face, and the event loop.
    Python(&'static str, &'static str, &'static str),
}

/// An aim for the CPU time of one measurement, as a multiple of another one's.
pub(super) struct Aim {
    pub(super) dividend: &'static str,
    pub(super) divisor: &'static str,
    pub(super) bound: Option<Bound>,
}

/// What a figure must reach.
#[derive(Clone, Copy)]
pub(super) enum Bound {
    AtLeast(f64),
    AtMost(f64),
}

const OFFICIAL_BLOCKING: &str = "blocking/azure-communication-identity";
const OFFICIAL_ONE_CORE: &str = "one core/azure-communication-identity";
const OFFICIAL_ASYNCIO: &str = "asyncio/azure-communication-identity";

const fn hand(name: &'static str, in_flight: u32) -> Measurement {
    Measurement {
        name,
        program: Program::Hand,
        in_flight,
        calls: 10_000,
        one_core: false,
        look: 0,
    }
}

const fn python(
    name: &'static str,
    [peer, face, event_loop]: [&'static str; 3],
    in_flight: u32,
    calls: u32,
) -> Measurement {
    Measurement {
        name,
        program: Program::Python(peer, face, event_loop),
        in_flight,
        calls,
        one_core: false,
        look: 0,
    }
}

/// One call after the other leaves both processes asleep in turns. On one core neither is woken on an idle one, which
/// can cost more than the call and says nothing of the client.
const fn one_core(measurement: Measurement) -> Measurement {
    Measurement {
        one_core: true,
        ..measurement
    }
}

const fn flat(name: &'static str, program: [&'static str; 3], in_flight: u32) -> Measurement {
    Measurement {
        look: 10_000,
        ..python(name, program, in_flight, 100_000)
    }
}

/// The number of calls gives each about a second.
#[rustfmt::skip]
pub(super) const SPEED: [Measurement; 18] = [
    one_core(hand("one core/reqwest by hand", 1)),
    one_core(python("one core/teams-phone", ["ours", "blocking", "none"], 1, 10_000)),
    one_core(python(OFFICIAL_ONE_CORE, ["azure_sdk", "blocking", "none"], 1, 1_000)),
    hand("blocking/reqwest by hand", 1),
    python("blocking/teams-phone", ["ours", "blocking", "none"], 1, 10_000),
    python(OFFICIAL_BLOCKING, ["azure_sdk", "blocking", "none"], 1, 1_000),
    python("blocking/httpx", ["raw_httpx", "blocking", "none"], 1, 1_500),
    python("blocking/requests", ["raw_requests", "blocking", "none"], 1, 1_000),
    python("asyncio/teams-phone", ["ours", "asynchronous", "asyncio"], 64, 10_000),
    python("asyncio/teams-phone, uvloop", ["ours", "asynchronous", "uvloop"], 64, 10_000),
    python(OFFICIAL_ASYNCIO, ["azure_sdk", "asynchronous", "asyncio"], 64, 1_000),
    python("asyncio/aiohttp", ["raw_aiohttp", "asynchronous", "asyncio"], 64, 5_000),
    python("asyncio/aiohttp, uvloop", ["raw_aiohttp", "asynchronous", "uvloop"], 64, 5_000),
    python("asyncio/httpx", ["raw_httpx", "asynchronous", "asyncio"], 64, 1_000),
    hand("bulk/reqwest by hand", 64),
    python("bulk/teams-phone", ["ours", "bulk", "none"], 64, 10_000),
    python("bulk/teams-phone, asyncio", ["ours", "asynchronous_bulk", "asyncio"], 64, 10_000),
    python("bulk/teams-phone, uvloop", ["ours", "asynchronous_bulk", "uvloop"], 64, 10_000),
];

/// Whose memory must not grow.
pub(super) const MEMORY: [Measurement; 4] = [
    flat("memory/blocking", ["ours", "blocking", "none"], 1),
    flat("memory/asyncio", ["ours", "asynchronous", "asyncio"], 64),
    flat("memory/bulk", ["ours", "bulk", "none"], 64),
    flat(
        "memory/bulk, asyncio",
        ["ours", "asynchronous_bulk", "asyncio"],
        64,
    ),
];

#[rustfmt::skip]
pub(super) const AIMS: [Aim; 12] = [
    at_least(35.0, OFFICIAL_ONE_CORE, "one core/teams-phone"),
    told("one core/teams-phone", "one core/reqwest by hand"),
    at_least(35.0, OFFICIAL_BLOCKING, "blocking/teams-phone"),
    told("blocking/requests", "blocking/teams-phone"),
    told("blocking/httpx", "blocking/teams-phone"),
    told("blocking/teams-phone", "blocking/reqwest by hand"),
    at_least(20.0, OFFICIAL_ASYNCIO, "asyncio/teams-phone"),
    at_least(3.0, "asyncio/aiohttp", "asyncio/teams-phone"),
    told("asyncio/aiohttp, uvloop", "asyncio/teams-phone, uvloop"),
    told("asyncio/httpx", "asyncio/teams-phone"),
    at_most(1.5, "bulk/teams-phone", "bulk/reqwest by hand"),
    at_most(1.5, "bulk/teams-phone, asyncio", "bulk/reqwest by hand"),
];

/// The program that starts are compared with.
pub(super) const BARE: &str = "bare interpreter";

/// What asyncio takes by itself, which a program has imported that uses it.
pub(super) const ASYNCIO: &str = "import/asyncio, of the standard library";

/// Milliseconds over another program: for the module alone, and with a client.
pub(super) const IMPORTS: [(&str, &str, f64); 3] = [
    ("import/teams_phone", BARE, 20.0),
    ("import/teams_phone, with Client", BARE, 40.0),
    ("import/teams_phone, with aio.Client", ASYNCIO, 40.0),
];

/// Milliseconds from the start of a process to an answer of the service.
pub(super) const FIRST_ANSWERS: [(&str, f64); 2] = [
    ("first answer/teams-phone", 80.0),
    ("first answer/teams-phone, asyncio", 80.0),
];

/// The most resident memory, in MiB.
pub(super) const PEAK: f64 = 35.0;

/// By how many MiB memory may differ between the first look and the end: what an allocator keeps at times.
pub(super) const GROWTH: f64 = 1.0;

/// The most that the wheel may take, in millions of bytes.
pub(super) const WHEEL: f64 = 6.0;

const fn at_least(bound: f64, dividend: &'static str, divisor: &'static str) -> Aim {
    let bound = Some(Bound::AtLeast(bound));
    Aim {
        dividend,
        divisor,
        bound,
    }
}

const fn at_most(bound: f64, dividend: &'static str, divisor: &'static str) -> Aim {
    let bound = Some(Bound::AtMost(bound));
    Aim {
        dividend,
        divisor,
        bound,
    }
}

/// Without an aim, to see where others stand.
const fn told(dividend: &'static str, divisor: &'static str) -> Aim {
    Aim {
        dividend,
        divisor,
        bound: None,
    }
}

impl Bound {
    pub(super) fn is_met(self, value: f64) -> bool {
        match self {
            Self::AtLeast(bound) => value >= bound,
            Self::AtMost(bound) => value <= bound,
        }
    }
}

impl std::fmt::Display for Bound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::AtLeast(bound) => write!(f, "at least {bound}"),
            Self::AtMost(bound) => write!(f, "at most {bound}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aims_name_what_is_measured() {
        let known = |name| SPEED.iter().any(|measurement| measurement.name == name);
        for aim in AIMS {
            assert!(known(aim.dividend), "{}", aim.dividend);
            assert!(known(aim.divisor), "{}", aim.divisor);
        }
    }

    #[test]
    fn a_bound_is_met_at_its_value() {
        assert!(Bound::AtLeast(3.0).is_met(3.0) && !Bound::AtLeast(3.0).is_met(2.9));
        assert!(Bound::AtMost(1.5).is_met(1.5) && !Bound::AtMost(1.5).is_met(1.6));
    }
}
