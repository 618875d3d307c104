//! The files of a policy on a disk.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use handover::loader::{LoadError, Loader, leaves_folder};

/// The most that a file may hold: lists come from files and may be long. (A policy itself is limited to 1 MiB, but
/// it takes the whole file to say so.)
pub const LIMIT: u64 = 64 * 1024 * 1024;

/// A folder with a policy in it.
pub struct Disk {
    folder: PathBuf,
}

impl Disk {
    /// The files in `folder` and below.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Disk { folder: folder.into() }
    }
}

impl Loader for Disk {
    /// Reads no file outside the folder, also where a link leads there: a policy that somebody sends must not be
    /// able to read what its user can.
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

/// Opens a file.
#[expect(clippy::disallowed_methods, reason = "the command line is where files are read")]
pub fn open(path: &Path) -> Result<File, LoadError> {
    File::open(path).map_err(reason)
}

/// Reads to the end, or up to the limit.
pub fn read(from: impl Read) -> Result<Vec<u8>, LoadError> {
    let mut bytes = Vec::new();
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

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder of its own for each test, with a policy's folder in it.
    fn folder(name: &str) -> Folder {
        let folder = std::env::temp_dir().join(format!("handover-disk-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(folder.join("policy/lists")).unwrap();
        fs::write(folder.join("secret.csv"), "secret").unwrap();
        fs::write(folder.join("policy/lists/own.csv"), "own").unwrap();
        Folder(folder)
    }

    struct Folder(PathBuf);

    impl Folder {
        fn join(&self, path: &str) -> PathBuf {
            self.0.join(path)
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn files_in_the_folder_are_read() {
        let folder = folder("read");
        let disk = Disk::new(folder.join("policy"));
        assert_eq!(disk.read("lists/own.csv"), Ok(b"own".to_vec()));
        assert_eq!(disk.read("lists/none.csv"), Err(LoadError::NotFound));
        assert_eq!(disk.read("lists/own.csv/x"), Err(LoadError::NotFound));
        assert_eq!(disk.read("lists"), Err(LoadError::Other("it is a folder".to_owned())));
        assert_eq!(Disk::new("").shown("a.handover"), "a.handover");
        assert_eq!(Disk::new("a").shown("b.handover"), Path::new("a").join("b.handover").to_string_lossy());
    }

    #[test]
    fn no_path_leads_out() {
        let folder = folder("out");
        let disk = Disk::new(folder.join("policy"));
        let absolute = folder.join("policy/lists/own.csv");
        for path in ["../secret.csv", "lists/../../secret.csv", "/etc/passwd", &absolute.to_string_lossy()] {
            assert_eq!(disk.read(path), Err(LoadError::OutsideFolder), "{path}");
        }
    }

    #[test]
    #[cfg(unix)]
    fn no_link_leads_out_and_no_device_is_read() {
        use std::os::unix::fs::symlink;
        let folder = folder("links");
        symlink("../../secret.csv", folder.join("policy/lists/file.csv")).unwrap();
        symlink("../..", folder.join("policy/lists/up")).unwrap();
        symlink("own.csv", folder.join("policy/lists/within.csv")).unwrap();
        symlink("loop.csv", folder.join("policy/loop.csv")).unwrap();
        // Its name begins like the folder's, but it is another one.
        fs::create_dir(folder.join("policy-b")).unwrap();
        fs::write(folder.join("policy-b/x.csv"), "x").unwrap();
        symlink("../policy-b", folder.join("policy/b")).unwrap();
        let disk = Disk::new(folder.join("policy"));
        assert_eq!(disk.read("lists/within.csv"), Ok(b"own".to_vec()));
        for path in ["lists/file.csv", "lists/up/secret.csv", "b/x.csv"] {
            assert_eq!(disk.read(path), Err(LoadError::OutsideFolder), "{path}");
        }
        assert!(matches!(disk.read("loop.csv"), Err(LoadError::Other(_))));
        assert_eq!(Disk::new("/dev").read("zero"), Err(LoadError::Other("it is not a plain file".to_owned())));
        // The policy's folder may itself be reached through a link.
        symlink("policy", folder.join("link")).unwrap();
        assert_eq!(Disk::new(folder.join("link")).read("lists/own.csv"), Ok(b"own".to_vec()));
    }

    #[test]
    fn no_file_is_larger_than_the_limit() {
        assert_eq!(read(io::repeat(b'x')), Err(LoadError::TooLarge));
        assert_eq!(read(io::repeat(b'x').take(LIMIT)).map(|bytes| bytes.len() as u64), Ok(LIMIT));
    }
}
