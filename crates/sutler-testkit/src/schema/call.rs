//! The calls sutler makes of Walmart, and which of them a request is.

use super::document::Subject;

/// One call: its name, and where the documents describe it.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) verb: &'static str,
    pub(super) method: &'static str,
    /// As the documents write it, with `{name}` for a segment that varies.
    pub(super) path: &'static str,
    pub(super) subject: Subject,
}

const fn call(verb: &'static str, method: &'static str, path: &'static str, subject: Subject) -> Call {
    Call { verb, method, path, subject }
}

/// Every call. One that is made without standing here is a finding, and so is one here of which a full run shows nothing.
pub(super) const CALLS: [Call; 18] = [
    call("walmart.token", "POST", "/v3/token", Subject::Authentication),
    call("walmart.token.detail", "GET", "/v3/token/detail", Subject::Authentication),
    call("walmart.orders.list", "GET", "/v3/orders", Subject::Orders),
    call("walmart.orders.released", "GET", "/v3/orders/released", Subject::Orders),
    call("walmart.orders.get", "GET", "/v3/orders/{purchaseOrderId}", Subject::Orders),
    call("walmart.orders.acknowledge", "POST", "/v3/orders/{purchaseOrderId}/acknowledge", Subject::Orders),
    call("walmart.orders.ship", "POST", "/v3/orders/{purchaseOrderId}/shipping", Subject::Orders),
    call("walmart.orders.cancel", "POST", "/v3/orders/{purchaseOrderId}/cancel", Subject::Orders),
    call("walmart.orders.refund", "POST", "/v3/orders/{purchaseOrderId}/refund", Subject::Orders),
    call("walmart.inventory.get", "GET", "/v3/inventory", Subject::Inventory),
    call("walmart.inventory.set", "PUT", "/v3/inventory", Subject::Inventory),
    call("walmart.inventories.list", "GET", "/v3/inventories", Subject::Inventory),
    call("walmart.inventories.get", "GET", "/v3/inventories/{sku}", Subject::Inventory),
    call("walmart.feeds.submit", "POST", "/v3/feeds", Subject::Inventory),
    call("walmart.feeds.list", "GET", "/v3/feeds", Subject::Feeds),
    call("walmart.feeds.status", "GET", "/v3/feeds/{feedId}", Subject::Feeds),
    call("walmart.shipnodes", "GET", "/v3/settings/shipping/shipnodes", Subject::Settings),
    call("walmart.returns.list", "GET", "/v3/returns", Subject::Returns),
];

/// The place in [`CALLS`] of the call that a method and a path are. `/v3/orders/released` is the released list and not the
/// order named "released": the path with the most fixed segments wins.
pub(super) fn place_of(method: &str, path: &str) -> Option<usize> {
    let fits = |call: &Call| call.method == method && segments_fit(call.path, path);
    let fixed = |call: &Call| call.path.split('/').filter(|segment| !segment.starts_with('{')).count();
    let candidates = CALLS.iter().enumerate().filter(|(_, call)| fits(call));
    candidates.max_by_key(|(_, call)| fixed(call)).map(|(at, _)| at)
}

fn segments_fit(template: &str, path: &str) -> bool {
    let (mut wanted, mut given) = (template.split('/'), path.split('/'));
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return true,
            (Some(wanted), Some(given)) if wanted == given => {}
            (Some(wanted), Some(given)) if wanted.starts_with('{') && !given.is_empty() => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_the_call_with_the_most_fixed_segments() {
        let verb =
            |method: &str, path: &str| place_of(method, path).and_then(|at| CALLS.get(at)).map(|c| c.verb);
        assert_eq!(verb("GET", "/v3/orders/released"), Some("walmart.orders.released"));
        assert_eq!(verb("GET", "/v3/orders/1796277083022"), Some("walmart.orders.get"));
        assert_eq!(verb("GET", "/v3/feeds/F129%40AQ"), Some("walmart.feeds.status"));
        assert_eq!(verb("GET", "/v3/orders/"), None, "an empty segment is no order id");
        assert_eq!(verb("DELETE", "/v3/orders"), None);
        assert_eq!(verb("POST", "/v3/orders/1/refund"), Some("walmart.orders.refund"));
    }
}
