//! Taken by arranging, all packages at once, labels and wishes of the marketplace's.

use crate::host::{on_arranging, taken_within_a_day};
use sutler_core::{
    Result,
    command::{Act, CancelReason, State, Verb},
    journal::Entry,
    policy::{OnCancelRequest, Policy},
    ports::store::Input,
    push::PushOutcome,
    state::Phase,
    time::Duration,
};
use sutler_testkit::{
    bench::at_once,
    channel_suite::{SKUS, Sale, Stand},
    examples::arranging::{ANSWER_WITHIN_HOURS, Arranging},
};

fn two_lines() -> Sale {
    Sale { and: Some(SKUS[1]), ..Sale::of(2, SKUS[0]) }
}

#[test]
fn an_order_is_taken_by_arranging_its_shipment_and_no_acknowledgment_is_sent() -> Result<()> {
    let mut host = on_arranging(taken_within_a_day())?;
    host.run(Duration::minutes(2))?;
    let order = host.stall.sell(two_lines())?;
    let placed = host.now();
    host.run(Duration::minutes(10))?;
    let (state, commands, _) = host.order(&order)?;
    assert!((state.accepted, state.is_acknowledged()) == (true, false), "{}", state.why());
    assert_eq!(commands, [], "there is nothing to be told");
    assert_eq!(host.due(&order)?, Some(placed + Duration::hours(24)), "arranging is due when taking is");
    host.report(&order, 1, "T-1", &[("1", 2)])?;
    host.report(&order, 2, "T-2", &[("2", 2)])?;
    host.run(Duration::minutes(1))?;
    let (_, commands, _) = host.order(&order)?;
    let aim = Duration::minutes(15);
    assert!(commands.iter().all(|command| command.latest_safe <= placed + aim), "as urgent as taking it");
    host.run(Duration::minutes(10))?;
    let (state, commands, history) = host.order(&order)?;
    assert!(commands.iter().all(|command| command.key.verb != Verb::Acknowledge));
    let says = history.iter().filter(|row| matches!(row.entry, Entry::TakenByArranging)).count();
    assert_eq!((says, state.phase(), state.is_acknowledged()), (1, Phase::Shipped, true));
    let effects = host.stall.effects();
    assert_eq!(effects.acknowledge.get(order.as_str()), Some(&1));
    assert_eq!(effects.ship.values().sum::<u32>(), 4);
    assert_eq!(host.due(&order)?, None);
    Ok(())
}

#[test]
fn a_part_of_the_packages_is_held_with_its_reason_and_never_sent() -> Result<()> {
    let mut host = on_arranging(Policy::standard())?;
    let order = host.stall.sell(two_lines())?;
    host.run(Duration::minutes(10))?;
    let asked = host.report(&order, 1, "T-1", &[("1", 2)])?;
    host.run(Duration::hours(3))?;
    let said = host.answer(asked)?;
    assert!(said.ends_with("it is confirmed with the others: 2 of line 2 in no package yet"), "{said}");
    assert_eq!(host.holds(&order)?, ["packages_incomplete"]);
    assert_eq!(
        host.order(&order)?.0.why(),
        "all packages of the order are confirmed at once: 2 of line 2 in no package yet"
    );
    assert_eq!((host.order(&order)?.1, host.stall.effects().ship.len()), (Vec::new(), 0));
    // The second line goes in two parcels.
    host.report(&order, 2, "T-2", &[("2", 1)])?;
    host.run(Duration::minutes(5))?;
    assert_eq!((host.holds(&order)?.len(), host.stall.effects().ship.len()), (1, 0));
    host.report(&order, 3, "T-3", &[("2", 1)])?;
    host.run(Duration::minutes(10))?;
    let (state, commands, _) = host.order(&order)?;
    assert_eq!((state.holds.len(), commands.len(), state.phase()), (0, 1, Phase::Shipped));
    assert!(matches!(&commands[0].act, Act::ConfirmPackages(all) if all.packages.len() == 3));
    assert_eq!(host.stall.effects().shipments.len(), 3);
    Ok(())
}

#[test]
fn what_is_left_after_a_cancellation_goes_at_once_as_well() -> Result<()> {
    let mut host = on_arranging(Policy::standard())?;
    let order = host.stall.sell(two_lines())?;
    host.run(Duration::minutes(10))?;
    host.report(&order, 1, "T-1", &[("1", 2)])?;
    let channel = host.stall.channel.id().clone();
    let by = "ann".to_owned();
    let lines = vec![sutler_core::order::LineQuantity { line_id: "2".into(), quantity: 2 }];
    let asked = host.ask(Input::Cancel {
        channel,
        order: order.clone(),
        lines,
        reason: CancelReason::OutOfStock,
        by,
    })?;
    host.run(Duration::minutes(10))?;
    // It cancels whole orders alone, so the part waits for the other package, and nothing was sent.
    assert!(host.answer(asked)?.contains("whole orders"), "{}", host.answer(asked)?);
    assert_eq!(host.holds(&order)?, ["packages_incomplete"]);
    let effects = host.stall.effects();
    assert!(effects.cancel.is_empty() && effects.ship.is_empty());
    Ok(())
}

#[test]
fn g19_a_wish_to_cancel_is_due_when_the_channel_says_and_granted_in_time() -> Result<()> {
    let mut host = on_arranging(Policy::standard())?;
    let order = host.stall.sell(two_lines())?;
    host.run(Duration::minutes(10))?;
    let ship_due = host.due(&order)?;
    host.stall.ask_to_cancel(&order)?;
    let answer_by = host.now() + Duration::hours(ANSWER_WITHIN_HOURS);
    host.run(Duration::minutes(10))?;
    assert_eq!(host.holds(&order)?, ["buyer_asked_to_cancel"]);
    assert_eq!(host.due(&order)?, Some(answer_by), "the channel's instant is the deadline (G27)");
    assert!(ship_due > Some(answer_by));
    assert_eq!(host.health()?.deadlines_at_risk, 0);
    host.run(Duration::hours(ANSWER_WITHIN_HOURS) - Duration::minutes(30))?;
    assert_eq!(host.health()?.deadlines_at_risk, 1, "nobody has answered, and little time is left");
    let (channel, by) = (host.stall.channel.id().clone(), "ann".to_owned());
    let reason = CancelReason::BuyerAsked;
    host.ask(Input::Cancel { channel, order: order.clone(), lines: Vec::new(), reason, by })?;
    host.run(Duration::minutes(5))?;
    assert_eq!(host.stall.effects().cancel.values().sum::<u32>(), 4, "granted by us, not by the clock");
    assert_eq!((host.order(&order)?.0.phase(), host.due(&order)?), (Phase::Cancelled, None));
    assert_eq!(host.health()?.deadlines_at_risk, 0);
    Ok(())
}

#[test]
fn g19_a_wish_that_is_refused_asks_for_nothing_more() -> Result<()> {
    let mut host = on_arranging(Policy::standard())?;
    let order = host.stall.sell(two_lines())?;
    host.run(Duration::minutes(10))?;
    let ship_due = host.due(&order)?;
    host.stall.ask_to_cancel(&order)?;
    host.run(Duration::minutes(10))?;
    let (channel, by) = (host.stall.channel.id().clone(), "ann".to_owned());
    host.ask(Input::RefuseCancel { channel, order: order.clone(), by })?;
    host.run(Duration::minutes(1))?;
    assert_eq!(host.confirmed(&order, Verb::AnswerCancel)?.len(), 1);
    assert_eq!(host.due(&order)?, ship_due, "answered, whatever a read shows yet");
    host.run(Duration::hours(ANSWER_WITHIN_HOURS + 1))?;
    assert_eq!((host.holds(&order)?.len(), host.order(&order)?.0.phase()), (0, Phase::Open));
    assert!(host.stall.effects().cancel.is_empty());
    Ok(())
}

#[test]
fn g19_a_wish_that_nobody_answers_is_granted_by_the_channel_and_seen() -> Result<()> {
    let mut host = on_arranging(Policy::standard())?;
    let order = host.stall.sell(two_lines())?;
    host.run(Duration::minutes(10))?;
    host.stall.ask_to_cancel(&order)?;
    host.run(Duration::hours(ANSWER_WITHIN_HOURS) + Duration::minutes(15))?;
    assert_eq!((host.order(&order)?.0.phase(), host.order(&order)?.1), (Phase::Cancelled, Vec::new()));
    assert!(host.stall.effects().cancel.is_empty());
    Ok(())
}

#[test]
fn a_policy_that_grants_wishes_grants_them_within_minutes() -> Result<()> {
    let policy = Policy { on_cancel_request: OnCancelRequest::Cancel, ..Policy::standard() };
    let mut host = on_arranging(policy)?;
    let order = host.stall.sell(two_lines())?;
    host.run(Duration::minutes(10))?;
    host.stall.ask_to_cancel(&order)?;
    host.run(Duration::minutes(15))?;
    assert_eq!(host.order(&order)?.0.phase(), Phase::Cancelled);
    assert_eq!(host.stall.effects().cancel.values().sum::<u32>(), 4);
    Ok(())
}

#[test]
fn a_parcel_under_another_number_than_its_label_is_refused_and_corrected() -> Result<()> {
    let mut host = on_arranging(Policy::standard())?;
    let now = host.now();
    let order = host.stall.wire.market().sell_labelled(now, Sale::of(2, SKUS[0]));
    host.run(Duration::minutes(10))?;
    let (state, ..) = host.order(&order)?;
    let label = state.facts.aliases.iter().find(|alias| alias.role == "label/P1").map(|alias| &alias.value);
    assert_eq!(label, Some(&Arranging::label(&order, "1")), "the order shows the label's number");
    host.report(&order, 1, "1Z-MY-OWN", &[("1", 2)])?;
    host.run(Duration::minutes(10))?;
    let (state, commands, _) = host.order(&order)?;
    assert!(commands.iter().any(|c| c.state == State::Refused && c.why.starts_with("not_the_label")));
    assert_eq!((state.exceptions.len(), host.stall.effects().ship.len()), (1, 0));
    host.report(&order, 1, &Arranging::label(&order, "1"), &[("1", 2)])?;
    host.run(Duration::minutes(10))?;
    let (state, ..) = host.order(&order)?;
    assert_eq!((state.exceptions.len(), state.phase()), (0, Phase::Shipped));
    assert_eq!(host.stall.effects().shipments.len(), 1);
    Ok(())
}

#[test]
fn g11_a_signed_push_brings_its_order_before_the_next_pull() -> Result<()> {
    let mut host = on_arranging(Policy::standard())?;
    host.run(Duration::minutes(2))?;
    let order = host.stall.sell(Sale::of(1, SKUS[0]))?;
    host.stall.clock.pass(Duration::seconds(20));
    let push = host.stall.push(&order).expect("this marketplace pushes");
    let pushes = host.stall.channel.pushes().expect("and the channel takes it");
    let PushOutcome::Told { id, told, .. } = at_once(pushes.receive(host.now(), &push)) else {
        panic!("what the marketplace signed is believed")
    };
    let channel = host.stall.channel.id().clone();
    host.ask(Input::Pushed { channel, id, told })?;
    host.run(Duration::seconds(40))?;
    assert!(host.knows(&order)?, "lists show it after a minute and a half only");
    Ok(())
}

#[test]
fn stock_is_published_by_its_level_and_a_sale_is_taken_off() -> Result<()> {
    let mut host = on_arranging(Policy::standard())?;
    host.run(Duration::minutes(10))?;
    assert_eq!(host.stall.effects().stock.values().copied().collect::<Vec<_>>(), [40; 3]);
    host.stall.sell(Sale::of(3, SKUS[0]))?;
    host.run(Duration::minutes(20))?;
    let offered = host.stall.effects().stock;
    assert_eq!((offered.get(SKUS[0]), offered.get(SKUS[1])), (Some(&37), Some(&40)));
    Ok(())
}
