//! The connector against the suite every channel must pass, on a Newshop in this process.

mod market;

use market::Market;
use std::sync::Arc;
use sutler_core::{
    budget::Budgets,
    channel::Channel,
    error::Result,
    id::ChannelOrderId,
    ports::Clock,
    time::{Duration, Timestamp, from_millis},
};
use sutler_http::Parts;
use sutler_newshop::{Newshop, NewshopChannel};
use sutler_sandbox::Effects;
use sutler_testkit::{
    bench::{BASE, Counting, Leaping},
    channel_suite,
    channel_suite::{Fate, Sale, Stand, Who},
};

struct Local {
    clock: Leaping,
    budgets: Arc<Budgets>,
    market: Arc<Market>,
    channel: NewshopChannel,
}

fn on_newshop(who: Who) -> Result<Box<dyn Stand>> {
    let clock = Leaping::new(from_millis(1_795_420_800_000));
    let market = Arc::new(Market::new(clock.clone()));
    let budgets = Arc::new(Budgets::default());
    let parts = Parts {
        transport: market.clone(),
        budgets: budgets.clone(),
        clock: Arc::new(clock.clone()),
        entropy: Arc::new(Counting::default()),
    };
    let secret = if who == Who::Seller { market::SECRET } else { "nobody-knows-it" };
    let channel = Newshop::new("me", secret).local(BASE).build("suite".into(), parts)?;
    Ok(Box::new(Local { clock, budgets, market, channel }))
}

impl Stand for Local {
    fn channel(&self) -> &dyn Channel {
        &self.channel
    }

    fn budgets(&self) -> &Budgets {
        &self.budgets
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn pass(&self, span: Duration) {
        self.clock.pass(span);
    }

    fn sell(&self, sale: Sale) -> Result<ChannelOrderId> {
        Ok(self.market.sell(sale))
    }

    fn ask_to_cancel(&self, order: &ChannelOrderId) -> Result<()> {
        self.market.ask_to_cancel(order)
    }

    fn effects(&self) -> Effects {
        self.market.effects()
    }

    fn fate(&self, fate: Fate) {
        self.market.fate(fate);
    }
}

channel_suite!(newshop, on_newshop);
