//! A shop that keeps its orders as `ID SKU UNITS` and wants to hear who takes them.

use std::sync::{Arc, Mutex, PoisonError};
use sutler::{Result, channel::*, command::*, model::*};

#[derive(Debug)]
pub(crate) struct Shop {
    id: ChannelId,
    seller: SellerId,
    capabilities: Capabilities,
    told: Arc<Mutex<Vec<String>>>,
}

#[async_trait::async_trait]
#[rustfmt::skip]
impl Channel for Shop {
    fn id(&self) -> &ChannelId { &self.id }
    fn seller(&self) -> &SellerId { &self.seller }
    fn capabilities(&self) -> &Capabilities { &self.capabilities }
    async fn check(&self, _: &CallCx) -> Result<Standing> { Ok(Standing::default()) }
    async fn pull(&self, _: &CallCx, _: &PullFrom) -> Result<Pulled> {
        let orders = vec![RawOrder { channel_order_id: "A-1".into(), raw: "A-1 KETTLE 2".into() }];
        Ok(Pulled::Page(Page { orders, next: None, total: None, seller: None, coverage: Coverage::ALL }))
    }
    async fn fetch(&self, _: &CallCx, _: &ChannelOrderId) -> Result<Fetched> { Ok(Fetched::NotVisible) }
    fn normalise(&self, raw: &RawOrder) -> ChannelOrder {
        let text = String::from_utf8_lossy(&raw.raw);
        let mut parts = text.split(' ').skip(1);
        let (sku, units) = (parts.next().map(Sku::from), parts.next().and_then(|units| units.parse().ok()));
        let mut facts = OrderFacts::unknown();
        facts.lines.push(Line::new("1".into(), sku, units.unwrap_or(0)));
        let (channel_order_id, raw) = (raw.channel_order_id.clone(), raw.raw.clone());
        ChannelOrder { channel_order_id, facts: facts.into(), ship_to: Address::default(), buyer: Vec::new(), raw }
    }
    async fn perform(&self, _: &CallCx, batch: &Batch<'_>) -> Result<Vec<Receipt>> {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        told.extend(batch.commands.iter().map(|command| command.key.subject.clone()));
        Ok(batch.commands.iter().map(|_| Receipt::Done { evidence: "the shop nodded".into() }).collect())
    }
    async fn probe(&self, _: &CallCx, _: &Command) -> Result<Probe> { Ok(Probe::DidNot) }
    async fn settle(&self, _: &CallCx, _: &Handle, _: &[Command]) -> Result<Settled> { Ok(Settled::NotYet) }
}

impl Shop {
    #[rustfmt::skip]
    pub(crate) fn new(told: Arc<Mutex<Vec<String>>>) -> Shop {
        let (second, none) = (std::time::Duration::from_secs(1), Duration::zero());
        let acknowledge = VerbSpec {
            verb: Verb::Acknowledge, repeat: Repeat::Repeatable, repeat_partial: Repeat::Repeatable,
            probe: ProbeKind::None, budget: "shop".into(), batch_budget: None, call_timeout: second,
            apply_max: none, batch_apply_max: none, answer_means_applied: true, batch_max: 1, batch_from: 1,
        };
        let stream = StreamSpec { id: "all".into(), kind: StreamKind::Created, horizon: Duration::days(1), stands_for: None, budget: None };
        let capabilities = Capabilities {
            marketplace: "shop".into(), acknowledgment: Acknowledgment::Required, cancel_unit: CancelUnit::Units,
            ship_unit: ShipUnit::Package, stock_write: StockWrite::Absolute,
            answers_cancel_requests: false, revisions_per_day: None, verbs: vec![acknowledge], streams: vec![stream],
            visibility_delay: none, pull_budget: "shop".into(), fetch_budget: "shop".into(),
            level_budget: "shop".into(), settle_budget: "shop".into(), levels: LevelRead::None,
            out_of_stock_zeroes: false,
        };
        Shop { id: "shop".into(), seller: "me".into(), capabilities, told }
    }
}
