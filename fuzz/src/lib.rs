//! What the targets share with `tests/hunt.rs`: what must hold, and inputs that hold several files.

#[path = "../../tests/hunt/claims.rs"]
pub mod claims;
#[path = "../../tests/hunt/input.rs"]
pub mod input;
#[path = "../../tests/hunt/tree.rs"]
pub mod tree;

pub use input::Input;
