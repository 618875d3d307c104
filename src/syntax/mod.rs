//! text → AST: what was written.
//!
//! [`decode`] turns bytes into text, [`layout`] text into a tree of lines, [`parse()`] lines into the [`ast`].

pub mod ast;
mod decode;
pub mod layout;
mod parse;
pub mod print;

pub use decode::{DecodeError, decode};
pub use parse::parse;
