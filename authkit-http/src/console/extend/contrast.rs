//! How well one colour can be read on another (WCAG 2.2, relative luminance and contrast ratio).

/// A colour in sRGB, 0 to 255 a channel.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Colour(pub(crate) [f64; 3]);

impl Colour {
    /// Reads `#RRGGBB`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let hex = text.strip_prefix('#').filter(|hex| hex.len() == 6 && hex.bytes().all(|b| b.is_ascii_hexdigit()))?;
        let channel = |at: usize| hex.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok()).map(f64::from);
        Some(Self([channel(0)?, channel(2)?, channel(4)?]))
    }

    fn luminance(self) -> f64 {
        let [red, green, blue] = self.0.map(|channel| {
            let channel = channel / 255.0;
            if channel <= 0.040_45 { channel / 12.92 } else { ((channel + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    /// The contrast of two colours, 1 to 21.
    pub(crate) fn contrast(self, other: Self) -> f64 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn black_on_white_is_the_most_there_is() {
        let (black, white) = (Colour::parse("#000000").expect("black"), Colour::parse("#FFFFFF").expect("white"));
        assert!((black.contrast(white) - 21.0).abs() < 1e-9 && (white.contrast(white) - 1.0).abs() < 1e-9);
        // Published by the W3C as the lightest grey that passes on white.
        assert!((Colour::parse("#767676").expect("grey").contrast(white) - 4.54).abs() < 0.01);
        for bad in ["", "#fff", "#gggggg", "red", "#12345é"] {
            assert_eq!(Colour::parse(bad), None, "{bad}");
        }
    }
}
