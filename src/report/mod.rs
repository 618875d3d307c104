//! What is made of the decisions about many leads.

pub mod verify;
pub mod worklist;
