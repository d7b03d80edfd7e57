//! Stock: levels through the Inventory API for listings made there, through the Trading API for all others.

use super::{EbayChannel, json};
use crate::{
    calls,
    dialect::parse_error,
    map::{
        escaped,
        stock::{BulkAnswer, Item, Offers, bulk, outcome},
        trading,
    },
};
use http::StatusCode;
use sutler_core::{
    channel::{CallCx, Receipt},
    command::{Act, Command, SetLevel},
    error::{Applied, Error, ErrorKind, Result, Retry},
    id::Sku,
};

/// Who may change a SKU's listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Managed {
    /// The Inventory API, through these published offers.
    Offers(Vec<String>),
    /// The Trading API alone.
    Trading,
}

impl EbayChannel {
    /// Sets levels: all that the Inventory API manages in one call, the others one by one.
    ///
    /// A batch is one call (`Sent` covers what one call may do): of SKUs that turn out to be managed elsewhere one goes, where no
    /// other call is made, and the others are answered as surely not applied.
    pub(super) async fn set_levels(&self, cx: &CallCx, commands: &[Command]) -> Result<Vec<Receipt>> {
        let mut rows: Vec<(&SetLevel, Managed)> = Vec::with_capacity(commands.len());
        for command in commands {
            match &command.act {
                Act::SetLevel(set) => {
                    let managed = self
                        .managed_by(cx, &set.sku)
                        .await
                        .map_err(|error| error.with_applied(Applied::No))?;
                    rows.push((set, managed));
                }
                other => {
                    return Err(Error::new(ErrorKind::Invalid, calls::SET_LEVELS.op).message(format!(
                        "a batch holds one verb; {} stands among levels",
                        other.verb().as_str()
                    )));
                }
            }
        }
        let offered: Vec<(&SetLevel, &[String])> = rows
            .iter()
            .filter_map(|(set, managed)| match managed {
                Managed::Offers(ids) => Some((*set, ids.as_slice())),
                Managed::Trading => None,
            })
            .collect();
        let apart = || Receipt::NotApplied {
            why: "the listing is not managed by the Inventory API; it goes by itself".into(),
            after: Some(std::time::Duration::from_secs(1)),
        };
        if let (true, [(first, _), rest @ ..]) = (offered.is_empty(), rows.as_slice()) {
            // One of them goes now: put off together, they would come together again.
            let mut receipts = vec![self.revise(cx, first).await?];
            receipts.extend(rest.iter().map(|_| apart()));
            return Ok(receipts);
        }
        let call = &calls::SET_LEVELS;
        let response = self
            .post(cx, call, "/sell/inventory/v1/bulk_update_price_quantity", bulk(call.op, &offered)?)
            .await?;
        if !response.status().is_success() {
            let said = parse_error(Some(response.status().as_u16()), response.body());
            let refused = Receipt::Refused { code: said.code(), why: said.message };
            return Ok(rows
                .iter()
                .map(|(_, m)| if *m == Managed::Trading { apart() } else { refused.clone() })
                .collect());
        }
        let answer: BulkAnswer = json(call.op, &response, "list of outcomes")
            .map_err(|error| error.with_applied(Applied::Unknown))?;
        let receipts = rows.iter().map(|(set, managed)| match managed {
            Managed::Trading => apart(),
            Managed::Offers(ids) => outcome(set, ids, &answer),
        });
        let receipts: Vec<Receipt> = receipts.collect();
        for ((set, _), receipt) in rows.iter().zip(&receipts) {
            if matches!(receipt, Receipt::Refused { .. }) {
                // Its offers may have changed: they are asked for again.
                self.managed().remove(&set.sku);
            }
        }
        Ok(receipts)
    }

    async fn revise(&self, cx: &CallCx, set: &SetLevel) -> Result<Receipt> {
        let call = &calls::REVISE;
        // The verb's budget is the Inventory API's; the Trading API has a far smaller one.
        if let Some(after) = self.pipes.main.spend(call)? {
            let why = "no call of the Trading API is left for now".into();
            return Ok(Receipt::NotApplied { why, after: Some(after) });
        }
        let response = self.trade(cx, call, "ReviseInventoryStatus", trading::revise(set)).await?;
        match trading::ack(response.body()) {
            Some(trading::Ack::Success) => Ok(Receipt::Done {
                evidence: format!("ebay revised the listing of {} to {}", set.sku, set.level),
            }),
            Some(trading::Ack::Failure) => {
                let said = parse_error(None, response.body());
                if said.applied == Applied::Unknown {
                    return Err(said.into_error(call.op));
                }
                self.managed().remove(&set.sku);
                Ok(Receipt::Refused { code: said.code(), why: format!("SKU {}: {}", set.sku, said.message) })
            }
            None => Err(super::unreadable(call.op, "Trading answer").with_applied(Applied::Unknown)),
        }
    }

    /// Who manages the SKU's listing: asked once, remembered until a set is refused.
    async fn managed_by(&self, cx: &CallCx, sku: &Sku) -> Result<Managed> {
        if let Some(known) = self.managed().get(sku) {
            return Ok(known.clone());
        }
        let managed = match self.offers(cx, sku).await? {
            Some(offers) if !offers.published().is_empty() => Managed::Offers(offers.published()),
            _ => Managed::Trading,
        };
        self.managed().insert(sku.clone(), managed.clone());
        Ok(managed)
    }

    async fn offers(&self, cx: &CallCx, sku: &Sku) -> Result<Option<Offers>> {
        let call = &calls::OFFERS;
        let path = format!("/sell/inventory/v1/offer?sku={}&limit=25", escaped(sku.as_str()));
        let response = self.get(cx, call, &path).await?;
        if response.status() != StatusCode::OK {
            return Ok(None);
        }
        json(call.op, &response, "list of offers").map(Some)
    }

    /// What eBay sells of a SKU: the lesser of what the item and its offers hold; none where no listing has it.
    pub(super) async fn level(&self, cx: &CallCx, sku: &Sku) -> Result<Option<i64>> {
        if let Some(offers) = self.offers(cx, sku).await?
            && !offers.published().is_empty()
        {
            self.managed().insert(sku.clone(), Managed::Offers(offers.published()));
            let call = &calls::ITEM;
            let path = format!("/sell/inventory/v1/inventory_item/{}", escaped(sku.as_str()));
            let response = self.get(cx, call, &path).await?;
            let item = match response.status() {
                StatusCode::OK => json::<Item>(call.op, &response, "inventory item")?.quantity(),
                _ => None,
            };
            return Ok([item, offers.available()].into_iter().flatten().min());
        }
        self.managed().insert(sku.clone(), Managed::Trading);
        let call = &calls::LISTING;
        let response = self.trade(cx, call, "GetItem", trading::get_item(sku)).await?;
        match trading::ack(response.body()) {
            Some(trading::Ack::Success) => Ok(trading::available(response.body())),
            Some(trading::Ack::Failure) => {
                let said = parse_error(None, response.body());
                // "Item not found" in its two numbers.
                if said.has(17) || said.has(21_916_750) || said.has(21_919_474) {
                    return Ok(None);
                }
                Err(said.into_error(call.op).with_retry(Retry::Backoff))
            }
            None => Err(super::unreadable(call.op, "Trading answer")),
        }
    }
}
