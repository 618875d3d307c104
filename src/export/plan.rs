//! A mapping, or a header alone, held against the fields of a policy → where each value of a lead stands.

use super::join::Tables;
use super::mapping::{By, Cell, Mapping};
use super::table::Header;
use super::values::Reading;
use crate::diagnostic::did_you_mean;
use crate::policy::{Field, Type};
use crate::yaml::Path;

/// Why a mapping does not fit a policy or a file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {why}")]
pub struct BadColumns {
    /// The key of the mapping: `fields.mql_at`.
    pub(super) path: Path,
    /// In one sentence.
    pub(super) why: String,
}

impl BadColumns {
    /// The line of the key in the text of the mapping, from 1.
    pub fn line(&self, mapping: &str) -> usize {
        self.path.line(mapping)
    }
}

/// What to write for each lead.
#[derive(Clone, Debug)]
pub struct Plan {
    pub root: Vec<(String, Node)>,
    /// The joins, each with what its rows about a lead are found by.
    pub joins: Vec<(String, Leaf)>,
}

/// A part of a lead.
#[derive(Clone, Debug)]
pub enum Node {
    Object(Vec<(String, Node)>),
    Leaf(Box<Leaf>),
    List(Vec<Items>),
}

/// A value.
#[derive(Clone, Debug)]
pub struct Leaf {
    pub place: Place,
    /// The join that it stands in, by its place among those of the plan.
    pub joined: Option<usize>,
    pub reading: Reading,
    pub currency: Option<Box<Leaf>>,
    /// Its column or path, for messages.
    pub name: String,
}

/// Where a value stands.
#[derive(Clone, Debug)]
pub enum Place {
    Column(usize),
    Path(Vec<String>),
    Constant(String),
}

/// The items that one line of a mapping makes.
#[derive(Clone, Debug)]
pub struct Items {
    pub joined: Option<usize>,
    /// Without this there is no item; without it, any filled column makes one.
    pub needs: Option<Leaf>,
    pub fields: Vec<(String, Node)>,
}

/// What a plan is made from.
pub struct Planner<'a> {
    pub mapping: &'a Mapping,
    pub fields: &'a [Field],
    /// The path of the lead's name.
    pub id: &'a [String],
    /// The header of the table; none for records.
    pub header: Option<&'a Header>,
    pub tables: &'a Tables,
}

impl Planner<'_> {
    /// Holds the mapping against fields and columns.
    pub fn plan(&self) -> Result<Plan, Vec<BadColumns>> {
        let (mut root, mut bad) = (Vec::new(), Vec::new());
        for (path, cell) in &self.mapping.fields {
            let key = Path::of(&["fields", path]);
            let Some(parts) = self.path_of(path, &key, &mut bad) else { continue };
            let ty = self.field(path).map_or(Type::Text, |field| field.ty.clone());
            if let Some(leaf) = self.leaf(cell, &ty, cell.joined.as_deref(), &key, &mut bad) {
                put(&mut root, &parts, Node::Leaf(Box::new(leaf)));
            }
        }
        for (path, lines) in &self.mapping.lists {
            let key = Path::of(&["lists", path]);
            match self.field(path) {
                Some(field) if field.ty == Type::Items => {
                    let items = lines.iter().enumerate();
                    let items = items.map(|(at, line)| self.items(line, field, &key.item(at), &mut bad));
                    put(&mut root, &field.path, Node::List(items.collect()));
                }
                Some(_) => {
                    bad.push(BadColumns { path: key, why: "this field of the policy is no list of items".to_owned() })
                }
                None => _ = self.path_of(path, &key, &mut bad),
            }
        }
        let mut joins = Vec::new();
        for (name, join) in &self.mapping.joins {
            let leaf = match &join.by {
                None => {
                    let id = self.id.join(".");
                    let why = format!("the mapping has joins, so it says in which column `{id}` stands");
                    self.key(&id, &Path::of(&["fields"]), why, &mut bad)
                }
                Some(By::Field(path)) => {
                    let why = format!(
                        "`fields` does not say in which column `{path}` stands; a column is named by `by: {{from: COLUMN}}`"
                    );
                    self.key(path, &Path::of(&["joins", name, "by"]), why, &mut bad)
                }
                Some(By::Column(cell)) => {
                    let key = Path::of(&["joins", name, "by"]);
                    self.leaf(cell, &Type::Text, cell.joined.as_deref(), &key, &mut bad)
                }
            };
            joins.extend(leaf.map(|leaf| (name.clone(), leaf)));
        }
        if bad.is_empty() { Ok(Plan { root, joins }) } else { Err(bad) }
    }

    /// Where a field of the lead stands that rows of a join are found by.
    fn key(&self, path: &str, key: &Path, why: String, bad: &mut Vec<BadColumns>) -> Option<Leaf> {
        let Some(cell) = self.mapping.fields.get(path).filter(|cell| cell.joined.is_none()) else {
            let missing = BadColumns { path: key.clone(), why };
            if !bad.contains(&missing) {
                bad.push(missing);
            }
            return None;
        };
        // What is wrong with the field itself is said there.
        self.leaf(cell, &Type::Text, None, key, &mut Vec::new())
    }

    fn field(&self, path: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.dotted() == path)
    }

    /// The parts of a path that the policy has.
    fn path_of(&self, path: &str, key: &Path, bad: &mut Vec<BadColumns>) -> Option<Vec<String>> {
        if let Some(field) = self.field(path) {
            return Some(field.path.clone());
        }
        if path == self.id.join(".") {
            return Some(self.id.to_vec());
        }
        let names: Vec<String> = self.fields.iter().map(Field::dotted).collect();
        let near = near(path, names.iter().map(String::as_str));
        bad.push(BadColumns { path: key.clone(), why: format!("the policy has no field `{path}`{near}") });
        None
    }

    fn items(&self, line: &super::mapping::Items, list: &Field, key: &Path, bad: &mut Vec<BadColumns>) -> Items {
        let (mut fields, mut needs) = (Vec::new(), None);
        let joined = self.number_of(line.joined.as_deref());
        if let (Some(name), None) = (&line.joined, joined) {
            bad.push(BadColumns { path: key.key("in"), why: self.no_join(name) });
            return Items { joined, needs, fields };
        }
        for (path, cell) in &line.item {
            let key = key.key("item").key(path);
            let Some(field) = list.items.iter().find(|field| field.dotted() == *path) else {
                let names: Vec<String> = list.items.iter().map(Field::dotted).collect();
                let near = near(path, names.iter().map(String::as_str));
                let why = format!("the items of `{}` have no field `{path}`{near}", list.dotted());
                bad.push(BadColumns { path: key, why });
                continue;
            };
            if let Some(leaf) = self.leaf(cell, &field.ty, line.joined.as_deref(), &key, bad) {
                // The row is at hand there.
                let leaf = Leaf { joined: None, ..leaf };
                if line.needs.as_ref() == Some(path) {
                    needs = Some(leaf.clone());
                }
                put(&mut fields, &field.path, Node::Leaf(Box::new(leaf)));
            }
        }
        if let Some(name) = line.needs.as_ref().filter(|name| !line.item.contains_key(*name)) {
            let near = near(name, line.item.keys().map(String::as_str));
            let why = format!("`item` has no field `{name}`{near}");
            bad.push(BadColumns { path: key.key("needs"), why });
        }
        Items { joined, needs, fields }
    }

    fn no_join(&self, name: &str) -> String {
        let near = near(name, self.mapping.joins.keys().map(String::as_str));
        format!("there is no join `{name}`{near}")
    }

    fn leaf(
        &self,
        cell: &Cell,
        ty: &Type,
        joined: Option<&str>,
        key: &Path,
        bad: &mut Vec<BadColumns>,
    ) -> Option<Leaf> {
        let all = match joined.map(|name| self.mapping.joins.get(name)) {
            None => self.mapping.values.clone(),
            Some(Some(join)) => join.values.or(&self.mapping.values),
            Some(None) => {
                let why = self.no_join(joined.unwrap_or_default());
                bad.push(BadColumns { path: key.clone(), why });
                return None;
            }
        };
        if cell.duration.is_some() && *ty != Type::Number {
            let why = "a `duration` becomes a number, and this field of the policy is none".to_owned();
            bad.push(BadColumns { path: key.clone(), why });
        }
        let reading = Reading::new(ty, cell, &all);
        let currency = match &cell.currency {
            None => None,
            Some(cell) => Some(Box::new(self.leaf(cell, &Type::Text, joined, &key.key("currency"), bad)?)),
        };
        let (place, name) = match (&cell.value, &cell.from) {
            (Some(value), _) => (Place::Constant(value.clone()), String::new()),
            (None, Some(from)) => (self.place(from, joined, key, bad)?, from.clone()),
            (None, None) => return None,
        };
        Some(Leaf { place, joined: self.number_of(joined), reading, currency, name })
    }

    /// The place of a join among all of them.
    fn number_of(&self, joined: Option<&str>) -> Option<usize> {
        self.mapping.joins.keys().position(|name| Some(name.as_str()) == joined)
    }

    fn place(&self, from: &str, joined: Option<&str>, key: &Path, bad: &mut Vec<BadColumns>) -> Option<Place> {
        let found = match (joined.and_then(|name| self.tables.get(name)), self.header) {
            (Some(table), _) => {
                let column = table.header.find(from, &format!("`{}`", table.file));
                column.map(|column| table.place(column))
            }
            (None, Some(header)) => header.find(from, "the file").map(Some),
            (None, None) => return Some(Place::Path(path(from))),
        };
        match found {
            Ok(column) => column.map(Place::Column),
            Err(why) => {
                bad.push(BadColumns { path: key.clone(), why });
                None
            }
        }
    }
}

/// Whether another name was meant.
fn near<'n>(name: &str, names: impl Iterator<Item = &'n str>) -> String {
    did_you_mean(name, names).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default()
}

/// The parts of a path in a record. A key with dots in it stands in backticks.
fn path(from: &str) -> Vec<String> {
    let mut parts = Vec::new();
    let mut rest = from;
    loop {
        let quoted = rest.strip_prefix('`').and_then(|rest| rest.split_once('`'));
        let (part, after) = match quoted {
            Some((part, after)) => (part, after.strip_prefix('.')),
            None => rest.split_once('.').map_or((rest, None), |(part, after)| (part, Some(after))),
        };
        parts.push(part.to_owned());
        match after {
            Some(after) => rest = after,
            None => return parts,
        }
    }
}

/// The mapping of a table whose columns have the names of fields.
pub fn by_names(header: &Header, fields: &[Field], id: &[String]) -> Mapping {
    let paths = fields.iter().filter(|field| field.ty != Type::Items).map(Field::dotted);
    let paths = paths.chain([id.join(".")]).filter(|path| header.has(path));
    let cell = |path: &String| Cell { from: Some(path.clone()), ..Cell::default() };
    Mapping { fields: paths.map(|path| (path.clone(), cell(&path))).collect(), ..Mapping::default() }
}

/// Puts a node at a path.
fn put(entries: &mut Vec<(String, Node)>, path: &[String], node: Node) {
    let Some((first, rest)) = path.split_first() else { return };
    if rest.is_empty() {
        return entries.push((first.clone(), node));
    }
    let at = entries.iter().position(|(key, node)| key == first && matches!(node, Node::Object(_)));
    let at = at.unwrap_or_else(|| {
        entries.push((first.clone(), Node::Object(Vec::new())));
        entries.len() - 1
    });
    if let Some((_, Node::Object(below))) = entries.get_mut(at) {
        put(below, rest, node);
    }
}
