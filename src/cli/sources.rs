//! `handover sources`, and the mappings that come with the program.

use std::path::{Path, PathBuf};

use handover::export::Mapping;
use handover::loader::folder;

use super::export::folder_of;
use super::output::{Exit, Failure, Output};

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  handover sources                      the mappings that come with the program
  handover sources hubspot-csv > our-hubspot.yaml
                                        one of them, to begin your own from
  handover eval --policy acme.handover --source our-hubspot.yaml contacts.csv
                                        leads from an export")]
pub struct Args {
    /// The mapping to show
    #[arg(value_name = "NAME")]
    name: Option<String>,
}

/// The mappings by their names.
const SOURCES: [(&str, &str); 8] = [
    ("dynamics", include_str!("../../policies/sources/dynamics.yaml")),
    ("hubspot", include_str!("../../policies/sources/hubspot.yaml")),
    ("hubspot-csv", include_str!("../../policies/sources/hubspot-csv.yaml")),
    ("marketo", include_str!("../../policies/sources/marketo.yaml")),
    ("salesforce", include_str!("../../policies/sources/salesforce.yaml")),
    ("sugarcrm", include_str!("../../policies/sources/sugarcrm.yaml")),
    ("suitecrm", include_str!("../../policies/sources/suitecrm.yaml")),
    ("zoho", include_str!("../../policies/sources/zoho.yaml")),
];

/// Lists the mappings, or shows one.
pub fn run(args: Args, output: &mut Output) -> Result<Exit, Failure> {
    let text = match &args.name {
        Some(name) => find(name)?.1,
        None => {
            let mut text = String::new();
            for (name, yaml) in SOURCES {
                let mapping = Mapping::read(yaml).map_err(|bad| Failure::Other(format!("{name}: {bad}")))?;
                text.push_str(&format!("{name:<12}  {}\n", mapping.name));
            }
            text
        }
    };
    Ok(output.write(text.as_bytes()).map(|()| Exit::Fine)?)
}

/// A mapping by its name or file: how to call it, its text, and the folder of its file.
pub fn find(source: &str) -> Result<(String, String, Option<PathBuf>), Failure> {
    if let Some((name, text)) = SOURCES.iter().find(|(name, _)| *name == source) {
        return Ok(((*name).to_owned(), (*text).to_owned(), None));
    }
    let path = Path::new(source);
    let failed = |why: String| Failure::Read { path: source.to_owned(), why };
    if !path.exists() && path.extension().is_none() {
        let names: Vec<&str> = SOURCES.iter().map(|(name, _)| *name).collect();
        let why = format!("there is no mapping `{source}`; those that come with the program are {}", names.join(", "));
        return Err(Failure::Other(why));
    }
    let bytes = folder::open(path).and_then(folder::read).map_err(|why| failed(why.to_string()))?;
    let text = String::from_utf8(bytes).map_err(|_| failed("it is not UTF-8 text".to_owned()))?;
    Ok((source.to_owned(), text, Some(folder_of(path))))
}
