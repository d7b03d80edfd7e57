//! The job that is measured, on a small local marketplace: so that it cannot rot.

use sutler_benches::{Job, job::Again};

#[tokio::test]
async fn the_measured_job_ends_as_it_must_and_a_second_pass_changes_nothing() {
    let market = sutler::sandbox::walmart().orders(50).seed(11).start().await.expect("a marketplace");
    let dir = tempfile::tempdir().expect("a folder");
    let job = Job {
        base_url: market.base_url(),
        account: [market.seller(), market.client_id(), market.client_secret()],
        db: dir.path().join("orders.db"),
        on_hand: market.on_hand(),
        window: 128,
    };
    let first = job.pass(Again::Fresh).await.expect("a pass");
    assert_eq!(first.end.orders, 50);
    assert!(first.end.acked >= 30, "{:?}", first.end);
    assert_eq!(first.end.rows("stepped.Send"), first.end.acked);
    assert_eq!(first.end.payloads, 50);
    assert!(first.cpu_s > 0.0 && first.db_bytes > 0);

    let again = job.pass(Again::FromTheStart).await.expect("a pass");
    assert_eq!(again.end.acked, first.end.acked);
    assert_eq!(again.end.check(), first.end.check());
    let effects = market.effects();
    assert_eq!(effects.acknowledge.len() as u64, first.end.acked);
    assert!(effects.acknowledge.values().all(|times| *times == 1), "{effects:?}");
}
