'use strict';

const base = require('./base.js');
const generated = require('./generated.js');
const foreign = require('./foreign.js');
const native = require('./native.js');
const testkit = require('./testkit.js');

/** An account: there are secrets in it, which nothing that shows objects shows. */
class Settings {
  #settings;

  constructor(kind, write, settings) {
    this.kind = kind;
    this.#settings = write(kind, settings);
  }

  get settings() {
    return this.#settings;
  }
}

class Walmart extends Settings {
  constructor(settings) {
    super('walmart', generated.writeWalmartSettings, settings);
  }
}

class Amazon extends Settings {
  constructor(settings) {
    super('amazon', generated.writeAmazonSettings, settings);
  }
}

class Ebay extends Settings {
  constructor(settings) {
    super('ebay', generated.writeEbaySettings, settings);
  }
}

/** The seller of a local marketplace. */
class LocalChannel {
  constructor(raw) {
    this.kind = 'market';
    this.settings = raw;
    this.market = generated.readMarket(raw);
  }
}

/** Tells how many changes were written since it last did. What that throws is kept: it must not end the work it tells of. */
class Told {
  #progress;
  #position;
  #thrown = [];
  #over = false;

  constructor(progress, position) {
    this.#progress = progress;
    this.#position = position;
  }

  at(position) {
    const more = position - this.#position;
    if (more <= 0 || this.#thrown.length > 0 || this.#over) return;
    this.#position = position;
    try {
      this.#progress(more);
    } catch (error) {
      this.#thrown.push(error);
    }
  }

  end() {
    this.#over = true;
    for (const error of this.#thrown) throw error;
  }
}

class Engine extends generated.Calls {
  static async open(url, options) {
    const { tenant } = base.options(options, ['tenant']);
    base.text('url', url);
    if (tenant !== undefined) base.text('tenant', tenant);
    const engine = new native.NativeEngine();
    base.opened(await engine.open(url, tenant));
    return new Engine(engine);
  }

  async addChannel(name, channel) {
    base.text('name', name);
    if (!(channel instanceof Settings || channel instanceof LocalChannel)) {
      const profile = foreign.profileOf(channel);
      base.opened(await this.native.addOwnChannel(name, profile, foreign.code(foreign.methodOf(channel), foreign.methodsOf(channel))));
      return;
    }
    base.opened(await this.native.addChannel(name, channel.kind, JSON.stringify(channel.settings)));
  }

  async addRule(rule) {
    const { name, version } = foreign.ruleOf(rule);
    base.opened(await this.native.addRule(name, version, foreign.code(foreign.methodOf(rule), foreign.RULE)));
  }

  async step(options) {
    const { progress, ...others } = base.options(options, ['progress', 'signal']);
    if (progress === undefined) return super.step(others);
    if (typeof progress !== 'function') throw new TypeError(`progress is ${typeof progress}; a function is right`);
    const told = new Told(progress, await this.position());
    const watch = setInterval(() => this.position().then((position) => told.at(position), () => {}), 100);
    let stepped;
    try {
      stepped = await super.step(others);
    } finally {
      clearInterval(watch);
    }
    // What was done is done, though how far may not be known.
    await this.position().then((position) => told.at(position), () => {});
    told.end();
    return stepped;
  }

  stop() {
    this.native.stop();
  }

  async close() {
    base.opened(await this.native.close());
  }

  async [Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose')]() {
    await this.close();
  }
}

class Sandbox {
  #native;
  #raw;

  constructor(sandbox, raw) {
    this.#native = sandbox;
    this.#raw = raw;
  }

  markets() {
    return this.#raw.map(generated.readMarket);
  }

  channels() {
    return Object.fromEntries(this.#raw.map((raw) => [raw.marketplace, new LocalChannel(raw)]));
  }

  async effects(marketplace) {
    return generated.readEffects(base.opened(await this.#native.effects(base.text('marketplace', marketplace))));
  }

  async close() {
    await this.#native.stop();
  }

  async [Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose')]() {
    await this.close();
  }
}

async function sandbox(options) {
  const chosen = base.options(options, [
    'marketplaces', 'orders', 'arrivalsPerMinute', 'arrivalsMax', 'speed', 'seed', 'faults',
  ]);
  const box = new native.NativeSandbox();
  base.opened(await box.start(JSON.stringify({
    marketplaces: base.many('marketplaces', chosen.marketplaces ?? ['walmart', 'amazon', 'ebay'])
      .map((one) => base.text('marketplaces', one)),
    orders: base.count('orders', chosen.orders ?? 60),
    arrivals: [
      base.real('arrivalsPerMinute', chosen.arrivalsPerMinute ?? 0),
      base.count('arrivalsMax', chosen.arrivalsMax ?? 0),
    ],
    speed: base.real('speed', chosen.speed ?? 60),
    seed: base.count('seed', chosen.seed ?? 7, Number.MAX_SAFE_INTEGER),
    faults: base.text('faults', chosen.faults ?? 'none'),
  })));
  return new Sandbox(box, base.opened(await box.markets()));
}

function payload(value) {
  if (typeof value === 'string') return value;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8');
  if (typeof value !== 'object' || value === null) {
    throw new TypeError(`order is ${value}; a string, a Uint8Array or an object is right`);
  }
  const text = JSON.stringify(value);
  if (text === undefined) throw new TypeError('order is an object that is no JSON; a string, a Uint8Array or an object is right');
  return text;
}

function normalize(marketplace, order) {
  return generated.readNormalOrder(base.opened(native.normalize(base.text('marketplace', marketplace), payload(order))));
}

function decide(marketplace, order, options) {
  const { onHand, policy, now } = base.options(options, ['onHand', 'policy', 'now']);
  const stock = onHand instanceof Map ? Object.fromEntries(onHand) : onHand ?? {};
  base.record('onHand', stock, Object.keys(stock));
  for (const [sku, units] of Object.entries(stock)) base.whole(`onHand.${sku}`, units);
  const at = base.instant('now', now ?? new Date());
  return generated.readDecision(base.opened(native.decide(
    base.text('marketplace', marketplace), payload(order), JSON.stringify(stock),
    policy === undefined ? undefined : base.text('policy', policy), at,
  )));
}

module.exports = {
  Amazon, Ebay, Engine, LocalChannel, Sandbox, SutlerError: base.SutlerError, Walmart, decide, normalize, sandbox, testkit,
};
