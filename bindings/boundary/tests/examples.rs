//! The example programs in Python and Node, run on the installed packages: each prints, byte for byte, the transcript that the
//! same program in Rust prints (`examples/rust/tests/run.rs` holds that one to it). And the bridge to an ERP, by its own test.
//!
//! They need both packages built, whose folder `SUTLER_PACKAGES` names; without it a line says that they did not run. What
//! the programs use beside them is installed there once.

#[path = "shared/built.rs"]
mod built;

use built::{only, packages, pip, run};
use std::{
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

/// What the Python programs use beside the wheel.
const PYTHON: &[&str] = &["flask==3.1.3", "polars==2.1.0", "sqlalchemy==2.1.9"];
/// What the Node programs use beside the package.
const NODE: &[&str] = &["express@5.3.0"];

/// Both packages, installed as their users would install them.
struct Installed {
    python: PathBuf,
    /// Where the wheel is, and where everything else.
    sites: OsString,
    /// A project with the npm package and the programs.
    project: PathBuf,
}

fn installed() -> Option<&'static Installed> {
    static INSTALLED: OnceLock<Option<Installed>> = OnceLock::new();
    INSTALLED.get_or_init(|| packages().map(|packages| Installed::from(&packages))).as_ref()
}

impl Installed {
    fn from(packages: &Path) -> Installed {
        let others = once(packages.join("examples/python"), PYTHON, |folder| {
            pip(packages, folder, &PYTHON.iter().map(AsRef::as_ref).collect::<Vec<_>>());
        });
        let wheel = empty(packages.join("examples/wheel"));
        let python = pip(packages, &wheel, &["--no-deps".as_ref(), only(packages, "whl").as_ref()]);

        let npm = ["install", "--no-audit", "--no-fund", "--loglevel=error"];
        let others_of_node = once(packages.join("examples/node"), NODE, |folder| {
            fs::write(folder.join("package.json"), r#"{"private": true}"#).expect("a project");
            run(Command::new("npm").args(npm).args(NODE).current_dir(folder));
        });
        // Within, so that what is installed there is found.
        let project = empty(others_of_node.join("project"));
        fs::write(project.join("package.json"), r#"{"private": true}"#).expect("a project");
        let archive = only(packages, "tgz");
        run(Command::new("npm").args(npm).arg("--offline").arg(archive).current_dir(&project));
        for program in fs::read_dir(examples().join("node")).expect("the programs").flatten() {
            fs::copy(program.path(), project.join(program.file_name())).expect("a program");
        }
        let sites = std::env::join_paths([wheel, others]).expect("folders");
        Installed { python, sites, project }
    }

    fn python(&self, folder: &str) -> Command {
        let mut python = Command::new(&self.python);
        python.env("PYTHONPATH", &self.sites).env("PYTHONDONTWRITEBYTECODE", "1");
        python.current_dir(examples().join("python").join(folder));
        python
    }
}

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples")
}

/// A folder that holds what is installed into it, with a note of what that is; an installation broken off has no note.
fn once(folder: PathBuf, what: &[&str], install: impl FnOnce(&Path)) -> PathBuf {
    let (note, what) = (folder.join("installed"), what.join(" "));
    if fs::read_to_string(&note).is_ok_and(|held| held == what) {
        return folder;
    }
    let folder = empty(folder);
    install(&folder);
    fs::write(note, what).expect("a note");
    folder
}

fn empty(folder: PathBuf) -> PathBuf {
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder");
    folder
}

/// Runs a program in both languages.
fn prints_the_transcript(program: &str) {
    let Some(installed) = installed() else { return };
    let path = examples().join("transcripts").join(program).with_extension("txt");
    let transcript = fs::read_to_string(path).expect("the transcript");
    assert!(!transcript.is_empty());
    assert_eq!(run(installed.python("").arg(format!("{program}.py"))), transcript, "in Python");
    let mut node = Command::new("node");
    node.arg(format!("{program}.mjs")).current_dir(&installed.project);
    assert_eq!(run(&mut node), transcript, "in Node");
}

#[test]
fn first_sync() {
    prints_the_transcript("first_sync");
}

#[test]
fn auto_acknowledge() {
    prints_the_transcript("auto_acknowledge");
}

#[test]
fn own_rule() {
    prints_the_transcript("own_rule");
}

#[test]
fn own_channel() {
    prints_the_transcript("own_channel");
}

#[test]
fn push() {
    prints_the_transcript("push");
}

#[test]
fn analytics() {
    prints_the_transcript("analytics");
}

/// A program that no test names would not be run.
#[test]
fn every_program_is_run() {
    let transcripts = ["analytics", "auto_acknowledge", "first_sync", "own_channel", "own_rule", "push"];
    for (folder, kind) in [("python", "py"), ("node", "mjs"), ("transcripts", "txt")] {
        let all = fs::read_dir(examples().join(folder)).expect("the programs").flatten();
        let programs =
            all.map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|is| is == kind));
        let mut names: Vec<_> = programs.filter_map(|path| Some(path.file_stem()?.to_owned())).collect();
        names.sort();
        assert_eq!(names, transcripts, "in {folder}");
    }
}

#[test]
fn the_bridge_to_an_erp_passes_its_test() {
    let Some(installed) = installed() else { return };
    let pytest = ["-m", "pytest", "-q", "-p", "no:cacheprovider"];
    let said = run(installed.python("erp_bridge").args(pytest));
    println!("{}", said.lines().last().unwrap_or_default());
}
