//! `handover init`

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use handover::diagnostic::escape;

use super::output::{Exit, Failure, Output};

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  handover init                         in this folder
  handover init agreement               in a folder of its own, which is made")]
pub struct Args {
    /// The folder to write to
    #[arg(value_name = "DIR", default_value = ".")]
    folder: PathBuf,
}

/// The files, and what each of them is.
const FILES: [(&str, &str, &str); 3] = [
    ("agreement.handover", include_str!("../../policies/starter/agreement.handover"), "the agreement, with comments"),
    (
        "agreement.test.yaml",
        include_str!("../../policies/starter/agreement.test.yaml"),
        "leads that must come out as agreed",
    ),
    ("leads.ndjson", include_str!("../../policies/starter/leads.ndjson"), "five leads to try it on"),
];

/// Writes all files, or none where one of them is there already.
pub fn run(args: Args, output: &mut Output) -> Result<Exit, Failure> {
    let folder = if args.folder == Path::new(".") { PathBuf::new() } else { args.folder };
    let failed = |path: &Path, why: &str| Failure::Other(format!("`{}` {why}", path.to_string_lossy()));
    for (name, _, _) in FILES {
        let path = folder.join(name);
        // A link that leads nowhere is something, too.
        if fs::symlink_metadata(&path).is_ok() {
            return Err(failed(
                &path,
                "is there already, and nothing was written; name another folder: handover init FOLDER",
            ));
        }
    }
    if !folder.as_os_str().is_empty() {
        fs::create_dir_all(&folder).map_err(|why| failed(&folder, &format!("cannot be made: {why}")))?;
    }
    let mut said = String::new();
    for (name, text, about) in FILES {
        let path = folder.join(name);
        let file = OpenOptions::new().write(true).create_new(true).open(&path);
        let written = file.and_then(|mut file| file.write_all(text.as_bytes()));
        written.map_err(|why| failed(&path, &format!("cannot be written: {why}")))?;
        said.push_str(&format!("wrote {}  {about}\n", shown(&path)));
    }
    let [policy, _, leads] = FILES.map(|(name, _, _)| shown(&folder.join(name)));
    said.push_str(&format!(
        "\nRead {policy}, and change it line by line. These say how it stands:\n  \
         handover check {policy}\n  \
         handover test {policy}\n  \
         handover eval --policy {policy} --now 2026-03-10T12:00:00+01:00 --only lead,stage,why {leads}\n"
    ));
    Ok(output.write(said.as_bytes()).map(|()| Exit::Fine)?)
}

/// A path as a shell takes it, and no option.
fn shown(path: &Path) -> String {
    let mut text = escape(&path.to_string_lossy());
    if text.starts_with('-') {
        text.insert_str(0, "./");
    }
    let plain = text.chars().all(|c| c.is_alphanumeric() || "/._-+:\\".contains(c));
    if plain { text } else { format!("'{}'", text.replace('\'', r"'\''")) }
}
