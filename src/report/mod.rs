//! What is made of the decisions about many leads.

pub mod worklist;
