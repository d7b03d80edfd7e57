//! A local marketplace as the other side of a suite.

use super::{Fate, SKUS, Sale, Stand, Who};
use crate::bench::{Bench, InProcess};
use async_trait::async_trait;
use serde_json::json;
use std::{
    fmt::Debug,
    sync::{Arc, Mutex, PoisonError},
};
use sutler_core::{
    Timestamp, budget::Budgets, channel::Channel, error::Result, id::ChannelOrderId, ports::Clock,
    time::Duration,
};
use sutler_http::{Parts, Request, Response, Transport, TransportError};
use sutler_sandbox::{Effects, Marketplace};

/// What a listing of every SKU offers at first.
pub fn on_hand() -> std::collections::BTreeMap<String, i64> {
    SKUS.iter().map(|sku| ((*sku).to_owned(), 100)).collect()
}

/// Loses the calls it is told to lose.
#[derive(Debug)]
struct Losing<M> {
    inner: InProcess<M>,
    is_write: fn(&Request) -> bool,
    fate: Arc<Mutex<Fate>>,
}

#[async_trait]
impl<M: Marketplace> Transport for Losing<M> {
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        let fate = if (self.is_write)(&request) {
            let mut fate = self.fate.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::replace(&mut *fate, Fate::Answered)
        } else {
            Fate::Answered
        };
        match fate {
            Fate::Answered => self.inner.send(request).await,
            Fate::LostBefore => Err(TransportError::maybe_sent("lost on its way")),
            Fate::LostAfter => {
                self.inner.send(request).await?;
                Err(TransportError::maybe_sent("its answer was lost"))
            }
        }
    }
}

/// A channel on a local marketplace.
pub struct Local<M> {
    bench: Bench<M>,
    channel: Arc<dyn Channel>,
    budgets: Arc<Budgets>,
    fate: Arc<Mutex<Fate>>,
}

impl<M: Marketplace> Local<M> {
    /// The channel that `build` makes of the parts and a secret: the right one for the seller, another for a stranger.
    /// `is_write` tells the calls that act from those that read or get a token.
    ///
    /// # Errors
    /// Those of `build`.
    pub fn open(
        world: M,
        who: Who,
        is_write: fn(&Request) -> bool,
        build: impl FnOnce(Parts, &str) -> Result<Arc<dyn Channel>>,
    ) -> Result<Box<dyn Stand>> {
        let secret = match who {
            Who::Seller => world.door().client_secret,
            Who::Stranger => "nobody-knows-it".to_owned(),
        };
        let bench = Bench::new(world);
        let fate = Arc::new(Mutex::new(Fate::Answered));
        let losing = Losing { inner: bench.market.clone(), is_write, fate: Arc::clone(&fate) };
        let parts = bench.parts(Arc::new(losing));
        let budgets = Arc::clone(&parts.budgets);
        let channel = build(parts, &secret)?;
        Ok(Box::new(Local { bench, channel, budgets, fate }))
    }
}

impl<M: Marketplace> Stand for Local<M> {
    fn channel(&self) -> &dyn Channel {
        &*self.channel
    }

    fn budgets(&self) -> &Budgets {
        &self.budgets
    }

    fn now(&self) -> Timestamp {
        self.bench.clock.now()
    }

    fn pass(&self, span: Duration) {
        self.bench.clock.pass(span);
    }

    fn sell(&self, sale: Sale) -> Result<ChannelOrderId> {
        let node = if sale.shipped_by_marketplace { "WFSFulfilled" } else { "SellerFulfilled" };
        let skus = [Some(sale.sku), sale.and].into_iter().flatten();
        let lines: Vec<_> =
            skus.map(|sku| json!({"sku": sku, "quantity": sale.units, "price": 12.5})).collect();
        let placed = self.bench.ask("orders", &json!({"lines": lines, "ship_node_type": node}))?;
        Ok(placed["id"].as_str().unwrap_or_default().into())
    }

    fn ask_to_cancel(&self, order: &ChannelOrderId) -> Result<()> {
        self.bench.ask(&format!("orders/{order}/cancel-request"), &serde_json::Value::Null).map(drop)
    }

    fn send_back(&self, order: &ChannelOrderId) -> Result<()> {
        self.bench.ask(&format!("orders/{order}/return"), &serde_json::Value::Null).map(drop)
    }

    fn effects(&self) -> Effects {
        let now = self.now();
        self.bench.market.world().effects(now)
    }

    fn fate(&self, fate: Fate) {
        *self.fate.lock().unwrap_or_else(PoisonError::into_inner) = fate;
    }
}
