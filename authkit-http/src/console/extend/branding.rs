//! A host's own name and colour on the console.

use super::ConsoleError;
use super::contrast::Colour;

/// The least contrast of text (WCAG 2.2, 1.4.3).
const LEAST: f64 = 4.5;
/// What the accent is read on in each theme, the worst of them: the page with a pool of light under it, and cards. As in
/// `assets/console/tokens.css`.
const GROUNDS: [(&str, [&str; 2]); 2] = [("light", ["#F2E5DA", "#FFFFFF"]), ("dark", ["#2B2022", "#1C2430"])];

/// A colour for links, the current place and the first button, for each theme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accent {
    /// `#RRGGBB`, on light ground.
    pub light: &'static str,
    /// `#RRGGBB`, on dark ground.
    pub dark: &'static str,
}

/// A host's own name, environment, colour and links.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Branding {
    pub(crate) product: Option<String>,
    pub(crate) environment: Option<String>,
    pub(crate) support_url: Option<String>,
    accent: Option<Accent>,
}

impl Branding {
    /// The product's name, at the head of the rail and in titles.
    pub fn new(product: impl Into<String>) -> Self {
        Self { product: Some(product.into()), ..Self::default() }
    }

    /// What the environment is called beside the name, such as `staging`; leave it out in production.
    #[must_use]
    pub fn environment(mut self, name: impl Into<String>) -> Self {
        self.environment = Some(name.into());
        self
    }

    /// Where people get help: shown where something went wrong.
    #[must_use]
    pub fn support_url(mut self, url: impl Into<String>) -> Self {
        self.support_url = Some(url.into());
        self
    }

    /// The accent. `Console::build` refuses one that cannot be read in either theme.
    #[must_use]
    pub fn accent(mut self, accent: Accent) -> Self {
        self.accent = Some(accent);
        self
    }

    /// The style sheet that the accent makes; it comes after the console's own. Empty: no accent.
    pub(crate) fn style(&self) -> String {
        let Some(Accent { light, dark }) = self.accent else { return String::new() };
        // The text on the button is what reads best on it.
        let on = |accent: &str| {
            let (ink, paper) = ("#14181F", "#FFFFFF");
            let read = |text: &str| Colour::parse(text).zip(Colour::parse(accent)).map_or(0.0, |(a, b)| a.contrast(b));
            if read(ink) > read(paper) { ink } else { paper }
        };
        let (on_light, on_dark) = (on(light), on(dark));
        format!(
            ":root{{--ember:light-dark({light},{dark});--btn:light-dark({light},{dark});\
             --btn-t:light-dark({on_light},{on_dark})}}\n"
        )
    }

    pub(super) fn problems(&self) -> Vec<ConsoleError> {
        let Some(accent) = self.accent else { return Vec::new() };
        let mut problems = Vec::new();
        for ((theme, grounds), text) in GROUNDS.into_iter().zip([accent.light, accent.dark]) {
            let Some(colour) = Colour::parse(text) else {
                problems.push(ConsoleError::NotAColour { colour: text.to_owned() });
                continue;
            };
            let worst = grounds.iter().filter_map(|ground| Colour::parse(ground)).map(|ground| colour.contrast(ground));
            let worst = worst.fold(f64::INFINITY, f64::min);
            if worst < LEAST {
                let ratio = format!("{worst:.1}");
                problems.push(ConsoleError::LowContrast { colour: text.to_owned(), theme, ratio });
            }
        }
        problems
    }
}
