//! Gates, virtual time, and the scheduler.

use std::{
    future::Future,
    pin::Pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
};

/// A seeded stream (splitmix64).
#[derive(Clone, Debug)]
pub struct Rng(u64);

impl Rng {
    /// Two seeds give two streams.
    pub fn new(seed: u64) -> Self {
        Rng(seed ^ 0x5DEE_CE66_D5DE_ECE6)
    }
    /// The next 64 bits.
    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
    /// Uniform in `0..n`; 0 for 0.
    pub fn below(&mut self, n: u64) -> u64 {
        if n == 0 { 0 } else { self.draw() % n }
    }
}

/// A crash point that was passed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Point {
    /// `commit.before`, `commit.after`, `read`, `call.before`, `call.sent`, `call.answered`, `judge.asked`, `judge.answered`.
    pub label: &'static str,
    /// What it is about, after the channel's name: steps of commands that the commit wrote (`us cancel:sent`), or the verb
    /// that the call is for and the call's own name (`us set_level`, `us feed`).
    pub about: Vec<String>,
}

#[derive(Debug)]
struct Wait {
    id: u64,
    who: u32,
    due: i64,
    waker: Waker,
}

#[derive(Debug)]
struct Inner {
    now: i64,
    rng: Rng,
    ids: u64,
    waits: Vec<Wait>,
    points: Vec<Point>,
    record: bool,
    passed: u64,
    crash_at: Vec<u64>,
    hit: Option<u32>,
    /// A frozen worker's gates do not open before this.
    frozen: Option<(u32, i64)>,
    hash: u64,
    steps: u64,
}

/// The scheduler; a clone is the same one.
#[derive(Clone, Debug)]
pub struct Sim(Arc<Mutex<Inner>>);

impl Sim {
    /// A simulation that begins at `start` (milliseconds since the epoch).
    pub fn new(seed: u64, start: i64, crash_at: Vec<u64>, record: bool) -> Self {
        Sim(Arc::new(Mutex::new(Inner {
            now: start,
            rng: Rng::new(seed),
            ids: 0,
            waits: Vec::new(),
            points: Vec::new(),
            record,
            passed: 0,
            crash_at,
            hit: None,
            frozen: None,
            hash: 0xcbf2_9ce4_8422_2325,
            steps: 0,
        })))
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Now, in milliseconds since the epoch.
    pub fn now(&self) -> i64 {
        self.lock().now
    }

    /// Gates passed so far.
    pub fn passed(&self) -> u64 {
        self.lock().passed
    }

    /// Steps taken so far.
    pub fn steps(&self) -> u64 {
        self.lock().steps
    }

    /// A hash of everything that was scheduled: equal for equal seeds.
    pub fn hash(&self) -> u64 {
        self.lock().hash
    }

    /// The points passed, where they are recorded.
    pub fn points(&self) -> Vec<Point> {
        self.lock().points.clone()
    }

    /// What a recorded point was about.
    pub fn about(&self, number: u64) -> Vec<String> {
        let s = self.lock();
        (number as usize)
            .checked_sub(1)
            .and_then(|at| s.points.get(at))
            .map_or_else(Vec::new, |p| p.about.clone())
    }

    /// Draws from the simulation's own stream.
    pub fn below(&self, n: u64) -> u64 {
        self.lock().rng.below(n)
    }

    /// Parks at a crash point.
    pub fn point(&self, who: u32, label: &'static str, about: Vec<String>) -> Gate {
        Gate { sim: self.clone(), who, until: None, label, about, id: None, number: 0 }
    }

    /// Parks until an instant. No crash point: nothing durable changes by waiting.
    pub fn until(&self, who: u32, at: i64) -> Gate {
        Gate {
            sim: self.clone(),
            who,
            until: Some(at),
            label: "timer",
            about: Vec::new(),
            id: None,
            number: 0,
        }
    }

    /// Says afterwards what a recorded point was about.
    pub fn annotate(&self, number: u64, about: &[String]) {
        let mut s = self.lock();
        if let Some(point) = (number as usize).checked_sub(1).and_then(|at| s.points.get_mut(at)) {
            point.about.extend(about.iter().cloned());
        }
    }

    /// Which worker has reached its crash point, once.
    pub fn take_hit(&self) -> Option<u32> {
        self.lock().hit.take()
    }

    /// Nothing of `who` happens before `until`.
    pub fn freeze(&self, who: u32, until: i64) {
        self.lock().frozen = Some((who, until));
    }

    /// When the next gate opens, if any waits.
    pub fn next_due(&self) -> Option<i64> {
        let s = self.lock();
        s.waits.iter().map(|w| s.due(w)).min()
    }

    /// Opens one gate. False when nothing waits: a deadlock where work is left.
    pub fn step(&self) -> bool {
        let mut s = self.lock();
        let Some(first) = s.waits.iter().map(|w| s.due(w)).min() else { return false };
        let at = first.max(s.now);
        let ready = s.waits.iter().filter(|w| s.due(w) <= at).count() as u64;
        let chosen = s.rng.below(ready);
        let place = s
            .waits
            .iter()
            .enumerate()
            .filter(|(_, w)| s.due(w) <= at)
            .map(|(place, _)| place)
            .nth(chosen as usize)
            .unwrap_or(0);
        let wait = s.waits.swap_remove(place);
        let took = s.rng.below(20) as i64;
        s.now = at + took;
        s.steps += 1;
        s.hash = (s.hash ^ wait.id ^ (s.now as u64)).wrapping_mul(0x0100_0000_01b3);
        drop(s);
        wait.waker.wake();
        true
    }
}

impl Inner {
    fn due(&self, wait: &Wait) -> i64 {
        match self.frozen {
            Some((who, until)) if who == wait.who => wait.due.max(until),
            _ => wait.due,
        }
    }
}

/// A place where a worker waits for the scheduler.
#[derive(Debug)]
pub struct Gate {
    sim: Sim,
    who: u32,
    until: Option<i64>,
    label: &'static str,
    about: Vec<String>,
    id: Option<u64>,
    number: u64,
}

impl Gate {
    /// Waits, and answers the crash point's number (0 for a timer).
    pub async fn pass(mut self) -> u64 {
        (&mut self).await;
        self.number
    }
}

impl Future for Gate {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let sim = self.sim.clone();
        let mut s = sim.lock();
        match self.id {
            Some(id) => match s.waits.iter_mut().find(|w| w.id == id) {
                Some(wait) => {
                    wait.waker.clone_from(cx.waker());
                    Poll::Pending
                }
                None => Poll::Ready(()),
            },
            None => {
                s.ids += 1;
                let (id, due) = (s.ids, self.until.unwrap_or(0));
                if self.until.is_none() {
                    s.passed += 1;
                    self.number = s.passed;
                    if s.record {
                        let point = Point { label: self.label, about: std::mem::take(&mut self.about) };
                        s.points.push(point);
                    }
                    if s.crash_at.contains(&s.passed) {
                        s.hit = Some(self.who);
                    }
                }
                s.waits.push(Wait { id, who: self.who, due, waker: cx.waker().clone() });
                self.id = Some(id);
                Poll::Pending
            }
        }
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        if let Some(id) = self.id {
            self.sim.lock().waits.retain(|w| w.id != id);
        }
    }
}

/// One future that is polled when it was woken.
pub struct Task {
    /// Whose it is.
    pub who: u32,
    future: Pin<Box<dyn Future<Output = ()> + Send>>,
    flag: Arc<Flag>,
}

#[derive(Debug)]
struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Release);
    }
}

impl Task {
    /// A task that is polled at once.
    pub fn new(who: u32, future: impl Future<Output = ()> + Send + 'static) -> Self {
        Task { who, future: Box::pin(future), flag: Arc::new(Flag(AtomicBool::new(true))) }
    }

    /// Polls it if it was woken; true when it has ended.
    pub fn poll(&mut self) -> bool {
        let waker = Waker::from(self.flag.clone());
        while self.flag.0.swap(false, Ordering::AcqRel) {
            if self.future.as_mut().poll(&mut Context::from_waker(&waker)).is_ready() {
                return true;
            }
        }
        false
    }
}

impl std::fmt::Debug for Task {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Task").field("who", &self.who).finish_non_exhaustive()
    }
}
