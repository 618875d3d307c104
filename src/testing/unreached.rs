//! The doubt `no-example`: stages that no example and no test of a suite reaches. It takes the engine to tell.

use crate::diagnostic::{Diagnostic, codes};
use crate::engine::{Decision, Outcome};
use crate::lint::Allows;
use crate::policy::Policy;

use super::{Suite, Tester, Wanted};

/// A warning for each stage that the examples of a policy and the suites that name it never reach, but where a comment
/// `# allow no-example` turns that off. The policy is compiled and leads are decided only where there are stages.
pub fn unreached(policy: &Policy, suites: &[Suite]) -> Vec<Diagnostic> {
    let mut reached = vec![false; policy.stages.len()];
    let mut look = |decision: &Decision| {
        for (seen, (_, stage)) in reached.iter_mut().zip(&decision.stages) {
            *seen |= stage.outcome == Outcome::Met;
        }
    };
    super::examples(policy, &Wanted::default(), &mut |_, _, decision| look(decision));
    if !suites.is_empty() && !policy.stages.is_empty() {
        let mut tester = Tester::new(policy.clone());
        for suite in suites {
            suite.run(Some(&mut tester), &Wanted::default(), &mut |_, _, decision| look(decision));
        }
    }
    let mut allows = Allows::read(&policy.sources);
    let stages = policy.stages.iter().zip(reached).filter(|(_, reached)| !reached);
    let warnings = stages.map(|(stage, _)| {
        let message = format!("no example and no test reaches the stage `{}`", stage.name);
        Diagnostic::new(&codes::NO_EXAMPLE, stage.span, message)
            .help("Write an `example` whose lead is in this stage, or a test in a suite beside the policy.")
    });
    warnings.filter(|warning| !allows.turns_off(warning, &policy.sources)).collect()
}
