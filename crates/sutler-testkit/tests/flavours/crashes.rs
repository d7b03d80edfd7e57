//! The engine dies with each write there is, before and after the write takes effect: nothing is lost and nothing doubled.

use crate::host::{Host, on_arranging, on_ledgerlike};
use sutler_core::{
    Result, command::CancelReason, id::ChannelOrderId, policy::Policy, ports::store::Input, time::Duration,
};
use sutler_sandbox::Effects;
use sutler_testkit::{
    channel_suite::{SKUS, Sale, Stand},
    examples::{stall::Shop, wire::Death},
};

/// A day's work on a marketplace: one order of two lines is shipped, one is cancelled, one is left open.
fn live<M: Shop + 'static>(
    host: &mut Host<M>,
    packages: &[(&str, &str, u32)],
) -> Result<Vec<ChannelOrderId>> {
    let sale = Sale { and: Some(SKUS[1]), ..Sale::of(2, SKUS[0]) };
    let orders = vec![host.stall.sell(sale)?, host.stall.sell(sale)?, host.stall.sell(Sale::of(1, SKUS[2]))?];
    host.run(Duration::hours(1))?;
    for (number, (tracking, line, units)) in (1..).zip(packages) {
        host.report(&orders[0], number, tracking, &[(line, *units)])?;
    }
    let (channel, by) = (host.stall.channel.id().clone(), "ann".to_owned());
    let (order, reason) = (orders[1].clone(), CancelReason::OutOfStock);
    host.ask(Input::Cancel { channel, order, lines: Vec::new(), reason, by })?;
    host.run(Duration::hours(5))?;
    Ok(orders)
}

/// What took effect, but for how often it was asked.
fn took_effect<M: Shop + 'static>(host: &Host<M>) -> Effects {
    Effects { requests: 0, ..host.stall.effects() }
}

fn dies_everywhere<M: Shop + 'static>(
    open: impl Fn() -> Result<Host<M>>,
    packages: &[(&str, &str, u32)],
) -> Result<u64> {
    let mut host = open()?;
    live(&mut host, packages)?;
    let undisturbed = took_effect(&host);
    assert_eq!(undisturbed.ship.values().sum::<u32>(), 4);
    assert_eq!(undisturbed.cancel.values().sum::<u32>(), 4);
    assert_eq!(undisturbed.stock.values().copied().collect::<Vec<_>>(), [39, 38, 38], "BOWL, MUG, PLATE");
    let mut writes = 0;
    for after in 0.. {
        let mut died = 0;
        for applied in [true, false] {
            let mut host = open()?;
            host.stall.wire.dies(Death { after, applied });
            live(&mut host, packages)?;
            died += host.restarts;
            assert_eq!(took_effect(&host), undisturbed, "dead with write {after}, applied: {applied}");
            let health = host.health()?;
            assert_eq!(
                (health.unresolved, health.doubts),
                (0, 0),
                "dead with write {after}, applied: {applied}"
            );
        }
        if died == 0 {
            break;
        }
        writes += 1;
    }
    Ok(writes)
}

#[test]
fn g18_a_death_with_any_write_loses_and_doubles_nothing_where_arranging_takes_orders() -> Result<()> {
    let packages = [("T-1", "1", 1), ("T-2", "1", 1), ("T-3", "2", 2)];
    let writes = dies_everywhere(|| on_arranging(Policy::standard()), &packages)?;
    assert!(writes >= 5, "a shipment, a cancellation and a level for each listing: {writes}");
    Ok(())
}

#[test]
fn g18_a_death_with_any_write_loses_and_doubles_nothing_where_stock_is_moved() -> Result<()> {
    let packages = [("T-1", "1", 1), ("T-2", "1", 1), ("T-3", "2", 2)];
    let writes = dies_everywhere(on_ledgerlike, &packages)?;
    assert!(writes >= 8, "three acceptances, three notices, a cancellation, moves: {writes}");
    Ok(())
}
