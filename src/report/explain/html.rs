//! A page of HTML that needs nothing else: no script, no network. The template engine escapes every text.

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, Error};

use super::page::Page;

const TEMPLATE: &str = include_str!("page.html");

pub fn render(page: &Page) -> Result<String, Error> {
    let mut templates = Environment::new();
    templates.set_auto_escape_callback(|_| AutoEscape::Html);
    // A line with a tag alone leaves nothing behind.
    let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build()?;
    templates.set_syntax(syntax);
    templates.render_str(TEMPLATE, Serde(page))
}
