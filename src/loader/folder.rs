//! The files of a policy in a folder on a disk: the one place below the command line that reads files, for those who
//! hand it in.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::{LoadError, Loader, leaves_folder};

/// The most that a file may hold: lists come from files and may be long. (A policy itself is limited to 1 MiB, but
/// it takes the whole file to say so.)
pub const LIMIT: u64 = 64 * 1024 * 1024;

/// A folder on a disk with a policy in it. It reads no file outside, also where a link leads there: a policy that
/// somebody sends must not be able to read what its user can.
#[derive(Clone, Debug)]
pub struct Folder {
    folder: PathBuf,
}

impl Folder {
    /// The files in `folder` and below; an empty path is the current folder.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Folder { folder: folder.into() }
    }
}

impl Loader for Folder {
    fn read(&self, path: &str) -> Result<Vec<u8>, LoadError> {
        if leaves_folder(path) || Path::new(path).is_absolute() {
            return Err(LoadError::OutsideFolder);
        }
        let folder = if self.folder.as_os_str().is_empty() { Path::new(".") } else { &self.folder };
        let folder = folder.canonicalize().map_err(reason)?;
        let file = folder.join(path).canonicalize().map_err(reason)?;
        if !file.starts_with(&folder) {
            return Err(LoadError::OutsideFolder);
        }
        // A device or a pipe could go on for ever.
        match fs::metadata(&file).map_err(reason)? {
            about if about.is_dir() => Err(LoadError::Other("it is a folder".to_owned())),
            about if !about.is_file() => Err(LoadError::Other("it is not a plain file".to_owned())),
            _ => read(open(&file)?),
        }
    }

    fn shown(&self, path: &str) -> String {
        self.folder.join(path).to_string_lossy().into_owned()
    }
}

/// Opens a file, wherever it lies.
#[expect(clippy::disallowed_methods, reason = "this is where files are read")]
pub fn open(path: &Path) -> Result<File, LoadError> {
    let file = File::open(path).map_err(reason)?;
    // Some systems open folders and fail at the first read.
    match file.metadata() {
        Ok(about) if about.is_dir() => Err(LoadError::Other("it is a folder".to_owned())),
        _ => Ok(file),
    }
}

/// Reads to the end, or up to the limit.
pub fn read(from: impl Read) -> Result<Vec<u8>, LoadError> {
    // Most files fit, and are read in one piece.
    let mut bytes = Vec::with_capacity(16 * 1024);
    from.take(LIMIT + 1).read_to_end(&mut bytes).map_err(reason)?;
    if bytes.len() as u64 > LIMIT { Err(LoadError::TooLarge) } else { Ok(bytes) }
}

/// The operating system's reason in plain words.
fn reason(error: io::Error) -> LoadError {
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => LoadError::NotFound,
        io::ErrorKind::PermissionDenied => LoadError::Other("you are not allowed to read it".to_owned()),
        io::ErrorKind::IsADirectory => LoadError::Other("it is a folder".to_owned()),
        _ => LoadError::Other(error.to_string()),
    }
}
