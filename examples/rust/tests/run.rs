//! Every example runs, and says what it promises.

use std::{fs, path::Path, process::Command};

fn said(binary: &str) -> String {
    let output = Command::new(binary).output().expect("the example starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// What the program prints, in every language it is written in.
fn transcript(program: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../transcripts");
    fs::read_to_string(folder.join(program).with_extension("txt")).expect("the transcript")
}

#[test]
fn first_sync() {
    assert_eq!(said(env!("CARGO_BIN_EXE_first_sync")), transcript("first_sync"));
}

#[test]
fn auto_acknowledge() {
    assert_eq!(said(env!("CARGO_BIN_EXE_auto_acknowledge")), transcript("auto_acknowledge"));
}

#[test]
fn analytics() {
    assert_eq!(said(env!("CARGO_BIN_EXE_analytics")), transcript("analytics"));
}

#[test]
fn own_rule() {
    assert_eq!(said(env!("CARGO_BIN_EXE_own_rule")), transcript("own_rule"));
}

#[test]
fn own_judge() {
    let said = said(env!("CARGO_BIN_EXE_own_judge"));
    assert!(said.contains("rule fraud holds it: score: 97 of 100"), "{said}");
}

#[test]
fn own_channel() {
    assert_eq!(said(env!("CARGO_BIN_EXE_own_channel")), transcript("own_channel"));
}

#[test]
fn erp_loop() {
    let said = said(env!("CARGO_BIN_EXE_erp_loop"));
    let packages = said.trim().rsplit(' ').next().and_then(|last| last.parse::<u32>().ok());
    assert!(packages >= Some(17), "{said}");
}

#[test]
fn g11_push() {
    // Only the authentic push is believed; the first pull finds nothing, and the next is minutes away.
    assert_eq!(said(env!("CARGO_BIN_EXE_push")), transcript("push"));
}
