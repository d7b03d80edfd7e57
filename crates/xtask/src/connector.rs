//! `new-connector NAME`: copies the beginning of a connector under a new name.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// What is copied, and the words in it that become the new name.
const BEGINNING: &str = "crates/sutler-newshop";
const WORDS: [&str; 2] = ["newshop", "Newshop"];

pub(crate) fn run(root: &Path, args: &[String]) -> Result<bool, String> {
    let [name] = args else {
        return Err("new-connector wants one name, such as `cargo xtask new-connector etsy`".into());
    };
    let made = write(&root.join(BEGINNING), &root.join("crates"), name)?;
    println!(
        "wrote {}\nnext: `cargo test -p sutler-{name} --test suite` fails; docs/CONNECTORS.md says what comes first",
        made.strip_prefix(root).unwrap_or(&made).display()
    );
    Ok(true)
}

/// Copies the folder `from` to `into/sutler-NAME`.
fn write(from: &Path, into: &Path, name: &str) -> Result<PathBuf, String> {
    let fits = name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.chars().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit());
    if !fits || WORDS.contains(&name) {
        return Err(format!(
            "{name:?} is no name for a connector; small letters and digits, such as `etsy`, are right"
        ));
    }
    let to = into.join(format!("sutler-{name}"));
    if to.exists() {
        return Err(format!("{} is there already; nothing was written", to.display()));
    }
    copy(from, &to, name).map_err(|error| format!("{}: {error}", to.display()))?;
    Ok(to)
}

fn copy(from: &Path, to: &Path, name: &str) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target, name)?;
        } else {
            fs::write(target, renamed(&fs::read_to_string(entry.path())?, name))?;
        }
    }
    Ok(())
}

fn renamed(text: &str, name: &str) -> String {
    let [small, large] = WORDS;
    let mut letters = name.chars();
    let capital: String =
        letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect();
    text.replace(small, name).replace(large, &capital)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    fn root() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
    }

    /// Every file under a folder, by its path from there.
    fn files(folder: &Path, under: &str, found: &mut Vec<(String, String)>) {
        for entry in fs::read_dir(folder.join(under)).expect("a folder").flatten() {
            let path = format!("{under}{}", entry.file_name().to_string_lossy());
            if entry.path().is_dir() {
                files(folder, &format!("{path}/"), found);
            } else {
                found.push((path, fs::read_to_string(entry.path()).expect("text")));
            }
        }
    }

    #[test]
    fn the_copy_bears_the_new_name_alone() {
        let into = std::env::temp_dir().join(format!("sutler-new-connector-{}", std::process::id()));
        let made = write(&root().join(BEGINNING), &into, "etsy").expect("written");
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        files(&root().join(BEGINNING), "", &mut ours);
        files(&made, "", &mut theirs);
        assert_eq!(ours.len(), theirs.len());
        for (path, text) in &theirs {
            assert!(!text.to_lowercase().contains("newshop"), "{path}");
        }
        assert!(theirs.iter().any(|(_, text)| text.contains("pub struct EtsyChannel")));
        let again = write(&root().join(BEGINNING), &into, "etsy").expect_err("it is there");
        assert!(again.contains("nothing was written"), "{again}");
        fs::remove_dir_all(into).expect("ours");
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for name in ["", "Etsy", "my-shop", "../x", "newshop", "9shop"] {
            let error = write(Path::new("nowhere"), Path::new("nowhere"), name).expect_err("no name");
            assert!(error.contains("is right") || error.contains("are right"), "{name}: {error}");
        }
    }

    /// The beginning compiles and is noticed by the suite: nothing of it passes for a connector.
    #[test]
    fn the_beginning_fails_its_suite() {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let ran = Command::new(cargo)
            .args(["test", "-p", "sutler-newshop", "--test", "suite"])
            .current_dir(root())
            .output()
            .expect("cargo runs");
        let said = String::from_utf8_lossy(&ran.stdout);
        let line = said.lines().find(|line| line.starts_with("test result: FAILED")).unwrap_or_default();
        let failed: u32 = line
            .split("; ")
            .find_map(|part| part.strip_suffix(" failed")?.parse().ok())
            .unwrap_or_else(|| panic!("{said}\n{}", String::from_utf8_lossy(&ran.stderr)));
        assert!(failed >= 40, "{line}");
    }
}
