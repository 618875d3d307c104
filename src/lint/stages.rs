//! `unreachable` and `always`: stages that no lead, or every lead, is in.

use super::conditions::{Lookout, MET, NOT_MET, Scope, UNKNOWN};
use super::logic::{Proof, Want};
use super::{Claim, say};
use crate::diagnostic::{Diagnostic, codes};
use crate::policy::{DisqualifierId, StageId};

impl Lookout<'_> {
    /// Goes up the ladder. A stage that nobody reaches may be reached from there on, so that it is said once.
    pub fn stages(&mut self) {
        let policy = self.policy;
        for (id, stage) in (0..).map(StageId).zip(&policy.stages) {
            let node = self.formula.stage(id);
            if let Some(proof) = self.refute(&[Want::Node(node, MET)]) {
                let name = &stage.name;
                let message = match self.said_of(&proof).or_else(|| say::because(policy, &proof)) {
                    Some(lines) => format!("`{name}` can never be reached: {lines}"),
                    None => format!("`{name}` can never be reached: these lines cannot all hold"),
                };
                let diagnostic = Diagnostic::new(&codes::UNREACHABLE, stage.span, message)
                    .help("Correct one of these lines: no lead meets them all.");
                let diagnostic = say::with_lines(diagnostic, &proof);
                self.say(diagnostic, Claim::NeverReached(id));
                self.formula.leave_open(id);
                continue;
            }
            if self.refute(&[Want::Node(node, NOT_MET | UNKNOWN)]).is_some() {
                let message = format!("every lead reaches `{}`, whatever is known of it", stage.name);
                let diagnostic = Diagnostic::new(&codes::ALWAYS, stage.span, message)
                    .also(stage.condition.span, "this is always met")
                    .help(
                        "Ask for something that not every lead has; an empty field counts as what `when empty` says.",
                    );
                self.say(diagnostic, Claim::AlwaysReached(id));
                continue;
            }
            self.test_of(id);
            self.disqualified(id);
        }
    }

    /// What was said of the one line of a proof.
    fn said_of(&self, proof: &Proof) -> Option<String> {
        let mut lines = proof.because.iter().map(|(span, _)| *span);
        let (only, None) = (lines.next()?, lines.next()) else { return None };
        let said = self.found.iter().find(|finding| finding.diagnostic.span == only)?;
        Some(said.diagnostic.message.clone())
    }

    /// A stage whose test nobody passes, so that only its event opens it.
    fn test_of(&mut self, id: StageId) {
        let policy = self.policy;
        let Some(stage) = policy.stages.get(id.index()).filter(|stage| !stage.entered.is_empty()) else { return };
        let mut parts = Vec::new();
        stage.condition.visit(&mut |part| parts.push(part.span));
        if parts.iter().any(|span| self.told.contains(span)) {
            return;
        }
        let node = self.formula.stage_test(id);
        let Some(proof) = self.refute(&[Want::Node(node, MET)]) else { return };
        let message = match say::because(policy, &proof) {
            Some(lines) => format!("no lead passes the test of `{}`: {lines}", stage.name),
            None => format!("no lead passes the test of `{}`: these lines cannot all hold", stage.name),
        };
        let diagnostic = Diagnostic::new(&codes::CONTRADICTION, stage.condition.span, message).help(
            "Correct one of these lines; as it is, a lead is in this stage only once the CRM says that it entered it.",
        );
        let diagnostic = say::with_lines(diagnostic, &proof);
        self.say(diagnostic, Claim::NeverMet(stage.condition.span));
    }

    /// A stage whose leads are all disqualified, so that no lead is ever in it.
    fn disqualified(&mut self, id: StageId) {
        let policy = self.policy;
        let node = self.formula.stage(id);
        let mut wants = vec![Want::Node(node, MET)];
        for at in (0..policy.disqualifiers.len()).map(|at| DisqualifierId(u32::try_from(at).unwrap_or(u32::MAX))) {
            let Some(disqualifier) = policy.disqualifiers.get(at.index()) else { continue };
            wants.push(self.want(&disqualifier.condition, Scope::Lead, NOT_MET | UNKNOWN));
        }
        if wants.len() == 1 {
            return;
        }
        let Some(proof) = self.refute(&wants) else { return };
        let Some(stage) = policy.stages.get(id.index()) else { return };
        let mut by = Vec::new();
        for it in &policy.disqualifiers {
            let not_by = self.want(&it.condition, Scope::Lead, NOT_MET | UNKNOWN);
            if self.refute(&[Want::Node(node, MET), not_by]).is_some() {
                by.push(it);
            }
        }
        let message = match by.as_slice() {
            [one] => {
                format!("no lead is ever in `{}`: whoever reaches it is disqualified by `{}`", stage.name, one.name)
            }
            _ => format!("no lead is ever in `{}`: whoever reaches it is disqualified", stage.name),
        };
        let mut diagnostic = Diagnostic::new(&codes::UNREACHABLE, stage.span, message)
            .help("Correct the stage or the disqualification: as they are, they cover the same leads.");
        for it in by.iter().take(2) {
            diagnostic = diagnostic.also(it.span, "disqualified here");
        }
        let diagnostic = say::with_lines(diagnostic, &proof);
        self.say(diagnostic, Claim::AlwaysDisqualified(id));
    }
}
