//! Doubts about a policy that runs: what is probably not what was meant.
//!
//! What says "never" or "always" is proven (`logic`): where no proof is found within the budget, nothing is said. Comments
//! `# allow NAME` turn a warning off for the line below them. Whoever only decides leads pays for none of this.

mod allow;
mod claims;
mod clocks;
mod conditions;
mod logic;
mod people;
mod places;
mod say;
mod stages;
mod tables;
mod unused;
mod words;

pub use allow::Allows;
pub use claims::Claim;

use crate::diagnostic::Diagnostic;
use crate::policy::Policy;

/// A warning, and what it says can never be, where it says so.
#[derive(Clone, Debug)]
pub struct Finding {
    /// What is said.
    pub diagnostic: Diagnostic,
    /// What was proven of every lead.
    pub claim: Option<Claim>,
}

impl Finding {
    fn new(diagnostic: Diagnostic) -> Finding {
        Finding { diagnostic, claim: None }
    }

    fn proven(diagnostic: Diagnostic, claim: Claim) -> Finding {
        Finding { diagnostic, claim: Some(claim) }
    }
}

/// The warnings about a policy, in the order of files and places, without those that a comment turns off:
///
/// ```
/// use handover::{Policy, lint::lint, loader::Memory};
///
/// let text = "policy \"Tiny\"\n  version 1\nlead\n  employees is a number\n  phone is text\n\
///             stage \"MQL\"\n  owned by Sales\n  is reached when employees is at least 50\n";
/// let policy = Policy::compile(text, &Memory::default())?;
/// let warnings = lint(&policy);
/// assert_eq!(warnings[0].message, "nothing uses the field `phone`");
/// # Ok::<(), handover::Diagnostics>(())
/// ```
pub fn lint(policy: &Policy) -> Vec<Diagnostic> {
    let mut allows = Allows::read(&policy.sources);
    let mut all = findings(policy);
    all.retain(|finding| !allows.turns_off(&finding.diagnostic, &policy.sources));
    let mut said: Vec<Diagnostic> = all.into_iter().map(|finding| finding.diagnostic).collect();
    said.extend(allows.complaints());
    said.sort_by_key(|diagnostic| {
        (diagnostic.span.file, diagnostic.span.start, diagnostic.span.end, diagnostic.code.id)
    });
    said
}

/// All that there is to say, whatever comments turn off.
pub fn findings(policy: &Policy) -> Vec<Finding> {
    let mut all = Vec::new();
    unused::find(policy, &mut all);
    people::find(policy, &mut all);
    clocks::find(policy, &mut all);
    words::find(policy, &mut all);
    let mut lookout = conditions::Lookout::new(policy);
    lookout.conditions();
    lookout.tables();
    lookout.stages();
    all.extend(lookout.found);
    all
}
