//! A line chart as numbers for a template: drawn on the server, with presentation attributes alone.

use super::view;

/// Width and height of the plot itself, in units of the picture.
const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 180.0;
/// How far apart the labels at the lines' ends stand at the least.
const APART: f64 = 14.0;

/// One line: its numbers, oldest first.
#[derive(Debug)]
pub(crate) struct Series {
    /// Key of its name.
    pub(crate) key: &'static str,
    /// Key of the short name at its end.
    pub(crate) short: &'static str,
    pub(crate) counts: Vec<u64>,
}

/// A line as the template draws it.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) key: &'static str,
    pub(crate) short: &'static str,
    /// 1 to 3: colour and style go by it.
    pub(crate) style: usize,
    /// `x,y x,y …`
    pub(crate) points: String,
    /// Where the label at its end stands.
    pub(crate) label_y: String,
}

/// A line across, and what it stands for.
#[derive(Debug)]
pub(crate) struct Grid {
    pub(crate) y: String,
    pub(crate) text_y: String,
    pub(crate) text: String,
}

/// A mark below.
#[derive(Debug)]
pub(crate) struct Tick {
    pub(crate) x: String,
    pub(crate) anchor: &'static str,
    pub(crate) text: String,
}

/// One point in time, for the table.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) label: String,
    pub(crate) counts: Vec<String>,
}

/// A chart.
#[derive(Debug)]
pub(crate) struct Chart {
    pub(crate) grid: Vec<Grid>,
    pub(crate) lines: Vec<Line>,
    pub(crate) ticks: Vec<Tick>,
    /// Newest first.
    pub(crate) rows: Vec<Row>,
}

impl Chart {
    /// Draws some series over the same points in time. `labels` names each point.
    pub(crate) fn of(series: &[Series], labels: &[String]) -> Self {
        let most = series.iter().flat_map(|line| &line.counts).copied().max().unwrap_or_default();
        let (step, steps) = scale(most);
        let top = step * steps;
        let y = |n: u64| HEIGHT - HEIGHT * ratio(n, top);
        let x = |at: usize| WIDTH * ratio(at as u64, labels.len().saturating_sub(1).max(1) as u64);
        let ends: Vec<f64> = series.iter().map(|line| y(line.counts.last().copied().unwrap_or_default())).collect();
        let ends = spread(&ends);
        let line = |((index, line), end): ((usize, &Series), f64)| {
            let points = line.counts.iter().enumerate().map(|(at, n)| format!("{:.1},{:.1}", x(at), y(*n)));
            let points = points.collect::<Vec<_>>().join(" ");
            Line { key: line.key, short: line.short, style: index + 1, points, label_y: format!("{:.1}", end + 4.0) }
        };
        let grid = (0..=steps).map(|at| {
            let y = y(at * step);
            Grid { y: format!("{y:.1}"), text_y: format!("{:.1}", y + 4.0), text: view::number(at * step) }
        });
        let row = |(at, label): (usize, &String)| {
            let counts = series.iter().map(|line| view::number(line.counts.get(at).copied().unwrap_or_default()));
            Row { label: label.clone(), counts: counts.collect() }
        };
        let last = labels.len().saturating_sub(1);
        let ticks = [(0, "start"), (last / 2, "middle"), (last, "end")].into_iter().filter_map(|(at, anchor)| {
            let text = labels.get(at)?.clone();
            Some(Tick { x: format!("{:.1}", x(at)), anchor, text })
        });
        Self {
            grid: grid.collect(),
            lines: series.iter().enumerate().zip(ends).map(line).collect(),
            ticks: ticks.collect(),
            rows: labels.iter().enumerate().rev().map(row).collect(),
        }
    }
}

/// A step of 1, 2 or 5 times a power of ten, and how many of them (at most four) hold `most`.
fn scale(most: u64) -> (u64, u64) {
    let mut power = 1_u64;
    loop {
        for step in [1, 2, 5] {
            let step = power.saturating_mul(step);
            let steps = most.div_ceil(step).max(1);
            if steps <= 4 {
                return (step, steps);
            }
        }
        power = power.saturating_mul(10);
    }
}

#[expect(clippy::cast_precision_loss, reason = "a picture has no use for more than 52 bits")]
fn ratio(part: u64, whole: u64) -> f64 {
    part as f64 / whole.max(1) as f64
}

/// The labels' places: each as near to its line's end as the others allow, none outside of the plot.
fn spread(ends: &[f64]) -> Vec<f64> {
    let mut order: Vec<(usize, f64)> = ends.iter().copied().enumerate().collect();
    order.sort_by(|(_, a), (_, b)| a.total_cmp(b));
    let mut floor = f64::NEG_INFINITY;
    for (_, y) in &mut order {
        *y = y.max(floor);
        floor = *y + APART;
    }
    let mut ceiling = HEIGHT;
    for (_, y) in order.iter_mut().rev() {
        *y = y.min(ceiling);
        ceiling = *y - APART;
    }
    order.sort_by_key(|(index, _)| *index);
    order.into_iter().map(|(_, y)| y).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scale_holds_the_most_in_four_steps() {
        for (most, expected) in
            [(0, (1, 1)), (1, (1, 1)), (4, (1, 4)), (5, (2, 3)), (665, (200, 4)), (9_000, (5_000, 2))]
        {
            assert_eq!(scale(most), expected, "{most}");
        }
        let (step, steps) = scale(u64::MAX);
        assert!(step >= u64::MAX / 4 && steps <= 4);
    }

    #[test]
    fn labels_keep_apart_and_inside() {
        for ends in [[0.0, 0.0, 0.0], [180.0, 180.0, 180.0], [170.0, 175.0, 30.0], [90.0, 91.0, 92.0]] {
            let mut places = spread(&ends);
            places.sort_by(f64::total_cmp);
            for pair in places.windows(2) {
                assert!(pair[1] - pair[0] >= APART - 1e-9, "{places:?}");
            }
            assert!(places[2] <= HEIGHT, "{places:?}");
        }
        assert_eq!(spread(&[10.0, 100.0, 50.0]), [10.0, 100.0, 50.0]);
    }

    #[test]
    fn lines_run_over_the_whole_width_and_the_table_holds_every_number() {
        let series = [Series { key: "a", short: "a", counts: vec![0, 4, 2] }];
        let chart = Chart::of(&series, &["one".to_owned(), "two".to_owned(), "three".to_owned()]);
        assert_eq!(chart.lines[0].points, "0.0,180.0 320.0,0.0 640.0,90.0");
        let rows: Vec<_> = chart.rows.iter().map(|row| (row.label.as_str(), row.counts[0].as_str())).collect();
        assert_eq!(rows, [("three", "2"), ("two", "4"), ("one", "0")]);
        assert_eq!(chart.grid.iter().map(|line| line.text.as_str()).collect::<Vec<_>>(), ["0", "1", "2", "3", "4"]);
    }
}
