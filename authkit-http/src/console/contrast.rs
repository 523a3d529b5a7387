//! The colours of the tokens against each other, by WCAG 2.2: what is read needs 4.5 to 1, edges and lines need 3 to 1.
//! The worst case counts: glass over the canvas and over both pools, a dialog over black and over white.

const TOKENS: &str = include_str!("../../assets/console/tokens.css");

/// Red, green, blue and how much of it covers.
#[derive(Debug, Clone, Copy)]
struct Colour([f64; 3], f64);

impl Colour {
    fn parse(text: &str) -> Self {
        if let Some(hex) = text.strip_prefix('#') {
            let long = if hex.len() == 3 { hex.chars().flat_map(|c| [c, c]).collect() } else { hex.to_owned() };
            let channel = |at: usize| f64::from(u8::from_str_radix(&long[at..at + 2], 16).expect("two digits"));
            return Self([channel(0), channel(2), channel(4)], 1.0);
        }
        let inside = text.strip_prefix("rgba(").and_then(|rest| rest.strip_suffix(')')).expect("rgba(…)");
        let numbers: Vec<f64> = inside.split(',').map(|n| n.trim().parse().expect("a number")).collect();
        Self([numbers[0], numbers[1], numbers[2]], numbers[3])
    }

    /// Laid over something that covers.
    fn over(self, under: Self) -> Self {
        let mix = |at: usize| self.0[at] * self.1 + under.0[at] * (1.0 - self.1);
        Self([mix(0), mix(1), mix(2)], 1.0)
    }

    /// Relative luminance.
    fn light(self) -> f64 {
        let linear = |channel: f64| {
            let part = channel / 255.0;
            if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        self.0.iter().zip([0.2126, 0.7152, 0.0722]).map(|(channel, share)| linear(*channel) * share).sum()
    }
}

fn ratio(one: Colour, other: Colour) -> f64 {
    let (one, other) = (one.light() + 0.05, other.light() + 0.05);
    one.max(other) / one.min(other)
}

/// The tokens of one theme.
#[derive(Clone, Copy)]
enum Theme {
    Light,
    Dark,
}

/// The two halves of `light-dark(a,b)`, where commas inside brackets count for nothing.
fn halves(text: &str) -> Option<(&str, &str)> {
    let inside = text.strip_prefix("light-dark(")?.strip_suffix(')')?;
    let mut depth = 0;
    for (at, c) in inside.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            ',' if depth == 0 => return Some((&inside[..at], &inside[at + 1..])),
            _ => {}
        }
    }
    None
}

fn token(theme: Theme, name: &str) -> Colour {
    let line = TOKENS.lines().map(str::trim).find_map(|line| line.strip_prefix(&format!("--{name}:")));
    let value = line.expect(name).trim_end_matches(';');
    Colour::parse(match (halves(value), theme) {
        (None, _) => value,
        (Some((light, _)), Theme::Light) => light,
        (Some((_, dark)), Theme::Dark) => dark,
    })
}

/// What stands behind everything: canvas, each pool, both pools.
fn grounds(theme: Theme) -> Vec<Colour> {
    let canvas = token(theme, "canvas");
    let [a, b] = ["pool-a", "pool-b"].map(|name| token(theme, name));
    vec![canvas, a.over(canvas), b.over(canvas), a.over(b.over(canvas))]
}

fn glass(theme: Theme) -> Vec<Colour> {
    grounds(theme).into_iter().map(|ground| token(theme, "glass").over(ground)).chain([token(theme, "solid")]).collect()
}

fn raised(theme: Theme) -> Vec<Colour> {
    let ends = [Colour([0.0; 3], 1.0), Colour([255.0; 3], 1.0)];
    ends.into_iter().map(|ground| token(theme, "raised").over(ground)).collect()
}

/// Checks colours on grounds, each in both themes.
#[track_caller]
fn holds(least: f64, colours: &[&str], on: impl Fn(Theme) -> Vec<Colour>) {
    for theme in [Theme::Light, Theme::Dark] {
        let name = if matches!(theme, Theme::Light) { "light" } else { "dark" };
        for colour in colours {
            for ground in on(theme) {
                let found = ratio(token(theme, colour).over(ground), ground);
                assert!(found >= least, "{colour} on {ground:?} in {name}: {found:.2} is less than {least}");
            }
        }
    }
}

#[test]
fn the_formula_is_that_of_wcag() {
    let [black, white, grey] = ["#000", "#FFFFFF", "#767676"].map(Colour::parse);
    assert!((ratio(black, white) - 21.0).abs() < 1e-9);
    assert!((ratio(grey, white) - 4.54).abs() < 0.01);
    let half = Colour::parse("rgba(0,0,0,.5)").over(white);
    assert!((half.0[0] - 127.5).abs() < 1e-9);
}

#[test]
fn texts_are_read_everywhere() {
    let texts = ["t1", "t2", "t3", "ember"];
    holds(4.5, &texts, grounds);
    holds(4.5, &texts, glass);
    holds(4.5, &texts, raised);
    holds(4.5, &texts, |theme| vec![token(theme, "sunk")]);
    let tinted =
        |theme| ["ember-tint", "row-hover"].map(|tint| token(theme, tint).over(token(theme, "solid"))).to_vec();
    holds(4.5, &["t1", "t2"], tinted);
}

#[test]
fn statuses_are_read_by_themselves_and_on_their_tints() {
    holds(4.5, &["ok", "warn", "bad", "info"], grounds);
    for (colour, tint) in
        [("ok", "ok-tint"), ("warn", "warn-tint"), ("bad", "bad-tint"), ("info", "info-tint"), ("t2", "mute-tint")]
    {
        holds(4.5, &[colour], |theme| glass(theme).into_iter().map(|under| token(theme, tint).over(under)).collect());
        holds(4.5, &["t1"], |theme| glass(theme).into_iter().map(|under| token(theme, tint).over(under)).collect());
    }
}

#[test]
fn buttons_are_read_and_seen() {
    for (text, fill) in [("btn-t", "btn"), ("danger-t", "danger")] {
        holds(4.5, &[text], |theme| vec![token(theme, fill)]);
        holds(3.0, &[fill], glass);
    }
    // The red one is told by its words, which hold above: over white, a dark dialog would leave its edge 2.6 to 1.
    holds(3.0, &["btn"], raised);
}

#[test]
fn edges_and_the_focus_ring_are_seen() {
    holds(3.0, &["control"], glass);
    holds(3.0, &["control"], |theme| vec![token(theme, "sunk")]);
    for on in [grounds, glass, raised] {
        holds(3.0, &["ring"], on);
    }
}

#[test]
fn lines_of_charts_are_seen_and_their_labels_read() {
    holds(4.5, &["c1", "c2", "c3"], glass);
}
