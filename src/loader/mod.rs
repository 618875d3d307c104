//! How a policy's files are read, whoever keeps them: in a [`Folder`], in [`Memory`], or in a [`Loader`] of your own.

pub mod folder;

pub use folder::Folder;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// Reads the files of a policy. The checker touches no disk: it asks the loader that it was handed, which decides
/// what there is and what may be read.
pub trait Loader {
    /// The bytes of a file. The path is written with `/`, and is relative to where the loader begins. A path that a
    /// policy names never leaves the policy's own folder; the path of the policy itself comes from the program, as it
    /// gave it.
    ///
    /// # Errors
    /// Where there is no such file, or it may not be read; the reason becomes part of a diagnostic.
    fn read(&self, path: &str) -> Result<Vec<u8>, LoadError>;

    /// The name that messages show for a file, such as its path as the user would type it.
    fn shown(&self, path: &str) -> String {
        path.to_owned()
    }
}

impl<T: Loader + ?Sized> Loader for &T {
    fn read(&self, path: &str) -> Result<Vec<u8>, LoadError> {
        (**self).read(path)
    }

    fn shown(&self, path: &str) -> String {
        (**self).shown(path)
    }
}

impl<T: Loader + ?Sized> Loader for Box<T> {
    fn read(&self, path: &str) -> Result<Vec<u8>, LoadError> {
        (**self).read(path)
    }

    fn shown(&self, path: &str) -> String {
        (**self).shown(path)
    }
}

impl<T: Loader + ?Sized> Loader for Arc<T> {
    fn read(&self, path: &str) -> Result<Vec<u8>, LoadError> {
        (**self).read(path)
    }

    fn shown(&self, path: &str) -> String {
        (**self).shown(path)
    }
}

/// Why a file cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LoadError {
    /// There is no such file.
    #[error("there is no such file")]
    NotFound,
    /// The path leads out of the policy's folder.
    #[error("it lies outside the policy's folder")]
    OutsideFolder,
    /// The file is larger than the loader allows.
    #[error("it is too large")]
    TooLarge,
    /// Anything else, in words that complete "cannot be read: ".
    #[error("{0}")]
    Other(String),
}

/// Files that are held in memory, for tests and for programs that keep policies elsewhere than on a disk.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    files: BTreeMap<String, Vec<u8>>,
}

impl Memory {
    /// Adds a file. Its path is written as policies name it: `lists/mail.txt`.
    #[must_use]
    pub fn with(mut self, path: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        self.files.insert(path.into(), bytes.into());
        self
    }
}

impl Loader for Memory {
    fn read(&self, path: &str) -> Result<Vec<u8>, LoadError> {
        if leaves_folder(path) {
            return Err(LoadError::OutsideFolder);
        }
        self.files.get(path).cloned().ok_or(LoadError::NotFound)
    }
}

/// A file that is at hand already, such as the text of a policy, beside others that a loader has.
pub struct Given<'a> {
    /// The path that the file is asked for by.
    pub path: String,
    /// The name that messages show for it.
    pub shown: String,
    /// What it holds.
    pub bytes: Vec<u8>,
    /// All other files.
    pub files: &'a dyn Loader,
}

impl fmt::Debug for Given<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Given").field("path", &self.path).finish_non_exhaustive()
    }
}

impl Loader for Given<'_> {
    fn read(&self, path: &str) -> Result<Vec<u8>, LoadError> {
        if path == self.path { Ok(self.bytes.clone()) } else { self.files.read(path) }
    }

    fn shown(&self, path: &str) -> String {
        if path == self.path { self.shown.clone() } else { self.files.shown(path) }
    }
}

/// Whether a path is absolute or goes up, on any system: a policy must mean the same on each.
pub fn leaves_folder(path: &str) -> bool {
    let drive = path.as_bytes().get(1) == Some(&b':');
    path.starts_with(['/', '\\']) || drive || path.split(['/', '\\']).any(|part| part == "..")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_holds_what_was_put_in() {
        let files = Memory::default().with("shared/crm.handover", "library \"crm\"");
        assert_eq!(files.read("shared/crm.handover"), Ok(b"library \"crm\"".to_vec()));
        assert_eq!(files.read("crm.handover"), Err(LoadError::NotFound));
    }

    #[test]
    fn no_path_leads_out() {
        for path in ["/etc/passwd", "../x", "a/../../x", "a\\..\\x", "\\\\host\\x", "C:\\x", "C:x", ".."] {
            assert_eq!(Memory::default().read(path), Err(LoadError::OutsideFolder), "{path}");
        }
        for path in ["a..b", "..a", "lists/x.csv", "Č:x"] {
            assert_eq!(Memory::default().read(path), Err(LoadError::NotFound), "{path}");
        }
    }
}
