//! Source cut into words and signs, without comments, strings, numbers and lifetimes.

/// What is left of the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token<'a> {
    /// An identifier or a keyword.
    Word(&'a str),
    /// `::`
    Path,
    /// Any other sign.
    Sign(char),
}

/// The tokens of `text`, each with its line, counted from 1.
pub fn tokens(text: &str) -> Vec<(usize, Token<'_>)> {
    let mut cursor = Cursor { rest: text, line: 1 };
    let mut found = Vec::new();
    while let Some(next) = cursor.rest.chars().next() {
        let line = cursor.line;
        if let Some(token) = cursor.token(next) {
            found.push((line, token));
        }
    }
    found
}

struct Cursor<'a> {
    rest: &'a str,
    line: usize,
}

impl<'a> Cursor<'a> {
    /// Takes at least one character.
    fn token(&mut self, next: char) -> Option<Token<'a>> {
        if self.rest.starts_with("//") {
            self.take(self.rest.find('\n').unwrap_or(self.rest.len()));
        } else if self.rest.starts_with("/*") {
            self.block_comment();
        } else if let Some(hashes) = raw_string(self.rest) {
            self.take(self.rest.find('"').map_or(0, |quote| quote + 1));
            let end = format!("\"{}", "#".repeat(hashes));
            self.take(self.rest.find(&end).map_or(self.rest.len(), |at| at + end.len()));
        } else if next == '"' {
            self.take(1);
            self.quoted('"');
        } else if next == '\'' {
            self.character_or_lifetime();
        } else if self.rest.starts_with("::") {
            self.take(2);
            return Some(Token::Path);
        } else if next == '_' || next.is_alphanumeric() {
            return self.word(next);
        } else {
            self.take(next.len_utf8());
            return Some(Token::Sign(next)).filter(|_| !next.is_whitespace());
        }
        None
    }

    fn word(&mut self, first: char) -> Option<Token<'a>> {
        if let Some(rest) = self.rest.strip_prefix("r#") {
            self.rest = rest;
        }
        let word = self.take(self.rest.find(|c: char| c != '_' && !c.is_alphanumeric()).unwrap_or(self.rest.len()));
        // `b"..."`, `c"..."` and `b'x'`: the letter belongs to what follows.
        let prefix = matches!(word, "b" | "c") && self.rest.starts_with(['"', '\'']);
        Some(Token::Word(word)).filter(|_| !prefix && !first.is_numeric())
    }

    fn block_comment(&mut self) {
        let mut depth = 0;
        loop {
            if self.rest.starts_with("/*") {
                depth += 1;
                self.take(2);
            } else if self.rest.starts_with("*/") {
                depth -= 1;
                self.take(2);
            } else if let Some(c) = self.rest.chars().next() {
                self.take(c.len_utf8());
            }
            if depth == 0 || self.rest.is_empty() {
                return;
            }
        }
    }

    fn character_or_lifetime(&mut self) {
        self.take(1);
        let mut chars = self.rest.chars();
        match (chars.next(), chars.next()) {
            (Some('\\'), _) => self.quoted('\''),
            (Some(c), Some('\'')) => {
                self.take(c.len_utf8() + 1);
            }
            _ => {
                self.take(self.rest.find(|c: char| c != '_' && !c.is_alphanumeric()).unwrap_or(self.rest.len()));
            }
        }
    }

    /// Goes past the closing quote.
    fn quoted(&mut self, quote: char) {
        let mut escaped = false;
        let end = self.rest.char_indices().find(|&(_, c)| {
            let closes = c == quote && !escaped;
            escaped = c == '\\' && !escaped;
            closes
        });
        self.take(end.map_or(self.rest.len(), |(at, _)| at + 1));
    }

    fn take(&mut self, bytes: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(bytes);
        self.line += taken.matches('\n').count();
        self.rest = rest;
        taken
    }
}

/// The number of `#` when a raw string starts here.
fn raw_string(text: &str) -> Option<usize> {
    let after = ["br", "cr", "r"].iter().find_map(|prefix| text.strip_prefix(prefix))?;
    let hashes = after.bytes().take_while(|&b| b == b'#').count();
    after[hashes..].starts_with('"').then_some(hashes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<&str> {
        let words = tokens(text).into_iter();
        words.filter_map(|(_, token)| if let Token::Word(word) = token { Some(word) } else { None }).collect()
    }

    #[test]
    fn comments_are_left_out_also_nested_ones() {
        assert_eq!(words("a // crate::x\n/* b /* c */ d */ e /// f"), ["a", "e"]);
    }

    #[test]
    fn strings_of_every_kind_are_left_out() {
        assert_eq!(
            words(r###"a "x \" y" b b"z" c r"w\" d r#"u " v"# e br##"t "# s"## f c"r" g"###),
            ["a", "b", "c", "d", "e", "f", "g"]
        );
    }

    #[test]
    fn characters_and_lifetimes_are_told_apart() {
        assert_eq!(words(r"a '\'' b 'x' c b'y' d &'static e '{' f '\u{1F600}' g"), ["a", "b", "c", "d", "e", "f", "g"]);
    }

    #[test]
    fn numbers_are_left_out_and_raw_identifiers_lose_their_mark() {
        assert_eq!(words("1_000u64 0..x r#type"), ["x", "type"]);
    }

    #[test]
    fn every_token_knows_its_line() {
        let found = tokens("a\n/* \n */ \"\n\" b::c");
        assert_eq!(found, [(1, Token::Word("a")), (4, Token::Word("b")), (4, Token::Path), (4, Token::Word("c"))]);
    }
}
