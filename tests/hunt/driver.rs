//! Case after case over threads, each by its number; what came up is counted; one that does not end is caught.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::SeqCst};
use std::thread;
use std::time::{Duration, Instant};

use super::dice::Dice;

/// Longer than any case takes by far, on a slow machine that does other things as well.
const TOO_LONG: Duration = Duration::from_secs(60);

/// What came up, and how often.
#[derive(Debug, Default)]
pub struct Tally(BTreeMap<String, u64>);

impl Tally {
    /// Counts one.
    pub fn add(&mut self, what: impl Into<String>) {
        *self.0.entry(what.into()).or_default() += 1;
    }

    /// At least `percent` of all cases came out so.
    pub fn share(&self, what: &str, percent: u64) {
        let (count, all) = (self.0.get(what).copied().unwrap_or(0), self.0["cases"]);
        assert!(count * 100 >= all * percent, "only {count} of {all} cases: {what}\n{self:#?}");
    }

    /// So many different things came up that begin with this.
    pub fn kinds(&self, beginning: &str, at_least: usize) {
        let count = self.0.keys().filter(|what| what.starts_with(beginning)).count();
        assert!(count >= at_least, "only {count} kinds of {beginning}…\n{self:#?}");
    }
}

/// A case that is being looked at. Where it fails its inputs are kept.
pub struct Case {
    hunt: &'static str,
    pub number: u64,
    inputs: Vec<(&'static str, Vec<u8>)>,
}

impl Case {
    /// Takes note of what the case is about.
    pub fn input(&mut self, name: &'static str, bytes: impl Into<Vec<u8>>) {
        self.inputs.push((name, bytes.into()));
    }

    fn keep(&self) -> PathBuf {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("hunt-{}-{}", self.hunt, self.number));
        let kept = fs::create_dir_all(&folder)
            .and_then(|()| self.inputs.iter().try_for_each(|(name, bytes)| fs::write(folder.join(name), bytes)));
        if let Err(why) = kept {
            eprintln!("{}: {why}", folder.display());
        }
        folder
    }
}

impl Drop for Case {
    fn drop(&mut self) {
        if thread::panicking() {
            eprintln!(
                "case {} of the hunt `{}` failed; what it was given is in {}",
                self.number,
                self.hunt,
                self.keep().display()
            );
        }
    }
}

/// Runs the cases of one hunt: `share` thousandths of [`CASES`].
pub fn hunt(name: &'static str, share: u64, case: impl Fn(&mut Case, &mut Dice, &mut Tally) + Sync) -> Tally {
    let (cases, seed) = (setting("HANDOVER_CASES", super::CASES) * share / 1_000, setting("HANDOVER_SEED", 0));
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let (next, done) = (AtomicU64::new(0), AtomicUsize::new(0));
    let running: Vec<Mutex<Option<(u64, Instant)>>> = (0..threads).map(|_| Mutex::default()).collect();
    let mut tally = Tally::default();
    let work = |running: &Mutex<Option<(u64, Instant)>>| {
        let _end = AtEnd(&done);
        let mut tally = Tally::default();
        loop {
            let number = next.fetch_add(1, SeqCst);
            if number >= cases {
                *running.lock().unwrap() = None;
                return tally;
            }
            *running.lock().unwrap() = Some((number, Instant::now()));
            // A name's letters tell the hunts apart, so that each has throws of its own.
            let own = name.bytes().fold(seed, |own, byte| own.wrapping_mul(131).wrapping_add(byte.into()));
            let mut dice = Dice::new(own.wrapping_mul(1 << 32).wrapping_add(number));
            tally.add("cases");
            case(&mut Case { hunt: name, number, inputs: Vec::new() }, &mut dice, &mut tally);
        }
    };
    thread::scope(|scope| {
        let workers: Vec<_> = running.iter().map(|running| scope.spawn(|| work(running))).collect();
        while done.load(SeqCst) < threads {
            thread::sleep(Duration::from_millis(20));
            for running in &running {
                if let Some((number, since)) = *running.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
                    && since.elapsed() > TOO_LONG
                {
                    eprintln!(
                        "case {number} of the hunt `{name}` does not end: run it alone with HANDOVER_CASE={number}"
                    );
                    process::abort();
                }
            }
        }
        for worker in workers {
            for (what, count) in worker.join().expect("see above").0 {
                *tally.0.entry(what).or_default() += count;
            }
        }
    });
    println!("{name}: {tally:#?}");
    tally
}

struct AtEnd<'a>(&'a AtomicUsize);

impl Drop for AtEnd<'_> {
    fn drop(&mut self) {
        self.0.fetch_add(1, SeqCst);
    }
}

fn setting(variable: &str, otherwise: u64) -> u64 {
    let Ok(value) = std::env::var(variable) else { return otherwise };
    value.parse().unwrap_or_else(|_| panic!("{variable} is a whole number, and not `{value}`"))
}
