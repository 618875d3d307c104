//! What all reports say in the same way.

pub mod html;
pub mod markdown;
pub mod screen;
pub mod when;
pub mod words;
