//! `docs/ci.md` and `.pre-commit-hooks.yaml` can be copied: they are YAML of the right shape, and what they say of
//! `handover check` is run. That the arguments of all commands are right, `src/cli/mod.rs` asks the command line itself.
#![expect(clippy::unwrap_used, reason = "a page that cannot be read has failed")]

use std::collections::BTreeSet;

use run::{Folder, err};
use serde_json::Value;

#[expect(dead_code, reason = "other tests use all of it")]
mod run;

const PAGE: &str = include_str!("../docs/ci.md");
const HOOKS: &str = include_str!("../.pre-commit-hooks.yaml");

/// The fenced blocks of a kind.
fn blocks(kind: &str) -> Vec<&'static str> {
    PAGE.split("```").skip(1).step_by(2).filter_map(|block| block.strip_prefix(kind)?.strip_prefix('\n')).collect()
}

fn yaml(text: &str) -> Value {
    serde_yaml::from_str(text).unwrap()
}

fn texts<'a>(value: &'a Value, key: &str) -> Vec<&'a str> {
    value.as_array().unwrap().iter().filter_map(|entry| entry.get(key)?.as_str()).collect()
}

#[test]
fn each_example_has_the_shape_that_its_program_wants() {
    let [github, gitlab, precommit] = blocks("yaml").into_iter().map(yaml).collect::<Vec<_>>().try_into().unwrap();
    assert!(github["on"]["push"].is_object() && github["permissions"]["security-events"] == "write");
    let steps = &github["jobs"]["policies"]["steps"];
    for step in steps.as_array().unwrap() {
        assert!(step.get("run").is_some() != step.get("uses").is_some(), "{step}");
    }
    let written: Vec<&str> = texts(steps, "run").iter().filter_map(|run| run.split(" > ").nth(1)).collect();
    let used = [&steps[4]["with"]["sarif_file"], &steps[8]["with"]["path"]].map(|file| file.as_str().unwrap());
    assert_eq!(written.iter().map(|run| run.split(' ').next().unwrap()).collect::<Vec<_>>(), used);

    let lines: Vec<&str> = gitlab["policies"]["script"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    for report in gitlab["policies"]["artifacts"]["reports"]["junit"].as_array().unwrap() {
        let writes = format!("--format junit policies > {} ||", report.as_str().unwrap());
        assert_eq!(lines.iter().filter(|line| line.contains(&writes)).count(), 1, "{writes}");
    }

    let ids = |list: &Value| -> BTreeSet<String> { texts(list, "id").into_iter().map(str::to_owned).collect() };
    assert_eq!(ids(&precommit["repos"][0]["hooks"]), ids(&yaml(HOOKS)));
    assert_eq!(precommit["repos"][0]["rev"], format!("v{}", env!("CARGO_PKG_VERSION")));
}

#[test]
fn each_hook_has_what_pre_commit_asks_for() {
    let hooks = yaml(HOOKS);
    let names = ["handover check", "handover fmt", "handover test"];
    assert_eq!((texts(&hooks, "entry"), texts(&hooks, "name")), (names.to_vec(), names.to_vec()));
    for hook in hooks.as_array().unwrap() {
        assert_eq!(
            (&hook["id"], &hook["language"]),
            (&hook["name"].as_str().unwrap().replace(' ', "-").into(), &"rust".into())
        );
        let files = regex::Regex::new(hook["files"].as_str().unwrap()).unwrap();
        assert!(files.is_match("policies/acme.handover") && !files.is_match("README.md"));
        // What is handed all that changed must be asked about policies only.
        assert!(hook.get("pass_filenames").is_some() || !files.is_match("holidays/bg.yaml"));
    }
}

/// Runs a line of the page as its program would, in a folder with one policy.
fn run(name: &str, policy: &str, line: &str) -> Option<i32> {
    let folder = Folder::new(name).with("policies/acme.handover", policy);
    let binary = std::path::Path::new(env!("CARGO_BIN_EXE_handover")).parent().unwrap();
    let mut shell = std::process::Command::new("sh");
    #[expect(clippy::disallowed_methods, reason = "a test runs a shell")]
    let path = format!("{}:{}", binary.display(), std::env::var("PATH").unwrap());
    let done = shell.args(["-ec", line]).current_dir(&folder.0).env("PATH", path).output().unwrap();
    assert_eq!(err(&done), "", "{line}");
    done.status.code()
}

#[test]
fn the_lines_with_check_say_yes_no_and_go_on() {
    let good = "policy \"Acme\"\n  version 1\n";
    let doubtful = format!("{good}lead\n  email is text\n");
    let github = yaml(blocks("yaml").first().unwrap());
    let steps = texts(&github["jobs"]["policies"]["steps"], "run");
    let [annotations, sarif] = [steps[1], steps[2]];
    let shell = blocks("sh").first().unwrap().lines().next().unwrap();
    for (number, (line, when_good, when_doubtful, when_bad)) in
        [(shell, 0, 1, 1), (annotations, 0, 1, 1), (sarif, 0, 0, 0)].into_iter().enumerate()
    {
        assert!(line.starts_with("handover check "), "{line}");
        for (policy, expected) in [(good, when_good), (&doubtful, when_doubtful), ("nonsense\n", when_bad)] {
            assert_eq!(run(&format!("ci_{number}"), policy, line), Some(expected), "{line}\n{policy}");
        }
    }
    // The script of GitLab goes on, and remembers.
    let gitlab = yaml(blocks("yaml").get(1).unwrap());
    let script: Vec<&str> = gitlab["policies"]["script"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    let of_check = script.iter().filter(|line| !line.contains("handover ") || line.starts_with("handover check"));
    let script = of_check.copied().collect::<Vec<_>>().join("\n");
    assert_eq!(script.lines().count(), 3, "{script}");
    assert_eq!(run("ci_gitlab", &doubtful, &script), Some(1));
    assert_eq!(run("ci_gitlab", good, &script), Some(0));
}
