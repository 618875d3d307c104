//! Exports of CRMs → leads: rows of tables and records of other shapes, by the header alone or by a mapping.
//!
//! A [`Mapping`] says for each field of the policy where it stands and how it is written; [`Converter`] makes the JSON of a
//! lead of each row. Nothing is guessed: what a mapping does not list is not understood, and a row that cannot be made a
//! lead of is an error that names its column.

mod convert;
mod dates;
mod join;
mod length;
mod mapping;
mod number;
mod plan;
mod spelling;
mod table;
mod values;
mod wrong;

pub use convert::Converter;
pub use join::{BadJoin, Joined, Tables};
pub use mapping::{BadMapping, Input, Join, Mapping};
pub use plan::BadColumns;
pub use table::{Dialect, Header, Layout, Table};
pub use wrong::kind as no_text;
