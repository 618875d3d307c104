//! Leads from a reader to results in the same order, on any number of threads.

use std::collections::{BTreeMap, VecDeque};
use std::io::{self, Read};
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;

use thiserror::Error;

use super::chunk::Chunk;
use super::frame::{Format, Framer, Unit};

/// How leads are streamed.
#[derive(Clone, Copy, Debug)]
pub struct Stream {
    /// How the input is cut into leads.
    pub format: Format,
    /// With 1, everything happens on the calling thread; and so does what there is little of. None is one for each core,
    /// which the system is asked for once there is more.
    pub threads: Option<NonZeroUsize>,
    /// The longest lead, in bytes; of a longer one nothing is kept, and it becomes an error.
    pub max_line: usize,
}

/// What was done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// How many leads were handled, the unreadable ones included.
    pub leads: u64,
    /// Whether a handler stopped the stream.
    pub stopped: bool,
}

/// Why a stream broke off.
#[derive(Debug, Error)]
pub enum StreamError {
    /// The input gave out; what came before it has been written.
    #[error("cannot read the input: {0}")]
    Read(#[source] io::Error),
    /// A result could not be written.
    #[error("cannot write the results: {0}")]
    Write(#[source] io::Error),
    /// The system has no more threads.
    #[error("cannot start a thread: {0}")]
    Thread(#[source] io::Error),
}

/// Gives every lead to a handler, and the handlers' results in the order of the leads to `write`.
///
/// `make` makes one handler for each thread; the first leads are handled on the calling one. A handler adds to the
/// results of its chunk of leads, and breaks to stop the stream: then the results up to its own are written and none after it. `write` empties the results for
/// their next use; it is called whenever the leads that have come so far are done, so that with a slow producer
/// each result is written when its lead arrives.
///
/// ```
/// use handover::intake::{Format, Lead, Shape, Stream, run};
/// use std::ops::ControlFlow;
/// let shape = Shape::new(vec![], &["id".to_owned()], chrono_tz::Tz::UTC);
/// let stream = Stream { format: Format::Ndjson, threads: Some(2.try_into()?), max_line: 16 << 20 };
/// let make = || {
///     let mut lead = Lead::new(&shape);
///     let shape = &shape;
///     move |unit: handover::intake::Unit<'_>, out: &mut Vec<u8>| {
///         let text = match unit.read(shape, &mut lead, &mut ()) {
///             Ok(()) => lead.id().unwrap_or("null").to_owned(),
///             Err(error) => format!("{} on line {}", error.code, unit.line),
///         };
///         out.extend_from_slice(text.as_bytes());
///         out.push(b'\n');
///         ControlFlow::Continue(())
///     }
/// };
/// let mut output = Vec::new();
/// let summary = run(stream, &b"{\"id\": \"L1\"}\n{\"id\": "[..], make, |results: &mut Vec<u8>| {
///     output.append(results);
///     Ok(())
/// })?;
/// assert_eq!(output, b"L1\nH0707 on line 2\n");
/// assert_eq!(summary.leads, 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// With several threads the reader is left behind where the stream ends early: it may be waiting for input.
pub fn run<R, O, H>(
    stream: Stream,
    input: R,
    make: impl Fn() -> H + Sync,
    mut write: impl FnMut(&mut O) -> io::Result<()>,
) -> Result<Summary, StreamError>
where
    R: Read + Send + 'static,
    O: Default + Send + 'static,
    H: FnMut(Unit<'_>, &mut O) -> ControlFlow<()>,
{
    let mut framer = Framer::new(input, stream.format, stream.max_line);
    let mut handler = make();
    let mut job = Job::default();
    let mut summary = Summary::default();
    let mut handled = 0;
    let mut alone = stream.threads == Some(NonZeroUsize::MIN);
    while !summary.stopped && framer.next(&mut job.chunk).map_err(StreamError::Read)? {
        handled += job.chunk.input().len();
        job.work(&mut handler);
        summary.finish(&mut job, &mut write)?;
        if !alone && handled >= ALONE && !summary.stopped {
            let cores = || thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
            let threads = stream.threads.unwrap_or_else(cores).get();
            if threads > 1 {
                drop((handler, job));
                return run_on_threads(threads, framer, make, write, summary);
            }
            alone = true;
        }
    }
    Ok(summary)
}

/// Threads are started after so many bytes of input: for fewer, starting them takes longer than the leads.
/// The tests of this module have small inputs, and are about threads.
const ALONE: usize = if cfg!(test) { 1 } else { 32 * 1024 };

/// A chunk of leads on its way, and what came of it.
#[derive(Default)]
struct Job<O> {
    sequence: u64,
    worker: usize,
    chunk: Chunk,
    results: O,
    done: Summary,
}

impl<O> Job<O> {
    fn work(&mut self, handler: &mut impl FnMut(Unit<'_>, &mut O) -> ControlFlow<()>) {
        let mut leads = 0;
        let flow = self.chunk.each(|unit| {
            leads += 1;
            handler(unit, &mut self.results)
        });
        self.done = Summary { leads, stopped: flow.is_break() };
    }
}

impl Summary {
    /// Writes the results of a job.
    fn finish<O>(
        &mut self,
        job: &mut Job<O>,
        write: &mut impl FnMut(&mut O) -> io::Result<()>,
    ) -> Result<(), StreamError> {
        self.leads += job.done.leads;
        self.stopped |= job.done.stopped;
        write(&mut job.results).map_err(StreamError::Write)
    }
}

/// What the calling thread waits for.
enum Event<O> {
    Read(Chunk),
    /// The input has ended, or could not be read further.
    End(io::Result<()>),
    Done(Job<O>),
    /// A thread has panicked.
    Gone,
}

/// How many chunks each worker has: one to work on, one to go on with, one that waits for its turn to be written.
const CHUNKS_A_WORKER: usize = 3;

fn run_on_threads<R, O, H>(
    threads: usize,
    framer: Framer<R>,
    make: impl Fn() -> H + Sync,
    mut write: impl FnMut(&mut O) -> io::Result<()>,
    so_far: Summary,
) -> Result<Summary, StreamError>
where
    R: Read + Send + 'static,
    O: Default + Send + 'static,
    H: FnMut(Unit<'_>, &mut O) -> ControlFlow<()>,
{
    let (events, inbox) = mpsc::channel();
    // The chunks that go round are all that there are, which bounds every channel.
    let (spare, spares) = mpsc::channel();
    for _ in 0..threads * CHUNKS_A_WORKER {
        let _ = spare.send(Chunk::default());
    }
    let to_main = Farewell(events.clone());
    thread::Builder::new().spawn(move || read_chunks(framer, spares, to_main)).map_err(StreamError::Thread)?;
    thread::scope(|scope| {
        let mut workers = Vec::with_capacity(threads);
        for _ in 0..threads {
            let (sender, jobs) = mpsc::channel::<Job<O>>();
            let (make, events) = (&make, Farewell(events.clone()));
            thread::Builder::new()
                .spawn_scoped(scope, move || {
                    let mut handler = make();
                    for mut job in jobs {
                        job.work(&mut handler);
                        let _ = events.0.send(Event::Done(job));
                    }
                })
                .map_err(StreamError::Thread)?;
            workers.push(sender);
        }
        conduct(&workers, &inbox, &spare, &mut write, so_far)
    })
}

/// Hands chunks to workers and their results to `write`, in order.
fn conduct<O: Default>(
    workers: &[Sender<Job<O>>],
    inbox: &Receiver<Event<O>>,
    spare: &Sender<Chunk>,
    write: &mut impl FnMut(&mut O) -> io::Result<()>,
    mut summary: Summary,
) -> Result<Summary, StreamError> {
    let mut idle: VecDeque<usize> = (0..workers.len()).chain(0..workers.len()).collect();
    let mut waiting: VecDeque<Job<O>> = VecDeque::new();
    let mut finished: BTreeMap<u64, Job<O>> = BTreeMap::new();
    let mut empty_results: Vec<O> = Vec::new();
    let (mut received, mut written) = (0, 0);
    let mut ended = None;
    while ended.is_none() || written < received {
        match inbox.recv() {
            Ok(Event::Read(chunk)) => {
                let results = empty_results.pop().unwrap_or_default();
                waiting.push_back(Job { sequence: received, worker: 0, chunk, results, done: Summary::default() });
                received += 1;
            }
            Ok(Event::End(end)) => ended = Some(end),
            Ok(Event::Done(job)) => {
                idle.push_back(job.worker);
                finished.insert(job.sequence, job);
            }
            Ok(Event::Gone) | Err(_) => {
                return Err(StreamError::Read(io::Error::other("a thread of the stream has panicked")));
            }
        }
        while let Some(mut job) = finished.remove(&written) {
            summary.finish(&mut job, write)?;
            if summary.stopped {
                return Ok(summary);
            }
            written += 1;
            empty_results.push(job.results);
            let _ = spare.send(job.chunk);
        }
        while let (Some(worker), false) = (idle.front().copied(), waiting.is_empty()) {
            idle.pop_front();
            if let (Some(mut job), Some(sender)) = (waiting.pop_front(), workers.get(worker)) {
                job.worker = worker;
                let _ = sender.send(job);
            }
        }
    }
    match ended {
        Some(Err(error)) => Err(StreamError::Read(error)),
        _ => Ok(summary),
    }
}

/// Reads until the input ends or nobody gives chunks back any more.
fn read_chunks<R: Read, O>(mut framer: Framer<R>, spares: Receiver<Chunk>, events: Farewell<O>) {
    for mut chunk in spares {
        let event = match framer.next(&mut chunk) {
            Ok(true) => Event::Read(chunk),
            Ok(false) => Event::End(Ok(())),
            Err(error) => Event::End(Err(error)),
        };
        let ended = matches!(event, Event::End(_));
        if events.0.send(event).is_err() || ended {
            return;
        }
    }
}

/// Tells when its thread panics, so that nobody waits for it.
struct Farewell<O>(Sender<Event<O>>);

impl<O> Drop for Farewell<O> {
    fn drop(&mut self) {
        if thread::panicking() {
            let _ = self.0.send(Event::Gone);
        }
    }
}
