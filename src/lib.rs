//! Handover: the agreement between marketing and sales, as a file that runs.
//!
//! ```text
//!  text ──syntax──▶ AST ──check──▶ Policy ──engine──▶ Evaluator ─┐
//!  (what was       (what was      (what it means:    (steps over │
//!   written)        written,       names resolved,    slots, as  ├──▶ decision
//!                   as a tree)     types known)       of a now)  │
//!                                                                │
//!  bytes ─────────────────────intake──────────────▶ Lead ────────┘
//!                                                  (cells)
//! ```
//!
//! One way through the house: `syntax` knows lines and words, `check` names and types, `policy` is the meaning that
//! both sides agree on, `engine` decides, `intake` reads leads. The engine sees neither text nor AST; nothing below
//! the command line reads a clock, the environment or a disk: files come through a [`loader::Loader`], and now is
//! handed in. The page [`architecture`] has the rest of it.
//!
//! To embed it (the whole guide: [`embedding`]), compile a policy, make an [`Evaluator`] and give it leads:
//!
//! ```
//! use handover::loader::Memory;
//! use handover::{Evaluator, Policy};
//!
//! let text = "policy \"Tiny\"\n  version 1\nlead\n  employees is a number\n\
//!             stage \"MQL\"\n  is reached when employees is at least 50\n";
//! let policy = Policy::compile(text, &Memory::default())?;
//! let evaluator = Evaluator::new(policy, "2026-03-10T12:00:00Z".parse()?);
//!
//! let decision = evaluator.decide(r#"{"id": "A", "employees": 420}"#)?;
//! assert_eq!(decision.stage.as_deref(), Some("MQL"));
//! let decision = evaluator.decide(r#"{"id": "B"}"#)?;
//! assert_eq!(decision.stage, None);
//! assert_eq!(decision.why, "No stage. MQL is open: employees is not known.");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | to | take |
//! |---|---|
//! | check a policy and show all that is found | [`compile`], [`diagnostic`] |
//! | have what is probably not meant pointed out | [`lint::lint`] |
//! | have a policy or know why not | [`Policy::compile`], [`Policy::load`], [`Diagnostics`] |
//! | judge each clock by the version that it started under | [`Versions`] |
//! | decide a lead | [`Evaluator::decide`], [`Decision`] |
//! | decide many on one thread, as values or as JSON | [`Worker::decide`], [`Worker::write`] |
//! | decide a stream of leads on all threads, in order | [`intake::run`], [`Evaluator::handler`] |
//! | put a policy into its canonical form | [`format::format`] |
//! | run the tests of a policy | [`testing::examples`], [`testing::Suite`] |
//! | decide as of another instant | [`Evaluator::at`] |

// The parser that is made from the grammar names it.
extern crate alloc;

#[doc = include_str!("../docs/embedding.md")]
pub mod embedding {}

#[doc = include_str!("../docs/architecture.md")]
pub mod architecture {}

pub mod check;
pub mod decimal;
pub mod diagnostic;
pub mod engine;
pub mod export;
pub mod format;
pub mod intake;
pub mod lint;
pub mod loader;
pub mod pattern;
pub mod policy;
pub mod report;
pub mod source;
pub mod syntax;
pub mod testing;
pub mod text;
pub mod time;
mod yaml;

pub use check::{Compiled, compile};
pub use diagnostic::Diagnostics;
pub use engine::{Decision, Evaluator, Outcome, Outputs, Worker};
pub use intake::LeadError;
pub use policy::{Policy, Versions};
