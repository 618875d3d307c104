//! Handover: the agreement between marketing and sales, as a file that runs.

pub mod check;
pub mod decimal;
pub mod diagnostic;
pub mod intake;
pub mod loader;
pub mod pattern;
pub mod policy;
pub mod source;
pub mod syntax;
pub mod text;
pub mod time;

pub use check::{Compiled, compile};
pub use policy::Policy;
