//! Files that use each other in a circle, within one module or across several: neither can be read without the other.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::tree::{Arrow, Tree};

type Graph<'a> = BTreeMap<&'a [String], BTreeMap<&'a [String], &'a Arrow<'a>>>;

/// One line a circle, the short ones first, and each module in one of them only: breaking that one may break others.
/// That a folder uses its own files is no part of a circle: it is made of them.
pub fn circles(tree: &Tree) -> Vec<String> {
    let arrows = tree.arrows();
    let mut graph = Graph::new();
    for arrow in arrows.iter().filter(|arrow| !arrow.to.starts_with(&arrow.from)) {
        graph.entry(&arrow.from).or_default().entry(&arrow.to).or_insert(arrow);
    }
    let uses = graph.iter().flat_map(|(from, uses)| uses.iter().map(|(to, arrow)| (*from, *to, *arrow)));
    let mut found: Vec<_> = uses.filter_map(|(from, to, arrow)| Some((shortest(&graph, to, from)?, arrow))).collect();
    found.sort_by_key(|(back, _)| back.len());
    let mut told: BTreeSet<&[String]> = BTreeSet::new();
    let mut problems = Vec::new();
    for (back, arrow) in found {
        if back.iter().all(|module| !told.contains(module)) {
            let way: Vec<_> = [arrow.from.as_slice()].iter().chain(&back).map(|module| module.join("::")).collect();
            problems.push(format!("{}:{}: a circle: {}", arrow.file, arrow.line, way.join(" -> ")));
            told.extend(back);
        }
    }
    problems
}

/// The modules from `start` to `end`, both included.
fn shortest<'a>(graph: &Graph<'a>, start: &'a [String], end: &'a [String]) -> Option<Vec<&'a [String]>> {
    let mut came_from = BTreeMap::from([(start, None)]);
    let mut queue = VecDeque::from([start]);
    while let Some(module) = queue.pop_front().filter(|module| *module != end) {
        for next in graph.get(module).into_iter().flat_map(BTreeMap::keys).copied() {
            came_from.entry(next).or_insert_with(|| {
                queue.push_back(next);
                Some(module)
            });
        }
    }
    let mut way = vec![end];
    let mut step = *came_from.get(end)?;
    while let Some(module) = step {
        way.push(module);
        step = came_from[module];
    }
    way.reverse();
    Some(way)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(files: &[(&str, &str)]) -> Vec<String> {
        let files: Vec<_> = files.iter().map(|(path, text)| (format!("src/{path}"), (*text).to_owned())).collect();
        circles(&Tree::read("src/", "x", &files))
    }

    #[test]
    fn two_files_that_use_each_other_are_told_once() {
        let files = [("m/a.rs", "use super::b::B;"), ("m/b.rs", "\nuse crate::m::a::A;")];
        assert_eq!(found(&files), ["src/m/a.rs:1: a circle: m::a -> m::b -> m::a"]);
    }

    #[test]
    fn a_longer_circle_is_found_and_what_leads_into_it_is_not_part_of_it() {
        let files = [
            ("a.rs", "use crate::b;"),
            ("b.rs", "use crate::c;"),
            ("c.rs", "use crate::a;"),
            ("d.rs", "use crate::a;"),
        ];
        assert_eq!(found(&files), ["src/a.rs:1: a circle: a -> b -> c -> a"]);
    }

    #[test]
    fn a_folder_and_its_files_are_no_circle() {
        let files =
            [("lib.rs", "mod m; pub use m::A;"), ("m/mod.rs", "mod a; pub use a::A;"), ("m/a.rs", "use super::X;")];
        assert_eq!(found(&files), [""; 0]);
    }

    #[test]
    fn a_chain_is_no_circle() {
        assert_eq!(found(&[("a.rs", "use crate::b;"), ("b.rs", "use crate::c;"), ("c.rs", "")]), [""; 0]);
    }
}
