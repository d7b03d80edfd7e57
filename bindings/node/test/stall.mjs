// A small marketplace in this process, and a channel of our own that speaks to it.

import { createHmac, timingSafeEqual } from 'node:crypto';
import { SutlerError } from 'sutler';

const SECRET = 'what both sides know';
const ORIGIN = Date.UTC(2026, 10, 24, 8);
const usd = (cents) => ({ amount: (cents / 100).toFixed(2), currency: 'USD' });
const PRICE = 1250;
const shipTo = {
  name: 'Ann Lee', line1: '1 Main St', line2: '', city: 'Springfield', region: 'IL', postalCode: '62701', country: 'US',
  phone: '', email: '', nameState: 'full', linesState: 'full', phoneState: 'absent', emailState: 'absent',
};

const signed = (path, body) => createHmac('sha256', SECRET).update(`${path}\n`).update(body).digest();

class Refused extends Error {
  constructor(code, why) {
    super(why);
    this.code = code;
  }
}

const shipped = (item) => [...item.parcels.values()].reduce((sum, parcel) => sum + parcel.units, 0);
const open = (item) => item.units - item.cancelled - shipped(item);

export class Market {
  constructor(clock = { now: ORIGIN }) {
    this.clock = clock;
    this.orders = new Map();
    this.levels = { MUG: 100, PLATE: 100, BOWL: 100 };
    this.acknowledged = {};
    this.requests = 0;
    this.fate = 'answered';
  }

  sell(sale, ago = 0) {
    const id = `T-${1000 + this.orders.size}`;
    const item = (sku) => ({ sku, units: sale.units, taken: false, cancelled: 0, wish: false, parcels: new Map() });
    const items = new Map([['1', item(sale.sku)], ...(sale.secondSku ? [['2', item(sale.secondSku)]] : [])]);
    for (const { sku, units } of items.values()) this.levels[sku] -= units;
    const placedAt = this.clock.now - ago;
    this.orders.set(id, { id, placedAt, changedAt: placedAt, items, theirs: sale.shippedByMarketplace });
    return id;
  }

  sendBack(id) {
    const order = this.orders.get(id);
    if (shipped(order.items.get('1')) === 0) throw new SutlerError('invalid', `nothing of ${id} was shipped`);
    order.sentBackAt = this.clock.now;
  }

  /** What tells that something of an order is new, signed. */
  push(id) {
    const path = '/hooks/stall';
    const body = Buffer.from(JSON.stringify({ id: `push of ${id}`, order: id }));
    return { method: 'POST', path, headers: [['X-Signature', signed(path, body).toString('hex')]], body };
  }

  does(command) {
    if (command.verb === 'set_level') {
      if (!(command.sku in this.levels)) throw new Refused('unknown_sku', `${command.sku} is not listed`);
      this.levels[command.sku] = command.level;
      return `${command.sku} is at ${command.level}`;
    }
    const order = this.orders.get(command.channelOrderId);
    if (order === undefined) throw new Refused('unknown_order', `order ${command.channelOrderId} is not known`);
    if (order.theirs) throw new Refused('not_yours', `order ${order.id} is shipped by the marketplace`);
    order.changedAt = this.clock.now;
    if (command.verb === 'acknowledge') {
      if (![...order.items.values()].every((item) => item.taken)) {
        this.acknowledged[order.id] = (this.acknowledged[order.id] ?? 0) + 1;
      }
      for (const item of order.items.values()) item.taken = true;
      return 'taken';
    }
    const parts = command.lines.map((part) => [order.items.get(part.lineId), part.quantity]);
    if (parts.some(([item, units]) => units > open(item))) throw new Refused('too_many', 'more than is open');
    for (const [item, units] of parts) {
      if (command.verb === 'cancel') {
        item.cancelled += units;
        item.wish = false;
      } else {
        const before = item.parcels.get(command.tracking)?.units ?? 0;
        item.parcels.set(command.tracking, { carrier: command.carrier, units: before + units });
      }
    }
    return command.verb;
  }
}

export class Channel {
  profile = {
    seller: 'me',
    marketplace: 'stall',
    verbs: [
      { verb: 'acknowledge', repeat: 'repeatable', probe: 'conclusive' },
      { verb: 'confirm_shipment', repeat: 'guarded', repeatPartial: 'once', probe: 'conclusive' },
      { verb: 'cancel', repeat: 'guarded', repeatPartial: 'once', probe: 'conclusive' },
      { verb: 'set_level', repeat: 'repeatable' },
    ],
    levelLagMs: 0,
    takesPushes: true,
    returns: { horizonMs: 30 * 24 * 3_600_000 },
  };

  constructor(market, key = 'good') {
    this.market = market;
    this.key = key;
  }

  call() {
    this.market.requests += 1;
    if (this.key !== 'good') throw new SutlerError('unauthorized', 'the key is not known', { applied: 'no' });
  }

  check() {
    this.call();
    return { seller: 'me', now: new Date(this.market.clock.now) };
  }

  shown(order) {
    const items = [...order.items];
    return {
      channelOrderId: order.id,
      placedAt: new Date(order.placedAt),
      fulfilledBy: order.theirs ? 'marketplace' : 'seller',
      total: usd(items.reduce((sum, [, item]) => sum + item.units * PRICE, 0)),
      shipTo,
      lines: items.map(([lineId, item]) => ({
        lineId,
        ordered: item.units,
        sku: item.sku,
        acknowledged: item.taken ? item.units : 0,
        cancelled: item.cancelled,
        shipped: shipped(item),
        cancelRequested: item.wish,
        charges: [{ kind: 'product', name: '', amount: usd(item.units * PRICE), tax: null }],
        packages: [...item.parcels].map(([tracking, { carrier, units }]) => ({ tracking, carrier, quantity: units })),
      })),
    };
  }

  async pull({ since, until, cursor }) {
    this.call();
    const within = [...this.market.orders.values()].filter((order) =>
      [order.placedAt, order.changedAt].some((at) => since.getTime() <= at && at <= until.getTime()));
    const at = Number(cursor ?? 0);
    return {
      orders: within.slice(at, at + 2).map((order) => this.shown(order)),
      next: at + 2 < within.length ? String(at + 2) : null,
      total: within.length,
    };
  }

  fetch(id) {
    this.call();
    const order = this.market.orders.get(id);
    return order === undefined ? null : this.shown(order);
  }

  perform(commands) {
    const { fate } = this.market;
    this.market.fate = 'answered';
    if (fate === 'lost_before') throw new SutlerError('timeout', 'no answer came');
    this.call();
    const receipts = commands.map((command) => {
      try {
        return { kind: 'done', why: this.market.does(command) };
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        return { kind: 'refused', code: error.code, why: error.message };
      }
    });
    if (fate === 'lost_after') throw new Error('the connection broke');
    return receipts;
  }

  async levels(skus) {
    this.call();
    return skus.map((sku) => ({ sku, level: this.market.levels[sku] ?? null }));
  }

  receive({ path, headers, body }) {
    const [, given] = headers.find(([name]) => name.toLowerCase() === 'x-signature') ?? [];
    const signature = Buffer.from(given ?? '', 'hex');
    const right = signed(path, body);
    if (signature.length !== right.length || !timingSafeEqual(signature, right)) {
      return { kind: 'refused', why: 'the signature is not of this path and body' };
    }
    const { id, order } = JSON.parse(Buffer.from(body).toString());
    return { kind: 'told', id, orders: [order] };
  }

  async pullReturns({ since, until }) {
    this.call();
    const returns = [...this.market.orders.values()]
      .filter(({ sentBackAt: at }) => at !== undefined && since.getTime() <= at && at <= until.getTime())
      .map(({ id, sentBackAt, items }) => ({
        channelOrderId: id,
        id: `R-${id}`,
        stage: 'announced',
        status: 'asked',
        openedAt: new Date(sentBackAt),
        lines: [{ lineId: '1', quantity: shipped(items.get('1')), back: 0, reason: 'chipped' }],
      }));
    return { returns };
  }
}

export class Stand {
  constructor(who) {
    this.market = new Market({ now: ORIGIN });
    this.channel = new Channel(this.market, who === 'seller' ? 'good' : 'bad');
  }

  now() {
    return new Date(this.market.clock.now);
  }

  passTime(ms) {
    this.market.clock.now += ms;
  }

  sell(sale) {
    return this.market.sell(sale);
  }

  askToCancel(id) {
    for (const item of this.market.orders.get(id).items.values()) item.wish = open(item) > 0;
  }

  sendBack(id) {
    this.market.sendBack(id);
  }

  push(id) {
    return this.market.push(id);
  }

  effects() {
    const items = [...this.market.orders.values()].flatMap((order) =>
      [...order.items].map(([line, item]) => [`${order.id}/${line}`, item]));
    const counted = (of) => Object.fromEntries(items.map(([key, item]) => [key, of(item)]).filter(([, units]) => units > 0));
    return {
      acknowledged: this.market.acknowledged,
      shipped: counted(shipped),
      packages: Object.fromEntries(
        items.flatMap(([key, item]) => [...item.parcels].map(([tracking, { units }]) => [`${key}/${tracking}`, units])),
      ),
      cancelled: counted((item) => item.cancelled),
      refunded: {},
      levels: this.market.levels,
      requests: this.market.requests,
    };
  }

  fate(fate) {
    this.market.fate = fate;
  }
}
