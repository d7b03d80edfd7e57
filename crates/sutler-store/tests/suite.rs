//! Every store passes the suite, and all of them answer alike.

use std::path::PathBuf;
use sutler_core::error::Result;
use sutler_store::{
    memory::MemoryStore,
    sqlite::{Options, SqliteStore},
};
use sutler_testkit::{store_suite, store_suite::random};
use tempfile::TempDir;

/// A store whose data outlives its handles.
fn memory() -> impl Fn(&str) -> MemoryStore {
    let root = MemoryStore::new();
    move |tenant| root.for_tenant(tenant).reopen()
}

/// A file in a folder that goes with the test.
struct File {
    _folder: TempDir,
    path: PathBuf,
}

fn file() -> File {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("orders.db");
    File { _folder: folder, path }
}

impl File {
    fn open(&self, options: &Options) -> Result<SqliteStore> {
        SqliteStore::open_engine(&self.path, options)
    }
}

fn sqlite(options: Options) -> impl Fn(&str) -> SqliteStore {
    let file = file();
    move |tenant| file.open(&options.clone().tenant(tenant)).expect("a store opens")
}

store_suite!(memory_store, memory());
store_suite!(sqlite_inline, sqlite(Options::default().inline()));
store_suite!(sqlite_threads, sqlite(Options::default()));

/// The same random jobs give the same answers and the same rows: maps and tables mean the same.
#[test]
fn sqlite_answers_as_memory_does() -> Result<()> {
    for seed in 0..24 {
        random::same(seed, &MemoryStore::new(), &SqliteStore::in_memory(&Options::default())?)?;
    }
    let file = file();
    random::same(1_000, &MemoryStore::new(), &file.open(&Options::default())?)
}
