// Channels and rules written in JavaScript.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { Engine, SutlerError, testkit } from 'sutler';
import { Channel, Market, Stand } from './stall.mjs';

for (const behaviour of testkit.BEHAVIOURS) {
  test(`a channel in JavaScript: ${behaviour}`, () => testkit.hold(behaviour, (who) => new Stand(who)));
}

test('the suite finds a channel that breaks its word', async () => {
  class Twice extends Channel {
    perform(commands) {
      for (const command of commands) if (command.verb === 'confirm_shipment') this.market.does(command);
      return super.perform(commands);
    }
  }
  const broken = (who) => {
    const stand = new Stand(who);
    stand.channel = new Twice(stand.market);
    return stand;
  };
  await assert.rejects(testkit.hold('g20_a_part_of_a_line_is_confirmed', broken), /g20_a_part/);
  await assert.rejects(testkit.hold('nothing', broken), /nothing/);
});

const present = () => new Market({ get now() { return Date.now(); } });
const MINUTES = 60_000;
const sale = (units) => ({ sku: 'MUG', units, secondSku: null, shippedByMarketplace: false });

async function settled(engine) {
  for (let n = 0; n < 50; n += 1) if ((await engine.step()).done === 0) return;
}

async function all(iterator) {
  const every = [];
  for await (const one of iterator) every.push(one);
  return every;
}

test('an engine runs a channel written in JavaScript', async () => {
  const market = present();
  const ids = [1, 2, 3, 4, 5].map(() => market.sell(sale(2), 5 * MINUTES));
  const engine = await Engine.open('memory:');
  await engine.addChannel('stall', new Channel(market));
  await engine.onHand('MUG', 7, { asOf: new Date(Date.now() - 30 * MINUTES) });
  await settled(engine);
  assert.deepEqual((await all(engine.orders())).map((order) => order.channelOrderId).sort(), ids);
  const taken = (await all(engine.orders({ phase: 'open' }))).map((order) => order.channelOrderId);
  assert.equal(taken.length, 3);
  assert.deepEqual(Object.keys(market.acknowledged).sort(), taken.sort());
  await engine.reportShipment('stall', taken[0], 'UPS', '1Z999AA10123456784');
  await settled(engine);
  assert.equal((await engine.order('stall', taken[0])).order.phase, 'shipped');
  await engine.close();
});

test('a channel in JavaScript takes pushes and tells of returns', async () => {
  const market = present();
  const engine = await Engine.open('memory:');
  await engine.addChannel('stall', new Channel(market));
  await engine.onHand('MUG', 7, { asOf: new Date(Date.now() - 30 * MINUTES) });
  await settled(engine);
  const id = market.sell(sale(2));
  const { method, path, headers, body } = market.push(id);
  const forged = await engine.handlePush('stall', method, path, headers, Buffer.concat([body, Buffer.from(' ')]));
  assert.equal(forged.status, 401);
  assert.equal((await engine.handlePush('stall', method, path, headers, body)).status, 204);
  await settled(engine);
  await engine.reportShipment('stall', id, 'UPS', '1Z999AA10123456784');
  await settled(engine);
  assert.equal((await engine.order('stall', id)).order.phase, 'shipped');
  await engine.close();

  class Less extends Channel {
    pullReturns = null;
  }
  const other = await Engine.open('memory:');
  await assert.rejects(other.addChannel('stall', new Less(market)), /no method pullReturns/);
  market.sendBack(id);
  market.orders.get(id).sentBackAt -= MINUTES;
  await other.addChannel('stall', new Channel(market));
  await settled(other);
  const [{ stage, status, lines: [units] }] = (await other.order('stall', id)).returns;
  assert.deepEqual([stage, status, units.quantity], ['announced', 'asked', 2]);
  await other.close();
});

test('what a channel throws is an error of its own', async () => {
  class Forbidden extends Channel {
    check() {
      throw new SutlerError('forbidden', 'orders.write is missing', { applied: 'no' });
    }
  }
  class Surprised extends Channel {
    async pull() {
      throw new RangeError('surprise');
    }
  }
  class Odd extends Channel {
    pull() {
      return { orders: 'many' };
    }
  }
  const engine = await Engine.open('memory:');
  await engine.addChannel('forbidden', new Forbidden(present()));
  await engine.addChannel('surprised', new Surprised(present()));
  await engine.addChannel('odd', new Odd(present()));
  assert.match((await engine.check())[0].error, /orders\.write is missing/);
  await engine.step();
  const health = await engine.health();
  assert.match(health[1].lastError, /odd|RangeError: surprise/);
  assert.ok(health.some((one) => /RangeError: surprise/.test(one.lastError ?? '')));
  assert.ok(health.some((one) => /answer\.orders is string/.test(one.lastError ?? '')), JSON.stringify(health.map((h) => h.lastError)));
  await assert.rejects(engine.addChannel('none', {}), TypeError);
  await engine.close();
});

function big(engine, waits) {
  return {
    name: 'big',
    version: '1',
    async judge(order) {
      if (waits) await new Promise((resolve) => { setImmediate(resolve); });
      await engine.totals();
      const units = order.lines.reduce((sum, line) => sum + line.ordered, 0);
      return { verdict: units > 2 ? 'hold' : 'pass', code: 'big.units', value: String(units) };
    },
  };
}

for (const waits of [false, true]) {
  test(`a rule may call the engine${waits ? ' and wait' : ''}`, async () => {
    const market = present();
    const [small, large] = [1, 3].map((units) => market.sell(sale(units), 5 * MINUTES));
    const engine = await Engine.open('memory:');
    await engine.addChannel('stall', new Channel(market));
    await engine.addRule(big(engine, waits));
    await engine.onHand('MUG', 50, { asOf: new Date(Date.now() - 30 * MINUTES) });
    await settled(engine);
    assert.equal((await engine.order('stall', small)).order.phase, 'open');
    const held = await engine.order('stall', large);
    assert.deepEqual(held.order.holds.map((hold) => hold.reason), ['rule:big']);
    const [proof] = held.proofs.filter((one) => one.rule === 'big');
    assert.deepEqual([proof.verdict, proof.code, proof.value], ['hold', 'big.units', '3']);
    await engine.release('stall', large, 'rule:big', 'ann');
    await settled(engine);
    assert.equal((await engine.order('stall', large)).order.phase, 'open');
    await engine.close();
  });
}

test('a rule that throws has not answered', async () => {
  for (const judge of [() => { throw new Error('no model'); }, async () => { throw new Error('no model'); }, () => 7]) {
    const market = present();
    const id = market.sell(sale(1), 5 * MINUTES);
    const engine = await Engine.open('memory:');
    await engine.addChannel('stall', new Channel(market));
    await engine.addRule({ name: 'broken', version: '1', judge });
    await engine.onHand('MUG', 50, { asOf: new Date(Date.now() - 30 * MINUTES) });
    for (let n = 0; n < 5; n += 1) await engine.step();
    assert.equal((await engine.order('stall', id)).order.phase, 'new');
    const [{ rules: [rule] }] = await engine.health();
    assert.ok(rule.failures > 0);
    assert.match(rule.lastError, /no model|verdict is number/);
    await engine.close();
  }
});

test('a channel that never answers is given up in time', async () => {
  class Deaf extends Channel {
    profile = {
      seller: 'me',
      marketplace: 'stall',
      verbs: [{ verb: 'acknowledge', repeat: 'repeatable', callTimeoutMs: 200 }],
    };

    perform() {
      return new Promise(() => {});
    }
  }
  const market = present();
  market.sell(sale(1), 5 * MINUTES);
  const engine = await Engine.open('memory:');
  await engine.addChannel('stall', new Deaf(market));
  await engine.onHand('MUG', 5, { asOf: new Date(Date.now() - 30 * MINUTES) });
  await engine.step();
  assert.equal((await engine.health())[0].doubts, 1);
  await engine.close();
});

test('what was given up is told to stop', async () => {
  const market = present();
  market.sell(sale(1), 5 * MINUTES);
  const reasons = [];
  let over;
  const given = new Promise((resolve) => { over = resolve; });
  class Slow extends Channel {
    profile = { seller: 'me', marketplace: 'stall', verbs: [{ verb: 'acknowledge', repeat: 'repeatable', callTimeoutMs: 200 }] };

    perform(commands, { signal }) {
      return new Promise((_, reject) => {
        signal.addEventListener('abort', () => { reasons.push(signal.reason.code); reject(signal.reason); over(); });
      });
    }
  }
  const engine = await Engine.open('memory:');
  await engine.addChannel('stall', new Slow(market));
  await engine.onHand('MUG', 5, { asOf: new Date(Date.now() - 30 * MINUTES) });
  await engine.step();
  await given;
  assert.deepEqual(reasons, ['timeout']);
  assert.deepEqual(market.acknowledged, {});
  await engine.close();
});

test('what goes on for ever is stopped, and what is thrown is no matter what an answer', async () => {
  let read;
  const pulled = new Promise((resolve) => { read = resolve; });
  class Endless extends Channel {
    pull({ cursor }) {
      if (cursor === '5') read();
      return { orders: [], next: String(Number(cursor ?? 0) + 1) };
    }
  }
  class Odd extends Channel {
    pull() {
      throw Object.create(null);
    }
  }
  const engine = await Engine.open('memory:');
  await engine.addChannel('odd', new Odd(present()));
  await engine.step();
  assert.match((await engine.health())[0].lastError, /cannot be written/);
  await engine.addChannel('endless', new Endless(present()));
  const stopping = new AbortController();
  const running = engine.run({ signal: stopping.signal });
  await pulled;
  stopping.abort();
  await running;
  await assert.rejects(engine.cancel('odd', '1', 'out_of_stock', 'ann', { lines: [] }), /lines has none/);
  await assert.rejects(engine.onHand('A', 1, new Date()), /options is Date/);
  await assert.rejects(engine.onHand({ toJSON() {} }, 1), /sku is Object/);
  await engine.close();
});

test('a worker that is terminated lets its store go', async () => {
  const path = join(mkdtempSync(join(tmpdir(), 'sutler-')), 'orders.db');
  const program = `
    const { parentPort, workerData } = require('node:worker_threads');
    (async () => {
      const { Engine } = await import('sutler');
      const { Channel, Market } = await import(workerData.stall);
      class Deaf extends Channel {
        profile = { seller: 'me', marketplace: 'stall', verbs: [{ verb: 'acknowledge', repeat: 'repeatable', callTimeoutMs: 500 }] };
        perform() {
          parentPort.postMessage('asked');
          return new Promise(() => {});
        }
      }
      const market = new Market({ get now() { return Date.now(); } });
      market.sell({ sku: 'MUG', units: 1, secondSku: null, shippedByMarketplace: false }, 300000);
      const engine = await Engine.open(workerData.path);
      await engine.addChannel('stall', new Deaf(market));
      await engine.onHand('MUG', 5, { asOf: new Date(Date.now() - 1800000) });
      await engine.run();
    })();`;
  const stall = new URL('./stall.mjs', import.meta.url).href;
  const worker = new Worker(program, { eval: true, workerData: { path, stall } });
  await new Promise((resolve, reject) => { worker.once('message', resolve); worker.once('error', reject); });
  await worker.terminate();
  let engine;
  for (let n = 0; n < 100 && engine === undefined; n += 1) {
    engine = await Engine.open(path).catch(() => undefined);
    if (engine === undefined) await new Promise((resolve) => { setTimeout(resolve, 100); });
  }
  assert.ok(engine !== undefined, 'its store is free');
  await engine.close();
});

test('errors of ones own are checked where they are made', async () => {
  assert.throws(() => new SutlerError('remote', 'x', { applied: 'perhaps' }), /applied/);
  assert.throws(() => new SutlerError('remote', 'x', { retryAfterMs: 1.5 }), /retryAfterMs/);
  assert.throws(() => new SutlerError('remote', 'x', { retryAfterMs: -5 }), /retryAfterMs/);
  assert.throws(() => new SutlerError('remote', 'x', { op: 7 }), /op/);
  const engine = await Engine.open('memory:');
  await assert.rejects(engine.onHand('\ud800', 1), /sku/);
  await assert.rejects(engine.ordersPage({ limit: -1 }), /limit/);
  await engine.close();
});

test('rules of a wrong shape are refused', async () => {
  const engine = await Engine.open('memory:');
  await assert.rejects(engine.addRule({}), TypeError);
  await assert.rejects(engine.addRule({ name: 'with space', version: '1', judge() {} }), { code: 'invalid' });
  await engine.addRule({ name: 'one', version: '1', judge() {} });
  await assert.rejects(engine.addRule({ name: 'one', version: '1', judge() {} }), { code: 'config' });
  await engine.close();
});

test('a process ends though a rule was given to an engine that was not closed', () => {
  const script = `
    import { Engine } from 'sutler';
    const engine = await Engine.open('memory:');
    await engine.addRule({ name: 'one', version: '1', judge: () => new Promise(() => {}) });
    console.log('done');
  `;
  const said = execFileSync(process.execPath, ['--input-type=module', '-e', script], { cwd: import.meta.dirname, timeout: 30_000 });
  assert.equal(String(said), 'done\n');
});
