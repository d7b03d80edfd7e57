//! The front with threads: one writes, one reads. No caller waits in a system call, and many small jobs share one fsync.

use super::core::Core;
use crate::arrivals::Arrivals;
use futures_channel::oneshot;
use std::{
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread::JoinHandle,
    time::Duration,
};
use sutler_core::{
    error::{Error, ErrorKind, Result},
    ports::store::{Answer, ReadJob, WriteJob},
};

/// The most jobs in one commit: bounds what one failure makes run again.
const GROUP_MAX: usize = 256;
/// How often the intake is looked at for inputs of other processes, real time.
const INTAKE_POLL: Duration = Duration::from_millis(200);

type Reply = oneshot::Sender<Result<Answer>>;

/// A thread that takes jobs of one kind.
#[derive(Debug)]
pub(super) struct Worker<J> {
    queue: Arc<Queue<J>>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Queue<J> {
    state: Mutex<Pending<J>>,
    changed: Condvar,
}

#[derive(Debug)]
struct Pending<J> {
    jobs: Vec<(J, Reply)>,
    closed: bool,
}

impl<J> Queue<J> {
    fn lock(&self) -> MutexGuard<'_, Pending<J>> {
        // A push or a take cannot panic half-way.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for jobs; empty after `at_most`. None when closed and drained.
    fn take(&self, at_most: Option<Duration>) -> Option<Vec<(J, Reply)>> {
        let mut pending = self.lock();
        while pending.jobs.is_empty() && !pending.closed {
            pending = match at_most {
                None => self.changed.wait(pending).unwrap_or_else(PoisonError::into_inner),
                Some(at_most) => {
                    let (pending, wait) =
                        self.changed.wait_timeout(pending, at_most).unwrap_or_else(PoisonError::into_inner);
                    if wait.timed_out() && pending.jobs.is_empty() && !pending.closed {
                        return Some(Vec::new());
                    }
                    pending
                }
            };
        }
        let some = pending.jobs.len().min(GROUP_MAX);
        (some > 0).then(|| pending.jobs.drain(..some).collect())
    }
}

impl<J: Send + 'static> Worker<J> {
    fn start(name: &str, mut work: impl FnMut(&Queue<J>) + Send + 'static) -> Result<Self> {
        let pending = Pending { jobs: Vec::new(), closed: false };
        let queue = Arc::new(Queue { state: Mutex::new(pending), changed: Condvar::new() });
        let its = queue.clone();
        let thread =
            std::thread::Builder::new().name(name.into()).spawn(move || work(&its)).map_err(|error| {
                Error::new(ErrorKind::Store, "store.open").message(format!("no thread for {name}: {error}"))
            })?;
        Ok(Worker { queue, thread: Some(thread) })
    }

    /// Hands a job over and waits for its answer. Dropping the future does not take the job back.
    pub(super) async fn run(&self, job: J) -> Result<Answer> {
        let (reply, answer) = oneshot::channel();
        self.queue.lock().jobs.push((job, reply));
        self.queue.changed.notify_one();
        answer.await.unwrap_or_else(|_| {
            Err(Error::new(ErrorKind::Closed, "store.job").message(
                "the store's thread has ended; whether the job was kept can be seen after opening it again",
            ))
        })
    }
}

impl<J> Drop for Worker<J> {
    /// Finishes what was handed over, then closes the file.
    fn drop(&mut self) {
        self.queue.lock().closed = true;
        self.queue.changed.notify_all();
        // The last to have the store may be a job of this very thread, which ends by itself then.
        let own = std::thread::current().id();
        if let Some(thread) = self.thread.take().filter(|thread| thread.thread().id() != own) {
            // A panic of the thread was told to whoever waited for its answer.
            let _ = thread.join();
        }
    }
}

/// The thread that writes: everything that waits becomes one commit.
pub(super) fn writer(mut core: Core, arrivals: Arc<Arrivals>) -> Result<Worker<WriteJob>> {
    Worker::start("sutler-write", move |queue| {
        while let Some(group) = queue.take(None) {
            let (mut jobs, replies): (Vec<WriteJob>, Vec<Reply>) = group.into_iter().unzip();
            let answers = core.write_group(&mut jobs);
            // A job may hold the store itself: whoever is answered may be the last to have it, and must not find us with it.
            drop(jobs);
            if let Some(id) = core.take_arrived() {
                arrivals.arrived(id);
            }
            for (reply, answer) in replies.into_iter().zip(answers) {
                // Nobody waits any more: the job is kept all the same.
                let _ = reply.send(answer);
            }
        }
    })
}

/// The thread that reads, and looks for inputs of other processes.
pub(super) fn reader(mut core: Core, arrivals: Arc<Arrivals>) -> Result<Worker<ReadJob>> {
    Worker::start("sutler-read", move |queue| {
        let mut looked = std::time::Instant::now();
        while let Some(jobs) = queue.take(Some(INTAKE_POLL)) {
            for (mut job, reply) in jobs {
                let answer = core.read(&mut job);
                // As above.
                drop(job);
                let _ = reply.send(answer);
            }
            if looked.elapsed() >= INTAKE_POLL {
                looked = std::time::Instant::now();
                // A failed look is repeated in a moment; a lasting fault shows in the next job.
                if let Ok(Some(id)) = core.newest_input() {
                    arrivals.arrived(id);
                }
            }
        }
    })
}
