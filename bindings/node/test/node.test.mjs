// What only Node has: both module systems, aborts, workers, a clean exit.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { Worker } from 'node:worker_threads';
import sutler, { Engine, SutlerError, Walmart, decide, normalize, sandbox } from 'sutler';

test('both module systems have the same', () => {
  const required = createRequire(import.meta.url)('sutler');
  assert.equal(required.Engine, Engine);
  assert.deepEqual(Object.keys(required).sort(), Object.keys(sutler).sort());
});

test('errors say what and where', async () => {
  const engine = await Engine.open('memory:');
  await assert.rejects(engine.order('walmart', 'nope'), (error) => {
    assert.ok(error instanceof SutlerError && error instanceof Error);
    assert.deepEqual([error.code, error.op, error.applied, error.retryAfterMs], ['not_found', 'host.order', 'no', null]);
    return true;
  });
  await assert.rejects(engine.addChannel('x', {}), TypeError);
  assert.throws(() => new Walmart({ seller: 1 }), /walmart.seller/);
  assert.throws(() => new Walmart({ seler: 'x' }), /seler/);
  await engine.close();
  await engine.close();
  await assert.rejects(engine.totals(), { code: 'closed' });
});

test('what cannot be opened is named', async () => {
  await assert.rejects(Engine.open('memory:', { tenant: ' ' }), { code: 'config', message: /tenant/ });
  await assert.rejects(Engine.open(''), { code: 'config', message: /no file/ });
  await assert.rejects(sandbox({ marketplaces: ['walmart', 'walmart'] }), /walmart.* twice/);
});

test('one file has one engine', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sutler-'));
  const path = join(folder, 'orders.db');
  const engine = await Engine.open(path);
  await assert.rejects(Engine.open(path), { code: 'conflict' });
  await engine.close();
  await (await Engine.open(path)).close();
  rmSync(folder, { recursive: true });
});

test('a signal gives up waiting, and stops a run when all has landed', async () => {
  const box = await sandbox({ marketplaces: ['walmart'], orders: 5 });
  const engine = await Engine.open('memory:');
  await engine.addChannel('us', box.channels().walmart);
  const { id } = await engine.onHand('A', 1);
  await assert.rejects(engine.taken(id, { signal: AbortSignal.timeout(50) }), { name: 'TimeoutError' });
  const stopping = new AbortController();
  const running = engine.run({ signal: stopping.signal });
  while ((await engine.health())[0].pulls === 0);
  await engine.taken(id);
  stopping.abort();
  await running;
  assert.equal((await engine.ticket(id)).state, 'done');
  const found = [];
  for await (const order of engine.orders({ limit: 2 })) found.push(order);
  assert.equal(found.length, 5);
  assert.ok(Object.isFrozen(found[0]) && Object.isFrozen(found[0].lines) && found[0].placedAt instanceof Date);
  await engine.close();
  await box.close();
});

test('a step tells its progress', async () => {
  const box = await sandbox({ marketplaces: ['walmart'], orders: 30 });
  const engine = await Engine.open('memory:');
  await engine.addChannel('walmart', box.channels().walmart);
  let told = 0;
  await engine.step({ progress: (changes) => { told += changes; } });
  const position = await engine.position();
  assert.ok(told === position && position > 30, `${told} of ${position}`);
  await engine.onHand('NEW', 1);
  await assert.rejects(engine.step({ progress: () => { throw new RangeError('mine'); } }), RangeError);
  assert.ok(await engine.position() > position, 'what is told of is done all the same');
  await assert.rejects(engine.step({ progress: 3 }), /progress is number/);
  await engine.close();
  await box.close();
});

test('a stop before a run ends it, and secrets are shown nowhere', async () => {
  const engine = await Engine.open('memory:');
  for (let n = 0; n < 5; n += 1) {
    const stopping = new AbortController();
    const running = engine.run({ signal: stopping.signal });
    stopping.abort();
    await running;
  }
  await engine.close();
  const account = new Walmart({ seller: '1', clientId: 'id', clientSecret: 'my-secret' });
  assert.ok(!inspect(account, { depth: 9, showHidden: true }).includes('my-secret'));
  assert.ok(!JSON.stringify(account).includes('my-secret'));
  for (const wrong of [Buffer.from('my-secret'), 'my-secret\ud800']) {
    assert.throws(() => new Walmart({ seller: '1', clientId: 'id', clientSecret: wrong }), (error) => {
      assert.ok(error instanceof TypeError && error.message.includes('clientSecret') && !error.message.includes('my-'), error.message);
      return true;
    });
  }
});

test('a process ends by itself, with an engine open and a call pending', () => {
  const program = `
    const { Engine } = require('sutler');
    Engine.open('memory:').then(async (engine) => {
      await engine.onHand('A', 1);
      console.log('over');
    });`;
  const said = execFileSync(process.execPath, ['-e', program], { cwd: import.meta.dirname ?? '.', timeout: 30_000 });
  assert.equal(said.toString(), 'over\n');
});

test('workers have engines of their own', async () => {
  const program = `
    const { parentPort } = require('node:worker_threads');
    const { Engine } = require('sutler');
    Engine.open('memory:').then(async (engine) => {
      const { id } = await engine.onHand('A', 1);
      parentPort.postMessage(id);
      await engine.close();
    });`;
  const answers = await Promise.all([1, 2, 3].map(() => new Promise((resolve, reject) => {
    const worker = new Worker(program, { eval: true });
    worker.once('message', resolve);
    worker.once('error', reject);
  })));
  assert.deepEqual(answers, [1, 1, 1]);
});

test('payloads are read and decided without an engine', () => {
  const order = normalize('walmart', { purchaseOrderId: '1796277083022' });
  assert.equal(order.channelOrderId, '1796277083022');
  assert.ok(order.unmapped.length > 0);
  assert.equal(decide('walmart', '{"purchaseOrderId": "1"}', { now: new Date('2026-01-01') }).accept, false);
  assert.throws(() => normalize('walmart', '?'), { code: 'invalid' });
  assert.throws(() => decide('walmart', '{}', { onHand: { A: 1.5 } }), TypeError);
  assert.throws(() => decide('walmart', '{}', { onHand: new Map([['A', 1.5]]) }), TypeError);
});

test('nothing grows with calls', async () => {
  const engine = await Engine.open('memory:');
  await engine.onHand('A', 5);
  for (let n = 0; n < 5_000; n += 1) await engine.item('A');
  const before = process.memoryUsage.rss();
  for (let n = 0; n < 100_000; n += 1) await engine.item('A');
  const grown = process.memoryUsage.rss() - before;
  assert.ok(grown < 24 * 1024 * 1024, `${grown} bytes`);
  await engine.close();
});
