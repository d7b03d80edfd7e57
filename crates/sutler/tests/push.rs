//! Pushes handed in by the host's web server.

use sutler::{
    Engine, ErrorKind, Result, Walmart,
    push::{PushReply, PushRequest},
    sandbox,
};

fn webhook(order: &str, password: &str) -> PushRequest {
    let body = format!(
        r#"{{"source":{{"eventType":"ORDER_UPDATES","eventId":"e-{order}"}},"payload":{{"subEventType":"PO_CREATED","order":{{"purchaseOrderId":"{order}"}}}}}}"#
    );
    PushRequest {
        method: "POST".into(),
        target: "/hooks/walmart".into(),
        headers: vec![("Authorization".into(), password.into())],
        body: body.into(),
    }
}

async fn is_stored(engine: &Engine, order: &str) -> bool {
    engine.order("us", order).await.is_ok()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g11_an_authentic_push_brings_its_order_before_the_next_pull_and_a_forged_one_nothing() -> Result<()>
{
    // "sutler:secret"
    const RIGHT: &str = "Basic c3V0bGVyOnNlY3JldA==";
    let market = sandbox::walmart().orders(2).arrivals(6.0, 40).speed(20.0).start().await?;
    let engine = Engine::open("memory:")
        .channel("us", Walmart::at(&market).pushes_by_password("sutler", "secret"))
        .start()
        .await?;
    engine.step().await?;
    // Orders go on arriving, and the next pull is minutes of marketplace time away.
    let pulls = engine.health().await?[0].pulls;
    let fresh = loop {
        let mut unseen = None;
        for order in market.plan() {
            if !is_stored(&engine, &order.id).await {
                unseen = Some(order.id);
            }
        }
        if let Some(order) = unseen {
            break order;
        }
        tokio::task::yield_now().await;
    };
    let forged = engine.handle_push("us", &webhook(&fresh, "Basic bm9ib2R5Og==")).await?;
    assert_eq!(forged.status, 401);
    engine.step().await?;
    assert!(!is_stored(&engine, &fresh).await, "what is not authentic tells nothing");
    assert_eq!(engine.health().await?[0].heard_at, None, "and the silence shows");
    for _ in 0..3 {
        assert_eq!(engine.handle_push("us", &webhook(&fresh, RIGHT)).await?, PushReply::status(204));
    }
    engine.step().await?;
    assert!(is_stored(&engine, &fresh).await, "read again because of the push");
    assert_eq!(engine.health().await?[0].pulls, pulls, "and not by a pull");
    assert!(engine.health().await?[0].heard_at.is_some());
    let error = engine.handle_push("eu", &webhook(&fresh, RIGHT)).await.expect_err("no such channel");
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert!(error.text().contains("the channels are us"), "{error}");
    Ok(())
}
