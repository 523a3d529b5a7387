//! The module paths that a source file names: in `use` trees and in the middle of code, outside its tests.

use super::tokens::{Token, tokens};

/// A path of modules or items, from the root of the crate, without `crate`.
pub type Path = Vec<String>;

/// What one file names.
#[derive(Debug, Default)]
pub struct Named {
    pub paths: Vec<Reference>,
    /// Modules in other files that are compiled for tests only.
    pub test_only: Vec<Path>,
}

/// One path in the source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// Counted from 1.
    pub line: usize,
    /// The module that the line stands in.
    pub within: Path,
    /// Where it points. A `use` without `crate`, `self` or `super` is taken as starting at `within`; it may as well name
    /// another crate.
    pub target: Path,
    /// Whether the source says `crate`, `self`, `super` or the crate's own name.
    pub rooted: bool,
    /// How `within` calls it from then on: a name, or `*` for all that the target holds. `None` outside `use`.
    pub binding: Option<String>,
}

/// Reads the file that holds `module`. Items under `#[cfg(test)]` are passed over.
pub fn named(text: &str, module: &[String], crate_name: &str) -> Named {
    let mut reader = Reader {
        tokens: tokens(text),
        at: 0,
        depth: 0,
        module,
        inline: Vec::new(),
        crate_name,
        found: Named::default(),
    };
    while reader.at < reader.tokens.len() {
        reader.step();
    }
    reader.found
}

struct Reader<'a> {
    tokens: Vec<(usize, Token<'a>)>,
    at: usize,
    depth: usize,
    module: &'a [String],
    /// The `mod name { .. }` around the current token, with the depth at which each began.
    inline: Vec<(usize, &'a str)>,
    crate_name: &'a str,
    found: Named,
}

impl<'a> Reader<'a> {
    fn step(&mut self) {
        match (self.peek(0), self.peek(1), self.peek(2)) {
            (Some(Token::Sign('#')), _, _) => self.attribute(),
            (Some(Token::Word("use")), next, _) if next != Some(Token::Sign('<')) => {
                self.at += 1;
                self.use_tree(&mut Vec::new());
            }
            (Some(Token::Word("mod")), Some(Token::Word(name)), Some(Token::Sign('{'))) => {
                self.inline.push((self.depth, name));
                self.depth += 1;
                self.at += 3;
            }
            (Some(Token::Word(word)), Some(Token::Path), _) if self.is_root(word) => self.path_in_code(),
            (Some(Token::Sign('{')), _, _) => {
                self.depth += 1;
                self.at += 1;
            }
            (Some(Token::Sign('}')), _, _) => {
                self.depth = self.depth.saturating_sub(1);
                self.inline.pop_if(|(depth, _)| *depth == self.depth);
                self.at += 1;
            }
            _ => self.at += 1,
        }
    }

    fn attribute(&mut self) {
        self.at += 1;
        let inner = self.take(Token::Sign('!'));
        if self.peek(0) != Some(Token::Sign('[')) {
            return;
        }
        let start = self.at;
        self.skip_brackets();
        let is = |word| self.tokens[start..self.at].iter().any(|(_, token)| *token == Token::Word(word));
        let for_tests = is("cfg") && is("test") && !is("any") && !is("not");
        if !for_tests {
            // A path inside an attribute counts like any other.
            self.at = start;
        } else if inner {
            self.at = self.tokens.len();
        } else {
            self.skip_item();
        }
    }

    /// Up to and with the `;` or the closing `}` of the item.
    fn skip_item(&mut self) {
        while let Some(token) = self.peek(0) {
            match (token, self.peek(1), self.peek(2)) {
                (Token::Word("mod"), Some(Token::Word(name)), Some(Token::Sign(';'))) => {
                    let mut path = self.within();
                    path.push(name.to_owned());
                    self.found.test_only.push(path);
                    self.at += 3;
                    return;
                }
                (Token::Sign(';'), _, _) => {
                    self.at += 1;
                    return;
                }
                (Token::Sign('{'), _, _) => {
                    self.skip_brackets();
                    return;
                }
                (Token::Sign('(' | '['), _, _) => self.skip_brackets(),
                _ => self.at += 1,
            }
        }
    }

    /// From an opening bracket past the closing one.
    fn skip_brackets(&mut self) {
        let mut depth = 0;
        while let Some(token) = self.peek(0) {
            self.at += 1;
            match token {
                Token::Sign('(' | '[' | '{') => depth += 1,
                Token::Sign(')' | ']' | '}') => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return;
            }
        }
    }

    fn path_in_code(&mut self) {
        let line = self.line();
        let mut words = Vec::new();
        while let Some(Token::Word(word)) = self.peek(0) {
            words.push(word);
            self.at += 1;
            if !(self.peek(0) == Some(Token::Path) && matches!(self.peek(1), Some(Token::Word(_)))) {
                break;
            }
            self.at += 1;
        }
        self.record(line, &words, None);
    }

    /// One branch of a `use`, with the words before it; ends at the `,`, `}` or `;` behind the branch.
    fn use_tree(&mut self, words: &mut Vec<&'a str>) {
        let line = self.line();
        while let Some(token) = self.peek(0) {
            match token {
                Token::Word("as") => {
                    let Some(Token::Word(alias)) = self.peek(1) else { return };
                    self.at += 2;
                    self.record(line, words, Some(alias));
                    return;
                }
                Token::Word(word) => {
                    words.push(word);
                    self.at += 1;
                }
                // At the very start it means another crate.
                Token::Path => {
                    if words.is_empty() {
                        words.push("");
                    }
                    self.at += 1;
                }
                Token::Sign('*') => {
                    self.at += 1;
                    self.record(line, words, Some("*"));
                    return;
                }
                Token::Sign('{') => {
                    self.at += 1;
                    while !self.take(Token::Sign('}')) && self.peek(0).is_some() {
                        self.use_tree(&mut words.clone());
                        self.take(Token::Sign(','));
                    }
                    return;
                }
                Token::Sign(_) => {
                    if words.len() > 1 {
                        words.pop_if(|last| *last == "self");
                    }
                    let name = words.last().copied();
                    self.record(line, words, name);
                    if !matches!(token, Token::Sign(',' | '}' | ';')) {
                        self.at += 1;
                    }
                    return;
                }
            }
        }
    }

    fn record(&mut self, line: usize, words: &[&str], binding: Option<&str>) {
        let Some((first, _)) = words.split_first().filter(|(first, _)| !first.is_empty()) else {
            return;
        };
        let within = self.within();
        let rooted = self.is_root(first);
        let mut target = if *first == "crate" || *first == self.crate_name { Path::new() } else { within.clone() };
        for (position, word) in words.iter().enumerate() {
            match *word {
                "super" => {
                    target.pop();
                }
                "crate" | "self" => {}
                word if position == 0 && word == self.crate_name => {}
                word => target.push(word.to_owned()),
            }
        }
        let binding = binding.map(str::to_owned);
        self.found.paths.push(Reference { line, within, target, rooted, binding });
    }

    fn is_root(&self, word: &str) -> bool {
        matches!(word, "crate" | "self" | "super") || word == self.crate_name
    }

    fn within(&self) -> Path {
        self.module.iter().cloned().chain(self.inline.iter().map(|(_, name)| (*name).to_owned())).collect()
    }

    fn line(&self) -> usize {
        self.tokens.get(self.at).map_or(0, |(line, _)| *line)
    }

    fn peek(&self, ahead: usize) -> Option<Token<'a>> {
        self.tokens.get(self.at + ahead).map(|(_, token)| *token)
    }

    fn take(&mut self, token: Token<'_>) -> bool {
        let there = self.peek(0) == Some(token);
        self.at += usize::from(there);
        there
    }
}

#[cfg(test)]
mod tests;
