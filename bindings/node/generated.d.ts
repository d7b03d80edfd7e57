// Written by `cargo xtask gen` from bindings/boundary; edit it there.

/**
 * Where an order is. A text this version does not know is kept as it is.
 *
 * - `new`: Read and not judged yet.
 * - `held`: It waits; `holds` says for what.
 * - `open`: Accepted: to be shipped.
 * - `partly_shipped`: Some units have left.
 * - `shipped`: All that was not cancelled has left.
 * - `delivered`: All that left has arrived.
 * - `cancelled`: Nothing of it is left.
 */
export type Phase = 'new' | 'held' | 'open' | 'partly_shipped' | 'shipped' | 'delivered' | 'cancelled' | (string & {});

/**
 * Who ships an order. A text this version does not know is kept as it is.
 *
 * - `seller`: The seller, from a location of its own.
 * - `marketplace`: The marketplace's own warehouse (WFS, FBA): read, never written.
 * - `third_party`: A third party the marketplace instructs: read, never written.
 */
export type FulfilledBy = 'seller' | 'marketplace' | 'third_party' | (string & {});

/**
 * What an amount is for. A text this version does not know is kept as it is.
 *
 * - `product`: The goods.
 * - `shipping`: Delivery.
 * - `discount`: A reduction, negative.
 * - `fee`: Anything the channel adds.
 */
export type ChargeKind = 'product' | 'shipping' | 'discount' | 'fee' | (string & {});

/**
 * How good a part of an address is. A text this version does not know is kept as it is.
 *
 * - `absent`: Not given.
 * - `full`: As the buyer wrote it.
 * - `masked`: A part of it is hidden.
 * - `pending`: The channel will give it later.
 * - `withheld`: Our rights do not cover it.
 * - `expired`: The channel does not show it any more.
 * - `erased`: Erased here.
 */
export type PartState = 'absent' | 'full' | 'masked' | 'pending' | 'withheld' | 'expired' | 'erased' | (string & {});

/**
 * What a rule says of an order. A text this version does not know is kept as it is.
 *
 * - `pass`: Nothing against it.
 * - `hold`: It must wait.
 * - `refuse`: It must not be taken; a person cancels.
 * - `abstain`: The rule has nothing to say about it.
 */
export type VerdictKind = 'pass' | 'hold' | 'refuse' | 'abstain' | (string & {});

/**
 * Where a command stands. A text this version does not know is kept as it is.
 *
 * - `intended`: Not sent yet.
 * - `sent`: On its way; its answer is awaited.
 * - `accepted`: The marketplace works on it.
 * - `in_doubt`: Nobody knows whether it took effect; it is asked after.
 * - `confirmed`: It took effect.
 * - `refused`: The marketplace refused it.
 * - `redirected`: It is done by another way.
 * - `unresolved`: Only a person can tell whether it took effect: `resolve`.
 * - `void`: It lost its point before it left.
 */
export type CommandState = 'intended' | 'sent' | 'accepted' | 'in_doubt' | 'confirmed' | 'refused' | 'redirected' | 'unresolved' | 'void' | (string & {});

/**
 * How far a return is. A text this version does not know is kept as it is.
 *
 * - `announced`: The buyer wants to send it back, or has sent it.
 * - `confirmed`: The goods arrived.
 * - `closed`: Over: refunded or replaced, with or without goods that came back.
 * - `voided`: Taken back by the buyer, or refused.
 */
export type ReturnStage = 'announced' | 'confirmed' | 'closed' | 'voided' | (string & {});

/**
 * Why a line is cancelled. A text this version does not know is kept as it is.
 *
 * - `buyer_asked`: The buyer asked, and the channel shows it.
 * - `out_of_stock`: We have none. Walmart sets the SKU's level to zero.
 * - `pricing_error`: The price was wrong.
 * - `fraud`: Confirmed fraud.
 * - `address_not_serviceable`: The address cannot be served.
 */
export type CancelReason = 'buyer_asked' | 'out_of_stock' | 'pricing_error' | 'fraud' | 'address_not_serviceable' | (string & {});

/**
 * What a person says of an unresolved command. A text this version does not know is kept as it is.
 *
 * - `happened`: It took effect.
 * - `again`: It did not; do it again.
 * - `drop`: It did not; leave it.
 */
export type Outcome = 'happened' | 'again' | 'drop' | (string & {});

/**
 * Why money is given back. A text this version does not know is kept as it is.
 *
 * - `returned`: The buyer returned the goods.
 * - `not_received`: The parcel did not arrive.
 * - `not_as_described`: The goods were damaged, defective or not as described.
 * - `seller_cancelled`: We cancelled after payment.
 * - `adjustment`: A courtesy, or an agreed part of the price.
 */
export type RefundReason = 'returned' | 'not_received' | 'not_as_described' | 'seller_cancelled' | 'adjustment' | (string & {});

/**
 * The order of a list. A text this version does not know is kept as it is.
 *
 * - `newest`: Newest placed first.
 * - `oldest`: Oldest placed first.
 * - `due`: Next deadline first; orders without one are left out.
 * - `amount`: Largest total first; orders without one last.
 */
export type Sort = 'newest' | 'oldest' | 'due' | 'amount' | (string & {});

/**
 * What taking an order means at a channel. A text this version does not know is kept as it is.
 *
 * - `required`: The channel must be told, order by order.
 * - `local`: The channel has no such step; taking it is our own note.
 */
export type Acknowledgment = 'required' | 'local' | (string & {});

/**
 * What one cancellation covers. A text this version does not know is kept as it is.
 *
 * - `units`: Some units of some lines.
 * - `lines`: Whole lines.
 * - `order`: The whole order, before anything of it left.
 */
export type CancelUnit = 'units' | 'lines' | 'order' | (string & {});

/**
 * Which orders a stream shows. A text this version does not know is kept as it is.
 *
 * - `created`: Orders placed in a window.
 * - `changed`: Orders changed in a window, whenever they were placed.
 * - `placed_or_changed`: Both: the only stream a channel needs.
 */
export type StreamKind = 'created' | 'changed' | 'placed_or_changed' | (string & {});

/**
 * May a verb be sent again when nobody knows whether it happened? A text this version does not know is kept as it is.
 *
 * - `repeatable`: Sending again changes nothing.
 * - `guarded`: The other side refuses the second one.
 * - `once`: A second one acts again.
 */
export type Repeat = 'repeatable' | 'guarded' | 'once' | (string & {});

/**
 * Can it be seen whether a verb happened? A text this version does not know is kept as it is.
 *
 * - `conclusive`: A yes and a no can both be trusted.
 * - `positive_only`: Only a yes can.
 * - `none`: Neither.
 */
export type ProbeTrust = 'conclusive' | 'positive_only' | 'none' | (string & {});

/**
 * What a channel answered to a command. No answer is an exception. A text this version does not know is kept as it is.
 *
 * - `done`: It took effect, or had already, with our values.
 * - `accepted`: It will be worked on; `handle` is asked after with `settle`.
 * - `refused`: No; `code` and `why` say why.
 * - `not_applied`: Surely not applied; it may be tried again, not before `after`.
 * - `redirected`: Not by this way; `why` says by which.
 */
export type ReceiptKind = 'done' | 'accepted' | 'refused' | 'not_applied' | 'redirected' | (string & {});

/**
 * What became of accepted work. A text this version does not know is kept as it is.
 *
 * - `not_yet`: Still worked on.
 * - `receipts`: Done: one receipt for each command, in their order.
 * - `lost`: The channel does not know the handle; `why` says more.
 */
export type SettledKind = 'not_yet' | 'receipts' | 'lost' | (string & {});

/**
 * What a push turned out to be. A text this version does not know is kept as it is.
 *
 * - `told`: Authentic: what it tells is durable before it is answered.
 * - `answer`: A question about us (a challenge): only the reply is wanted.
 * - `refused`: Not authentic, or not readable: nothing of it is believed; `why` says why.
 */
export type PushKind = 'told' | 'answer' | 'refused' | (string & {});

/**
 * What becomes of the next write of a channel under test. A text this version does not know is kept as it is.
 *
 * - `answered`: It is done and answered.
 * - `lost_before`: It never arrives.
 * - `lost_after`: It is done, and its answer is lost.
 */
export type Fate = 'answered' | 'lost_before' | 'lost_after' | (string & {});

/**
 * What went wrong, by who must act. A text this version does not know is kept as it is.
 *
 * - `invalid`: An argument, a payload or a policy is wrong; the caller must change it.
 * - `config`: A configuration is wrong or contradicts itself; found before any call.
 * - `not_found`: The thing named does not exist, or is not visible to this seller.
 * - `conflict`: Something else holds what was asked for: a lock, an open command, another value.
 * - `unauthorized`: The marketplace refused the credential; only a person can renew it.
 * - `forbidden`: The credential is good but lacks the right to do this.
 * - `rate_limited`: Too many requests; wait as told.
 * - `timeout`: The other side did not answer in time.
 * - `network`: No connection, or it broke.
 * - `remote`: The other side failed, or answered what cannot be read.
 * - `refused`: The marketplace understood and refused.
 * - `protocol`: The marketplace's answer breaks its own rules.
 * - `store`: The store cannot read or write: disk full, read-only, damaged.
 * - `newer_schema`: The store was written by a newer version.
 * - `closed`: The engine is closed, or lost its lease.
 */
export type ErrorKind = 'invalid' | 'config' | 'not_found' | 'conflict' | 'unauthorized' | 'forbidden' | 'rate_limited' | 'timeout' | 'network' | 'remote' | 'refused' | 'protocol' | 'store' | 'newer_schema' | 'closed' | (string & {});

/** An exact amount with its currency. */
export interface Money {
  /** The amount, exact. */
  readonly amount: string;
  /** ISO 4217. */
  readonly currency: string;
}

/** One amount of a line, for all its units. */
export interface Charge {
  /** What it is for. */
  readonly kind: ChargeKind;
  /** The channel's own name for it; empty when it has none. */
  readonly name: string;
  /** The amount of the line, without tax. */
  readonly amount: Money;
  /** Tax on it; none where the channel gives none. */
  readonly tax?: Money | null;
}

/** Units of a line that left in one package, as the channel shows them. */
export interface LinePackage {
  /** The carrier's number; empty where the channel shows none. */
  readonly tracking: string;
  /** The channel's carrier text, verbatim. */
  readonly carrier: string;
  /** Units. */
  readonly quantity: number;
}

/** One line of an order: units of one SKU and what became of them. */
export interface Line {
  /** The channel's line id. */
  readonly lineId: string;
  /** The SKU; none when the channel's payload had none. */
  readonly sku: string | null;
  /** Product name; may be empty. */
  readonly title: string;
  /** Units bought. */
  readonly ordered: number;
  /** Units the channel shows as cancelled. */
  readonly cancelled: number;
  /** Units the channel shows as shipped or further. */
  readonly shipped: number;
  /** Units the channel shows as delivered; part of `shipped`. */
  readonly delivered: number;
  /** The buyer asks to cancel it. */
  readonly cancelRequested: boolean;
  /** Amounts, for all units. */
  readonly charges: ReadonlyArray<Charge>;
  /** What left in which package, as the channel shows it. */
  readonly packages: ReadonlyArray<LinePackage>;
}

/** Where a package goes and whom to ask about it. Empty texts are not given; the states say why. */
export interface Address {
  /** Addressee. */
  readonly name: string;
  /** Street line 1. */
  readonly line1: string;
  /** Street line 2. */
  readonly line2: string;
  /** City or town. */
  readonly city: string;
  /** State, province or region, as the channel wrote it. */
  readonly region: string;
  /** ZIP or postal code. */
  readonly postalCode: string;
  /** ISO 3166-1 alpha-2 where the channel's code is known, else the channel's text. */
  readonly country: string;
  /** Telephone. */
  readonly phone: string;
  /** E-mail, usually a relay. */
  readonly email: string;
  /** How good the name is. */
  readonly nameState: PartState;
  /** How good street, city, region and postal code are. */
  readonly linesState: PartState;
  /** How good the telephone is. */
  readonly phoneState: PartState;
  /** How good the e-mail address is. */
  readonly emailState: PartState;
}

/** One reason an order waits, with what makes it true. No personal data. */
export interface Hold {
  /** The stable code (`short_of_stock`); of a rule of your own `rule:NAME`. */
  readonly reason: string;
  /** What makes it true, in words. */
  readonly detail: string;
  /** One sentence for a person. */
  readonly why: string;
}

/** What a person should see of an order. */
export interface Exception {
  /** `refused`, `unresolved`, `conflict` or `shipped_after_cancel`. */
  readonly code: string;
  /** The command or line it is about. */
  readonly about: string;
  /** What is wrong, in words. */
  readonly detail: string;
  /** Since when. */
  readonly since: Date;
}

/** What one rule said of an order, with its proof. */
export interface Proof {
  /** Which rule. */
  readonly rule: string;
  /** What it said. */
  readonly verdict: VerdictKind;
  /** Why it is held or refused; none where it is not. */
  readonly reason: string | null;
  /** The stable code of the proof (`stock.covers`). */
  readonly code: string;
  /** The value that decided, in words; empty when the code says it all. */
  readonly value: string;
}

/** One moment of an order's life. */
export interface Moment {
  /** Its position in the journal. */
  readonly seq: number;
  /** When it was written, marketplace time. */
  readonly at: Date;
  /** The stable name of its kind. */
  readonly kind: string;
  /** What happened, in one sentence without personal data. */
  readonly words: string;
}

/** Something intended for an order, and what became of it. */
export interface Command {
  /** Its name: `verb subject #ordinal`. `resolve` takes it. */
  readonly name: string;
  /** What it does (`acknowledge`, `confirm_shipment`, `cancel`, `refund`, `set_level`). */
  readonly verb: string;
  /** Where it stands. */
  readonly state: CommandState;
  /** How often it was sent. */
  readonly attempt: number;
  /** When it was intended. */
  readonly intendedAt: Date;
  /** By when it should have left. */
  readonly latestSafe: Date;
  /** Evidence or reason of the last step, in words. */
  readonly why: string;
}

/** Something that must have happened by an instant. */
export interface Deadline {
  /** What (`acknowledge`, `ship`, `deliver`, …). */
  readonly kind: string;
  /** By when. */
  readonly due: Date;
  /** Our own aim, where there is one. */
  readonly target: Date | null;
  /** When a person should hear of it. */
  readonly alarmAt: Date;
  /** Reckoned here; not an instant of the channel's own. */
  readonly estimated: boolean;
  /** What follows if not, in words. */
  readonly consequence: string;
}

/** Units of one line in a return. */
export interface ReturnedUnits {
  /** Units the buyer sends back. */
  readonly quantity: number;
  /** Of these, units that arrived. */
  readonly back: number;
  /** Why, in the channel's words. */
  readonly reason: string;
  /** Which line, where the channel says. */
  readonly lineId?: string | null;
  /** The SKU, where the channel says. */
  readonly sku?: string | null;
}

/** What a buyer sends back of an order. */
export interface Return {
  /** The channel's id of it. */
  readonly id: string;
  /** How far it is. */
  readonly stage: ReturnStage;
  /** The same in the channel's words. */
  readonly status: string;
  /** When the buyer asked for it. */
  readonly openedAt: Date | null;
  /** What of the money, in the channel's words, where it says. */
  readonly refund: string | null;
  /** What is sent back. */
  readonly lines: ReadonlyArray<ReturnedUnits>;
}

/** An order, as it is stored. */
export interface Order {
  /** The channel it came by. */
  readonly channel: string;
  /** The channel's id of it. */
  readonly channelOrderId: string;
  /** Where it is. */
  readonly phase: Phase;
  /** Why it stands where it stands, in one sentence. */
  readonly why: string;
  /** When it was placed. */
  readonly placedAt: Date;
  /** Its next deadline, if any. */
  readonly dueAt: Date | null;
  /** Who ships it. */
  readonly fulfilledBy: FulfilledBy;
  /** Its total, if the channel gives one. */
  readonly total: Money | null;
  /** Has the channel our acknowledgment? */
  readonly acknowledged: boolean;
  /** The shipping method the buyer chose, in the channel's words. */
  readonly method: string | null;
  /** Its lines. */
  readonly lines: ReadonlyArray<Line>;
  /** Why it waits. */
  readonly holds: ReadonlyArray<Hold>;
  /** What a person should see. */
  readonly exceptions: ReadonlyArray<Exception>;
}

/** A page of orders. */
export interface OrderPage {
  /** Its orders. */
  readonly orders: ReadonlyArray<Order>;
  /** Where to go on; none at the end. */
  readonly next: string | null;
}

/** An order with its address, proofs, commands, deadlines and history. */
export interface WholeOrder {
  /** The order. */
  readonly order: Order;
  /** Where it goes; none where nothing is stored of it. */
  readonly shipTo: Address | null;
  /** What each rule said last. */
  readonly proofs: ReadonlyArray<Proof>;
  /** What was intended for it. */
  readonly commands: ReadonlyArray<Command>;
  /** What must have happened by when. */
  readonly deadlines: ReadonlyArray<Deadline>;
  /** What the buyer sends back. */
  readonly returns: ReadonlyArray<Return>;
  /** Everything that ever happened to it, oldest first. */
  readonly timeline: ReadonlyArray<Moment>;
}

/** One change, in commit order: nothing below its position can still appear. */
export interface Change {
  /** Its position: ask for what comes after it next time. */
  readonly seq: number;
  /** When it was written, marketplace time. */
  readonly at: Date;
  /** The channel it is about, if one. */
  readonly channel: string | null;
  /** The order it is about, if one. */
  readonly channelOrderId: string | null;
  /** Where that order stands now, which may be later than this change. */
  readonly phase: Phase | null;
  /** The stable name of its kind. */
  readonly kind: string;
  /** What happened, in one sentence without personal data. */
  readonly words: string;
}

/** Units of one line. */
export interface LineQuantity {
  /** The channel's line id. */
  readonly lineId: string;
  /** How many units. */
  readonly quantity: number;
}

/** Money of one charge of one line, to be given back. */
export interface RefundPart {
  /** Which line. */
  readonly lineId: string;
  /** Of which charge of it. */
  readonly charge: ChargeKind;
  /** How much, positive, without tax. */
  readonly amount: Money;
  /** The tax on it that goes back with it. */
  readonly tax?: Money | null;
}

/** What one step came to. */
export interface Stepped {
  /** Pieces of work done. */
  readonly done: number;
  /** When the next is due; none when nothing is until something comes in. */
  readonly nextAt: Date | null;
}

/** Something asked of the engine. It is durable; an engine that runs takes it. */
export interface Ticket {
  /** Its position in the intake: `ticket` tells what became of it. */
  readonly id: number;
}

/** What became of something asked. */
export interface TicketOutcome {
  /** `waiting`, `done` or `refused`. */
  readonly state: string;
  /** What was done, or why not; empty while it waits. */
  readonly words: string;
}

/** A rate limit and what it was used for. */
export interface Budget {
  /** Its scope (`walmart/acknowledge@SELLER`). */
  readonly scope: string;
  /** Requests let go. */
  readonly taken: number;
  /** Refusals (429). */
  readonly refused: number;
}

/** How a rule of your own is doing with the orders of a channel. */
export interface JudgeHealth {
  /** Which rule. */
  readonly rule: string;
  /** Orders about which it has not answered yet. */
  readonly waiting: number;
  /** Questions in a row it did not answer. */
  readonly failures: number;
  /** Why it did not answer last, in words. */
  readonly lastError: string | null;
}

/** How a channel is doing. */
export interface Health {
  /** Which. */
  readonly channel: string;
  /** Everything the marketplace could show up to this instant is stored. None before the first complete pull. */
  readonly completeTo: Date | null;
  /** `good`, `unknown` or `reauthorization_needed`. */
  readonly token: string;
  /** Commands intended and not yet sent. */
  readonly waiting: number;
  /** Commands of which nobody knows whether they happened. */
  readonly doubts: number;
  /** Commands only a person can settle. */
  readonly unresolved: number;
  /** Commands the marketplace accepted and has not finished. */
  readonly pending: number;
  /** Open orders whose next deadline is past or near. */
  readonly deadlinesAtRisk: number;
  /** The last error, in words. */
  readonly lastError: string | null;
  /** When it was met. */
  readonly lastErrorAt: Date | null;
  /** Why the channel was given up, if it was. */
  readonly ended: string | null;
  /** When the next pull begins. */
  readonly nextPullAt: Date | null;
  /** Complete pulls since the start. */
  readonly pulls: number;
  /** Rights the credential lacks. */
  readonly missingRights: ReadonlyArray<string>;
  /** Rate limits. */
  readonly budgets: ReadonlyArray<Budget>;
  /** Rules of your own, in the order they were added. */
  readonly rules: ReadonlyArray<JudgeHealth>;
}

/** Who a channel's credential belongs to and what it may do. */
export interface Standing {
  /** Which channel. */
  readonly channel: string;
  /** The seller, where the marketplace tells it. */
  readonly seller: string | null;
  /** Rights the credential lacks. */
  readonly missing: ReadonlyArray<string>;
  /** Marketplace time less ours. Milliseconds. */
  readonly clockOffsetMs: number;
  /** What is wrong; none where nothing is. */
  readonly error: string | null;
}

/** What is physically there of a SKU, and who wants it. */
export interface Item {
  /** Which. */
  readonly sku: string;
  /** The last count; none where nobody counted it. */
  readonly counted: number | null;
  /** When it was counted. */
  readonly asOf: Date;
  /** Units that open orders want. */
  readonly demand: number;
  /** Units promised to accepted orders; part of `demand`. */
  readonly allocated: number;
  /** Units nobody wants yet; may be negative. */
  readonly available: number;
}

/** How many orders stand where on one channel. */
export interface PhaseTotal {
  /** Which channel. */
  readonly channel: string;
  /** Where. */
  readonly phase: Phase;
  /** How many. */
  readonly orders: number;
}

/** What to answer a marketplace that sent a push. */
export interface PushReply {
  /** The HTTP status. */
  readonly status: number;
  /** The body. */
  readonly body: string;
  /** The content type of the body, if there is one. */
  readonly contentType?: string | null;
}

/** One seller metric over its window. */
export interface Metric {
  /** What is measured. */
  readonly measure: string;
  /** From when on orders are counted. */
  readonly since: Date;
  /** Orders that count. */
  readonly counted: number;
  /** Of these, missed. */
  readonly missed: number;
  /** How many more may be missed; none where nothing is known of a threshold. */
  readonly missesLeft: number | null;
  /** Is it broken? */
  readonly broken: boolean;
}

/** Where a marketplace is reached, and by whom. What a local one gives, `add_channel` takes. */
export interface WalmartSettings {
  /** The seller id. */
  readonly seller: string;
  /** The client id of the developer portal. */
  readonly clientId: string;
  /** The secret that goes with it. */
  readonly clientSecret: string;
  /** `production`, `sandbox` or `local`; production unless said. */
  readonly environment?: string | null;
  /** Another scheme and host, without a path. */
  readonly baseUrl?: string | null;
  /** Another token endpoint, with its path. */
  readonly tokenUrl?: string | null;
  /** The ship node stock is kept at, for sellers with more than one. */
  readonly shipNode?: string | null;
  /** How far back the first reads reach; 179 days unless said. Milliseconds. */
  readonly backfillMs?: number | null;
  /** The longest one call may take; 30 seconds unless said. Milliseconds. */
  readonly callTimeoutMs?: number | null;
  /** Multiplies every published rate; 1 unless said. */
  readonly rateFactor?: number | null;
  /** User name and password of a subscription to pushes, as `user:password`. */
  readonly pushPassword?: string | null;
  /** Name of the header and secret of an HMAC subscription to pushes, as `header:secret`. */
  readonly pushHmac?: string | null;
  /** The time a local marketplace runs by. */
  readonly pace?: Pace | null;
}

/** An Amazon seller account (Selling Partner API). */
export interface AmazonSettings {
  /** The seller (merchant) id. */
  readonly seller: string;
  /** The application's client id. */
  readonly clientId: string;
  /** The application's client secret. */
  readonly clientSecret: string;
  /** The refresh token of the seller's authorization. */
  readonly refreshToken: string;
  /** `na`, `eu` or `fe`; `na` unless said. */
  readonly region?: string | null;
  /** Marketplace ids; that of the United States unless said. */
  readonly marketplaces?: ReadonlyArray<string> | null;
  /** `production`, `sandbox` or `local`; production unless said. */
  readonly environment?: string | null;
  /** Another scheme and host, without a path. */
  readonly baseUrl?: string | null;
  /** Another token endpoint, with its path. */
  readonly tokenUrl?: string | null;
  /** How far back the first reads reach. Milliseconds. */
  readonly backfillMs?: number | null;
  /** The longest one call may take; 30 seconds unless said. Milliseconds. */
  readonly callTimeoutMs?: number | null;
  /** Multiplies every published rate; 1 unless said. */
  readonly rateFactor?: number | null;
  /** The time a local marketplace runs by. */
  readonly pace?: Pace | null;
}

/** An eBay seller account (Sell APIs). */
export interface EbaySettings {
  /** The seller's user name. */
  readonly seller: string;
  /** The application's client id. */
  readonly clientId: string;
  /** The application's client secret. */
  readonly clientSecret: string;
  /** The refresh token of the seller's consent. */
  readonly refreshToken: string;
  /** The site (`EBAY_US`); that of the United States unless said. */
  readonly marketplace?: string | null;
  /** `production`, `sandbox` or `local`; production unless said. */
  readonly environment?: string | null;
  /** Another scheme and host, without a path. */
  readonly baseUrl?: string | null;
  /** Another token endpoint, with its path. */
  readonly tokenUrl?: string | null;
  /** How far back the first reads reach. Milliseconds. */
  readonly backfillMs?: number | null;
  /** The longest one call may take; 30 seconds unless said. Milliseconds. */
  readonly callTimeoutMs?: number | null;
  /** Multiplies every published rate; 1 unless said. */
  readonly rateFactor?: number | null;
  /** The endpoint notifications come to. */
  readonly notificationEndpoint?: string | null;
  /** The verification token of that endpoint. */
  readonly verificationToken?: string | null;
  /** The time a local marketplace runs by. */
  readonly pace?: Pace | null;
}

/** The time of a local marketplace. */
export interface Pace {
  /** Marketplace time at `started`. */
  readonly origin: Date;
  /** Wall time at which it was `origin`. */
  readonly started: Date;
  /** Marketplace seconds in a second of the wall. */
  readonly speed: number;
}

/** A running local marketplace. */
export interface Market {
  /** `walmart`, `amazon` or `ebay`. */
  readonly marketplace: string;
  /** What stands in for the marketplace's scheme and host. */
  readonly baseUrl: string;
  /** Where tokens are asked for. */
  readonly tokenUrl: string;
  /** The seller's id. */
  readonly seller: string;
  /** The client id it accepts. */
  readonly clientId: string;
  /** The secret that goes with it. */
  readonly clientSecret: string;
  /** The refresh token it accepts, where it has one. */
  readonly refreshToken: string | null;
  /** What is on hand, by SKU, counted at `pace.origin`. */
  readonly onHand: Readonly<Record<string, number>>;
  /** The time it runs by. */
  readonly pace: Pace;
}

/** What took effect at a local marketplace so far. */
export interface Effects {
  /** Orders acknowledged, each with how often. */
  readonly acknowledged: Readonly<Record<string, number>>;
  /** Requests answered. */
  readonly requests: number;
  /** Requests refused as too many. */
  readonly tooMany: number;
  /** Units offered again after their sale had been seen. */
  readonly reofferedAfterSeen: number;
}

/** What a rule of your own is asked: all it may look at. */
export interface AskedOrder {
  /** The channel it came by. */
  readonly channel: string;
  /** The channel's id of it. */
  readonly channelOrderId: string;
  /** When it was placed. */
  readonly placedAt: Date | null;
  /** Who ships it. */
  readonly fulfilledBy: FulfilledBy;
  /** Its total, if the channel gives one. */
  readonly total: Money | null;
  /** The shipping method the buyer chose, in the channel's words. */
  readonly method: string | null;
  /** Its lines. */
  readonly lines: ReadonlyArray<Line>;
  /** Where it goes; none where it was erased. */
  readonly shipTo: Address | null;
  /** What is there of its SKUs. */
  readonly items: ReadonlyArray<Item>;
  /** Marketplace time. */
  readonly now: Date;
}

/** What a rule of your own answers. */
export interface Verdict {
  /** What it says. */
  readonly verdict: VerdictKind;
  /** A stable code of its proof (`vip.buyer`), without personal data. */
  readonly code: string;
  /** The value that decided, in words, without personal data; may be empty. */
  readonly value: string;
}

/** What a decision came to. */
export interface Decision {
  /** May it be taken? */
  readonly accept: boolean;
  /** Why it waits. */
  readonly holds: ReadonlyArray<Hold>;
  /** What each rule said. */
  readonly proofs: ReadonlyArray<Proof>;
}

/** An order as a payload shows it. */
export interface NormalOrder {
  /** The channel's id of it. */
  readonly channelOrderId: string;
  /** When it was placed; none where the payload does not say. */
  readonly placedAt: Date | null;
  /** Who ships it. */
  readonly fulfilledBy: FulfilledBy;
  /** Its total, if the payload gives one. */
  readonly total: Money | null;
  /** Its lines. */
  readonly lines: ReadonlyArray<Line>;
  /** Where it goes. */
  readonly shipTo: Address;
  /** What could not be mapped: field and what is wrong with it. */
  readonly unmapped: ReadonlyArray<string>;
}

/** How fast a channel may be called. */
export interface RateLimit {
  /** `pull`, `fetch`, `levels`, `settle`, `returns` or a verb; all that no other entry names, when it is `*`. */
  readonly calls: string;
  /** Calls a second that come back. */
  readonly perSecond: number;
  /** Calls that may be made at once. */
  readonly burst: number;
}

/** One way of reading orders in windows of time. */
export interface StreamProfile {
  /** Its name. */
  readonly id: string;
  /** What it shows. */
  readonly kind: StreamKind;
  /** How far back the first window reaches. Milliseconds. */
  readonly horizonMs: number;
}

/** How a channel declares one write. */
export interface VerbProfile {
  /** `acknowledge`, `confirm_shipment`, `cancel`, `set_level`, `refund` or `answer_cancel`. */
  readonly verb: string;
  /** May it be repeated? */
  readonly repeat: Repeat;
  /** The repeat of a part of a line's units, where it differs. */
  readonly repeatPartial?: Repeat | null;
  /**
   * Can it be seen by reading the order whether it happened? Units shipped, cancelled or acknowledged are compared, before
   * and after. `none` unless said.
   */
  readonly probe?: ProbeTrust | null;
  /** How long the read side may lag behind a write; none unless said. Milliseconds. */
  readonly lagMs?: number | null;
  /** The longest a call may take, real time; 30 seconds unless said. Milliseconds. */
  readonly callTimeoutMs?: number | null;
  /** The longest a call may still take effect after it was given up; a minute unless said. Nothing is sent again before. Milliseconds. */
  readonly applyMaxMs?: number | null;
  /** Does `done` mean that it took effect already? Yes unless said. */
  readonly answerMeansApplied?: boolean | null;
  /** Commands that may travel in one call; one unless said. */
  readonly batchMax?: number | null;
}

/** How a channel of your own tells of returns. */
export interface ReturnsProfile {
  /** How far back the first window reaches. Milliseconds. */
  readonly horizonMs: number;
  /**
   * How long before the last read every later window begins: as long as a return may be invisible, or change without the
   * window showing it. None unless said. Milliseconds.
   */
  readonly overlapMs?: number | null;
  /** From the end of one read to the next; an hour unless said. Milliseconds. */
  readonly everyMs?: number | null;
}

/** What a channel of your own says of itself. What it does not say is the plainest there is. */
export interface ChannelProfile {
  /** The seller it is configured for. */
  readonly seller: string;
  /** The marketplace's name; it is in the scopes of its rate limits. */
  readonly marketplace: string;
  /** What it can write. A verb that is not here is never sent. */
  readonly verbs: ReadonlyArray<VerbProfile>;
  /** What taking an order means; `required` unless said. */
  readonly acknowledgment?: Acknowledgment | null;
  /** What one cancellation covers; `units` unless said. */
  readonly cancelUnit?: CancelUnit | null;
  /** Does it wait for an answer to a buyer's wish to cancel? No unless said. */
  readonly answersCancelRequests?: boolean | null;
  /** How orders are read; one stream `orders` of the last 30 days that shows what was placed or changed, unless said. */
  readonly streams?: ReadonlyArray<StreamProfile> | null;
  /** How long an order may be invisible after it was placed; none unless said. Milliseconds. */
  readonly visibilityDelayMs?: number | null;
  /** How fast it may be called; five calls a second of each kind, ten at once, unless said. */
  readonly rates?: ReadonlyArray<RateLimit> | null;
  /** Levels can be read by `levels`, and show what was at most this long ago. None: they cannot be read. Milliseconds. */
  readonly levelLagMs?: number | null;
  /** Does it take pushes, by `receive`? No unless said. */
  readonly takesPushes?: boolean | null;
  /** Returns are read by `pull_returns`. None: it tells of none. */
  readonly returns?: ReturnsProfile | null;
  /** The time it runs by, where it is a local marketplace's. */
  readonly pace?: Pace | null;
}

/** One line as a channel of your own shows it. */
export interface ShownLine {
  /** The channel's line id. */
  readonly lineId: string;
  /** Units bought. */
  readonly ordered: number;
  /** The SKU; none where the channel gives none. */
  readonly sku?: string | null;
  /** Product name. */
  readonly title?: string | null;
  /** Units the channel shows as acknowledged or further. */
  readonly acknowledged?: number | null;
  /** Units the channel shows as cancelled. */
  readonly cancelled?: number | null;
  /** Units the channel shows as shipped or further. */
  readonly shipped?: number | null;
  /** Units the channel shows as delivered; part of `shipped`. */
  readonly delivered?: number | null;
  /** Units the channel shows as refunded; part of `shipped`. */
  readonly refunded?: number | null;
  /** Does the buyer ask to cancel it? */
  readonly cancelRequested?: boolean | null;
  /** Amounts, for all units. */
  readonly charges?: ReadonlyArray<Charge> | null;
  /** What left in which package. */
  readonly packages?: ReadonlyArray<LinePackage> | null;
}

/** One order as a channel of your own shows it. */
export interface ShownOrder {
  /** The channel's id of it. */
  readonly channelOrderId: string;
  /** Its lines. */
  readonly lines: ReadonlyArray<ShownLine>;
  /** When it was placed. */
  readonly placedAt?: Date | null;
  /** Who ships it; the seller unless said. */
  readonly fulfilledBy?: FulfilledBy | null;
  /** Its total. */
  readonly total?: Money | null;
  /** The shipping method the buyer chose, in the channel's words. */
  readonly method?: string | null;
  /** Ship by, as the channel says. */
  readonly shipBy?: Date | null;
  /** Deliver by, as the channel says. */
  readonly deliverBy?: Date | null;
  /** Where it goes. */
  readonly shipTo?: Address | null;
  /** Why it must not be shipped yet, in the channel's word; its demand counts. */
  readonly notReady?: string | null;
}

/** Which orders a channel is asked for. */
export interface PullRequest {
  /** The stream. */
  readonly stream: string;
  /** The window's first instant, by the channel's clock. */
  readonly since: Date;
  /** The window's last instant. */
  readonly until: Date;
  /** Where the last page ended: what `next` of it was. */
  readonly cursor: string | null;
}

/** One page of orders, as a channel of your own shows them. */
export interface ShownPage {
  /** Its orders. */
  readonly orders: ReadonlyArray<ShownOrder>;
  /** Where to go on; none at the end of the window. */
  readonly next?: string | null;
  /** How many orders the window holds, where the channel says. */
  readonly total?: number | null;
  /** Does the window hold more than the channel pages through? Then it is split, and nothing of this page is taken. */
  readonly tooMany?: boolean | null;
}

/** One thing to be done at a channel of your own. Fields of other verbs are none. */
export interface ChannelCommand {
  /** Its name, the same in every attempt: what to make the call idempotent by. */
  readonly name: string;
  /** What to do (`acknowledge`, `confirm_shipment`, `cancel`, `set_level`, `refund`, `answer_cancel`). */
  readonly verb: string;
  /** The order it is about. */
  readonly channelOrderId: string | null;
  /** How often it was sent before. */
  readonly attempt: number;
  /**
   * It must not leave at or after this instant: another engine may have the store then. Look again before you write if
   * you waited.
   */
  readonly writeBy: Date | null;
  /** Units to ship or cancel, by line. */
  readonly lines: ReadonlyArray<LineQuantity>;
  /** Number of the package within the order. */
  readonly package: number | null;
  /** The carrier, by its usual name. */
  readonly carrier: string | null;
  /** The carrier's number. */
  readonly tracking: string | null;
  /** Where the buyer can follow it. */
  readonly trackingUrl: string | null;
  /** When it was handed over. */
  readonly shippedAt: Date | null;
  /** The order's shipping method, in the channel's words. */
  readonly method: string | null;
  /** Why it is cancelled or refunded. */
  readonly reason: string | null;
  /** Is the buyer's wish to cancel granted? */
  readonly grant: boolean | null;
  /** Money to give back. */
  readonly parts: ReadonlyArray<RefundPart>;
  /** The SKU whose level is set. */
  readonly sku: string | null;
  /** The level to set. */
  readonly level: number | null;
}

/** A channel's answer to a command. */
export interface Receipt {
  /** What it answered. */
  readonly kind: ReceiptKind;
  /** Evidence or reason, in words without personal data. */
  readonly why?: string | null;
  /** The channel's code of a refusal. */
  readonly code?: string | null;
  /** What accepted work is asked after with. */
  readonly handle?: string | null;
  /** How long to wait before another try. Milliseconds. */
  readonly afterMs?: number | null;
}

/** What became of accepted work. */
export interface SettledWork {
  /** How far it is. */
  readonly kind: SettledKind;
  /** One for each command, when it is done. */
  readonly receipts?: ReadonlyArray<Receipt> | null;
  /** In words, when it is lost. */
  readonly why?: string | null;
}

/** One push, as it arrived: signatures cover its bytes. */
export interface PushRequest {
  /** `GET` or `POST`. */
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  /** Names in any case, with their values. */
  readonly headers: ReadonlyArray<ReadonlyArray<string>>;
  /** The body. */
  readonly body: Uint8Array;
}

/**
 * What a channel of your own finds a push to be. It is never the truth, and changes nothing by itself: what it tells of is
 * read again.
 */
export interface PushOutcome {
  /** What it turned out to be. */
  readonly kind: PushKind;
  /** The push's own id, where it tells something; the same one again tells nothing new. */
  readonly id?: string | null;
  /** Orders of which something is new. */
  readonly orders?: ReadonlyArray<string> | null;
  /** Handles of accepted work that is finished: it is asked after at once. */
  readonly finished?: ReadonlyArray<string> | null;
  /** The names of a buyer who closed the account: what is personal of all their orders is erased. */
  readonly eraseBuyer?: ReadonlyArray<string> | null;
  /** Did the seller withdraw our authorization? No unless said. */
  readonly revoked?: boolean | null;
  /** What to answer; a status of 204 (`told`), 200 (`answer`) or 401 (`refused`) without a body unless said. */
  readonly reply?: PushReply | null;
  /** Why it is refused, without anything of its content. */
  readonly why?: string | null;
}

/** One return as a channel of your own shows it. */
export interface ShownReturn {
  /** The order it is of. */
  readonly channelOrderId: string;
  /** The channel's id of it. */
  readonly id: string;
  /** How far it is. */
  readonly stage: ReturnStage;
  /** The same in the channel's words. */
  readonly status: string;
  /** What is sent back. */
  readonly lines: ReadonlyArray<ReturnedUnits>;
  /** When the buyer asked for it. */
  readonly openedAt?: Date | null;
  /** When it last changed. */
  readonly changedAt?: Date | null;
  /** What of the money, in the channel's words, where it says. */
  readonly refund?: string | null;
}

/** One page of returns. */
export interface ReturnsPage {
  /** Its returns. */
  readonly returns: ReadonlyArray<ShownReturn>;
  /** Where to go on; none at the end of the window. */
  readonly next?: string | null;
}

/** The level of a listing. */
export interface Level {
  /** Which SKU. */
  readonly sku: string;
  /** Units offered; none when the channel does not know the SKU. */
  readonly level?: number | null;
}

/** Who a channel's credential belongs to, as a channel of your own finds it. */
export interface Found {
  /** The seller, where the channel tells it. */
  readonly seller?: string | null;
  /** Rights the credential lacks. */
  readonly missing?: ReadonlyArray<string> | null;
  /** The channel's time, to be held against ours. */
  readonly now?: Date | null;
}

/** What a buyer buys at a marketplace under test. */
export interface Sale {
  /** Which SKU: `MUG`, `PLATE` or `BOWL`, of each of which a hundred are listed. */
  readonly sku: string;
  /** How many. */
  readonly units: number;
  /** As many of another, on a second line. */
  readonly secondSku: string | null;
  /** Does the marketplace ship it? */
  readonly shippedByMarketplace: boolean;
}

/** What took effect at a marketplace under test. */
export interface TestEffects {
  /** Order → how often an acknowledgment changed it; a repeated one that changes nothing is not counted. */
  readonly acknowledged: Readonly<Record<string, number>>;
  /** `order/line` → units shipped. */
  readonly shipped: Readonly<Record<string, number>>;
  /** `order/line/tracking` → units shipped under that number. */
  readonly packages: Readonly<Record<string, number>>;
  /** `order/line` → units cancelled by calls. */
  readonly cancelled: Readonly<Record<string, number>>;
  /** `order/line` → cents given back by calls. */
  readonly refunded: Readonly<Record<string, number>>;
  /** SKU → the level the listing offers now. */
  readonly levels: Readonly<Record<string, number>>;
  /** Requests that arrived. */
  readonly requests: number;
}

/** The engine's calls. */
export interface Calls {
  /**
   * Does everything that is due now on every channel, and says when more will be.
   *
   * It returns when nothing is due and nothing is in flight. Everything it did is durable; called again at once it does
   * nothing. What a marketplace answers is no error here: it is in the orders and in `health`.
   */
  step(options?: {
    /** Gives up waiting when it is aborted; what was asked may still be done. */
    signal?: AbortSignal;
  }): Promise<Stepped>;
  /** Runs until `stop`, then lets what is in flight land and gives the channels back. */
  run(options?: {
    /** Gives up waiting when it is aborted; what was asked may still be done. */
    signal?: AbortSignal;
  }): Promise<void>;
  /**
   * Takes a policy, as TOML; what it does not say stands as in the standard one.
   * @param toml The policy's text.
   */
  loadPolicy(toml: string, options?: {
    /** Gives up waiting when it is aborted; what was asked may still be done. */
    signal?: AbortSignal;
  }): Promise<void>;
  /**
   * Orders, page by page.
   *
   * The next page is read when it is needed.
   */
  orders(options?: {
    /** Of this channel. */
    channel?: string | null;
    /** In this phase. */
    phase?: Phase | null;
    /** Held for this reason (`short_of_stock`, `rule:NAME`). */
    heldFor?: string | null;
    /** Only orders with an exception. */
    exceptions?: boolean | null;
    /** Placed at or after. */
    placedFrom?: Date | null;
    /** Placed before. */
    placedBefore?: Date | null;
    /** Order id equal to this, or beginning with it when it ends in `*`. */
    orderId?: string | null;
    /** A line's SKU equal to this, or beginning with it when it ends in `*`. */
    sku?: string | null;
    /** In this order; newest first unless said. */
    sort?: Sort | null;
    /** Where the last page ended. */
    after?: string | null;
    /** Orders a page, 1 to 500; 100 unless said. */
    limit?: number | null;
    /** Gives up waiting when it is aborted; what was asked may still be done. */
    signal?: AbortSignal;
  }): AsyncIterableIterator<Order>;
  /** Orders, page by page. */
  ordersPage(options?: {
    /** Of this channel. */
    channel?: string | null;
    /** In this phase. */
    phase?: Phase | null;
    /** Held for this reason (`short_of_stock`, `rule:NAME`). */
    heldFor?: string | null;
    /** Only orders with an exception. */
    exceptions?: boolean | null;
    /** Placed at or after. */
    placedFrom?: Date | null;
    /** Placed before. */
    placedBefore?: Date | null;
    /** Order id equal to this, or beginning with it when it ends in `*`. */
    orderId?: string | null;
    /** A line's SKU equal to this, or beginning with it when it ends in `*`. */
    sku?: string | null;
    /** In this order; newest first unless said. */
    sort?: Sort | null;
    /** Where the last page ended. */
    after?: string | null;
    /** Orders a page, 1 to 500; 100 unless said. */
    limit?: number | null;
    /** Gives up waiting when it is aborted; what was asked may still be done. */
    signal?: AbortSignal;
  }): Promise<OrderPage>;
  /**
   * One order with its address, proofs, commands, deadlines, returns and timeline.
   * @param channel The channel it came by.
   * @param order The channel's id of it.
   */
  order(channel: string, order: string, options?: {
    /** Gives up waiting when it is aborted; what was asked may still be done. */
    signal?: AbortSignal;
  }): Promise<WholeOrder>;
  /**
   * What changed after a position, in commit order: how a host follows the engine. Nothing below a position that was
   * given can still appear.
   * @param after The position after which to begin; 0 for the beginning.
   */
  changes(after: number, options?: {
    /** How many at most, 1 to 10,000; 1,000 unless said. */
    limit?: number | null;
    /** Gives up waiting when it is aborted; what was asked may still be done. */
    signal?: AbortSignal;
  }): Promise<ReadonlyArray<Change>>;
  /** The position of the last change: where to begin with `changes` to see only what is still to come, and how far the engine is. */
  position(options?: {
    /** Gives up waiting when it is aborted; what was asked may still be done. */
    signal?: AbortSignal;
  }): Promise<number>;
  /**
   * Says what is physically there of a SKU. Sales are subtracted, orders that wait are served, and every channel's
   * listing is set.
   * @param sku Which.
   * @param quantity Units counted.
   */
  onHand(sku: string, quantity: number, options?: {
    /** When they were counted; now unless said. */
    asOf?: Date | null;
    /** Gives up waiting when it is aborted; what was asked may still be done. */
    signal?: AbortSignal;
  }): Promise<Ticket>;
  /**
   * Says that a package was handed to a carrier; the marketplace is told. The same package again changes nothing.
   * @param channel The channel the order came by.
   * @param order The channel's id of it.
   * @param carrier The carrier, by any of its usual names.
   * @param tracking The carrier's number.
   */
  reportShipment(channel: string, order: string, carrier: string, tracking: string, options?: {
    /** What is in it; all that is open unless said. */
    lines?: ReadonlyArray<LineQuantity> | null;
    /** The host's own number of the package within the order, from 1; 1 unless said. */
    package?: number | null;
    /** When it was handed over; now unless said. */
    shippedAt?: Date | null;
    /** Where the buyer can follow it. */
    trackingUrl?: string | null;
    /** Gives up waiting when it is aborted; what was asked may still be done. */
    signal?: AbortSignal;
  }): Promise<Ticket>;
  /**
   * Cancels units at the channel.
   * @param channel The channel the order came by.
   * @param order The channel's id of it.
   * @param reason Why.
   * @param by Who says so, for the history.
   */
  cancel(channel: string, order: string, reason: CancelReason, by: string, options?: {
    /** Which units; everything that is open unless said. */
    lines?: ReadonlyArray<LineQuantity> | null;
    /** Gives up waiting when it is aborted; what was asked may still be done. */
    signal?: AbortSignal;
  }): Promise<Ticket>;
  /**
   * Lets an order go on though it is held for a reason.
   * @param channel The channel the order came by.
   * @param order The channel's id of it.
   * @param reason The code of the hold (`bad_address`, `rule:NAME`).
   * @param by Who says so, for the history.
   */
  release(channel: string, order: string, reason: string, by: string, options?: {
    /** Gives up waiting when it is aborted; what was asked may still be done. */
    signal?: AbortSignal;
  }): Promise<Ticket>;
  /**
   * Gives money back, never more than was charged.
   * @param channel The channel the order came by.
   * @param order The channel's id of it.
   * @param parts What of which charge.
   * @param reason Why.
   * @param by Who says so, for the history.
   */
  refund(channel: string, order: string, parts: ReadonlyArray<RefundPart>, reason: RefundReason, by: string, options?: {
    /** The host's own number of the refund within the order, from 1; 1 unless said. The same again changes nothing. */
    refund?: number | null;
    /** Gives up waiting when it is aborted; what was asked may still be done. */
    signal?: AbortSignal;
  }): Promise<Ticket>;
  /**
   * Refuses the buyer's wish to cancel, where the channel waits for an answer.
   * @param channel The channel the order came by.
   * @param order The channel's id of it.
   * @param by Who says so, for the history.
   */
  refuseCancel(channel: string, order: string, by: string, options?: {
    /** Gives up waiting when it is aborted; what was asked may still be done. */
    signal?: AbortSignal;
  }): Promise<Ticket>;
  /**
   * Erases what is personal of an order. Nothing that is read later brings it back.
   * @param channel The channel the order came by.
   * @param order The channel's id of it.
   * @param by Who asks for it, for the history.
   */
  erase(channel: string, order: string, by: string, options?: {
    /** Gives up waiting when it is aborted; what was asked may still be done. */
    signal?: AbortSignal;
  }): Promise<Ticket>;
  /**
   * Erases what is personal of every order of a buyer, also of those that are read only later.
   * @param channel The channel.
   * @param names The names the marketplace gives its buyer.
   * @param by Who asks for it, for the history.
   */
  eraseBuyer(channel: string, names: ReadonlyArray<string>, by: string, options?: {
    /** Gives up waiting when it is aborted; what was asked may still be done. */
    signal?: AbortSignal;
  }): Promise<Ticket>;
  /**
   * Says what became of a command that only a person can settle.
   * @param channel The channel.
   * @param command The command's name, as `Command.name` gives it.
   * @param outcome What became of it.
   * @param by Who says so, for the history.
   */
  resolve(channel: string, command: string, outcome: Outcome, by: string, options?: {
    /** Gives up waiting when it is aborted; what was asked may still be done. */
    signal?: AbortSignal;
  }): Promise<Ticket>;
  /**
   * What became of something that was asked.
   * @param id The ticket's id.
   */
  ticket(id: number, options?: {
    /** Gives up waiting when it is aborted; what was asked may still be done. */
    signal?: AbortSignal;
  }): Promise<TicketOutcome>;
  /**
   * Waits until an engine took something that was asked. A step of another task takes it, or a running engine.
   * @param id The ticket's id.
   */
  taken(id: number, options?: {
    /** How long to wait at most, real time; a minute unless said. Milliseconds. */
    withinMs?: number | null;
    /** Gives up waiting when it is aborted; what was asked may still be done. */
    signal?: AbortSignal;
  }): Promise<TicketOutcome>;
  /** How each channel is doing. */
  health(options?: {
    /** Gives up waiting when it is aborted; what was asked may still be done. */
    signal?: AbortSignal;
  }): Promise<ReadonlyArray<Health>>;
  /** Asks each channel who we are there and what we may do. Writes nothing. */
  check(options?: {
    /** Gives up waiting when it is aborted; what was asked may still be done. */
    signal?: AbortSignal;
  }): Promise<ReadonlyArray<Standing>>;
  /** How many orders stand where. */
  totals(options?: {
    /** Gives up waiting when it is aborted; what was asked may still be done. */
    signal?: AbortSignal;
  }): Promise<ReadonlyArray<PhaseTotal>>;
  /**
   * What is there of a SKU and who wants it; none where nobody counted or wanted it.
   * @param sku Which.
   */
  item(sku: string, options?: {
    /** Gives up waiting when it is aborted; what was asked may still be done. */
    signal?: AbortSignal;
  }): Promise<Item | null>;
  /** Items by SKU, after one. */
  items(options?: {
    /** The SKU after which to begin; the first unless said. */
    after?: string | null;
    /** How many at most; 500 unless said. */
    limit?: number | null;
    /** Gives up waiting when it is aborted; what was asked may still be done. */
    signal?: AbortSignal;
  }): Promise<ReadonlyArray<Item>>;
  /**
   * How the marketplace judges the account, reckoned from the history.
   * @param channel The channel.
   */
  metrics(channel: string, options?: {
    /** Gives up waiting when it is aborted; what was asked may still be done. */
    signal?: AbortSignal;
  }): Promise<ReadonlyArray<Metric>>;
  /**
   * Takes one push of a marketplace, and says what to answer it. Give the body byte for byte: signatures cover the bytes.
   *
   * What an authentic push tells is durable before this returns; what is not authentic changes nothing.
   * @param channel The channel it is of.
   * @param method `GET` or `POST`.
   * @param path Path and query, as they arrived.
   * @param headers Names in any case, values as they arrived.
   * @param body The body.
   */
  handlePush(channel: string, method: string, path: string, headers: ReadonlyArray<ReadonlyArray<string>>, body: Uint8Array, options?: {
    /** Gives up waiting when it is aborted; what was asked may still be done. */
    signal?: AbortSignal;
  }): Promise<PushReply>;
  /** Marketplace time, by the engine's clock. */
  now(options?: {
    /** Gives up waiting when it is aborted; what was asked may still be done. */
    signal?: AbortSignal;
  }): Promise<Date>;
}
