//! bytes → lead: the values that a policy reads, as typed cells.
//!
//! `json` knows the grammar and no policy; `read` walks it along a [`Shape`]; `value` says what a
//! value means for a type; `moment` reads dates and times. `stream` carries leads from a reader to results
//! over threads: `frame` and `elements` cut the input into `chunk`s of leads.

mod cell;
mod chunk;
mod elements;
mod error;
mod escape;
mod frame;
mod guess;
mod json;
mod keys;
mod line;
mod moment;
mod read;
mod rows;
mod shape;
mod store;
mod stream;
mod value;

pub use cell::{Cell, Currency, Lead};
pub use error::LeadError;
pub use frame::{Format, Unit};
pub(crate) use keys::Keys;
pub use read::{Items, read};
pub use shape::{FieldShape, Kind, Preset, Shape};
pub use store::TextRef;
pub use stream::{Stream, StreamError, Summary, run};

#[cfg(test)]
mod json_tests;
#[cfg(test)]
mod read_tests;
#[cfg(test)]
mod stream_tests;
#[cfg(test)]
mod value_tests;
