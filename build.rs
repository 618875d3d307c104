//! How the command is linked on Linux with glibc: at a fixed address and with nothing to load, so that it starts faster.
//!
//! Elsewhere some 47,000 pointers in tables, most of them of time zones, are adjusted at every start, and the system's
//! shared libraries are found, mapped and adjusted, which together takes longer than the decision on one lead.
#![expect(clippy::disallowed_methods, reason = "cargo tells a build script its target in the environment")]

use std::path::Path;
use std::process::Command;
use std::{env, fs, io};

/// What rustc asks the linker for, and the archive that has the same.
const LIBRARIES: [(&str, &str); 7] =
    [("gcc_s", "gcc_eh"), ("c", "c"), ("m", "m"), ("pthread", "pthread"), ("dl", "dl"), ("rt", "rt"), ("util", "util")];

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    let target = |part: &str| env::var(format!("CARGO_CFG_TARGET_{part}")).unwrap_or_default();
    // With this feature rustc links everything statically by itself.
    let already = target("FEATURE").split(',').any(|feature| feature == "crt-static");
    if target("OS") != "linux" || target("ENV") != "gnu" || already {
        return Ok(());
    }
    println!("cargo::rustc-link-arg-bins=-no-pie");
    let linker = env::var("RUSTC_LINKER").unwrap_or_else(|_| "cc".to_owned());
    // Not every system has the archives; without them the command is linked as any other.
    let archives: Option<Vec<String>> = LIBRARIES.iter().map(|(_, archive)| found(&linker, archive)).collect();
    if let (Some(archives), Ok(folder)) = (archives, env::var("OUT_DIR")) {
        // rustc asks for shared libraries, so files of their names say where the archives are.
        for ((shared, _), archive) in LIBRARIES.iter().zip(archives) {
            fs::write(Path::new(&folder).join(format!("lib{shared}.so")), format!("INPUT(\"{archive}\")\n"))?;
        }
        println!("cargo::rustc-link-arg-bins=-static");
        println!("cargo::rustc-link-arg-bins=-L{folder}");
    }
    Ok(())
}

/// Where the linker has an archive.
fn found(linker: &str, archive: &str) -> Option<String> {
    let answer = Command::new(linker).arg(format!("-print-file-name=lib{archive}.a")).output().ok()?;
    let path = String::from_utf8(answer.stdout).ok()?.trim().to_owned();
    Path::new(&path).is_absolute().then_some(path)
}
