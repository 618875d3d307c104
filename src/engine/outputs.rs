//! Which keys a decision holds.

/// The keys of a decision in their order, each once: as a [`Key`] and as JSON names it.
macro_rules! keys {
    ($($key:ident $name:literal,)*) => {
        /// A key of a decision.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Key {
            $(#[doc = concat!("`", $name, "`")] $key,)*
        }

        impl Key {
            /// All of them, in their order.
            pub const ALL: &[Key] = &[$(Key::$key,)*];

            /// The key as JSON has it.
            pub fn name(self) -> &'static str {
                match self {
                    $(Key::$key => $name,)*
                }
            }
        }

        /// The keys of a decision, in their order.
        pub const KEYS: &[&str] = &[$($name,)*];
    };
}

keys! {
    Schema "schema",
    Lead "lead",
    Policy "policy",
    AsOf "as_of",
    Stage "stage",
    RecordedStage "recorded_stage",
    Why "why",
    DisqualifiedBy "disqualified_by",
    Disqualifiers "disqualifiers",
    Stages "stages",
    Missing "missing",
    Criteria "criteria",
    Checklists "checklists",
    Scores "scores",
    Grades "grades",
    Slas "slas",
    Actions "actions",
    Warnings "warnings",
}

/// A set of keys: what a decision is to hold. What no key of the set needs is not worked out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outputs(u32);

/// What a decision holds only where it is asked for, after all of its keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum With {
    /// `next`: what would reach each stage that is not met.
    Next,
    /// `next_change_at`: when the decision changes though nothing happens.
    NextChange,
    /// `trace`: how everything was decided.
    Trace,
    /// `receipt`: what it takes to decide the same again.
    Receipt,
    /// What reports count. No decision holds it.
    Account,
}

/// The place of the first of them among the bits of [`Outputs`].
const FIRST_EXTRA: u32 = 24;

/// A key that no decision has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a decision has no key `{0}`")]
pub struct UnknownKey(pub String);

impl Outputs {
    /// The whole decision.
    pub const ALL: Outputs = Outputs((1 << KEYS.len()) - 1);

    /// What has to be worked out for reports.
    pub(super) const REPORTS: Outputs = Outputs(
        1 << Key::Stage as u32
            | 1 << Key::DisqualifiedBy as u32
            | 1 << Key::Stages as u32
            | 1 << Key::Criteria as u32
            | 1 << Key::Checklists as u32
            | 1 << Key::Slas as u32
            | 1 << Key::Actions as u32
            | 1 << (FIRST_EXTRA + With::Account as u32),
    );

    /// These keys only, in whatever order.
    ///
    /// # Errors
    /// The first key that no decision has.
    ///
    /// ```
    /// use handover::Outputs;
    /// assert!(Outputs::only(["lead", "stage"]).is_ok());
    /// let unknown = Outputs::only(["lead", "stagee"]).unwrap_err();
    /// assert_eq!(unknown.to_string(), "a decision has no key `stagee`");
    /// ```
    pub fn only(keys: impl IntoIterator<Item = impl AsRef<str>>) -> Result<Outputs, UnknownKey> {
        keys.into_iter().try_fold(Outputs(0), |set, key| {
            let place = KEYS.iter().position(|name| *name == key.as_ref());
            let place = place.ok_or_else(|| UnknownKey(key.as_ref().to_owned()))?;
            Ok(Outputs(set.0 | 1 << place))
        })
    }

    /// These keys, and this besides.
    #[must_use]
    pub fn and(self, with: With) -> Outputs {
        Outputs(self.0 | 1 << (FIRST_EXTRA + with as u32))
    }

    /// Whether a decision holds this besides its keys.
    pub fn adds(self, with: With) -> bool {
        self.0 & (1 << (FIRST_EXTRA + with as u32)) != 0
    }

    /// These without that key.
    pub(super) fn without(self, key: Key) -> Outputs {
        Outputs(self.0 & !(1 << key as u32))
    }

    /// Whether a decision holds this key.
    pub fn has(self, key: Key) -> bool {
        self.0 & (1 << key as u32) != 0
    }

    /// Whether the clocks of SLAs have to run. What they count may be a warning.
    pub(super) fn runs_clocks(self) -> bool {
        [Key::Slas, Key::Actions, Key::Warnings].into_iter().any(|key| self.has(key))
    }

    /// Whether stages and disqualifications have to be worked out.
    pub(super) fn decides_stage(self) -> bool {
        let asked = [
            Key::Stage,
            Key::RecordedStage,
            Key::Why,
            Key::DisqualifiedBy,
            Key::Disqualifiers,
            Key::Stages,
            Key::Missing,
        ];
        asked.into_iter().any(|key| self.has(key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_in_the_set_of_all() {
        assert_eq!(Outputs::only(KEYS), Ok(Outputs::ALL));
        assert!(Key::ALL.iter().zip(KEYS).all(|(key, name)| key.name() == *name));
        assert!(Outputs::ALL.has(Key::Schema) && Outputs::ALL.has(Key::Warnings));
        assert_eq!(KEYS.get(Key::Warnings as usize), Some(&"warnings"));
    }

    #[test]
    fn a_key_is_in_the_set_that_names_it() {
        let set = Outputs::only(["warnings", "lead"]).unwrap();
        assert!(set.has(Key::Lead) && set.has(Key::Warnings) && !set.has(Key::Schema));
        assert!(!set.decides_stage());
    }
}
