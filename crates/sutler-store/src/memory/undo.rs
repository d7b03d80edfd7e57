//! A change to the maps that can be taken back.

use super::data::Data;
use std::collections::BTreeMap;

type Step = Box<dyn FnOnce(&mut Data)>;

/// The data under one job. Dropped without [`Change::keep`], also by a panic, it leaves everything as it was.
pub(super) struct Change<'a> {
    pub(super) data: &'a mut Data,
    steps: Vec<Step>,
    pub(super) arrived: Option<i64>,
    /// An order, a command, an item or a departure was written.
    pub(super) moved_stock: bool,
}

impl<'a> Change<'a> {
    pub(super) fn new(data: &'a mut Data) -> Self {
        Change { data, steps: Vec::new(), arrived: None, moved_stock: false }
    }

    /// Sets or removes one entry of one map.
    pub(super) fn set<K, V>(&mut self, map: fn(&mut Data) -> &mut BTreeMap<K, V>, key: K, value: Option<V>)
    where
        K: Ord + Clone + 'static,
        V: 'static,
    {
        let before = match value {
            Some(value) => map(self.data).insert(key.clone(), value),
            None => map(self.data).remove(&key),
        };
        self.steps.push(Box::new(move |data| {
            match before {
                Some(before) => map(data).insert(key, before),
                None => map(data).remove(&key),
            };
        }));
    }

    /// Takes this back when the job fails.
    pub(super) fn on_undo(&mut self, step: impl FnOnce(&mut Data) + 'static) {
        self.steps.push(Box::new(step));
    }

    /// Keeps everything; answers the last input that arrived.
    pub(super) fn keep(mut self) -> Option<i64> {
        self.steps.clear();
        self.data.stock_version += u64::from(self.moved_stock);
        self.arrived
    }
}

impl Drop for Change<'_> {
    fn drop(&mut self) {
        while let Some(step) = self.steps.pop() {
            step(self.data);
        }
    }
}
