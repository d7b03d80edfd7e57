import type {
  AmazonSettings, Calls, Decision, EbaySettings, Effects, ErrorKind, Market, NormalOrder, WalmartSettings,
} from './generated';

export * from './generated';

/** An error of sutler. */
export class SutlerError extends Error {
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

/** What `addChannel` takes. */
export type Channel = Walmart | Amazon | Ebay | LocalChannel;

/** An engine over one store. Nothing runs by itself: call `step`, or `run`. */
export class Engine implements Calls {
  private constructor();
  /** Opens the store at `url`: a path, `sqlite:PATH`, or `memory:`. Rejects with `conflict` when another engine has it. */
  static open(url: string, options?: { tenant?: string }): Promise<Engine>;
  /** Adds a channel under a name of yours; not while the engine runs. */
  addChannel(name: string, channel: Channel): Promise<void>;
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
    onHand?: Readonly<Record<string, number>>;
    /** A policy as TOML; the standard one unless said. */
    policy?: string;
    /** When it is decided; now unless said. */
    now?: Date;
  },
): Decision;
