use super::*;

const GOOD: &str = "[store]\nurl = \"sqlite:orders.db\"\n[channels.us]\nmarketplace = \"walmart\"\nenvironment = \"local\"\n\
    seller = \"1\"\nbase_url = \"http://127.0.0.1:1\"\nclient_id = \"id\"\nclient_secret = \"hush\"\n";

fn read(text: &str) -> Outcome<Config> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("sutler.toml");
    std::fs::write(&path, text).expect("a file");
    Config::read(&path)
}

fn error(text: &str) -> String {
    read(text).err().map(|failure| failure.line()).unwrap_or_default()
}

#[test]
fn a_good_one_is_read() {
    let config = read(GOOD).unwrap_or_else(|failure| panic!("{}", failure.text));
    assert_eq!(config.channels().collect::<Vec<_>>(), ["us"]);
    assert!(config.url.ends_with("orders.db"));
}

#[test]
fn errors_name_file_line_field_value_and_what_would_be_right() {
    for (from, to, wants) in [
        ("seller = ", "seler = ", ["line 6", "seler", "seller"]),
        ("seller = \"1\"", "seller = 1", ["line 6", "channels.us.seller = 1", "expected a string"]),
        (
            "\"walmart\"",
            "\"wallmart\"",
            ["line 4", "\"wallmart\"", "\"walmart\" or \"amazon\" or \"ebay\" is right"],
        ),
        ("\"local\"", "\"lokal\"", ["line 5", "\"lokal\"", "production, sandbox or local"]),
        ("sqlite:orders.db", "postgres://x", ["line 2", "postgres://x", "sqlite:PATH"]),
        ("seller = \"1\"\n", "", ["line 3", "seller is missing", "seller_env"]),
        (
            "base_url = \"http://127.0.0.1:1\"\n",
            "",
            ["line 3", "base_url is missing", "http://127.0.0.1:8080"],
        ),
        ("[store]\nurl", "[store]\nurls", ["line 2", "urls", "url"]),
        ("[store]", "[store", ["line 1", "[store", "sutler.toml"]),
    ] {
        let text = error(&GOOD.replace(from, to));
        for want in wants {
            assert!(text.contains(want), "{to:?} should say {want:?}: {text}");
        }
    }
}

#[test]
fn each_marketplace_wants_its_own_and_nothing_of_the_others() {
    let of = |marketplace: &str, more: &str| {
        error(
            &GOOD
                .replace("\"walmart\"", &format!("\"{marketplace}\""))
                .replace("seller = ", &format!("{more}seller = ")),
        )
    };
    for marketplace in ["amazon", "ebay"] {
        assert!(of(marketplace, "").contains("refresh_token is missing"), "{marketplace}");
        assert_eq!(of(marketplace, "refresh_token = \"r\"\n"), "", "{marketplace}");
        let text = of(marketplace, "refresh_token = \"r\"\nship_node = \"1\"\n");
        assert!(text.contains("channels.us.ship_node") && text.contains("leave it out"), "{text}");
    }
    assert!(of("walmart", "refresh_token = \"r\"\n").contains("walmart gives no refresh token"));
    assert!(
        of("amazon", "refresh_token = \"r\"\nregion = \"us\"\n")
            .contains("\"na\", \"eu\" or \"fe\" is right")
    );
    let queue =
        "refresh_token = \"r\"\nsqs_queue_url = \"http://127.0.0.1:1/1/q\"\nsqs_access_key_id = \"A\"\n";
    assert!(of("amazon", queue).contains("sqs_secret_access_key is missing"));
    assert_eq!(of("amazon", &format!("{queue}sqs_secret_access_key = \"s\"\n")), "");
    let text = of("amazon", "refresh_token = \"r\"\nsqs_access_key_id = \"A\"\n");
    assert!(text.contains("it belongs to a sqs_queue_url"), "{text}");
    assert!(of("ebay", queue).contains("ebay pushes by HTTP"));
    let text = of("ebay", "refresh_token = \"r\"\nnotification_endpoint = \"https://x.example\"\n");
    assert!(text.contains("verification_token is missing"), "{text}");
    let text = of("ebay", "refresh_token = \"r\"\nsigning_jwe = \"j\"\n");
    assert!(text.contains("it belongs to a signing_key"), "{text}");
}

#[test]
fn secrets_are_never_repeated_and_given_once() {
    let text = error(&GOOD.replace("client_secret = \"hush\"", "client_secret = 12345"));
    assert!(text.contains("client_secret") && !text.contains("12345 "), "{text}");
    let text = error(&format!("{GOOD}client_secret_env = \"X\"\n"));
    assert!(text.contains("two ways") && !text.contains("hush"), "{text}");
    let text =
        error(&GOOD.replace("client_secret = \"hush\"", "client_secret_env = \"SUTLER_TEST_NOT_SET\""));
    assert!(text.contains("line 9") && text.contains("SUTLER_TEST_NOT_SET"), "{text}");
}

#[test]
fn a_clock_needs_local_channels_and_sound_numbers() {
    let clock =
        "[clock]\norigin = \"2026-01-01T00:00:00Z\"\nstarted = \"2026-01-01T00:00:00Z\"\nspeed = 60\n";
    assert!(read(&format!("{GOOD}{clock}")).is_ok());
    let live = GOOD.replace("local", "production").replace("base_url = \"http://127.0.0.1:1\"\n", "");
    assert!(error(&format!("{live}{clock}")).contains("every channel to be local"));
    for (from, to, want) in [
        ("speed = 60", "speed = 0", "above 0"),
        ("speed = 60", "speed = \"fast\"", "a number"),
        ("\"2026-01-01T00:00:00Z\"", "\"yesterday\"", "RFC 3339"),
    ] {
        let text = error(&format!("{GOOD}{}", clock.replacen(from, to, 1)));
        assert!(text.contains(want), "{text}");
    }
}

#[test]
fn the_commented_one_is_sound() {
    // Its secrets come from the environment, which a test leaves alone.
    let text = COMMENTED
        .replace("client_id_env = \"WALMART_CLIENT_ID\"", "client_id = \"id\"")
        .replace("client_secret_env = \"WALMART_CLIENT_SECRET\"", "client_secret = \"secret\"");
    assert_ne!(text, COMMENTED);
    read(&text).unwrap_or_else(|failure| panic!("{}", failure.text));
}
