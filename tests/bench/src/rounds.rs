//! Value and floor by turns: what the machine does meanwhile, it does to both.

use crate::failure::Failure;
use crate::load::Rate;
use crate::report::{Line, Target, Unit};

/// A floor that moved by more than this between its rounds says nothing.
const STEADY: f64 = 4.0 / 3.0;

/// How often a noisy measurement is made anew before it is reported as noisy.
const REPEATS: usize = 2;

/// One thing that is measured in each round.
pub struct Part<'p> {
    pub is_floor: bool,
    pub run: Box<dyn FnMut() -> Result<Rate, Failure> + 'p>,
}

impl<'p> Part<'p> {
    pub fn value(run: impl FnMut() -> Result<Rate, Failure> + 'p) -> Self {
        Self { is_floor: false, run: Box::new(run) }
    }

    pub fn floor(run: impl FnMut() -> Result<Rate, Failure> + 'p) -> Self {
        Self { is_floor: true, run: Box::new(run) }
    }
}

/// What was measured: by round, then by part.
pub struct Rounds {
    rounds: Vec<Vec<Rate>>,
    /// The rounds of earlier tries that were too noisy.
    discarded: Vec<Vec<Vec<Rate>>>,
    noisy: bool,
}

impl Rounds {
    /// Runs the parts in every round; in every second one from the last to the first.
    pub fn run(rounds: usize, mut parts: Vec<Part<'_>>) -> Result<Self, Failure> {
        let mut discarded = Vec::new();
        loop {
            let measured = (0..rounds).map(|n| one(&mut parts, n % 2 == 1)).collect::<Result<Vec<_>, _>>()?;
            let noisy = (0..parts.len()).any(|i| parts[i].is_floor && moved(&measured, i) > STEADY);
            if !noisy || discarded.len() == REPEATS {
                return Ok(Self { rounds: measured, discarded, noisy });
            }
            discarded.push(measured);
        }
    }

    /// A line of the table: what of each round is the value, and what the floor.
    pub fn line(
        &self,
        row: &'static str,
        what: impl Into<String>,
        target: Target,
        value: impl Fn(&[f64]) -> f64,
        floor: impl Fn(&[f64]) -> f64,
    ) -> Line {
        let by = |kind: fn(&Rate) -> f64, part: &dyn Fn(&[f64]) -> f64| -> Vec<f64> {
            self.rounds.iter().map(|round| part(&round.iter().map(kind).collect::<Vec<_>>())).collect()
        };
        let ratios = |kind| -> Vec<f64> {
            by(kind, &value).into_iter().zip(by(kind, &floor)).map(|(value, floor)| value / floor).collect()
        };
        let [values, floors] = [&value as &dyn Fn(&[f64]) -> f64, &floor].map(|part| by(|rate| rate.per_second, part));
        let by_cpu = median(&ratios(|rate| rate.per_cpu_second));
        let ratios = ratios(|rate| rate.per_second);
        Line {
            row: row.to_owned(),
            what: what.into(),
            unit: Unit::PerSecond,
            value: median(&values),
            floor: median(&floors),
            ratio: median(&ratios),
            least: ratios.iter().copied().fold(f64::INFINITY, f64::min),
            most: ratios.iter().copied().fold(0.0, f64::max),
            by_cpu: Some(by_cpu),
            target,
            noisy: self.noisy,
            rounds: self.rounds.clone(),
            discarded: self.discarded.clone(),
            quantities: Vec::new(),
        }
    }
}

/// The rate of two or more things that share the cores.
pub fn combined(rates: &[f64]) -> f64 {
    1.0 / rates.iter().map(|rate| 1.0 / rate).sum::<f64>()
}

pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    if sorted.len() % 2 == 1 { sorted[middle] } else { (sorted[middle - 1] + sorted[middle]) / 2.0 }
}

fn one(parts: &mut [Part<'_>], backwards: bool) -> Result<Vec<Rate>, Failure> {
    if !backwards {
        return parts.iter_mut().map(|part| (part.run)()).collect();
    }
    let mut measured = parts.iter_mut().rev().map(|part| (part.run)()).collect::<Result<Vec<_>, _>>()?;
    measured.reverse();
    Ok(measured)
}

/// The largest of a part's results to its smallest.
fn moved(rounds: &[Vec<Rate>], part: usize) -> f64 {
    let (least, most) = rounds
        .iter()
        .map(|round| round[part].per_second)
        .fold((f64::INFINITY, 0.0_f64), |(least, most), rate| (least.min(rate), most.max(rate)));
    most / least
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn rate(per_second: f64) -> Rate {
        Rate { per_second, per_cpu_second: per_second * 2.0 }
    }

    #[test]
    fn what_shares_the_cores_adds_its_times() {
        assert!((combined(&[100.0, 100.0]) - 50.0).abs() < 1e-9);
        assert!((combined(&[30.0, 60.0]) - 20.0).abs() < 1e-9);
    }

    #[test]
    fn the_middle_counts() {
        assert!((median(&[3.0, 1.0, 9.0]) - 3.0).abs() < 1e-9);
        assert!((median(&[3.0, 1.0]) - 2.0).abs() < 1e-9);
    }

    #[test]
    fn every_second_round_runs_the_other_way() {
        let order = std::cell::RefCell::new(Vec::new());
        let part = |name| {
            let order = &order;
            Part::value(move || {
                order.borrow_mut().push(name);
                Ok(rate(1.0))
            })
        };
        let _ = Rounds::run(2, vec![part('v'), part('f')]).expect("nothing fails");
        assert_eq!(*order.borrow(), ['v', 'f', 'f', 'v']);
    }

    #[test]
    fn a_floor_that_moves_is_measured_anew_and_then_told() {
        let mut rates = [1.0, 2.0, 3.0, 6.0, 5.0, 6.0].into_iter();
        let floor = Part::floor(|| Ok(rate(rates.next().expect("three tries of two rounds"))));
        let rounds = Rounds::run(2, vec![floor, Part::value(|| Ok(rate(11.0)))]).expect("nothing fails");
        let line = rounds.line("P0", "x", Target::AtLeast(2.0), |round| round[1], |round| round[0]);
        assert_eq!((line.floor, line.discarded.len(), line.noisy), (5.5, 2, false));
        assert!((line.ratio - 11.0 * (1.0 / 5.0 + 1.0 / 6.0) / 2.0).abs() < 1e-9, "each round's own ratio");
        assert!((line.by_cpu.expect("a rate") - line.ratio).abs() < 1e-9);
    }
}
