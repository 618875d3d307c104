//! What is made of decisions: about one lead, and about many.

pub mod explain;
pub mod verify;
pub mod worklist;
