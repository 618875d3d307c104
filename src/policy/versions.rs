//! Versions of one policy.

use super::Policy;

/// The versions of one policy, in the order of their dates of effect, which do not overlap.
///
/// Leads are judged by the version in effect, and the clock of each SLA by the version that was in effect when it
/// started, so that a closed clock is never judged again by a later agreement. One policy alone is a version that holds
/// at every instant.
#[derive(Clone, Debug)]
pub struct Versions(Vec<Policy>);

impl Versions {
    /// Policies that were found to be versions of one, in the order of effect.
    pub(crate) fn in_order(policies: Vec<Policy>) -> Versions {
        Versions(policies)
    }

    /// The versions, in the order of effect.
    pub fn policies(&self) -> &[Policy] {
        &self.0
    }

    /// The versions themselves.
    pub fn into_policies(self) -> Vec<Policy> {
        self.0
    }
}

impl From<Policy> for Versions {
    fn from(policy: Policy) -> Self {
        Versions(vec![policy])
    }
}
