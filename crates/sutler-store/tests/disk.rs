//! A disk that is full, and one that cannot be written.

#![cfg(unix)]

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};
use sutler_core::{
    error::{ErrorKind, Result, Retry},
    ports::store::Store,
};
use sutler_store::sqlite::{Options, SqliteStore};
use sutler_testkit::store_suite::{read, together::wait_all, write};
use tempfile::TempDir;

/// A file system of 8 MB. Only root can make one.
struct Small {
    folder: TempDir,
}

impl Small {
    fn new() -> Option<Small> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        run(&["mount", "-t", "tmpfs", "-o", "size=8m", "sutler-test", &folder.path().to_string_lossy()])
            .then_some(Small { folder })
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn remount(&self, how: &str) -> bool {
        run(&["mount", "-o", &format!("remount,{how}"), &self.path().to_string_lossy()])
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        run(&["umount", "-l", &self.path().to_string_lossy()]);
    }
}

fn run(command: &[&str]) -> bool {
    let done = Command::new(command[0]).args(&command[1..]).output();
    done.is_ok_and(|done| done.status.success())
}

fn note(store: &dyn Store, number: usize, size: usize) -> Result<()> {
    write(store, move |tx| tx.put_note(&format!("n{number}"), &vec![number as u8; size]))
}

/// Writes until it fails; answers how many were answered `Ok`.
fn fill(store: &dyn Store) -> usize {
    for number in 0..1_000 {
        if let Err(error) = note(store, number, 100_000) {
            assert_eq!((error.kind(), error.retry()), (ErrorKind::Store, Retry::Backoff), "{error}");
            assert!(error.text().contains("full") && error.text().contains("orders.db"), "{error}");
            return number;
        }
    }
    panic!("the disk never filled");
}

fn check(store: &dyn Store, kept: usize) -> Result<()> {
    let found = read(store, move |view| {
        let all = (0..kept + 1).map(|number| view.note(&format!("n{number}")));
        all.map(|note| note.map(|note| note.map(|bytes| (bytes.len(), bytes[0])))).collect::<Result<Vec<_>>>()
    })?;
    for (number, note) in found.iter().enumerate().take(kept) {
        assert_eq!(*note, Some((100_000, number as u8)), "note {number} was answered");
    }
    assert_eq!(found[kept], None, "the one that failed is not there");
    Ok(())
}

/// With a disk of its own where the test may make one (as root), else with a file that may not grow.
#[test]
fn a_full_disk_loses_nothing_and_the_store_goes_on_when_there_is_room() -> Result<()> {
    for inline in [false, true] {
        let options = if inline { Options::default().inline() } else { Options::default() };
        let Some(disk) = Small::new() else {
            let folder = tempfile::tempdir().expect("a temporary folder");
            let path = folder.path().join("orders.db");
            let store = SqliteStore::open_engine(&path, &options.clone().max_pages(900))?;
            let kept = fill(&store);
            check(&store, kept)?;
            drop(store);
            let store = SqliteStore::open_engine(&path, &options)?;
            check(&store, kept)?;
            note(&store, kept, 100_000)?;
            continue;
        };
        let filler: PathBuf = disk.path().join("filler");
        fs::write(&filler, vec![0; 4 << 20]).expect("room for the filler");
        let store = SqliteStore::open_engine(disk.path().join("orders.db"), &options)?;
        let kept = fill(&store);
        assert!(kept > 3, "only {kept} were kept");
        check(&store, kept)?;
        // The same handle goes on, without being opened again.
        fs::remove_file(&filler).expect("room");
        note(&store, kept, 100_000)?;
        drop(store);
        let store = SqliteStore::open_engine(disk.path().join("orders.db"), &options)?;
        note(&store, kept + 1, 9)?;
        let last = read(&store, move |view| view.note(&format!("n{kept}")))?;
        assert_eq!(last.map(|note| note.len()), Some(100_000));
    }
    Ok(())
}

/// Of jobs that share a commit, the one that does not fit fails alone.
#[test]
fn g08_a_job_too_large_for_the_disk_costs_no_other() -> Result<()> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let options = Options::default().max_pages(400);
    let store = SqliteStore::open_engine(folder.path().join("orders.db"), &options)?;
    let sizes = [100, 200, 9_000_000, 300, 400];
    let store: &dyn Store = &store;
    let jobs = sizes.iter().enumerate().map(|(number, size)| {
        use sutler_core::ports::store::StoreExt;
        let size = *size;
        store.transact(move |tx| tx.put_note(&format!("n{number}"), &vec![1; size]))
    });
    let answers: Vec<Result<()>> = wait_all(jobs);
    for (number, (answer, size)) in answers.iter().zip(sizes).enumerate() {
        assert_eq!(answer.is_ok(), size < 1_000_000, "job {number}: {answer:?}");
        let stored = read(store, move |view| view.note(&format!("n{number}")))?;
        assert_eq!(stored.map(|note| note.len()), answer.is_ok().then_some(size));
    }
    Ok(())
}

/// As root a read-only mount; else a file whose mode forbids writing, which binds everyone but root.
#[test]
fn a_file_that_cannot_be_written_says_so() -> Result<()> {
    let disk = Small::new();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = disk.as_ref().map_or(folder.path(), Small::path).join("orders.db");
    let store = SqliteStore::open_engine(&path, &Options::default())?;
    note(&store, 0, 10)?;
    drop(store);
    match &disk {
        Some(disk) => assert!(disk.remount("ro"), "the mount can be made read-only"),
        None => {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(&path, fs::Permissions::from_mode(0o444)).expect("a mode");
        }
    }
    let error = SqliteStore::open_engine(&path, &Options::default()).expect_err("it cannot be written");
    assert_eq!(error.kind(), ErrorKind::Store);
    assert!(error.text().contains("orders.db") && error.text().contains("writable"), "{error}");
    match &disk {
        Some(disk) => assert!(disk.remount("rw"), "and written again"),
        None => {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("a mode");
        }
    }
    let store = SqliteStore::open_engine(&path, &Options::default())?;
    assert_eq!(read(&store, |view| view.note("n0"))?.map(|note| note.len()), Some(10));
    note(&store, 1, 10)
}
