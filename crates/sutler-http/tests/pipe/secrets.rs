//! What `Debug` never shows.

use crate::world::{READ, World, text};
use sutler_http::{SecretString, Token};

#[test]
fn debug_of_a_token_and_of_a_pipe_that_holds_one_shows_no_secret() {
    let world = World::new();
    assert!(world.go(&READ).is_ok());
    assert!(!format!("{:?}", world.pipe).contains("token-1"));
    let token = Token::new("test.token", SecretString::from("hush-hush"), chrono::DateTime::default());
    let token = token.expect("plain text");
    assert_eq!(text(token.secret()), "hush-hush");
    assert!(!format!("{token:?} {:?}", token.header()).contains("hush"));
}
