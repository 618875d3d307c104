//! The command starts at a fixed address where the system can do that: otherwise some 47,000 pointers in tables, most
//! of them of time zones, are adjusted at every start, which takes longer than deciding a lead.
#![expect(clippy::disallowed_methods, reason = "cargo tells a build script its target in the environment")]

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let target = |part: &str| std::env::var(format!("CARGO_CFG_TARGET_{part}")).unwrap_or_default();
    if target("OS") == "linux" && target("ENV") == "gnu" {
        println!("cargo::rustc-link-arg-bins=-no-pie");
        // What unwinds the stack comes from a shared library, which takes half a millisecond to load. All of it from the
        // archive, behind the shared one on the line, takes its place.
        let linker = std::env::var("RUSTC_LINKER").unwrap_or_else(|_| "cc".to_owned());
        let found = std::process::Command::new(linker).arg("-print-file-name=libgcc_eh.a").output();
        if found.is_ok_and(|found| found.stdout.contains(&b'/')) {
            for arg in ["-Wl,-Bstatic", "-Wl,--whole-archive", "-lgcc_eh", "-Wl,--no-whole-archive", "-Wl,-Bdynamic"] {
                println!("cargo::rustc-link-arg-bins={arg}");
            }
        }
    }
}
