//! Rate limits as token buckets. The arithmetic is pure; [`Budgets`] shares the buckets of one engine.

use crate::time::{Duration, Timestamp, millis};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, sync::Mutex};

/// Tokens are sums of fractions; less than this is no difference.
const GRAIN: f64 = 1e-9;

/// What a marketplace publishes of one limit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rate {
    /// Tokens the bucket holds.
    pub capacity: f64,
    /// Tokens that come back a second of marketplace time.
    pub per_second: f64,
}

impl Rate {
    /// `count` requests a minute, as Walmart writes it: a bucket of `count` that refills over a minute.
    pub const fn per_minute(count: u32) -> Rate {
        Rate { capacity: count as f64, per_second: count as f64 / 60.0 }
    }
    /// `count` requests an hour.
    pub const fn per_hour(count: u32) -> Rate {
        Rate { capacity: count as f64, per_second: count as f64 / 3600.0 }
    }
}

/// One bucket.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bucket {
    /// Its published rate.
    pub rate: Rate,
    /// What we believe the real refill is, learnt from refusals; at most the published one.
    pub learnt_per_second: f64,
    tokens: f64,
    #[serde(with = "millis")]
    at: Timestamp,
    #[serde(with = "millis")]
    closed_until: Timestamp,
}

impl Bucket {
    /// A full bucket.
    pub fn full(rate: Rate, now: Timestamp) -> Self {
        Bucket { rate, learnt_per_second: rate.per_second, tokens: rate.capacity, at: now, closed_until: now }
    }

    fn refill(&mut self, now: Timestamp) {
        let seconds = (now - self.at).num_milliseconds().max(0) as f64 / 1000.0;
        self.tokens = (self.tokens + seconds * self.learnt_per_second).min(self.rate.capacity);
        self.at = self.at.max(now);
    }

    /// Tokens there would be at `now`.
    pub fn tokens(&self, now: Timestamp) -> f64 {
        let mut copy = *self;
        copy.refill(now);
        copy.tokens
    }

    /// The earliest millisecond at which one token can be taken while `reserve` stay behind for more urgent work.
    pub fn ready_at(&self, now: Timestamp, reserve: f64) -> Timestamp {
        let mut copy = *self;
        copy.refill(now);
        let needed = 1.0 + reserve.min(self.rate.capacity - 1.0).max(0.0);
        if copy.tokens + GRAIN >= needed {
            return now.max(self.closed_until);
        }
        let missing = needed - GRAIN - copy.tokens;
        let wait = (missing / copy.learnt_per_second.max(GRAIN) * 1000.0).ceil().min(1e12) as i64;
        // Tokens come back from the last instant we reckoned with, which a clock that was set back lies before.
        let mut ready = copy.at + Duration::milliseconds(wait);
        let millisecond = Duration::milliseconds(1);
        // The division above and the multiplication of a refill may round apart by one step.
        if copy.tokens(ready) + GRAIN < needed {
            ready += millisecond;
        } else if copy.tokens(ready - millisecond) + GRAIN >= needed {
            ready -= millisecond;
        }
        ready.max(self.closed_until)
    }

    /// Takes one token if there is one.
    pub fn take(&mut self, now: Timestamp) -> bool {
        if now < self.closed_until {
            return false;
        }
        self.refill(now);
        if self.tokens + GRAIN < 1.0 {
            return false;
        }
        self.tokens -= 1.0;
        true
    }

    /// A token taken was not used.
    pub fn give_back(&mut self) {
        self.tokens = (self.tokens + 1.0).min(self.rate.capacity);
    }

    /// The channel said how many tokens are left. Only ever lowers what we believe: an answer is older than we are.
    pub fn correct(&mut self, now: Timestamp, left: f64, in_flight: f64) {
        self.refill(now);
        self.tokens = self.tokens.min((left - in_flight).max(0.0));
    }

    /// The channel refused. Nothing until `until` where it says so, else until a token is back; the refill is believed to
    /// be slower by a tenth, down to half of what is published, and creeps back with [`Bucket::eased`].
    pub fn refused(&mut self, now: Timestamp, until: Option<Timestamp>) {
        self.refill(now);
        self.tokens = 0.0;
        self.learnt_per_second = (self.learnt_per_second * 0.9).max(self.rate.per_second * 0.5);
        let one_token =
            Duration::milliseconds((1000.0 / self.learnt_per_second.max(GRAIN)).ceil().min(1e12) as i64);
        self.closed_until = self.closed_until.max(until.unwrap_or(now + one_token));
    }

    /// A minute passed without a refusal: believe a hundredth more.
    pub fn eased(&mut self) {
        self.learnt_per_second = (self.learnt_per_second * 1.01).min(self.rate.per_second);
    }

    /// The same bucket under another published rate: what was spent stays spent.
    fn at_rate(self, rate: Rate, now: Timestamp) -> Self {
        let mut copy = self;
        copy.refill(now);
        Bucket { rate, learnt_per_second: rate.per_second, tokens: copy.tokens.min(rate.capacity), ..copy }
    }

    /// Whichever of two beliefs about one bucket allows less.
    fn lower(self, other: Bucket) -> Self {
        let at = self.at.max(other.at);
        let other = if other.rate == self.rate { other } else { other.at_rate(self.rate, at) };
        Bucket {
            rate: self.rate,
            learnt_per_second: self.learnt_per_second.min(other.learnt_per_second),
            tokens: self.tokens(at).min(other.tokens(at)),
            at,
            closed_until: self.closed_until.max(other.closed_until),
        }
    }

    /// Believes fewer tokens: used when a bucket's state was lost, so that a restart does not spend a second bucketful.
    pub fn spent(&mut self, now: Timestamp) {
        self.tokens = 0.0;
        self.at = now;
    }
}

/// What a budget has come to.
#[derive(Clone, Debug, PartialEq)]
pub struct BudgetUse {
    /// Its scope (`walmart/acknowledge@SELLER`).
    pub scope: String,
    /// Requests let go.
    pub taken: u64,
    /// Refusals (429).
    pub refused: u64,
    /// Tokens now.
    pub tokens: f64,
    /// Requests a minute that are believed to be allowed.
    pub per_minute: f64,
}

#[derive(Debug, Default)]
struct Scope {
    bucket: Option<Bucket>,
    taken: u64,
    refused: u64,
}

/// The buckets of one engine, shared by the chooser and the pipe. Scopes are outside the tenant: an app's limit spans tenants.
#[derive(Debug, Default)]
pub struct Budgets(Mutex<BTreeMap<String, Scope>>);

impl Budgets {
    fn with<T>(&self, scope: &str, act: impl FnOnce(&mut Scope) -> T) -> T {
        // A poisoned lock holds plain numbers that are still right.
        let mut all = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        match all.get_mut(scope) {
            Some(found) => act(found),
            None => act(all.entry(scope.to_owned()).or_default()),
        }
    }

    /// Declares a scope with its published rate. A bucket that is there keeps its tokens, also under another rate: a
    /// changed configuration does not give a second bucketful.
    pub fn declare(&self, scope: &str, rate: Rate, now: Timestamp) {
        self.with(scope, |s| {
            s.bucket = Some(match s.bucket {
                Some(bucket) if bucket.rate == rate => bucket,
                Some(bucket) => bucket.at_rate(rate, now),
                None => Bucket::full(rate, now),
            });
        });
    }

    /// The rate a scope was declared with.
    pub fn rate(&self, scope: &str) -> Option<Rate> {
        self.with(scope, |s| s.bucket.map(|bucket| bucket.rate))
    }

    /// When one token can be taken while `reserve` stay behind; `now` for a scope nobody declared.
    pub fn ready_at(&self, scope: &str, now: Timestamp, reserve: f64) -> Timestamp {
        self.with(scope, |s| s.bucket.map_or(now, |bucket| bucket.ready_at(now, reserve)))
    }

    /// Tokens a scope has now; infinite for one nobody declared.
    pub fn tokens(&self, scope: &str, now: Timestamp) -> f64 {
        self.with(scope, |s| s.bucket.map_or(f64::INFINITY, |bucket| bucket.tokens(now)))
    }

    /// Takes a token, or says when one will be there.
    pub fn take(&self, scope: &str, now: Timestamp) -> Result<(), Timestamp> {
        self.with(scope, |s| {
            let took = s.bucket.as_mut().is_none_or(|bucket| bucket.take(now));
            if took {
                s.taken += 1;
                Ok(())
            } else {
                Err(s
                    .bucket
                    .map_or(now, |bucket| bucket.ready_at(now, 0.0))
                    .max(now + Duration::milliseconds(1)))
            }
        })
    }

    /// Gives back a token that was taken for something that did not go.
    pub fn give_back(&self, scope: &str) {
        self.with(scope, |s| {
            s.taken = s.taken.saturating_sub(1);
            if let Some(bucket) = &mut s.bucket {
                bucket.give_back();
            }
        });
    }

    /// Feeds what an answer's headers say.
    pub fn correct(&self, scope: &str, now: Timestamp, left: f64, in_flight: f64) {
        self.with(scope, |s| {
            if let Some(bucket) = &mut s.bucket {
                bucket.correct(now, left, in_flight)
            }
        });
    }

    /// Feeds a refusal.
    pub fn refused(&self, scope: &str, now: Timestamp, until: Option<Timestamp>) {
        self.with(scope, |s| {
            s.refused += 1;
            if let Some(bucket) = &mut s.bucket {
                bucket.refused(now, until);
            }
        });
    }

    /// Lets every learnt rate creep back.
    pub fn ease(&self) {
        let mut all = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        all.values_mut().filter_map(|s| s.bucket.as_mut()).for_each(Bucket::eased);
    }

    /// What every scope has come to, by name.
    pub fn usage(&self, now: Timestamp) -> Vec<BudgetUse> {
        let all = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        all.iter()
            .map(|(scope, s)| BudgetUse {
                scope: scope.clone(),
                taken: s.taken,
                refused: s.refused,
                tokens: s.bucket.map_or(0.0, |bucket| bucket.tokens(now)),
                per_minute: s.bucket.map_or(0.0, |bucket| bucket.learnt_per_second * 60.0),
            })
            .collect()
    }

    /// The buckets as they stand, to be saved.
    pub fn snapshot(&self) -> Vec<(String, Bucket)> {
        let all = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        all.iter().filter_map(|(scope, s)| s.bucket.map(|bucket| (scope.clone(), bucket))).collect()
    }

    /// Takes saved buckets back, so that a restart does not spend a second bucketful. Where a scope is declared already,
    /// whichever belief allows less counts, at the declared rate.
    pub fn restore(&self, saved: Vec<(String, Bucket)>) {
        for (scope, bucket) in saved {
            self.with(&scope, |s| s.bucket = Some(s.bucket.map_or(bucket, |current| current.lower(bucket))));
        }
    }
}
