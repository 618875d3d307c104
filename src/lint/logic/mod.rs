//! What can be, and what cannot: a search for a way in which several conditions come out as asked.
//!
//! It knows less than the language: sets of values field by field, counts of events, sums of points, and how conditions
//! are put together. Whatever it does not know it takes for possible. So only its "cannot be" is a proof; that it found
//! no reason against something says nothing.

mod atoms;
mod counts;
mod formula;
mod points;
mod ranges;
mod scores;
mod solve;
mod store;
mod texts;
mod windows;

pub use formula::{Formula, Mask, Want};
pub use scores::Bounds;
pub use solve::{Proof, refute};
