//! The project's files, read once.

use std::{fs, path::Path};

/// Folders that are not the project: what is built, fetched, or kept by other tools.
const NOT_OURS: &[&str] = &["target", "node_modules", "__pycache__"];

/// One text file.
#[derive(Debug)]
pub(crate) struct File {
    /// From the workspace's folder, with `/`.
    pub path: String,
    pub text: String,
}

impl File {
    /// Its name without the folder.
    pub(crate) fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }
    /// Is it a Rust source?
    pub(crate) fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }
    /// Is it a page?
    pub(crate) fn is_markdown(&self) -> bool {
        self.path.ends_with(".md")
    }
}

/// Every text file, by path.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    pub files: Vec<File>,
}

impl Tree {
    /// Reads the project below `root`.
    pub(crate) fn read(root: &Path) -> Result<Tree, String> {
        let mut files = Vec::new();
        walk(root, "", &mut files)?;
        files.sort_by(|a: &File, b| a.path.cmp(&b.path));
        Ok(Tree { files })
    }

    /// The file at `path`.
    pub(crate) fn file(&self, path: &str) -> Option<&File> {
        self.files.binary_search_by(|file| file.path.as_str().cmp(path)).ok().map(|at| &self.files[at])
    }

    /// The text of the file at `path`, or what is missing.
    pub(crate) fn text(&self, path: &str) -> Result<&str, String> {
        self.file(path).map(|file| file.text.as_str()).ok_or_else(|| format!("{path} is missing"))
    }

    /// Is there a file or a folder at `path`?
    pub(crate) fn has(&self, path: &str) -> bool {
        let folder = format!("{path}/");
        path.is_empty() || self.files.iter().any(|file| file.path == path || file.path.starts_with(&folder))
    }

    /// A tree for a test.
    #[cfg(test)]
    pub(crate) fn of(files: &[(&str, &str)]) -> Tree {
        let file = |(path, text): &(&str, &str)| File { path: path.to_string(), text: text.to_string() };
        let mut files: Vec<File> = files.iter().map(file).collect();
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Tree { files }
    }
}

fn walk(folder: &Path, path: &str, files: &mut Vec<File>) -> Result<(), String> {
    let failed = |error| format!("cannot read {}: {error}", folder.display());
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let below = if path.is_empty() { name.clone() } else { format!("{path}/{name}") };
        let kind = entry.file_type().map_err(failed)?;
        // Of the hidden folders only these two are ours.
        let hidden = name.starts_with('.') && name != ".ci" && name != ".cargo";
        if kind.is_dir() && !hidden && !NOT_OURS.contains(&name.as_str()) {
            walk(&entry.path(), &below, files)?;
        } else if kind.is_file()
            && !hidden
            && let Ok(text) = String::from_utf8(fs::read(entry.path()).map_err(failed)?)
        {
            files.push(File { path: below, text });
        }
    }
    Ok(())
}
