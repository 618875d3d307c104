//! A page of HTML that needs nothing else: no script, no network.

use super::page::Page;
use crate::report::prose::html::fill;

pub fn render(page: &Page) -> Result<String, minijinja::Error> {
    fill(include_str!("page.html"), page)
}
