//! `cargo xtask bench --python`: the Python package beside the official SDK, other HTTP clients and Rust by hand.
//!
//! Owns the order of things. What is measured is in `plan`, what it runs in is in `environment`; the measuring itself
//! is in `tests/benches/python`.

mod cores;
mod environment;
mod plan;
mod processes;
mod report;
mod statistics;

use environment::Environment;
use plan::Measurement;
use processes::Stub;
use report::Report;

/// How often a program is started for the times of starting, for each round.
const STARTS: u32 = 6;

/// Measures everything whose name has the filter in it, and prints what it cost and how it stands to the aims.
pub(super) fn run(filter: &str, rounds: u32, quick: bool) -> anyhow::Result<()> {
    let fits = |measurement: &&Measurement| measurement.name.contains(filter);
    let speed: Vec<&Measurement> = plan::SPEED.iter().filter(fits).collect();
    let memory: Vec<&Measurement> = plan::MEMORY.iter().filter(fits).collect();
    let environment = Environment::prepare()?;
    let stub = Stub::start(&environment.programs, false)?;
    let near = Stub::start(&environment.programs, true)?;
    let mut report = Report::new(rounds);
    for round in 0..rounds {
        for measurement in in_turn(&speed, round) {
            eprintln!("round {} of {rounds}: {}", round + 1, measurement.name);
            let stub = if measurement.one_core { &near } else { &stub };
            let used = processes::measure(&environment, stub, measurement, quick)?;
            report.speed.push((measurement.name, used));
        }
    }
    for measurement in &memory {
        eprintln!("memory: {}", measurement.name);
        let used = processes::measure(&environment, &stub, measurement, quick)?;
        report.memory.push((measurement.name, used));
    }
    eprintln!("starts");
    report.starts = processes::starts(&environment, &stub, rounds * STARTS, filter)?;
    report.wheel = environment.wheel_size()?;
    report.print();
    Ok(())
}

/// Forward and backward by turns, so that what the machine does at times meets everybody.
fn in_turn<'m>(all: &[&'m Measurement], round: u32) -> Vec<&'m Measurement> {
    if round.is_multiple_of(2) {
        all.to_vec()
    } else {
        all.iter().rev().copied().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_other_round_goes_backward() {
        let all: Vec<&Measurement> = plan::SPEED.iter().collect();
        let names = |round| in_turn(&all, round).into_iter().map(|each| each.name);
        assert!(names(0).eq(plan::SPEED.iter().map(|each| each.name)));
        assert!(names(1).eq(plan::SPEED.iter().rev().map(|each| each.name)));
        assert!(names(2).eq(names(0)));
    }
}
