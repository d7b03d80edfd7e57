//! What the listings offer, as the marketplaces count it, and how much could be sold too often.

use super::shop::Shop;
use std::collections::BTreeMap;
use sutler::{
    Host, Result,
    model::{Listing, Sku, exposure_max},
    sandbox::Effects,
};

/// Listings of one marketplace, and how many of them offer what they should.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Offers {
    pub(super) listings: u64,
    pub(super) as_desired: u64,
}

/// The most units that could have been sold beyond what there was: for each SKU, what all listings offered beyond what was
/// nobody's, at its worst moment.
#[derive(Debug, Default)]
pub(super) struct Exposure {
    worst: BTreeMap<Sku, i64>,
    /// Units sold too often before the engine looked for the first time.
    before: u64,
}

impl Exposure {
    /// The engine has not begun: what was sold too often up to now was none of its doing.
    pub(super) fn begin(shops: &[Shop]) -> Exposure {
        let before = shops.iter().map(|shop| shop.effects().oversold_in_window).sum();
        Exposure { worst: BTreeMap::new(), before }
    }

    pub(super) fn bound(&self) -> u64 {
        self.before + self.worst.values().map(|units| u64::try_from(*units).unwrap_or(0)).sum::<u64>()
    }

    fn note(&mut self, sku: &Sku, levels: impl IntoIterator<Item = i64>, available: i64) {
        let now = exposure_max(levels, available);
        let worst = self.worst.entry(sku.clone()).or_default();
        *worst = (*worst).max(now);
    }
}

/// Looks at every listing once. What a marketplace offers is its own count; what it should offer, the store's.
pub(super) async fn look(
    host: &Host,
    shops: &[(&'static str, Effects)],
    exposure: &mut Exposure,
) -> Result<BTreeMap<&'static str, Offers>> {
    let mut by_sku: BTreeMap<Sku, Vec<(usize, Listing)>> = BTreeMap::new();
    for (at, (name, _)) in shops.iter().enumerate() {
        let mut after: Option<Sku> = None;
        loop {
            let page = host.listings(*name, after, 500).await?;
            after = page.last().map(|listing| listing.sku.clone());
            let full = page.len() == 500;
            // What a marketplace does not know it cannot offer.
            for listing in page.into_iter().filter(|listing| !listing.missing) {
                by_sku.entry(listing.sku.clone()).or_default().push((at, listing));
            }
            if !full {
                break;
            }
        }
    }
    let mut offers: BTreeMap<&'static str, Offers> = BTreeMap::new();
    for (sku, listings) in by_sku {
        // What nobody counted is not ours to publish.
        let Some(item) = host.item(sku.clone()).await?.filter(|item| item.is_mapped()) else { continue };
        let available = item.available();
        let unseen: i64 = listings.iter().map(|(_, listing)| listing.unseen).sum();
        let level = |at: usize| shops[at].1.stock.get(sku.as_str()).copied();
        exposure.note(&sku, listings.iter().filter_map(|(at, _)| level(*at)), available);
        for (at, listing) in &listings {
            let own = offers.entry(shops[*at].0).or_default();
            own.listings += 1;
            own.as_desired += u64::from(level(*at) == Some(listing.desired(available, unseen, 0)));
        }
    }
    Ok(offers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bound_is_the_sum_of_each_worst_moment() {
        let mut exposure = Exposure { worst: BTreeMap::new(), before: 2 };
        let (a, b) = (Sku::new("A"), Sku::new("B"));
        exposure.note(&a, [5, 5], 5);
        exposure.note(&a, [3, 3], 5);
        exposure.note(&b, [1, 0], 4);
        assert_eq!(exposure.bound(), 2 + 5);
        exposure.note(&b, [4, 4], 4);
        assert_eq!(exposure.bound(), 2 + 5 + 4);
    }
}
