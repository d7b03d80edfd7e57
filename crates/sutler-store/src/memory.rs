//! A store in maps: the semantics of the port without a file. Made for tests and the simulation, where it is opened and
//! crashed thousands of times a second; nothing survives the process.

mod data;
mod rows;
mod undo;
mod view;
mod write;

use crate::arrivals::Arrivals;
use data::Data;
pub use rows::Rows;
use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use sutler_core::{
    error::Result,
    ports::{
        BoxFuture,
        store::{Answer, ReadJob, Store, WriteJob},
    },
};

/// A store in memory, opened for one tenant. A clone is the same handle; the data lives as long as any handle does.
#[derive(Clone)]
pub struct MemoryStore {
    tenants: Arc<Mutex<BTreeMap<String, Arc<Tenant>>>>,
    tenant: Arc<Tenant>,
}

#[derive(Default)]
struct Tenant {
    data: Mutex<Data>,
    arrivals: Arrivals,
}

impl MemoryStore {
    /// An empty store, opened for the tenant `default`.
    pub fn new() -> Self {
        let tenant = Arc::<Tenant>::default();
        let tenants = BTreeMap::from([("default".to_owned(), tenant.clone())]);
        MemoryStore { tenants: Arc::new(Mutex::new(tenants)), tenant }
    }

    /// The same store, opened for another tenant.
    pub fn for_tenant(&self, name: &str) -> Self {
        let tenant = lock(&self.tenants).entry(name.to_owned()).or_default().clone();
        MemoryStore { tenants: self.tenants.clone(), tenant }
    }

    /// The same data as a new owner finds it after a crash: inputs that wait are announced once more.
    pub fn reopen(&self) -> Self {
        self.tenant.arrivals.forget();
        self.clone()
    }

    /// Runs a job that writes, now.
    ///
    /// # Errors
    /// The job's own; nothing of it is kept then.
    pub fn write_now(&self, mut job: WriteJob) -> Result<Answer> {
        let mut data = lock(&self.tenant.data);
        let mut change = undo::Change::new(&mut data);
        let answer = job(&mut change)?;
        if let Some(id) = change.keep() {
            self.tenant.arrivals.arrived(id);
        }
        Ok(answer)
    }

    /// Runs a job that reads, now.
    ///
    /// # Errors
    /// The job's own.
    pub fn read_now(&self, mut job: ReadJob) -> Result<Answer> {
        job(&*lock(&self.tenant.data))
    }
}

impl Default for MemoryStore {
    fn default() -> Self {
        MemoryStore::new()
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let data = lock(&self.tenant.data);
        f.debug_struct("MemoryStore")
            .field("orders", &data.orders.len())
            .field("journal", &data.journal.len())
            .finish()
    }
}

impl Store for MemoryStore {
    fn write(&self, job: WriteJob) -> BoxFuture<'_, Result<Answer>> {
        Box::pin(async move { self.write_now(job) })
    }

    fn read(&self, job: ReadJob) -> BoxFuture<'_, Result<Answer>> {
        Box::pin(async move { self.read_now(job) })
    }

    fn intake_changed(&self) -> BoxFuture<'_, ()> {
        Box::pin(self.tenant.arrivals.next())
    }
}

/// A job that panicked has been undone on the way out, so the data behind a poisoned lock is whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sutler_core::{
        error::{Error, ErrorKind},
        id::{ChannelId, OrderKey},
        ports::store::{Tx, View},
        state::OrderState,
        time::from_millis,
    };

    fn put(tx: &mut dyn Tx, order: &str) -> Result<OrderKey> {
        let mut state = OrderState::new(ChannelId::new("us"), order.into(), from_millis(1));
        state.key = tx.new_order_key()?;
        tx.put_order(&state, None, None)?;
        tx.put_note("last", order.as_bytes())?;
        Ok(state.key)
    }

    #[test]
    fn a_job_that_fails_or_panics_leaves_nothing_and_the_store_works_on() {
        let store = MemoryStore::new();
        let kept = store.write_now(Box::new(|tx| put(tx, "A").map(|key| Box::new(key) as Answer)));
        assert_eq!(kept.expect("a job").downcast_ref(), Some(&OrderKey(1)));
        let before = format!("{:?}", lock(&store.tenant.data));
        let failed = store.write_now(Box::new(|tx| {
            put(tx, "B")?;
            tx.put_looked_at(OrderKey(1), from_millis(9))?;
            Err(Error::new(ErrorKind::Conflict, "test"))
        }));
        assert_eq!(failed.map(|_| ()).expect_err("its own error").kind(), ErrorKind::Conflict);
        let panicked = std::panic::catch_unwind(|| {
            store.write_now(Box::new(|tx| {
                put(tx, "C")?;
                panic!("a defect in a job")
            }))
        });
        assert!(panicked.is_err());
        // Keys of failed jobs are skipped, so only the counter has moved.
        let after = format!("{:?}", lock(&store.tenant.data)).replace("last_key: 3", "last_key: 1");
        assert_eq!(after, before);
        let other = store.for_tenant("other");
        assert!(lock(&other.tenant.data).note("last").expect("a note").is_none());
    }
}
