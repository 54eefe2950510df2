//! Order out of names: relations after what they read, objects after what they reference.

use std::collections::{BTreeMap, BTreeSet};

use super::objects::Object;
use super::script::{Layer, Script};
use crate::error::{Error, Kind, Result};

/// Refuses a script that reads a relation nobody makes, and a name made twice.
pub fn check_names(layers: &[&[Script]], given: &BTreeSet<String>) -> Result<()> {
    let mut made = BTreeMap::new();
    let scripts = || layers.iter().copied().flatten();
    for script in scripts() {
        if let Some(other) = made.insert(script.name.as_str(), script) {
            let text = format!(
                "sql/{}: `{}` is made by sql/{} already",
                script.path, script.name, other.path
            );
            return Err(Error::new(Kind::Script, text)
                .hint("take one of them away, or give it another name"));
        }
    }
    for script in scripts() {
        for read in script.reads.iter().filter(|read| !given.contains(*read)) {
            let path = &script.path;
            match made.get(read.as_str()) {
                Some(check) if check.is_generic => {
                    let text = format!(
                        "sql/{path}: `{read}` runs for each object and has a table for each"
                    );
                    return Err(
                        Error::new(Kind::Script, text).hint("it can ask what the check asks")
                    );
                }
                Some(_) => {}
                None => {
                    let text = format!("sql/{path}: nothing makes `{read}`");
                    return Err(Error::new(Kind::Script, text).hint(nearest(read, given, &made)));
                }
            }
        }
    }
    Ok(())
}

fn nearest(read: &str, given: &BTreeSet<String>, made: &BTreeMap<&str, &Script>) -> String {
    let names = given.iter().map(String::as_str).chain(made.keys().copied());
    let shared = |name: &str| {
        name.chars()
            .zip(read.chars())
            .take_while(|(a, b)| a == b)
            .count()
    };
    match names.max_by_key(|name| shared(name)) {
        Some(name) => format!("did you mean `{name}`?"),
        None => "sql/README.md explains the names".to_owned(),
    }
}

/// Relations in an order in which each comes after all it reads.
pub fn order(scripts: Vec<Script>) -> Result<Vec<Script>> {
    let names: BTreeSet<String> = scripts.iter().map(|script| script.name.clone()).collect();
    let needs = |script: &Script| -> Vec<String> {
        script
            .reads
            .iter()
            .filter(|read| names.contains(*read))
            .cloned()
            .collect()
    };
    sort(scripts, |script| script.name.clone(), needs)
}

/// Object entries in phase order: `references:` of their load scripts, else the order of the file.
pub fn phases(entries: Vec<Object>, relations: &[Script]) -> Result<Vec<Object>> {
    let loads = relations.iter();
    let loads: BTreeMap<&str, &Script> = loads
        .filter(|script| script.layer == Layer::Load)
        .map(|script| (script.name.trim_start_matches("load_"), script))
        .collect();
    let names: BTreeSet<&str> = entries.iter().map(|entry| entry.name.as_str()).collect();
    if let Some(name) = names.iter().find(|name| !loads.contains_key(*name)) {
        let text = format!("the object `{name}` has no sql/load/load_{name}.sql");
        return Err(Error::new(Kind::Script, text)
            .hint("write the script, or take the entry out of sql/objects.toml"));
    }
    let mut parents: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (object, script) in loads {
        parents.insert(object.to_owned(), references(script, object, &names)?);
    }
    let needs = |entry: &Object| parents.get(&entry.name).cloned().unwrap_or_default();
    for entry in &entries {
        links(entry, &needs(entry))?;
    }
    sort(entries, |entry| entry.name.clone(), needs)
}

/// Where links lead to must be there before them.
fn links(entry: &Object, parents: &[String]) -> Result<()> {
    let entries = [Some(entry), entry.classic.as_deref()];
    let mut links = entries
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.links.as_ref());
    match links.find(|links| !parents.contains(&links.parents)) {
        None => Ok(()),
        Some(links) => {
            let (name, to) = (&entry.name, &links.parents);
            let text = format!(
                "sql/objects.toml: the links of `{name}` lead to `{to}`, to which load_{name} has no reference"
            );
            Err(Error::new(Kind::Script, text).hint(
                "a load script says `references: column -> object` of what its rows point to",
            ))
        }
    }
}

/// The other objects that an object's records point to.
fn references(script: &Script, object: &str, names: &BTreeSet<&str>) -> Result<Vec<String>> {
    let path = &script.path;
    if !names.contains(object) {
        let text = format!("sql/{path}: objects.toml has no entry `{object}`");
        return Err(Error::new(Kind::Script, text)
            .hint("every load relation is an object; sql/README.md shows an entry"));
    }
    let mut parents = Vec::new();
    for reference in &script.header.references {
        let parent = reference.object.as_str();
        if !names.contains(parent) {
            let text = format!("sql/{path}: `references:` names `{parent}`, which is no object");
            return Err(Error::new(Kind::Script, text)
                .hint("the objects are the entries of sql/objects.toml"));
        }
        if parent != object {
            parents.push(parent.to_owned());
        }
    }
    Ok(parents)
}

/// Topological order that keeps the given order where it is free.
fn sort<T>(
    items: Vec<T>,
    name: impl Fn(&T) -> String,
    needs: impl Fn(&T) -> Vec<String>,
) -> Result<Vec<T>> {
    let mut waiting = items;
    let mut done: BTreeSet<String> = BTreeSet::new();
    let mut sorted = Vec::with_capacity(waiting.len());
    while !waiting.is_empty() {
        let ready = waiting
            .iter()
            .position(|item| needs(item).iter().all(|need| done.contains(need)));
        let Some(index) = ready else {
            let circle = circle(&waiting, &name, &needs);
            let text = format!("these wait for each other: {}", circle.join(" → "));
            return Err(Error::new(Kind::Script, text)
                .hint("each reads or references the next; take one step out"));
        };
        let item = waiting.remove(index);
        done.insert(name(&item));
        sorted.push(item);
    }
    Ok(sorted)
}

/// One circle among items none of which can be first, its begin repeated at the end.
fn circle<T>(
    waiting: &[T],
    name: &impl Fn(&T) -> String,
    needs: &impl Fn(&T) -> Vec<String>,
) -> Vec<String> {
    let names: Vec<String> = waiting.iter().map(name).collect();
    let next = |index: usize| {
        let needed = waiting.get(index).map(needs).unwrap_or_default();
        names.iter().position(|name| needed.contains(name))
    };
    let mut way = vec![0];
    // Who waits here waits for somebody who waits, so the way meets itself.
    while let Some(index) = way.last().and_then(|last| next(*last)) {
        let begin = way.iter().position(|known| *known == index);
        way.push(index);
        if let Some(begin) = begin {
            way.drain(..begin);
            break;
        }
    }
    way.iter()
        .filter_map(|index| names.get(*index).cloned())
        .collect()
}
