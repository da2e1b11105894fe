//! Owns medians and ranges, and how they are written.

use std::fmt;

/// The middle of some values, and their ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Spread {
    pub(super) median: f64,
    pub(super) lowest: f64,
    pub(super) highest: f64,
}

impl Spread {
    /// `None` without values.
    pub(super) fn of(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut values: Vec<f64> = values.into_iter().collect();
        values.sort_by(f64::total_cmp);
        let middle = values.len() / 2;
        let median = if values.len().is_multiple_of(2) {
            f64::midpoint(*values.get(middle.checked_sub(1)?)?, values[middle])
        } else {
            values[middle]
        };
        Some(Self {
            median,
            lowest: *values.first()?,
            highest: *values.last()?,
        })
    }

    pub(super) fn times(self, factor: f64) -> Self {
        Self {
            median: self.median * factor,
            lowest: self.lowest * factor,
            highest: self.highest * factor,
        }
    }
}

/// `1.30 (1.21 to 1.44)`, with the precision that is asked for.
impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let places = f.precision().unwrap_or(2);
        let Self {
            median,
            lowest,
            highest,
        } = self;
        write!(
            f,
            "{median:.places$} ({lowest:.places$} to {highest:.places$})"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_stands_in_the_middle() {
        let spread = |values: &[f64]| Spread::of(values.iter().copied()).map(|it| it.to_string());
        assert_eq!(spread(&[]), None);
        assert_eq!(spread(&[3.0]).as_deref(), Some("3.00 (3.00 to 3.00)"));
        assert_eq!(spread(&[3.0, 1.0]).as_deref(), Some("2.00 (1.00 to 3.00)"));
        assert_eq!(
            spread(&[9.0, 1.0, 2.0]).as_deref(),
            Some("2.00 (1.00 to 9.00)")
        );
    }

    #[test]
    fn precision_is_obeyed() {
        let spread = Spread::of([0.03125]).unwrap().times(2.0);
        assert_eq!(format!("{spread:.4}"), "0.0625 (0.0625 to 0.0625)");
    }
}
