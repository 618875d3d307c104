//! `docs/writing-policies.md`, followed word by word.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a page that cannot be followed has failed")]
#![expect(clippy::disallowed_methods, reason = "the page makes files and runs commands")]

#[path = "parts/pages.rs"]
mod pages;

#[test]
fn the_tutorial_comes_out_as_it_says() {
    let blocks = pages::run("tutorial", include_str!("../docs/writing-policies.md"));
    assert_eq!((blocks.files, blocks.runs), (19, 12));
}
