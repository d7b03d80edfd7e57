//! One engine per file: an advisory lock on `FILE.lock`, held as long as the engine's handle lives.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{Read, Seek, Write},
    path::{Path, PathBuf},
};
use sutler_core::error::{Error, ErrorKind, Result};

/// The lock. The system lets it go when the process ends, however it ends.
#[derive(Debug)]
pub(super) struct Lock {
    file: File,
    /// Who took it.
    process: u32,
}

impl Drop for Lock {
    /// Closing the file would not be enough: a process forked off meanwhile has it open, too. Such a process lets nothing go.
    fn drop(&mut self) {
        if self.process == std::process::id() {
            // The file is closed next, which lets the lock go where nobody was forked off.
            let _ = self.file.unlock();
        }
    }
}

/// The file beside the database that is locked.
pub(super) fn lock_path(database: &Path) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(".lock");
    name.into()
}

impl Lock {
    /// # Errors
    /// `Conflict` while another engine holds it, `Store` when the lock file cannot be made.
    pub(super) fn take(database: &Path) -> Result<Self> {
        let path = lock_path(database);
        let failed = |error: std::io::Error| {
            Error::new(ErrorKind::Store, "store.lock").message(format!(
                "{} cannot be locked ({error}); the folder must be writable, and on a file system that locks",
                path.display()
            ))
        };
        let mut file =
            private().read(true).write(true).create(true).truncate(false).open(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(held(database, &mut file)),
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
        // For people alone: who holds it. The lock is what counts.
        let process = std::process::id();
        file.set_len(0).and_then(|()| writeln!(file, "{process}")).map_err(failed)?;
        Ok(Lock { file, process })
    }
}

fn held(database: &Path, file: &mut File) -> Error {
    let mut text = String::new();
    let read = file.rewind().and_then(|()| file.take(32).read_to_string(&mut text));
    let process = read.ok().and_then(|_| text.trim().parse::<u32>().ok());
    let holder = match process {
        Some(process) if process == std::process::id() => {
            format!(
                "another engine (process {process}: this one, one forked off it, or that of another container)"
            )
        }
        Some(process) => format!("another engine (process {process})"),
        None => "another engine".to_owned(),
    };
    Error::new(ErrorKind::Conflict, "store.lock").message(format!(
        "{holder} has {} open; one engine runs a store at a time: stop it, or open the file as a host",
        database.display()
    ))
}

/// Options for a file that only its owner may read.
pub(super) fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}
