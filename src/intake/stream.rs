//! Leads from a reader to results in the same order, on any number of threads.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex};
use std::thread;

use thiserror::Error;

use super::chunk::{Chunk, SIZE_OF_TURN};
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
/// results of its chunk of leads, and breaks to stop the stream: then the results up to its own are written and none
/// after it. `write` is called on the calling thread and empties the results for their next use; it is called whenever
/// the leads that have come so far are done, so that with a slow producer each result is written when its lead arrives.
///
/// ```
/// use handover::intake::{Format, Lead, Shape, Stream, run};
/// use std::{ops::ControlFlow, sync::Arc};
/// let shape = Arc::new(Shape::new(vec![], &["id".to_owned()], chrono_tz::Tz::UTC));
/// let stream = Stream { format: Format::Ndjson, threads: Some(2.try_into()?), max_line: 16 << 20 };
/// let make = || {
///     let (mut lead, shape) = (Lead::new(&shape), shape.clone());
///     move |unit: handover::intake::Unit<'_>, out: &mut Vec<u8>| {
///         let text = match unit.read(&shape, &mut lead, &mut ()) {
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
/// With several threads the workers are left behind where the stream ends early, since one may be waiting for input: that
/// is why a handler borrows nothing.
pub fn run<R, O, H>(
    stream: Stream,
    input: R,
    make: impl Fn() -> H,
    mut write: impl FnMut(&mut O) -> io::Result<()>,
) -> Result<Summary, StreamError>
where
    R: Read + Send + 'static,
    O: Default + Send + 'static,
    H: FnMut(Unit<'_>, &mut O) -> ControlFlow<()> + Send + 'static,
{
    let mut framer = Framer::new(input, stream.format, stream.max_line);
    let mut handler = make();
    let (mut chunk, mut results) = (Chunk::default(), O::default());
    let mut summary = Summary::default();
    let mut handled = 0;
    let mut alone = stream.threads == Some(NonZeroUsize::MIN);
    while !summary.stopped && framer.next(&mut chunk).map_err(StreamError::Read)? {
        handled += chunk.input().len();
        let mut done = handle(&chunk, results, &mut handler);
        summary.finish(&mut done, &mut write)?;
        results = done.results;
        if !alone && handled >= ALONE && !summary.stopped {
            let cores = || thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
            let threads = stream.threads.unwrap_or_else(cores).get();
            if threads > 1 {
                drop((handler, chunk, results));
                framer.size = SIZE_OF_TURN;
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

/// The leads of a chunk, handled: what came of them.
struct Done<O> {
    results: O,
    leads: u64,
    stopped: bool,
}

fn handle<O>(chunk: &Chunk, mut results: O, handler: &mut impl FnMut(Unit<'_>, &mut O) -> ControlFlow<()>) -> Done<O> {
    let mut leads = 0;
    let flow = chunk.each(|unit| {
        leads += 1;
        handler(unit, &mut results)
    });
    Done { results, leads, stopped: flow.is_break() }
}

impl Summary {
    /// Writes what came of a chunk.
    fn finish<O>(
        &mut self,
        done: &mut Done<O>,
        write: &mut impl FnMut(&mut O) -> io::Result<()>,
    ) -> Result<(), StreamError> {
        self.leads += done.leads;
        self.stopped |= done.stopped;
        write(&mut done.results).map_err(StreamError::Write)
    }
}

/// What the calling thread waits for.
enum Event<O> {
    /// The chunk of this number, from 0, is done.
    Done(u64, Done<O>),
    /// The input has ended after so many chunks, or could not be read further.
    End(u64, io::Result<()>),
    /// A thread has panicked.
    Gone,
}

/// How many results each worker has: one to work on, and others that wait for their turn to be written.
const RESULTS_A_WORKER: usize = 3;

/// Every worker reads a chunk when its turn comes, handles it, which is by far the most of it, and hands on what came of it;
/// so the bytes stay in the cache of one core. The calling thread writes, in order.
fn run_on_threads<R, O, H>(
    threads: usize,
    framer: Framer<R>,
    make: impl Fn() -> H,
    mut write: impl FnMut(&mut O) -> io::Result<()>,
    so_far: Summary,
) -> Result<Summary, StreamError>
where
    R: Read + Send + 'static,
    O: Default + Send + 'static,
    H: FnMut(Unit<'_>, &mut O) -> ControlFlow<()> + Send + 'static,
{
    let (events, inbox) = mpsc::channel();
    // The results that go round are all that there are, which bounds both channels.
    let (spare, spares) = mpsc::channel();
    for _ in 0..threads * RESULTS_A_WORKER {
        let _ = spare.send(O::default());
    }
    let source = Arc::new(Mutex::new(Source { framer: Some(framer), spares, chunks: 0 }));
    for _ in 0..threads {
        let (source, events, mut handler) = (Arc::clone(&source), Farewell(events.clone()), make());
        let work = move || {
            let mut chunk = Chunk::default();
            // Where the lock is poisoned, another thread has panicked, and says so.
            while let Some(taken) = source.lock().ok().and_then(|mut source| source.take(&mut chunk)) {
                let event = match taken {
                    Taken::Chunk(number, results) => Event::Done(number, handle(&chunk, results, &mut handler)),
                    Taken::End(chunks, end) => Event::End(chunks, end),
                };
                let _ = events.0.send(event);
            }
        };
        thread::Builder::new().spawn(work).map_err(StreamError::Thread)?;
    }
    drop(events);
    write_in_order(&inbox, &spare, &mut write, so_far)
}

/// Where the workers get their chunks.
struct Source<R, O> {
    /// None once the input has ended.
    framer: Option<Framer<R>>,
    spares: Receiver<O>,
    /// How many chunks were taken.
    chunks: u64,
}

enum Taken<O> {
    Chunk(u64, O),
    End(u64, io::Result<()>),
}

impl<R: Read, O> Source<R, O> {
    /// Fills `chunk`, as soon as there is something to put its results into; none where there is nothing more to do.
    fn take(&mut self, chunk: &mut Chunk) -> Option<Taken<O>> {
        let framer = self.framer.as_mut()?;
        let results = self.spares.recv().ok()?;
        let number = self.chunks;
        let next = framer.next(chunk);
        if let Ok(true) = next {
            self.chunks += 1;
            return Some(Taken::Chunk(number, results));
        }
        self.framer = None;
        Some(Taken::End(number, next.map(|_| ())))
    }
}

fn write_in_order<O>(
    inbox: &Receiver<Event<O>>,
    spare: &Sender<O>,
    write: &mut impl FnMut(&mut O) -> io::Result<()>,
    mut summary: Summary,
) -> Result<Summary, StreamError> {
    let mut finished: BTreeMap<u64, Done<O>> = BTreeMap::new();
    let mut written = 0;
    let mut ended: Option<(u64, io::Result<()>)> = None;
    loop {
        while let Some(mut done) = finished.remove(&written) {
            summary.finish(&mut done, write)?;
            if summary.stopped {
                return Ok(summary);
            }
            written += 1;
            let _ = spare.send(done.results);
        }
        if let Some((_, end)) = ended.take_if(|(chunks, _)| *chunks == written) {
            return end.map_err(StreamError::Read).map(|()| summary);
        }
        match inbox.recv() {
            Ok(Event::Done(number, done)) => {
                finished.insert(number, done);
            }
            Ok(Event::End(chunks, end)) => ended = Some((chunks, end)),
            Ok(Event::Gone) | Err(_) => {
                return Err(StreamError::Read(io::Error::other("a thread of the stream has panicked")));
            }
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
