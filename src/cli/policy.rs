//! Policies that the user names: a file, a folder to search, or standard input.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use handover::diagnostic::{Diagnostic, human};
use handover::loader::{Folder, Given, LoadError, Loader, folder};
use handover::testing::{self, Suite};
use handover::{Compiled, Versions, compile};

use super::output::{Failure, Output};

/// What stands for standard input.
pub const STDIN: &str = "-";

/// Reads and checks the policy or library at `path`. Faults in the policy are in the answer; the failure is a file
/// that cannot be read at all.
pub fn open(path: &Path) -> Result<Compiled, Failure> {
    Ok(check(path, read(path)?))
}

/// The bytes of the policy or library at `path`.
pub fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    // The user named this file, so it may lie anywhere and be a pipe. Reading it first and once tells a file that
    // is not there from a policy with faults.
    let bytes = match path == Path::new(STDIN) {
        true => folder::read(io::stdin().lock()),
        false => folder::open(path).and_then(folder::read),
    };
    bytes.map_err(|why| Failure::Read { path: path.to_string_lossy().into_owned(), why: why.to_string() })
}

/// Checks the policy or library that has these bytes, as if it stood at `path`.
pub fn check(path: &Path, bytes: Vec<u8>) -> Compiled {
    let stdin = path == Path::new(STDIN);
    let files = Folder::new(path.parent().filter(|_| !stdin).unwrap_or(Path::new("")));
    let path = if stdin { STDIN.into() } else { path.file_name().unwrap_or_default().to_string_lossy() };
    let shown = if stdin { "<stdin>".to_owned() } else { files.shown(&path) };
    let given = Given { path: path.into_owned(), shown, bytes, files: &files };
    compile(&given, &given.path)
}

/// The policy in a file, or the versions of one in a folder. None where there are faults, which have been said.
pub fn versions(path: &Path, output: &mut Output) -> Result<Option<Versions>, Failure> {
    let folder = path != Path::new(STDIN) && path.is_dir();
    let all = if folder { versions_in(path)? } else { vec![open(path)?] };
    let (mut policies, mut faulty) = (Vec::new(), false);
    for compiled in all {
        if compiled.diagnostics.iter().any(Diagnostic::is_error) {
            let text = human(&compiled.diagnostics, &compiled.sources, output.for_notes());
            output.note(text.trim_end());
            faulty = true;
        }
        policies.extend(compiled.policy);
    }
    if faulty {
        return Ok(None);
    }
    if policies.is_empty() {
        return Err(Failure::Other(match folder {
            true => no_policy_in(path),
            false => "this is a library; leads are judged by a policy".to_owned(),
        }));
    }
    match Versions::new(policies) {
        Ok(versions) => Ok(Some(versions)),
        Err(fault) => {
            output.note(fault.human(output.for_notes()).trim_end());
            Ok(None)
        }
    }
}

/// What is said of a folder without a policy.
pub fn no_policy_in(folder: &Path) -> String {
    format!("there is no policy (*.handover) in `{}`", folder.to_string_lossy())
}

/// Reads and checks the policies and libraries right in a folder, by name. Hidden files are left out, and so are folders
/// below, which hold what the versions share. Nothing outside of the folder is read, and nothing but plain files.
fn versions_in(folder: &Path) -> Result<Vec<Compiled>, Failure> {
    let failed = |path: &Path, why: String| Failure::Read { path: path.to_string_lossy().into_owned(), why };
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| failed(folder, error.to_string()))? {
        let entry = entry.map_err(|error| failed(folder, error.to_string()))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.ends_with(".handover") && !name.starts_with('.') && !entry.path().is_dir() {
            names.push(name);
        }
    }
    names.sort();
    // Paths are shown as people type them: without a leading `./`.
    let folder = if folder == Path::new(".") { Path::new("") } else { folder };
    let files = Folder::new(folder);
    let read = |name: String| {
        let bytes = files.read(&name).map_err(|why| failed(&folder.join(&name), why.to_string()))?;
        let given = Given { shown: files.shown(&name), path: name, bytes, files: &files };
        Ok(compile(&given, &given.path))
    };
    names.into_iter().map(read).collect()
}

/// The policy or library itself, or those in the folder and below.
pub fn files(path: &Path) -> Result<Vec<PathBuf>, Failure> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let found = find(path)?;
    if found.is_empty() {
        return Err(Failure::Other(no_policy_in(path)));
    }
    Ok(found)
}

/// The policies and libraries (`*.handover`) in a folder and below, by name.
fn find(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    find_files(folder, &|name| name.ends_with(".handover"))
}

/// The files in a folder and below whose names are wanted, by name. Hidden folders and links to folders are left out: the
/// first hold what people do not edit, the second may lead in circles.
pub fn find_files(folder: &Path, wanted: &dyn Fn(&str) -> bool) -> Result<Vec<PathBuf>, Failure> {
    let failed =
        |error: io::Error| Failure::Read { path: folder.to_string_lossy().into_owned(), why: error.to_string() };
    let mut found = Vec::new();
    let mut entries = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        entries.push((entry.file_name(), entry.file_type().map_err(failed)?));
    }
    entries.sort_by(|a, b| a.0.cmp(&b.0));
    for (name, kind) in entries {
        // Paths are shown as people type them: without a leading `./`.
        let path = if folder == Path::new(".") { PathBuf::from(&name) } else { folder.join(&name) };
        let name = name.to_string_lossy();
        if kind.is_dir() && !name.starts_with('.') {
            found.extend(find_files(&path, wanted)?);
        } else if !kind.is_dir() && wanted(&name) {
            found.push(path);
        }
    }
    Ok(found)
}

/// The suites (`*.test.yaml`) in a policy's own folder that name it.
pub fn suites_beside(path: &Path) -> Result<Vec<PathBuf>, Failure> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let same = |one: &Path, other: &Path| match (one.canonicalize(), other.canonicalize()) {
        (Ok(one), Ok(other)) => one == other,
        _ => false,
    };
    let mut suites = Vec::new();
    // Where the folder cannot be read there is nothing beside the policy, and of the policy itself others will say so.
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if !name.ends_with(".test.yaml") || entry.path().is_dir() {
            continue;
        }
        let suite = if parent == Path::new(".") { PathBuf::from(&name) } else { parent.join(&name) };
        let read = folder::open(&suite)
            .and_then(folder::read)
            .map_err(|why| Failure::Read { path: suite.to_string_lossy().into_owned(), why: why.to_string() })?;
        if testing::policy_of(&read).is_some_and(|named| same(&parent.join(named), path)) {
            suites.push(suite);
        }
    }
    suites.sort();
    Ok(suites)
}

/// The same, read: for a policy on standard input there are none.
pub fn read_suites_beside(path: &Path) -> Result<Vec<Suite>, Failure> {
    if path == Path::new(STDIN) {
        return Ok(Vec::new());
    }
    suites_beside(path)?.iter().map(|suite| read_suite(suite)).collect()
}

/// A suite. The files that it names lie beside it, or below.
pub fn read_suite(path: &Path) -> Result<Suite, Failure> {
    let failed = |why: LoadError| Failure::Read { path: path.to_string_lossy().into_owned(), why: why.to_string() };
    let bytes = folder::open(path).and_then(folder::read).map_err(failed)?;
    let beside = path.parent().unwrap_or(Path::new(""));
    Ok(Suite::read(&path.to_string_lossy(), &bytes, &Folder::new(beside)))
}
