//! As much of HTML as it takes to find the forms of a page: tags with their attributes, and the text between them.

/// What a page is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    /// A tag that opens something, its name in lower case.
    Open(String, Vec<(String, String)>),
    /// A tag that closes something.
    Close(String),
    /// What stands between tags, decoded.
    Text(String),
}

/// The pieces of a page, in their order. Comments and declarations are passed over.
pub(super) fn pieces(page: &str) -> Vec<Piece> {
    let (mut pieces, mut rest) = (Vec::new(), page);
    while let Some(at) = rest.find('<') {
        let (text, tag) = rest.split_at(at);
        if !text.trim().is_empty() {
            pieces.push(Piece::Text(decoded(text)));
        }
        let end = if tag.starts_with("<!--") { tag.find("-->").map(|at| at + 3) } else { end_of(tag) };
        let Some(end) = end else { return pieces };
        let (tag, after) = tag.split_at(end);
        rest = after;
        let inside = tag.trim_start_matches('<').trim_end_matches('>').trim_end_matches('/');
        if let Some(name) = inside.strip_prefix('/') {
            pieces.push(Piece::Close(name.trim().to_ascii_lowercase()));
        } else if inside.starts_with(|first: char| first.is_ascii_alphabetic()) {
            let (name, attributes) = inside.split_once(char::is_whitespace).unwrap_or((inside, ""));
            pieces.push(Piece::Open(name.to_ascii_lowercase(), attributes_of(attributes)));
        }
    }
    if !rest.trim().is_empty() {
        pieces.push(Piece::Text(decoded(rest)));
    }
    pieces
}

/// Where a tag ends: at the first `>` outside of quotes.
fn end_of(tag: &str) -> Option<usize> {
    let mut quote = None;
    for (at, letter) in tag.char_indices() {
        match (quote, letter) {
            (None, '>') => return Some(at + 1),
            (None, '"' | '\'') => quote = Some(letter),
            (Some(open), close) if open == close => quote = None,
            _ => {}
        }
    }
    None
}

fn attributes_of(text: &str) -> Vec<(String, String)> {
    let (mut attributes, mut rest) = (Vec::new(), text.trim_start());
    while !rest.is_empty() {
        let end = rest.find(|letter: char| letter.is_whitespace() || letter == '=').unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        let (value, after) = match after.trim_start().strip_prefix('=').map(str::trim_start) {
            None => ("", after),
            Some(quoted) if quoted.starts_with(['"', '\'']) => {
                let (quote, inside) = quoted.split_at(1);
                inside.split_once(quote).unwrap_or((inside, ""))
            }
            Some(bare) => bare.split_at(bare.find(char::is_whitespace).unwrap_or(bare.len())),
        };
        if !name.is_empty() {
            attributes.push((name.to_ascii_lowercase(), decoded(value)));
        }
        rest = after.trim_start().trim_start_matches('=');
    }
    attributes
}

/// The references that templates write: the five named ones and numbers.
fn decoded(text: &str) -> String {
    let (mut done, mut rest) = (String::with_capacity(text.len()), text);
    while let Some((before, after)) = rest.split_once('&') {
        done.push_str(before);
        let reference = after.split_once(';').filter(|(name, _)| name.len() <= 8);
        rest = after;
        if let Some((letter, after)) = reference.and_then(|(name, after)| Some((letter(name)?, after))) {
            done.push(letter);
            rest = after;
        } else {
            done.push('&');
        }
    }
    done.push_str(rest);
    done
}

fn letter(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_attributes_and_text_are_found_however_they_are_written() {
        let page = "<!doctype html><!-- <b> --><P class=\"a > b\" id=x hidden data-x='&quot;'>1 &lt; 2 &#38; &#x3e;&nope;</P><br/>end";
        let attributes = [("class", "a > b"), ("id", "x"), ("hidden", ""), ("data-x", "\"")];
        let attributes = attributes.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        assert_eq!(
            pieces(page),
            [
                Piece::Open("p".to_owned(), attributes),
                Piece::Text("1 < 2 & >&nope;".to_owned()),
                Piece::Close("p".to_owned()),
                Piece::Open("br".to_owned(), Vec::new()),
                Piece::Text("end".to_owned()),
            ]
        );
    }

    #[test]
    fn broken_markup_ends_nothing() {
        for page in ["<", "<p", "a < b", "<p class=\"", "<p =x>", "</>", "<!--", "&#x110000;", "&"] {
            pieces(page);
        }
    }
}
