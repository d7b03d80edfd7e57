//! Every example runs, and says what it promises.

use std::process::Command;

fn said(binary: &str) -> String {
    let output = Command::new(binary).output().expect("the example starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn first_sync() {
    let said = said(env!("CARGO_BIN_EXE_first_sync"));
    assert!(said.contains("us: 37 open") && said.contains("SCARCE-001"), "{said}");
}

#[test]
fn auto_acknowledge() {
    let said = said(env!("CARGO_BIN_EXE_auto_acknowledge"));
    assert!(said.contains("total_within_limits passed"), "{said}");
    assert!(said.contains("acknowledged at the marketplace: 3"), "{said}");
}

#[test]
fn own_rule() {
    let said = said(env!("CARGO_BIN_EXE_own_rule"));
    assert!(said.contains("rule few_units holds it") && said.contains("3 at most"), "{said}");
}

#[test]
fn own_judge() {
    let said = said(env!("CARGO_BIN_EXE_own_judge"));
    assert!(said.contains("rule fraud holds it: score: 97 of 100"), "{said}");
}

#[test]
fn own_channel() {
    assert_eq!(said(env!("CARGO_BIN_EXE_own_channel")), "the shop was told: A-1\nA-1: acknowledged\n");
}

#[test]
fn erp_loop() {
    let said = said(env!("CARGO_BIN_EXE_erp_loop"));
    let packages = said.trim().rsplit(' ').next().and_then(|last| last.parse::<u32>().ok());
    assert!(packages >= Some(17), "{said}");
}

#[test]
fn g11_push() {
    let said = said(env!("CARGO_BIN_EXE_push"));
    // The first pull finds nothing, and the next is minutes away.
    assert_eq!(said, "orders stored: 3, lists read: 1\n");
}
