//! Durable writes at `synchronous=FULL`: how many small jobs a second, by how many wait at once. One waiter shows what an
//! fsync costs on this disk; more show what sharing it is worth.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use futures_util::{StreamExt, stream::FuturesUnordered};
use std::sync::atomic::{AtomicU64, Ordering};
use sutler_core::ports::store::StoreExt;
use sutler_store::sqlite::{Options, SqliteStore};

fn commit(c: &mut Criterion) {
    let dir = tempfile::tempdir().expect("a folder");
    let store =
        SqliteStore::open_engine(dir.path().join("commit.db"), &Options::default()).expect("a fresh store");
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let written = AtomicU64::new(1);
    let mut group = c.benchmark_group("commit at FULL");
    group.sample_size(20);
    for waiting in [1_u64, 32, 128] {
        group.throughput(Throughput::Elements(waiting));
        group.bench_with_input(BenchmarkId::from_parameter(waiting), &waiting, |b, waiting| {
            b.iter(|| {
                runtime.block_on(async {
                    let jobs = (0..*waiting).map(|n| {
                        // Another value each time: SQLite does not write what is there already.
                        let value = written.fetch_add(1, Ordering::Relaxed).to_le_bytes();
                        store.transact(move |tx| tx.put_note(&format!("note-{n}"), &value))
                    });
                    let mut jobs: FuturesUnordered<_> = jobs.collect();
                    while let Some(done) = jobs.next().await {
                        done.expect("a durable write");
                    }
                });
            });
        });
    }
    group.finish();
}

criterion_group!(benches, commit);
criterion_main!(benches);
