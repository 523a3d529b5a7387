//! The modules of one crate, file by file, and which of them names which.

use std::collections::BTreeSet;

use crate::source::paths::{Path, Reference, named};

/// How often a name may be passed on from module to module before the search for its home ends.
const MAX_HOPS: usize = 8;

/// The files of one crate, without those that are only for tests.
#[derive(Debug)]
pub struct Tree {
    /// Each module that is a file or a folder of its own, the root as an empty path.
    pub modules: BTreeSet<Path>,
    files: Vec<File>,
}

#[derive(Debug)]
struct File {
    path: String,
    module: Path,
    references: Vec<Reference>,
}

/// One module naming another.
#[derive(Debug)]
pub struct Arrow<'a> {
    pub file: &'a str,
    pub line: usize,
    pub from: Path,
    /// The module where the named item is at home.
    pub to: Path,
    /// As the source says it.
    pub target: &'a [String],
}

impl Tree {
    /// `files` are paths with their text; all lie under `source`, the folder of `lib.rs`.
    pub fn read(source: &str, crate_name: &str, files: &[(String, String)]) -> Self {
        let mut modules = BTreeSet::new();
        let mut read = Vec::new();
        let mut test_only = Vec::new();
        for (path, text) in files {
            let module = module_of(path.strip_prefix(source).unwrap_or(path));
            let found = named(text, &module, crate_name);
            test_only.extend(found.test_only);
            read.push(File { path: path.clone(), module, references: found.paths });
        }
        read.retain(|file| !test_only.iter().any(|module| file.module.starts_with(module)));
        for file in &read {
            modules.extend((0..=file.module.len()).map(|length| file.module[..length].to_vec()));
        }
        Self { modules, files: read }
    }

    pub fn arrows(&self) -> Vec<Arrow<'_>> {
        let mut arrows = Vec::new();
        for file in &self.files {
            for reference in file.references.iter().filter(|reference| self.is_ours(reference)) {
                let mut homes = BTreeSet::new();
                self.homes(&reference.target, reference.binding.as_deref() == Some("*"), MAX_HOPS, &mut homes);
                for to in homes.into_iter().filter(|to| *to != file.module) {
                    let (line, target) = (reference.line, reference.target.as_slice());
                    arrows.push(Arrow { file: &file.path, line, from: file.module.clone(), to, target });
                }
            }
        }
        arrows
    }

    /// A path without `crate`, `self` or `super` is of this crate if it starts with a module beside it.
    fn is_ours(&self, reference: &Reference) -> bool {
        reference.rooted
            || reference.target.get(..=reference.within.len()).is_some_and(|start| self.modules.contains(start))
    }

    /// The modules that hold what `target` names, followed through every `use` that only passes it on.
    fn homes(&self, target: &[String], all: bool, hops: usize, found: &mut BTreeSet<Path>) {
        let known = (0..=target.len()).rev().find(|&length| self.modules.contains(&target[..length]));
        let (module, rest) = target.split_at(known.unwrap_or(0));
        let mut passed_on = false;
        for reference in self.files.iter().filter(|file| file.module == module).flat_map(|file| &file.references) {
            let names_it = match (reference.binding.as_deref(), rest.first()) {
                (Some("*"), Some(name)) => self.holds(&reference.target, name),
                (Some(binding), Some(name)) => binding == name,
                (Some(_), None) => all,
                (None, _) => false,
            };
            if names_it && hops > 0 && reference.within == module && self.is_ours(reference) {
                passed_on = true;
                let onward: Vec<String> = if reference.binding.as_deref() == Some("*") {
                    reference.target.iter().chain(rest).cloned().collect()
                } else {
                    reference.target.iter().chain(rest.get(1..).unwrap_or_default()).cloned().collect()
                };
                self.homes(&onward, all, hops - 1, found);
            }
        }
        if !passed_on || rest.is_empty() {
            found.insert(module.to_vec());
        }
    }

    /// Whether the module passes on `name` itself, or is a folder with a module of that name.
    fn holds(&self, module: &[String], name: &str) -> bool {
        let child: Path = module.iter().cloned().chain([name.to_owned()]).collect();
        let bindings = self.files.iter().filter(|file| file.module == module).flat_map(|file| &file.references);
        self.modules.contains(&child)
            || bindings.into_iter().any(|reference| reference.binding.as_deref() == Some(name))
    }
}

fn module_of(path: &str) -> Path {
    let path = path.strip_suffix(".rs").unwrap_or(path);
    let path = path.strip_suffix("/mod").unwrap_or(path);
    path.split('/').filter(|part| *part != "lib" || path != "lib").map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arrows(files: &[(&str, &str)]) -> Vec<String> {
        let files: Vec<_> = files.iter().map(|(path, text)| (format!("src/{path}"), (*text).to_owned())).collect();
        let tree = Tree::read("src/", "x", &files);
        let arrows = tree.arrows();
        arrows.iter().map(|arrow| format!("{} -> {}", arrow.from.join("::"), arrow.to.join("::"))).collect()
    }

    #[test]
    fn files_become_modules() {
        assert_eq!(module_of("lib.rs"), Path::new());
        assert_eq!(module_of("model/mod.rs"), ["model"]);
        assert_eq!(module_of("model/user.rs"), ["model", "user"]);
    }

    #[test]
    fn an_item_is_at_home_in_the_deepest_file_that_its_path_names() {
        let files = [("a.rs", "use crate::b::c::D; use crate::b::E;"), ("b/mod.rs", "mod c;"), ("b/c.rs", "")];
        assert_eq!(arrows(&files), ["a -> b::c", "a -> b"]);
    }

    #[test]
    fn a_re_export_is_followed_home() {
        let files = [
            ("lib.rs", "pub use b::Renamed;"),
            ("a.rs", "use crate::Renamed;"),
            ("b/mod.rs", "mod c; pub use c::D as Renamed;"),
            ("b/c.rs", ""),
        ];
        assert_eq!(arrows(&files), [" -> b::c", "a -> b::c", "b -> b::c"]);
    }

    #[test]
    fn names_of_other_crates_make_no_arrow() {
        assert_eq!(arrows(&[("a.rs", "use std::fmt; use serde::b;"), ("b.rs", "")]), [""; 0]);
    }

    #[test]
    fn modules_that_pass_a_name_in_a_circle_end_the_search() {
        let files = [("a.rs", "pub use crate::b::X;"), ("b.rs", "pub use crate::a::X;")];
        assert_eq!(arrows(&files).len(), 2);
    }
}
