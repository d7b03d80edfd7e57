//! A world that outlives its process: the log of a marketplace in a file, written before each answer goes out.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use crate::log::RecoverError;
use crate::marketplace::{Ingredients as _, Recover};

/// The state file of one running sandbox, which it keeps locked.
///
/// Lines reach the operating system before the answer they belong to, so the file survives the death of the process at
/// any moment; it is not forced to disk, so a power cut may lose its end.
#[derive(Debug)]
pub struct StateFile {
    file: File,
    path: PathBuf,
    length: u64,
}

/// How every state file begins: what does not is somebody else's, and is not ours to cut or to write to.
const BEGINNING: &[u8] = br#"{"sutler_sandbox":"#;

/// Why a state file cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StateError {
    /// The file cannot be opened, read or written.
    #[error("state {path}: {error}; its folder must exist and be writable")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        error: io::Error,
    },
    /// Another sandbox runs on it.
    #[error("state {path}: in use by another sandbox; stop that one or use another file")]
    InUse {
        /// The file.
        path: PathBuf,
    },
    /// Nothing of it was written by a sandbox.
    #[error(
        "state {path}: the file is no sandbox's and was left as it is; one that a sandbox made, or none yet, is right"
    )]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// It is not the log of this world.
    #[error("state {path}: {error}")]
    Recover {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        error: RecoverError,
    },
}

impl StateFile {
    /// Opens or creates the file and gives back the world it holds, or a new one of `settings`. A torn last line is cut
    /// off. The origin is the file's where it has one; the clock goes on from [`last_instant`](crate::Marketplace::last_instant).
    ///
    /// # Errors
    /// When the file cannot be used, is in use, or holds another world; it is then left as it was.
    pub fn open<M: Recover>(path: &Path, settings: M::Settings) -> Result<(M, StateFile), StateError> {
        let failed = |error: io::Error| StateError::Io { path: path.to_owned(), error };
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt as _;
            // It holds a client secret, if only one of ours.
            options.mode(0o600);
        }
        let mut file = options.open(path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(StateError::InUse { path: path.to_owned() }),
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(failed)?;
        if bytes.iter().zip(BEGINNING).any(|(found, ours)| found != ours) {
            return Err(StateError::Foreign { path: path.to_owned() });
        }
        bytes.truncate(whole(&bytes));
        let text = std::str::from_utf8(&bytes)
            .map_err(|error| failed(io::Error::new(io::ErrorKind::InvalidData, error)))?;
        let mut settings = settings;
        *settings.log() = true;
        let mut world = M::recover(settings, text.lines())
            .map_err(|error| StateError::Recover { path: path.to_owned(), error })?;
        let length = bytes.len() as u64;
        file.set_len(length).map_err(failed)?;
        file.seek(io::SeekFrom::Start(length)).map_err(failed)?;
        let mut state = StateFile { file, path: path.to_owned(), length };
        state.append(&world.take_log())?;
        Ok((world, state))
    }

    /// Adds lines, all or none of them.
    ///
    /// # Errors
    /// When the operating system refuses; what was written of the lines is taken back as far as it lets us.
    pub fn append(&mut self, lines: &[String]) -> Result<(), StateError> {
        if lines.is_empty() {
            return Ok(());
        }
        let mut text = String::with_capacity(lines.iter().map(|line| line.len() + 1).sum());
        for line in lines {
            text.push_str(line);
            text.push('\n');
        }
        match self.file.write_all(text.as_bytes()) {
            Ok(()) => {
                self.length += text.len() as u64;
                Ok(())
            }
            Err(error) => {
                // If this fails too, the torn line is cut off at the next start.
                let _ = self.file.set_len(self.length);
                let _ = self.file.seek(io::SeekFrom::Start(self.length));
                Err(StateError::Io { path: self.path.clone(), error })
            }
        }
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// How many bytes from the start are whole lines, of which the last is whole JSON.
fn whole(bytes: &[u8]) -> usize {
    let line_end = |upto: usize| bytes.iter().take(upto).rposition(|b| *b == b'\n').map_or(0, |at| at + 1);
    let end = line_end(bytes.len());
    let start = line_end(end.saturating_sub(1));
    let last = bytes.get(start..end).unwrap_or_default();
    if serde_json::from_slice::<serde::de::IgnoredAny>(last).is_ok() { end } else { start }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::walmart::{Settings, World};

    #[test]
    fn only_whole_lines_count() {
        assert_eq!(whole(b""), 0);
        assert_eq!(whole(b"{\"t\":1}\n{\"t\":2}\n"), 16);
        assert_eq!(whole(b"{\"t\":1}\n{\"t\":2}"), 8);
        assert_eq!(whole(b"{\"t\":1}\n{\"t\":\n"), 8);
        assert_eq!(whole(b"{\"t\""), 0);
    }

    #[test]
    fn a_second_sandbox_on_the_file_is_refused_and_damage_is_named() -> Result<(), Box<dyn std::error::Error>>
    {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("world.sandbox");
        let settings = Settings::new(3, crate::Timestamp::UNIX_EPOCH);
        let (_, state) = StateFile::open::<World>(&path, settings.clone())?;
        assert!(matches!(StateFile::open::<World>(&path, settings.clone()), Err(StateError::InUse { .. })));
        drop(state);
        let other = Settings { seed: 4, ..settings.clone() };
        let error = StateFile::open::<World>(&path, other).err().map(|e| e.to_string()).unwrap_or_default();
        assert!(error.contains("made with seed 3, not 4"), "{error}");
        let text = std::fs::read_to_string(&path)?;
        std::fs::write(&path, format!("{text}nonsense\n{{\"t\":5}}\n"))?;
        let error =
            StateFile::open::<World>(&path, settings).err().map(|e| e.to_string()).unwrap_or_default();
        assert!(error.contains("state line 2"), "{error}");
        Ok(())
    }

    #[test]
    fn a_file_that_no_sandbox_made_is_left_as_it_is() -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("orders.db");
        for foreign in [&b"SQLite format 3\0\x10\0"[..], b"one line", b"{\"a\":1}\n", b"\n"] {
            std::fs::write(&path, foreign)?;
            let settings = Settings::new(3, crate::Timestamp::UNIX_EPOCH);
            let refused = StateFile::open::<World>(&path, settings);
            assert!(matches!(refused, Err(StateError::Foreign { .. })), "{refused:?}");
            assert_eq!(std::fs::read(&path)?, foreign);
        }
        // The first line of a sandbox killed while it wrote it.
        std::fs::write(&path, &BEGINNING[..7])?;
        assert!(StateFile::open::<World>(&path, Settings::new(3, crate::Timestamp::UNIX_EPOCH)).is_ok());
        Ok(())
    }
}
