//! Owns what is printed: costs, ratios, and how they stand to the aims. An aim that is not met fails nothing.

use std::collections::BTreeMap;

use super::plan::{self, Aim, Bound};
use super::processes::{Starts, Usage};
use super::statistics::Spread;

/// All that was measured.
pub(super) struct Report {
    rounds: u32,
    /// What was measured and what it used, in the order of measuring.
    pub(super) speed: Vec<(&'static str, Usage)>,
    pub(super) memory: Vec<(&'static str, Usage)>,
    pub(super) starts: BTreeMap<String, Starts>,
    /// In millions of bytes.
    pub(super) wheel: f64,
}

impl Report {
    pub(super) fn new(rounds: u32) -> Self {
        Self {
            rounds,
            speed: Vec::new(),
            memory: Vec::new(),
            starts: BTreeMap::new(),
            wheel: 0.0,
        }
    }

    pub(super) fn print(&self) {
        println!("Medians of {} rounds (lowest to highest)", self.rounds);
        self.print_costs();
        self.print_ratios();
        self.print_memory();
        self.print_starts();
        println!("\nWheel");
        println!(
            "  {:5.2} MB  {}",
            self.wheel,
            verdict(Bound::AtMost(plan::WHEEL), self.wheel)
        );
    }

    fn print_costs(&self) {
        if self.speed.is_empty() {
            return;
        }
        println!("\nCPU seconds per 1,000 calls; most resident memory in MiB");
        for measurement in &plan::SPEED {
            let Some(cpu) = Spread::of(self.costs(measurement.name)) else {
                continue;
            };
            let used = self
                .speed
                .iter()
                .filter(|(name, _)| *name == measurement.name);
            let peak = Spread::of(used.filter_map(|(_, used)| used.peak));
            let peak = peak.map_or_else(
                || "unknown".to_owned(),
                |peak| format!("{:.1}", peak.highest),
            );
            println!(
                "  {:38} {:26} {peak:>6}",
                measurement.name,
                format!("{cpu:.4}")
            );
        }
    }

    /// Seconds of the processor per 1,000 calls, of each round.
    fn costs(&self, name: &str) -> Vec<f64> {
        let used = self.speed.iter().filter(|(each, _)| *each == name);
        used.map(|(_, used)| used.cpu_per_thousand()).collect()
    }

    fn print_ratios(&self) {
        let mut told = false;
        for aim in plan::AIMS {
            let Some(ratio) = self.ratio(&aim) else {
                continue;
            };
            if !std::mem::replace(&mut told, true) {
                println!("\nCPU ratios, each of two measurements of the same round");
            }
            let name = format!("{} ÷ {}", aim.dividend, aim.divisor);
            let verdict = aim.bound.map(|bound| verdict(bound, ratio.median));
            let verdict = verdict.unwrap_or_default();
            println!("  {name:66} {:24} {verdict}", format!("{ratio:.2}"));
        }
    }

    /// The ratio of what was measured in the same rounds; `None` if one of the two was not.
    fn ratio(&self, aim: &Aim) -> Option<Spread> {
        let dividends = self.costs(aim.dividend);
        let divisors = self.costs(aim.divisor);
        let pairs = dividends.into_iter().zip(divisors);
        Spread::of(pairs.map(|(dividend, divisor)| dividend / divisor))
    }

    fn print_memory(&self) {
        if !self.memory.is_empty() {
            println!("\nResident memory, MiB");
        }
        for (name, used) in &self.memory {
            let known: Vec<(u32, f64)> = used
                .resident
                .iter()
                .filter_map(|(calls, memory)| Some((*calls, (*memory)?)))
                .collect();
            let (Some(peak), [(early, before), .., (late, after)]) = (used.peak, &known[..]) else {
                println!("  {name:22} this system does not tell");
                continue;
            };
            println!(
                "  {name:22} {before:.1} after {early} calls, {after:.1} after {late}: {}; {peak:.1} at most: {}",
                verdict(Bound::AtMost(plan::GROWTH), after - before),
                verdict(Bound::AtMost(plan::PEAK), peak),
            );
        }
    }

    fn print_starts(&self) {
        if self.starts.is_empty() {
            return;
        }
        println!("\nStarts: ms passed, ms of CPU");
        for (name, starts) in &self.starts {
            Self::print_start(name, starts, None, first_answer(name));
            if !name.starts_with("import/") {
                continue;
            }
            let aimed = plan::IMPORTS.iter().find(|(aimed, ..)| aimed == name);
            let (over, bound) =
                aimed.map_or((plan::BARE, None), |(_, over, bound)| (*over, Some(*bound)));
            if let Some(base) = self.starts.get(over) {
                Self::print_start(&format!("    over {over}"), starts, Some(base), bound);
            }
        }
    }

    fn print_start(name: &str, starts: &Starts, less: Option<&Starts>, bound: Option<f64>) {
        let wall = milliseconds(&starts.wall, less.map(|less| &less.wall[..]));
        let cpu = milliseconds(&starts.cpu, less.map(|less| &less.cpu[..]));
        let (Some(wall), Some(cpu)) = (wall, cpu) else {
            return;
        };
        let verdict = bound.map(|bound| verdict(Bound::AtMost(bound), wall.median));
        let verdict = verdict.unwrap_or_default();
        println!(
            "  {name:48} {:24} {:24} {verdict}",
            format!("{wall:.1}"),
            format!("{cpu:.1}")
        );
    }
}

fn first_answer(name: &str) -> Option<f64> {
    let aimed = plan::FIRST_ANSWERS.iter().find(|(aimed, _)| *aimed == name);
    aimed.map(|(_, bound)| *bound)
}

/// Milliseconds of each start, less those of the other program's in the same round.
fn milliseconds(all: &[f64], less: Option<&[f64]>) -> Option<Spread> {
    let less = less
        .into_iter()
        .flatten()
        .copied()
        .chain(std::iter::repeat(0.0));
    let differences = all.iter().zip(less).map(|(value, less)| value - less);
    Spread::of(differences).map(|seconds| seconds.times(1000.0))
}

fn verdict(bound: Bound, value: f64) -> String {
    let met = if bound.is_met(value) {
        "met"
    } else {
        "not met"
    };
    format!("aim {bound}: {met}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn used(calls: u32, cpu: f64) -> Usage {
        let text = format!(r#"{{"calls":{calls},"cpu":{cpu},"peak":9.0,"resident":[]}}"#);
        serde_json::from_str(&text).unwrap()
    }

    #[test]
    fn ratios_are_of_the_same_round() {
        let mut report = Report::new(2);
        let aim = plan::AIMS.into_iter().find(|aim| aim.bound.is_some());
        let aim = aim.unwrap();
        assert_eq!(report.ratio(&aim), None);
        // The second round runs backward, on a machine of half the speed.
        report.speed = vec![
            (aim.dividend, used(10, 0.4)),
            (aim.divisor, used(1000, 1.0)),
            (aim.divisor, used(1000, 2.0)),
            (aim.dividend, used(10, 0.8)),
        ];
        let ratio = report.ratio(&aim).unwrap();
        assert_eq!(ratio.to_string(), "40.00 (40.00 to 40.00)");
    }

    #[test]
    fn imports_are_told_without_the_interpreter() {
        let wall = milliseconds(&[0.030, 0.041], Some(&[0.010, 0.020])).unwrap();
        assert_eq!(wall.to_string(), "20.50 (20.00 to 21.00)");
        let whole = milliseconds(&[0.030], None).unwrap();
        assert_eq!(whole.to_string(), "30.00 (30.00 to 30.00)");
    }
}
