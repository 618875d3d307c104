//! `handover test`

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use handover::decimal::Decimal;
use handover::diagnostic::{Diagnostic, escape, github, human, sarif};
use handover::testing::coverage::{self, Coverages};
use handover::testing::{self, Group, Tester, Totals, Wanted};
use handover::{Compiled, Policy, Versions};

use super::output::{Exit, Failure, Output};
use super::policy::{self, STDIN};

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  handover test                         all policies and suites here and below
  handover test acme.handover           one policy: its examples, and the suites beside it that name it
  handover test acme.test.yaml          one suite
  handover test --filter demo           the tests with `demo` in their name
  handover test --coverage --fail-under 80
                                        what the tests cover, and exit code 1 below 80 %
  handover test --suggest acme.handover > more.test.yaml
                                        tests that would see what these have not
  handover test --format junit > tests.xml
                                        for a build server
  handover test --format github         in a GitHub workflow: beside the lines of the change")]
pub struct Args {
    /// Policies, suites, folders to search for them, or `-` for a policy on standard input
    #[arg(value_name = "PATH", default_value = ".")]
    paths: Vec<PathBuf>,

    /// Try only the tests whose name holds this text
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,

    /// How to show what came of them: `json` is for programs, `junit` for build servers, `github` and `sarif` for what
    /// shows failures beside the lines of a change
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Human)]
    format: Format,

    /// Show what the tests cover: which parts of each policy they have seen met, not met and unknown, and which of them
    /// have decided where a lead stands
    #[arg(long)]
    coverage: bool,

    /// Answer no (exit code 1) where the tests of a policy cover less than this, in percent
    #[arg(long, value_name = "PCT", value_parser = percent)]
    fail_under: Option<Decimal>,

    /// Write tests that would see what these have not, as YAML to paste into a suite. The values lie at the policy's
    /// thresholds and just beside them
    #[arg(long, conflicts_with_all = ["format", "filter", "coverage"])]
    suggest: bool,
}

fn percent(text: &str) -> Result<Decimal, String> {
    let number = Decimal::parse(text.trim_end_matches('%'));
    let number = number.filter(|number| !number.is_negative() && *number <= Decimal::from(100));
    number.ok_or_else(|| "write a number from 0 to 100, such as 80".to_owned())
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Human,
    Json,
    Junit,
    Github,
    Sarif,
}

const SUITE: &str = ".test.yaml";

/// Runs all tests, also after one that failed.
pub fn run(args: Args, output: &mut Output) -> Result<Exit, Failure> {
    let wanted = Wanted::with(args.filter.as_deref());
    let covers = args.coverage || args.suggest || args.fail_under.is_some();
    let mut bench = Bench {
        output,
        policies: Vec::new(),
        groups: Vec::new(),
        coverage: covers.then(Coverages::default),
        wrong: false,
    };
    for file in files(&args.paths)? {
        if is_suite(&file) {
            bench.suite(&file, &wanted)?;
        } else {
            bench.policy(&file, &wanted)?;
        }
    }
    let Bench { groups, coverage, wrong, .. } = bench;
    let totals = Totals::of(&groups);
    if let Some(filter) = args.filter.as_ref().filter(|_| totals.tests == 0) {
        return Err(Failure::Other(format!("no test has `{filter}` in its name")));
    }
    show(&groups, coverage.as_ref(), &args, output)?;
    let below = low(coverage.as_ref(), args.fail_under, output);
    let faults = groups.iter().any(|group| !group.faults.is_empty());
    Ok(if wrong || faults || below || !totals.is_fine() { Exit::No } else { Exit::Fine })
}

/// Says which policies are covered too little.
fn low(coverage: Option<&Coverages>, least: Option<Decimal>, output: &mut Output) -> bool {
    let Some((all, least)) = coverage.zip(least) else { return false };
    let mut low = false;
    for it in all.iter().filter(|it| it.share.is_below(least)) {
        let (file, share) = (escape(&it.file), it.share);
        let (covered, possible) = (share.covered, share.possible);
        output.note(&format!(
            "handover: the tests of `{file}` cover {covered} of {possible}, which is less than {least} %"
        ));
        low = true;
    }
    low
}

fn show(groups: &[Group], coverage: Option<&Coverages>, args: &Args, output: &mut Output) -> Result<(), Failure> {
    let format = args.format;
    let found: Vec<_> = groups.iter().map(|group| (group.diagnostics(), &group.sources)).collect();
    let found = found.iter().map(|(list, sources)| (list.as_slice(), *sources));
    let text = match format {
        _ if args.suggest => coverage.map(testing::suggestions).unwrap_or_default(),
        Format::Human => {
            let options = output.for_results();
            let table = coverage.filter(|_| args.coverage).map(|it| coverage::human(it, options)).unwrap_or_default();
            testing::human(groups, options) + &table
        }
        Format::Json => testing::json(groups, coverage.filter(|_| args.coverage)),
        Format::Junit => testing::junit(groups).map_err(|error| Failure::Other(error.to_string()))?,
        Format::Github => github(found),
        Format::Sarif => sarif(found),
    };
    // Suggestions go on to a suite: what came of the tests stands beside them.
    if args.suggest && !Totals::of(groups).is_fine() {
        output.note(testing::human(groups, output.for_notes()).trim_end());
    }
    // Programs have the faults in what they read; people see them beside it.
    for group in groups.iter().filter(|group| format == Format::Human && !group.faults.is_empty()) {
        output.note(human(&group.faults, &group.sources, output.for_notes()).trim_end());
    }
    Ok(output.write(text.as_bytes())?)
}

fn is_suite(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml")
}

/// The policies and suites that are named, each once: those in a folder by name, and those beside a policy.
fn files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for path in paths {
        if path != Path::new(STDIN) && path.is_dir() {
            let found = policy::find_files(path, &|name| name.ends_with(".handover") || name.ends_with(SUITE))?;
            if found.is_empty() {
                let folder = path.to_string_lossy();
                return Err(Failure::Other(format!(
                    "there is no policy (*.handover) and no suite (*{SUITE}) in `{folder}`"
                )));
            }
            files.extend(found);
        } else {
            files.push(path.clone());
            if path != Path::new(STDIN) && !is_suite(path) {
                files.extend(policy::suites_beside(path)?);
            }
        }
    }
    let mut seen = BTreeSet::new();
    files.retain(|file| seen.insert(file.clone()));
    Ok(files)
}

/// The policies that were read so far, and what came of the tests.
struct Bench<'a> {
    output: &'a mut Output,
    policies: Vec<(PathBuf, Option<Tester>)>,
    groups: Vec<Group>,
    /// What the tests cover, where that is wanted.
    coverage: Option<Coverages>,
    /// Whether a policy has faults, which were said.
    wrong: bool,
}

impl Bench<'_> {
    /// Tries the examples of a policy. A library has none.
    fn policy(&mut self, path: &Path, wanted: &Wanted) -> Result<(), Failure> {
        let compiled = policy::open(path)?;
        if compiled.diagnostics.iter().any(Diagnostic::is_error) {
            let file = path.to_string_lossy().into_owned();
            let Compiled { sources, diagnostics: faults, .. } = compiled;
            self.groups.push(Group { file, sources, tests: Vec::new(), faults });
            self.policies.push((key(path), None));
            return Ok(());
        }
        if let Some(policy) = compiled.policy {
            let coverage = &mut self.coverage;
            coverage.iter_mut().for_each(|it| it.add(&policy));
            let group = testing::examples(&policy, wanted, &mut |worker, _, decision| {
                coverage.iter_mut().for_each(|it| it.observe(worker, decision));
            });
            self.groups.extend(group);
            self.keep(path, policy);
        }
        Ok(())
    }

    fn keep(&mut self, path: &Path, policy: Policy) {
        self.policies.push((key(path), Some(Tester::new(policy))));
    }

    fn suite(&mut self, path: &Path, wanted: &Wanted) -> Result<(), Failure> {
        let suite = policy::read_suite(path)?;
        let beside = path.parent().unwrap_or(Path::new(""));
        let at = match &suite.policy {
            Some(name) => Some(self.tester(&beside.join(name))?),
            None => None,
        };
        let tester = at.and_then(|at| self.policies.get_mut(at)).and_then(|(_, tester)| tester.as_mut());
        let coverage = &mut self.coverage;
        self.groups.push(suite.run(tester, wanted, &mut |worker, lead, decision| {
            coverage.iter_mut().for_each(|it| it.observe_lead(worker, lead, decision));
        }));
        Ok(())
    }

    /// The place of a policy among those that were read.
    fn tester(&mut self, path: &Path) -> Result<usize, Failure> {
        let own = key(path);
        if let Some(at) = self.policies.iter().position(|(path, _)| *path == own) {
            return Ok(at);
        }
        let versions: Option<Versions> = policy::versions(path, self.output)?;
        self.wrong |= versions.is_none();
        self.policies.push((own, versions.map(Tester::new)));
        Ok(self.policies.len() - 1)
    }
}

/// By which a policy is known again, however its path is written.
fn key(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}
