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
//! handed in.
//!
//! ```
//! use handover::engine::{Evaluator, Outputs};
//! use handover::loader::Memory;
//!
//! let policy = "policy \"Tiny\"\n  version 1\nlead\n  employees is a number\n\
//!               stage \"MQL\"\n  is reached when employees is at least 50\n";
//! let compiled = handover::compile(&Memory::default().with("tiny.handover", policy), "tiny.handover");
//! assert!(compiled.diagnostics.is_empty());
//!
//! let now = 1_773_144_000_000_000; // 2026-03-10T12:00:00Z in microseconds
//! let only = Outputs::only(["lead", "stage", "missing"]).map_err(|key| format!("no key {key}"))?;
//! let evaluator = Evaluator::new(compiled.policy.ok_or("errors")?, now, only);
//! let mut worker = evaluator.worker();
//! let mut out = Vec::new();
//! worker.decide(br#"{"id": "A", "employees": 420}"#, &mut out)?;
//! worker.decide(br#"{"id": "B"}"#, &mut out)?;
//! assert_eq!(
//!     String::from_utf8(out)?,
//!     "{\"lead\":\"A\",\"stage\":\"MQL\",\"missing\":[]}\n{\"lead\":\"B\",\"stage\":null,\"missing\":[\"employees\"]}\n"
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod check;
pub mod decimal;
pub mod diagnostic;
pub mod engine;
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
