//! What is wrong is said in one line, with an exit code that means something.

use crate::support::{code, complaint, done, stdout, sutler};

#[test]
fn every_exit_code_is_documented_and_meant() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    let help = stdout(&done(at, &["--help"]));
    assert!(help.contains("Exit codes: 0 done; 1 failed; 2 wrong command line; 3"), "{help}");

    assert_eq!(code(&done(at, &["ship"])), 2);
    let missing = done(at, &["run"]);
    assert_eq!(code(&missing), 3);
    assert!(complaint(&missing).contains("sutler.toml cannot be read"), "{}", complaint(&missing));

    std::fs::write(at.join("sutler.toml"), "[store]\nurl = \"sqlite:orders.db\"\n").expect("a file");
    let unmade = done(at, &["status"]);
    assert_eq!(code(&unmade), 4);
    assert!(complaint(&unmade).contains("orders.db"), "{}", complaint(&unmade));
    assert_eq!(code(&done(at, &["run"])), 3, "nothing to run");

    std::fs::write(at.join("orders.db"), "this is no database, however long one looks at it")
        .expect("a file");
    let broken = done(at, &["status"]);
    assert_eq!(code(&broken), 5, "{}", complaint(&broken));
}

#[test]
fn a_configuration_error_names_file_line_field_value_and_what_would_be_right() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    let wrong =
        "[store]\nurl = \"sqlite:orders.db\"\n\n[channels.us]\nmarketplace = \"walmart\"\nsellar = \"1\"\n";
    std::fs::write(at.join("sutler.toml"), wrong).expect("a file");
    for command in [&["run"][..], &["check"], &["status"]] {
        let output = done(at, command);
        assert_eq!(code(&output), 3);
        let text = complaint(&output);
        for want in ["sutler.toml line 6", "sellar", "\"1\"", "seller"] {
            assert!(text.contains(want), "{want:?}: {text}");
        }
    }
    assert!(!at.join("orders.db").exists(), "nothing was done");
}

#[test]
fn a_bad_policy_or_stock_file_is_found_before_anything_is_done() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    let config = "[store]\nurl = \"sqlite:orders.db\"\n[policy]\nfile = \"policy.toml\"\n[stock]\nfile = \"stock.csv\"\n\
        [channels.us]\nmarketplace = \"walmart\"\nenvironment = \"local\"\nseller = \"1\"\nclient_id = \"i\"\n\
        client_secret = \"s\"\nbase_url = \"http://127.0.0.1:9\"\n";
    std::fs::write(at.join("sutler.toml"), config).expect("a file");
    std::fs::write(at.join("policy.toml"), "[stock]\nbufer = 3\n").expect("a file");
    std::fs::write(at.join("stock.csv"), "sku,quantity,as_of\nA,many,2026-01-01T00:00:00Z\n")
        .expect("a file");
    let output = done(at, &["run"]);
    assert_eq!(code(&output), 3);
    assert!(complaint(&output).contains("policy.toml line 2"), "{}", complaint(&output));
    std::fs::write(at.join("policy.toml"), "[stock]\nbuffer = 3\n").expect("a file");
    let output = done(at, &["run"]);
    assert_eq!(code(&output), 3);
    let text = complaint(&output);
    assert!(text.contains("stock.csv line 2") && text.contains("\"many\""), "{text}");
    assert!(!at.join("orders.db").exists(), "nothing was done");
}

#[test]
fn init_leaves_what_exists_and_check_says_what_is_missing() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    assert_eq!(code(&done(at, &["init"])), 0);
    let before = std::fs::read_to_string(at.join("sutler.toml")).expect("the file");
    let again = done(at, &["init"]);
    assert_eq!(code(&again), 3);
    assert_eq!(std::fs::read_to_string(at.join("sutler.toml")).expect("the file"), before);
    let unset = done(at, &["check"]);
    assert_eq!(code(&unset), 3);
    assert!(complaint(&unset).contains("WALMART_CLIENT_ID"), "{}", complaint(&unset));
}

#[test]
fn an_unknown_fault_profile_and_another_seed_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    for command in ["demo", "sandbox"] {
        let output = done(at, &[command, "--faults", "mild"]);
        assert_eq!(code(&output), 3);
        assert!(complaint(&output).contains("hostile is right"), "{}", complaint(&output));
    }
}

#[test]
fn a_clock_too_fast_and_a_folder_that_is_not_there_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    for speed in ["0", "nan", "inf", "1e99"] {
        let refused = done(at, &["demo", "--orders", "1", "--speed", speed]);
        assert_eq!(code(&refused), 3, "{speed}");
        assert!(complaint(&refused).contains("up to 100000"), "{}", complaint(&refused));
    }
    let nowhere = done(at, &["demo", "--orders", "1", "--db", "nowhere/orders.db"]);
    assert_eq!(code(&nowhere), 5);
    assert!(complaint(&nowhere).contains("--db nowhere/orders.db"), "{}", complaint(&nowhere));
    std::fs::write(at.join("stock.csv"), "sku,quantity\nSKU-1,4\n").expect("a file");
    let theirs = done(at, &["demo", "--orders", "1", "--db", "stock.csv"]);
    assert_eq!(code(&theirs), 5);
    assert!(complaint(&theirs).contains("stock.csv is not an SQLite database"), "{}", complaint(&theirs));
    let beside: Vec<_> = std::fs::read_dir(at).expect("the folder").collect();
    assert_eq!(beside.len(), 1, "nothing is left beside it: {beside:?}");
}

#[test]
fn nobody_is_no_buyer_and_no_asker() {
    let folder = tempfile::tempdir().expect("a folder");
    for arguments in [
        &["erase", "--buyer", ""][..],
        &["erase", "--buyer", "  "],
        &["erase", ""],
        &["erase", "--buyer", "someone", "--by", ""],
    ] {
        let output = done(folder.path(), arguments);
        assert_eq!(code(&output), 2, "{arguments:?}");
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(text.contains("a name is right"), "{text}");
    }
}

#[test]
fn a_reader_that_goes_ends_the_program_and_nothing_else() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut child = sutler(folder.path())
        .args(["init"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("a process");
    drop(child.stdout.take());
    let ended = child.wait_with_output().expect("an end");
    assert_eq!(code(&ended), 0, "{}", String::from_utf8_lossy(&ended.stderr));
    assert!(ended.stderr.is_empty(), "{}", String::from_utf8_lossy(&ended.stderr));
}
