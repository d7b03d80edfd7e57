//! Walmart as any marketplace.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;

use super::{Effects, RecoverError, Reply, Settings, World};
use crate::Timestamp;
use crate::faults::Faults;
use crate::marketplace::{Door, Ingredients, Marketplace, Push, Recover};
use crate::plan::PlanEntry;
use crate::shelf::Pool;

impl Marketplace for World {
    fn receive(&mut self, now: Timestamp, request: &http::Request<Bytes>) -> Reply {
        World::receive(self, now, request)
    }

    fn dropped(&mut self, reply: u64) {
        World::dropped(self, reply);
    }

    fn advance(&mut self, now: Timestamp) {
        World::advance(self, now);
    }

    fn take_pushes(&mut self, now: Timestamp) -> Vec<Push> {
        // No webhook is configured, so none is called.
        World::advance(self, now);
        Vec::new()
    }

    fn last_instant(&self) -> Timestamp {
        World::last_instant(self)
    }

    fn origin(&self) -> Timestamp {
        self.settings.origin
    }

    fn effects(&mut self, now: Timestamp) -> Effects {
        World::effects(self, now)
    }

    fn changes(&self) -> u64 {
        World::changes(self)
    }

    fn fired(&self) -> &BTreeMap<&'static str, u64> {
        World::fired(self)
    }

    fn plan(&self) -> Vec<PlanEntry> {
        World::plan(self)
    }

    fn on_hand(&self) -> BTreeMap<String, i64> {
        World::on_hand(self)
    }

    fn share(&mut self, pool: &Arc<Pool>) {
        World::share(self, pool);
    }

    fn door(&self) -> Door {
        Door {
            marketplace: "walmart",
            token_path: "/v3/token",
            client_id: self.settings.client_id.clone(),
            client_secret: self.settings.client_secret.clone(),
            refresh_token: None,
            seller: self.settings.seller.clone(),
            more: BTreeMap::new(),
        }
    }

    fn take_log(&mut self) -> Vec<String> {
        World::take_log(self)
    }
}

impl Ingredients for Settings {
    fn seed(&mut self) -> &mut u64 {
        &mut self.seed
    }

    fn orders(&mut self) -> &mut u32 {
        &mut self.orders
    }

    fn origin(&mut self) -> &mut Timestamp {
        &mut self.origin
    }

    fn arrivals(&mut self) -> (&mut f64, &mut u32) {
        (&mut self.arrivals_per_minute, &mut self.arrivals_max)
    }

    fn faults(&mut self) -> &mut Faults {
        &mut self.faults
    }

    fn log(&mut self) -> &mut bool {
        &mut self.log
    }
}

impl Recover for World {
    type Settings = Settings;

    fn new(settings: Settings) -> World {
        World::new(settings)
    }

    fn recover<'a>(
        settings: Settings,
        lines: impl IntoIterator<Item = &'a str>,
    ) -> Result<World, RecoverError> {
        World::recover(settings, lines)
    }
}
