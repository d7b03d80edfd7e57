import type {
  AmazonSettings, AskedOrder, Calls, ChannelCommand, ChannelProfile, Decision, EbaySettings, Effects, ErrorKind, Fate, Found,
  Level, Market, NormalOrder, PullRequest, PushOutcome, PushRequest, Receipt, ReturnsPage, Sale, SettledWork, ShownOrder, ShownPage, Stepped, TestEffects, Verdict,
  WalmartSettings,
} from './generated';

export * from './generated';

/** An error of sutler. */
export class SutlerError extends Error {
  /** For channels of your own: what they throw says what went wrong and whether the other side acted. */
  constructor(
    code: ErrorKind, message: string, options?: { op?: string; retryAfterMs?: number; applied?: 'no' | 'yes' | 'unknown' },
  );
  /** Which kind. */
  readonly code: ErrorKind;
  /** Where it was met (`walmart.orders.ship`). */
  readonly op: string;
  /** How long to wait, in milliseconds, where the other side said so. */
  readonly retryAfterMs: number | null;
  /** Did the other side act: `no`, `yes` or `unknown`. */
  readonly applied: 'no' | 'yes' | 'unknown';
}

/** A Walmart US seller account. */
export class Walmart {
  constructor(settings: WalmartSettings);
  private readonly kind: 'walmart';
}

/** An Amazon seller account. */
export class Amazon {
  constructor(settings: AmazonSettings);
  private readonly kind: 'amazon';
}

/** An eBay seller account. */
export class Ebay {
  constructor(settings: EbaySettings);
  private readonly kind: 'ebay';
}

/** The seller of a local marketplace. */
export class LocalChannel {
  private constructor();
  /** Where it is, and how it is entered. */
  readonly market: Market;
}

type MaybeAsync<T> = T | Promise<T>;

/** What a method of yours gets besides its arguments. */
export interface Asked {
  /** Aborted when nobody waits for the answer any more: what is done after that is done behind the engine's back. */
  readonly signal: AbortSignal;
}

/**
 * A channel of your own. Every method may be async, and throws when it has no answer: a `SutlerError` says what kind of failure
 * it was and whether the other side acted; of anything else nobody knows, and the engine finds out. Nothing here loops, sleeps
 * or retries: the engine does. It is held to the same suite as the built-in channels by `testkit`.
 */
export interface OwnChannel {
  /** What it says of itself. */
  readonly profile: ChannelProfile;
  /** Asks who we are and what we may do. */
  check(asked: Asked): MaybeAsync<Found>;
  /** Reads one page of the orders of a window, both ends included. */
  pull(request: PullRequest, asked: Asked): MaybeAsync<ShownPage>;
  /** Reads one order; null when it is not visible now. */
  fetch(orderId: string, asked: Asked): MaybeAsync<ShownOrder | null>;
  /** Does what is to be done, in one call: one receipt each, in their order. */
  perform(commands: ReadonlyArray<ChannelCommand>, asked: Asked): MaybeAsync<ReadonlyArray<Receipt>>;
  /** Asks after accepted work, where the marketplace works on what it accepted. */
  settle?(handle: string, commands: ReadonlyArray<ChannelCommand>, asked: Asked): MaybeAsync<SettledWork>;
  /** Reads levels, where the profile has a `levelLagMs`. */
  levels?(skus: ReadonlyArray<string>, asked: Asked): MaybeAsync<ReadonlyArray<Level>>;
  /** Verifies and reads one push, where the profile has `takesPushes`. It changes nothing. */
  receive?(push: PushRequest, asked: Asked): MaybeAsync<PushOutcome>;
  /** Reads one page of the returns of a window, where the profile has `returns`. */
  pullReturns?(request: PullRequest, asked: Asked): MaybeAsync<ReturnsPage>;
}

/** What `addChannel` takes. */
export type Channel = Walmart | Amazon | Ebay | LocalChannel | OwnChannel;

/**
 * A rule of your own. An order waits undecided for its verdict, and what it throws is no verdict: it is asked again. With none by
 * a margin before the order must be taken, the order is held as `unanswered:NAME`. It may call the engine.
 */
export interface Rule {
  /** Its name: letters, digits, `_`, `-` and `.`. */
  readonly name: string;
  /** Its version. What another version said is asked anew. */
  readonly version: string;
  /** What it says of an order. */
  judge(order: AskedOrder, asked: Asked): MaybeAsync<Verdict>;
}

/** The suite that every channel must pass, the built-in ones too, for any test runner. */
export namespace testkit {
  /** Everything a channel must do, by name. */
  const BEHAVIOURS: ReadonlyArray<string>;

  /** A channel, its marketplace, which lists a hundred each of `MUG`, `PLATE` and `BOWL`, and their time. */
  interface Stand {
    /** The channel. */
    readonly channel: OwnChannel;
    /** Marketplace time. It goes on only in `passTime`. */
    now(): Date;
    /** Lets time pass. */
    passTime(ms: number): void;
    /** A buyer buys; gives the order's id. */
    sell(sale: Sale): MaybeAsync<string>;
    /** The buyer asks to cancel. */
    askToCancel(orderId: string): MaybeAsync<void>;
    /** The buyer sends back what was shipped of the order's first line, where the profile has `returns`. */
    sendBack?(orderId: string): MaybeAsync<void>;
    /** What the marketplace pushes when something of the order is new, where the profile has `takesPushes`. */
    push?(orderId: string): MaybeAsync<PushRequest | null>;
    /** What took effect so far. */
    effects(): MaybeAsync<TestEffects>;
    /** What becomes of the next write; the one after it fares well again. */
    fate(fate: Fate): MaybeAsync<void>;
  }

  /** Holds a channel against one behaviour; rejects with an AssertionError saying what does not hold. */
  function hold(behaviour: string, open: (who: 'seller' | 'stranger') => MaybeAsync<Stand>): Promise<void>;
}

/** An engine over one store. Nothing runs by itself: call `step`, or `run`. */
export class Engine implements Calls {
  private constructor();
  /** Opens the store at `url`: a path, `sqlite:PATH`, or `memory:`. Rejects with `conflict` when another engine has it. */
  static open(url: string, options?: { tenant?: string }): Promise<Engine>;
  /** Adds a channel under a name of yours; not while the engine runs. */
  addChannel(name: string, channel: Channel): Promise<void>;
  /** Adds a rule of yours; not while the engine runs. */
  addRule(rule: Rule): Promise<void>;
  /**
   * Does everything that is due now on every channel, and says when more will be.
   *
   * It returns when nothing is due and nothing is in flight. Everything it did is durable; called again at once it does
   * nothing. What a marketplace answers is no error here: it is in the orders and in `health`.
   */
  step(options?: {
    /** Told now and then how many more changes were written. What it throws is thrown when the step is over. */
    progress?: (changes: number) => void;
    /** Gives up waiting when it is aborted; what was asked may still be done. */
    signal?: AbortSignal;
  }): Promise<Stepped>;
  /** Asks a running engine to stop: `run` resolves when everything in flight has landed. */
  stop(): void;
  /** Gives the channels and the store back. Closing twice is no error. */
  close(): Promise<void>;
}
export interface Engine extends Calls {}

/** Running local marketplaces, on one shelf and by one clock. */
export class Sandbox {
  private constructor();
  /** Where each is, and how it is entered. */
  markets(): Market[];
  /** The channels that reach them, by the marketplace's name. */
  channels(): Record<string, LocalChannel>;
  /** What took effect at one of them so far. */
  effects(marketplace: string): Promise<Effects>;
  /** Stops them and waits until their ports are free. Closing twice is no error. */
  close(): Promise<void>;
}

/** Starts local marketplaces on this machine. */
export function sandbox(options?: {
  /** Which; all three unless said. */
  marketplaces?: string[];
  /** Orders each has when it starts, placed over the last three hours; 60 unless said. */
  orders?: number;
  /** Orders that arrive each minute of the marketplace's time. */
  arrivalsPerMinute?: number;
  /** How many of these at most. */
  arrivalsMax?: number;
  /** Marketplace seconds in a second of the wall; 60 unless said. */
  speed?: number;
  /** Where chance comes from; 7 unless said. */
  seed?: number;
  /** What goes wrong: none, lag, flaky, storm, outage, tokens or hostile. */
  faults?: string;
}): Promise<Sandbox>;

/** Reads one order as the marketplace sent it. What is not understood is in `unmapped`. */
export function normalize(marketplace: string, order: string | Uint8Array | object): NormalOrder;

/** Decides for an order as the marketplace sent it, with nothing of sutler running. */
export function decide(
  marketplace: string,
  order: string | Uint8Array | object,
  options?: {
    /** Units on hand, by SKU. */
    onHand?: Readonly<Record<string, number>> | ReadonlyMap<string, number>;
    /** A policy as TOML; the standard one unless said. */
    policy?: string;
    /** When it is decided; now unless said. */
    now?: Date;
  },
): Decision;
