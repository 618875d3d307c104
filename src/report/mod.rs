//! What is made of decisions: about one lead, and about many.

pub mod agreement;
pub mod explain;
pub mod numbers;
mod prose;
pub mod sheet;
pub mod verify;
pub mod worklist;
