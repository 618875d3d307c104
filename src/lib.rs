//! Handover: the agreement between marketing and sales, as a file that runs.

pub mod decimal;
pub mod diagnostic;
pub mod loader;
pub mod source;
pub mod syntax;
pub mod text;
pub mod time;
