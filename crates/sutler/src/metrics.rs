//! Metrics of a channel, from its orders in the store.

use crate::{host::Host, order::policy_of};
use sutler_core::{
    Error, Result,
    error::ErrorKind,
    id::ChannelId,
    metric::{Metric, MetricFold, MetricPolicy},
    ports::store::{InboxQuery, Sort, StoreExt},
};

/// Orders judged in one look at the store: the engine's own work goes between.
const PAGE: u32 = 100;

/// Judges every order in the longest window, page by page.
pub(crate) async fn read(host: &Host, channel: ChannelId) -> Result<Vec<Metric>> {
    let now = host.now();
    let rows = host.channels().await?;
    let Some(row) = rows.iter().find(|row| row.id == channel) else {
        let names: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
        return Err(Error::new(ErrorKind::NotFound, "host.metrics").message(format!(
            "there is no channel {channel} in this store; the channels are [{}]",
            names.join(", ")
        )));
    };
    let policy = MetricPolicy::published(&row.marketplace);
    let mut fold = MetricFold::new(&policy, now);
    let mut query = InboxQuery {
        channel: Some(channel.clone()),
        placed_from: fold.from(),
        sort: Sort::PlacedAscending,
        limit: PAGE,
        ..InboxQuery::default()
    };
    loop {
        let (asked, of, policy, policies) =
            (query.clone(), channel.clone(), policy.clone(), host.deadlines.clone());
        let (judged, next) = host
            .store
            .view(move |view| {
                let deadlines = policy_of(view, &of, &policies)?;
                let page = view.inbox(&asked)?;
                let mut judged = Vec::with_capacity(page.rows.len());
                for row in &page.rows {
                    let Some(order) = view.order(row.key)? else { continue };
                    let (commands, history) = (view.commands(row.key)?, view.history(row.key)?);
                    judged.push(policy.judge(deadlines, &order, &commands, &history, now)?);
                }
                Ok((judged, page.next))
            })
            .await?;
        judged.iter().for_each(|judgement| fold.add(judgement));
        match next {
            Some(next) => query.after = Some(next),
            None => return Ok(fold.finish()),
        }
    }
}
