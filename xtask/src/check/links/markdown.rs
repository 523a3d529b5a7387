//! As much Markdown as links need: where they are, and what the headings are called as anchors.

/// The links and headings of one file, code left out.
#[derive(Debug, Default)]
pub struct Page {
    /// Each with its line, counted from 1.
    pub links: Vec<(usize, String)>,
    pub anchors: Vec<String>,
}

impl Page {
    pub fn read(text: &str) -> Self {
        let mut page = Self::default();
        let mut fence: Option<&str> = None;
        for (line, number) in text.lines().zip(1..) {
            let start = line.trim_start();
            let mark = ["```", "~~~"].into_iter().find(|mark| start.starts_with(mark));
            match (fence, mark) {
                (None, Some(_)) => fence = mark,
                (Some(open), Some(mark)) if open == mark => fence = None,
                (Some(_), _) => {}
                (None, None) => page.line(number, line),
            }
        }
        page
    }

    fn line(&mut self, number: usize, line: &str) {
        let heading = line.strip_prefix('#').map(|rest| rest.trim_start_matches('#'));
        if let Some(title) = heading.and_then(|rest| rest.strip_prefix(' ')) {
            self.heading(title);
        }
        let text = without_code(line);
        for part in text.split("](").skip(1) {
            self.link(number, part.split([')', ' ']).next());
        }
        for attribute in ["href=\"", "src=\""] {
            for part in text.split(attribute).skip(1) {
                self.link(number, part.split('"').next());
            }
        }
        // [name]: target
        if let Some((_, target)) =
            text.split_once("]: ").filter(|(name, _)| name.starts_with('[') && !name.contains(']'))
        {
            self.link(number, target.split_whitespace().next());
        }
    }

    fn link(&mut self, line: usize, target: Option<&str>) {
        let target = target.unwrap_or_default().trim_start_matches('<').trim_end_matches('>');
        if !target.is_empty() {
            self.links.push((line, target.to_owned()));
        }
    }

    /// The anchor as GitHub makes it; the second of the same name gets `-1`.
    fn heading(&mut self, title: &str) {
        let kept = title.trim().chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
        let anchor: String = kept.map(|c| if c == ' ' { '-' } else { c }).flat_map(char::to_lowercase).collect();
        let numbered = (1..).map(|number| format!("{anchor}-{number}"));
        let free = [anchor.clone()].into_iter().chain(numbered).find(|name| !self.anchors.contains(name));
        self.anchors.extend(free);
    }
}

/// Spans between equal runs of backticks are emptied.
fn without_code(line: &str) -> String {
    let mut text = String::new();
    let mut rest = line;
    while let Some(at) = rest.find('`') {
        let (before, tail) = rest.split_at(at);
        text += before;
        let run = tail.bytes().take_while(|&b| b == b'`').count();
        let (mark, tail) = tail.split_at(run);
        rest = tail.split_once(mark).map_or("", |(_, after)| after);
    }
    text + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn links(text: &str) -> Vec<String> {
        Page::read(text).links.into_iter().map(|(line, link)| format!("{line} {link}")).collect()
    }

    #[test]
    fn links_of_every_form_are_found() {
        let text = "a [b](c.md) [d](<e.md> \"title\")\n![f](g.png)\n[h]: i.md\n<img src=\"j.svg\"> [![k](l.svg)](m.md)";
        assert_eq!(links(text), ["1 c.md", "1 e.md", "2 g.png", "3 i.md", "4 l.svg", "4 m.md", "4 j.svg"]);
    }

    #[test]
    fn code_holds_no_links() {
        assert_eq!(
            links("`[a](b.md)` ``[c`](d)`` [e](f)\n```rust\n[g](h)\n~~~\n```\n~~~\n[i](j)\n~~~\n[k](l)"),
            ["1 f", "9 l"]
        );
    }

    #[test]
    fn headings_become_anchors_as_git_hub_makes_them() {
        let page = Page::read("# The `house`, 2nd\n## A_b-c\n## A_b-c\n```\n# not one\n```\n#nor this");
        assert_eq!(page.anchors, ["the-house-2nd", "a_b-c", "a_b-c-1"]);
    }
}
