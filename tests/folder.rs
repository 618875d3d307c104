//! No policy reads what lies outside its folder.
#![expect(clippy::unwrap_used, reason = "a test that cannot make its folder has failed")]

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use handover::loader::folder::{LIMIT, read};
use handover::loader::{Folder, LoadError, Loader};

/// A folder of its own for each test, with a policy's folder in it.
fn folder(name: &str) -> Temporary {
    let folder = std::env::temp_dir().join(format!("handover-folder-{name}-{}", std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(folder.join("policy/lists")).unwrap();
    fs::write(folder.join("secret.csv"), "secret").unwrap();
    fs::write(folder.join("policy/lists/own.csv"), "own").unwrap();
    Temporary(folder)
}

struct Temporary(PathBuf);

impl Temporary {
    fn join(&self, path: &str) -> PathBuf {
        self.0.join(path)
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn files_in_the_folder_are_read() {
    let folder = folder("read");
    let files = Folder::new(folder.join("policy"));
    assert_eq!(files.read("lists/own.csv"), Ok(b"own".to_vec()));
    assert_eq!(files.read("lists/none.csv"), Err(LoadError::NotFound));
    assert_eq!(files.read("lists/own.csv/x"), Err(LoadError::NotFound));
    assert_eq!(files.read("lists"), Err(LoadError::Other("it is a folder".to_owned())));
    assert_eq!(Folder::new("").shown("a.handover"), "a.handover");
    assert_eq!(Folder::new("a").shown("b.handover"), Path::new("a").join("b.handover").to_string_lossy());
}

#[test]
fn no_path_leads_out() {
    let folder = folder("out");
    let files = Folder::new(folder.join("policy"));
    let absolute = folder.join("policy/lists/own.csv");
    for path in ["../secret.csv", "lists/../../secret.csv", "/etc/passwd", &absolute.to_string_lossy()] {
        assert_eq!(files.read(path), Err(LoadError::OutsideFolder), "{path}");
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
    let files = Folder::new(folder.join("policy"));
    assert_eq!(files.read("lists/within.csv"), Ok(b"own".to_vec()));
    for path in ["lists/file.csv", "lists/up/secret.csv", "b/x.csv"] {
        assert_eq!(files.read(path), Err(LoadError::OutsideFolder), "{path}");
    }
    assert!(matches!(files.read("loop.csv"), Err(LoadError::Other(_))));
    assert_eq!(Folder::new("/dev").read("zero"), Err(LoadError::Other("it is not a plain file".to_owned())));
    // The policy's folder may itself be reached through a link.
    symlink("policy", folder.join("link")).unwrap();
    assert_eq!(Folder::new(folder.join("link")).read("lists/own.csv"), Ok(b"own".to_vec()));
}

#[test]
fn no_file_is_larger_than_the_limit() {
    assert_eq!(read(io::repeat(b'x')), Err(LoadError::TooLarge));
    assert_eq!(read(io::repeat(b'x').take(LIMIT)).map(|bytes| bytes.len() as u64), Ok(LIMIT));
}
