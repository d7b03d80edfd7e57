//! A value that may stand in the file itself, in the environment, or in a file of its own.

use std::path::{Path, PathBuf};

/// The value, from the one place that gives it. None when no place does.
///
/// # Errors
/// In words, without the value: when two places give it, or the place named is not there.
pub(super) fn value(
    plain: &Option<String>,
    env: &Option<String>,
    file: &Option<PathBuf>,
    folder: &Path,
) -> Result<Option<String>, String> {
    match (plain, env, file) {
        (None, None, None) => Ok(None),
        (Some(value), None, None) => Ok(Some(value.clone())),
        (None, Some(name), None) => match std::env::var(name) {
            Ok(value) => Ok(Some(value)),
            Err(_) => Err(format!("the environment variable {name} is not set, or is no text; set it")),
        },
        (None, None, Some(path)) => {
            let path = folder.join(path);
            match std::fs::read_to_string(&path) {
                // An editor ends a file with a line break that is no part of the secret.
                Ok(text) => Ok(Some(text.trim_end_matches(['\r', '\n']).to_owned())),
                Err(error) => Err(format!("{} cannot be read ({error})", path.display())),
            }
        }
        _ => Err("it is given in two ways; the value, NAME_env or NAME_file alone is right".into()),
    }
}
