//! What it takes to decide the same again.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::Evaluator;
use super::decision::{date_time, rfc3339};

/// What a decision was made of: by the same of all, the same decision is made again, years later and anywhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Receipt {
    /// The program and its version: `handover 0.1.0`.
    pub engine: String,
    /// The version of the IANA time-zone database: `2026b`.
    pub time_zones: String,
    /// All versions of the policy, in the order of effect, each with the digest of every file that it reads.
    pub policy: Vec<PolicyDigest>,
    /// `sha256:` and the digest, in hexadecimal, of the lead as it was read: its bytes without white space around them.
    pub lead: String,
    /// The instant as of which it decided.
    #[serde(serialize_with = "rfc3339")]
    pub as_of: DateTime<Utc>,
}

/// A version of a policy, and what it says to the letter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PolicyDigest {
    /// The version.
    pub version: u32,
    /// `sha256:` and the digest, in hexadecimal, of the policy and every file that it reads.
    pub digest: Arc<str>,
}

impl Evaluator {
    /// The receipt for a decision about this lead.
    pub fn receipt(&self, lead: impl AsRef<[u8]>) -> Receipt {
        let versions = self.versions();
        Receipt {
            engine: format!("handover {}", env!("CARGO_PKG_VERSION")),
            time_zones: chrono_tz::IANA_TZDB_VERSION.to_owned(),
            policy: versions
                .map(|policy| PolicyDigest { version: policy.version, digest: policy.digest.as_str().into() })
                .collect(),
            lead: lead_digest(lead),
            as_of: date_time(self.moment().now),
        }
    }
}

/// `sha256:` and the digest of a lead, as receipts have it.
pub fn lead_digest(lead: impl AsRef<[u8]>) -> String {
    let mut text = String::from("sha256:");
    for byte in Sha256::digest(lead.as_ref().trim_ascii()) {
        text.push_str(&format!("{byte:02x}"));
    }
    text
}
