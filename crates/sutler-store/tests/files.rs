//! Whose file it is, who may open it, and what happens when it cannot be written.

#![cfg(unix)]

use rusqlite::Connection;
use std::{
    fs,
    io::{BufRead, BufReader},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};
use sutler_core::{
    error::{Error, ErrorKind, Result, Retry},
    ports::store::{Input, Store},
    stock::Count,
};
use sutler_store::sqlite::{Options, SqliteStore};
use sutler_testkit::store_suite::{read, sample::at, wait, write};
use tempfile::TempDir;

fn place() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("orders.db");
    (folder, path)
}

fn engine(path: &Path) -> Result<SqliteStore> {
    SqliteStore::open_engine(path, &Options::default())
}

fn refused(opened: Result<SqliteStore>) -> Error {
    opened.expect_err("it must not open")
}

fn note(store: &dyn Store, name: &'static str, size: usize) -> Result<()> {
    write(store, move |tx| tx.put_note(name, &vec![7; size]))
}

fn beside(path: &Path, end: &str) -> PathBuf {
    PathBuf::from(format!("{}{end}", path.display()))
}

fn count(quantity: i64) -> Input {
    Input::OnHand(Count { sku: "SKU-1".into(), quantity, as_of: at(1) })
}

#[test]
fn files_are_for_their_owner_alone() -> Result<()> {
    let (_folder, path) = place();
    let store = engine(&path)?;
    note(&store, "a", 9)?;
    for end in ["", "-wal", "-shm", ".lock"] {
        let mode = fs::metadata(beside(&path, end)).expect("the file is there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "orders.db{end}");
    }
    Ok(())
}

#[test]
fn one_engine_a_file_and_hosts_beside_it() -> Result<()> {
    let (_folder, path) = place();
    assert_eq!(refused(SqliteStore::open_host(&path, &Options::default())).kind(), ErrorKind::NotFound);
    let store = engine(&path)?;
    let second = refused(engine(&path));
    assert_eq!(second.kind(), ErrorKind::Conflict);
    assert!(second.text().contains("orders.db") && second.text().contains("as a host"), "{second}");

    let host = SqliteStore::open_host(&path, &Options::default())?;
    note(&store, "a", 9)?;
    assert_eq!(read(&host, |view| view.note("a"))?.map(|note| note.len()), Some(9));
    let id = write(&host, |tx| tx.add_input(&count(4), at(1)))?;
    wait(store.intake_changed());
    assert_eq!(read(&store, |view| view.intake(9))?.first().map(|row| row.id), Some(id));
    let written = note(&host, "b", 1).expect_err("a host only appends inputs");
    assert_eq!(written.kind(), ErrorKind::Invalid);
    assert!(written.text().contains("as the engine"), "{written}");
    let stranger = SqliteStore::open_host(&path, &Options::default().tenant("nobody"));
    assert_eq!(refused(stranger).kind(), ErrorKind::NotFound);
    drop(store);
    engine(&path).map(drop)
}

/// A second process, killed when it goes out of scope.
struct Other(Child);

impl Drop for Other {
    fn drop(&mut self) {
        self.0.kill().and_then(|()| self.0.wait()).expect("it ends");
    }
}

/// Runs this test again in another process, which holds the file until it is killed.
fn other_process(path: &Path, role: &str) -> Other {
    let program = std::env::current_exe().expect("this program");
    let mut child = Command::new(program)
        .args(["--exact", "processes_share_a_file", "--nocapture"])
        .env("SUTLER_TEST_ROLE", role)
        .env("SUTLER_TEST_FILE", path)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("a second process");
    let output = child.stdout.take();
    let other = Other(child);
    let lines = BufReader::new(output.expect("its output")).lines();
    let ready = lines.map_while(std::io::Result::ok).any(|line| line.contains("ready"));
    assert!(ready, "the other process could not open the file");
    other
}

fn as_other_process(role: &str, path: &Path) -> Result<()> {
    let store = match role {
        "engine" => engine(path)?,
        _ => SqliteStore::open_host(path, &Options::default())?,
    };
    if role == "host" {
        write(&store, |tx| tx.add_input(&count(7), at(1)))?;
    }
    println!("ready");
    let mut told = String::new();
    std::io::stdin().read_line(&mut told).expect("to be told to go on");
    Ok(())
}

#[test]
fn processes_share_a_file() -> Result<()> {
    if let (Ok(role), Ok(path)) = (std::env::var("SUTLER_TEST_ROLE"), std::env::var("SUTLER_TEST_FILE")) {
        return as_other_process(&role, Path::new(&path));
    }
    let (_folder, path) = place();
    let owner = other_process(&path, "engine");
    let second = refused(engine(&path));
    assert_eq!(second.kind(), ErrorKind::Conflict);
    assert!(second.text().contains(&owner.0.id().to_string()), "{second}");
    drop(owner);

    // The lock went with the process. Now another process tells this engine something.
    let store = engine(&path)?;
    let _host = other_process(&path, "host");
    wait(store.intake_changed());
    assert_eq!(read(&store, |view| view.intake(9))?.len(), 1);
    Ok(())
}

#[test]
fn a_newer_schema_is_named_and_left_alone() -> Result<()> {
    let (_folder, path) = place();
    engine(&path).map(drop)?;
    let db = Connection::open(&path).expect("SQLite opens it");
    db.pragma_update(None, "user_version", 99).expect("a version");
    drop(db);
    let before = fs::read(&path).expect("the file");
    for opened in [engine(&path), SqliteStore::open_host(&path, &Options::default())] {
        let error = refused(opened);
        assert_eq!(error.kind(), ErrorKind::NewerSchema);
        assert!(error.text().contains("99") && error.text().contains("knows 2"), "{error}");
    }
    assert_eq!(fs::read(&path).expect("the file"), before);
    assert!(!beside(&path, "-wal").exists());
    Ok(())
}

#[test]
fn what_is_not_ours_is_left_alone() {
    let (_folder, path) = place();
    let text = b"sku,quantity\nSKU-1,4\n".repeat(99);
    fs::write(&path, &text).expect("a file");
    let error = refused(engine(&path));
    assert_eq!(error.kind(), ErrorKind::Store);
    assert!(error.text().contains("orders.db is not an SQLite database"), "{error}");
    assert_eq!(fs::read(&path).expect("the file"), text);
    assert!(!beside(&path, ".lock").exists(), "nothing is left beside it");

    fs::remove_file(&path).expect("the file goes");
    Connection::open(&path)
        .and_then(|db| db.execute_batch("CREATE TABLE theirs (x)"))
        .expect("their database");
    let before = fs::read(&path).expect("the file");
    let error = refused(engine(&path));
    assert_eq!(error.kind(), ErrorKind::Store);
    assert!(error.text().contains("another program"), "{error}");
    assert_eq!(fs::read(&path).expect("the file"), before);
    let nowhere = refused(engine(Path::new("/nowhere/at/all/orders.db")));
    assert!(nowhere.text().contains("/nowhere/at/all/orders.db"), "{nowhere}");
}

#[test]
fn a_locked_file_is_told_and_works_again_when_it_is_free() -> Result<()> {
    let (_folder, path) = place();
    let store = SqliteStore::open_engine(&path, &Options::default().busy(Duration::ZERO))?;
    note(&store, "kept", 5)?;
    let other = Connection::open(&path).expect("SQLite opens it");
    other.execute_batch("BEGIN IMMEDIATE").expect("its transaction");
    let error = note(&store, "lost", 5).expect_err("the file is locked");
    assert_eq!((error.kind(), error.retry()), (ErrorKind::Store, Retry::Backoff));
    assert!(error.text().contains("orders.db was locked by another program"), "{error}");
    assert_eq!(read(&store, |view| view.note("kept"))?.map(|note| note.len()), Some(5), "reads go on");
    other.execute_batch("ROLLBACK").expect("it ends");
    assert_eq!(read(&store, |view| view.note("lost"))?, None);
    note(&store, "lost", 5)
}
