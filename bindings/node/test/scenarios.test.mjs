// The scenarios that every language runs, and nothing of the surface that none of them exercises.

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { Engine, SutlerError, sandbox } from 'sutler';

const { scenarios } = JSON.parse(readFileSync(new URL('../../scenarios.json', import.meta.url), 'utf8'));

const camel = (name) => name.replace(/_(.)/g, (_, letter) => letter.toUpperCase());
const snake = (name) => name.replace(/Ms$/, '').replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** An argument, as JavaScript has it. */
function value(given, saved) {
  if (typeof given === 'string' && given.startsWith('$')) return saved[given.slice(1)];
  if (Array.isArray(given)) return given.map((one) => value(one, saved));
  if (typeof given !== 'object' || given === null) return given;
  if ('$instant' in given) return new Date(given.$instant);
  if ('$bytes' in given) return new TextEncoder().encode(given.$bytes);
  if ('$exact' in given) return given.$exact;
  const fields = Object.entries(given).filter(([name]) => name !== '$record');
  return Object.fromEntries(fields.map(([name, one]) => [camel(name), value(one, saved)]));
}

/** A result, as JSON has it. */
function plain(given) {
  if (given === undefined) return null;
  if (given instanceof Date) return given.getTime();
  if (Array.isArray(given)) return given.map(plain);
  if (typeof given !== 'object' || given === null) return given;
  return Object.fromEntries(Object.entries(given).map(([name, one]) => [snake(name), plain(one)]));
}

/** Is what is expected there? */
function holds(given, expected, saved) {
  if (typeof expected !== 'object' || expected === null) return given === expected;
  if ('$len' in expected) return given.length === expected.$len;
  if ('$min' in expected) return (Array.isArray(given) ? given.length : given) >= expected.$min;
  if ('$any' in expected) return given.some((one) => holds(one, expected.$any, saved));
  if ('$saved' in expected) return given === saved[expected.$saved];
  if ('$is' in expected) return typeof given === 'string';
  return Object.entries(expected).every(([name, one]) => holds(given[name], one, saved));
}

/** Calls by position what has no default, and the rest by name: as the declarations say. */
function call(engine, step, saved) {
  const method = engine[camel(step.call)];
  assert.equal(typeof method, 'function', step.call);
  const named = new Map(Object.entries(step.args ?? {}).map(([name, one]) => [camel(name), value(one, saved)]));
  const [required, options] = signatures[camel(step.call)];
  const positional = required.map((name) => named.get(name));
  for (const name of required) named.delete(name);
  for (const name of named.keys()) assert.ok(options.includes(name), `${step.call} takes no ${name}`);
  return method.call(engine, ...positional, named.size > 0 ? Object.fromEntries(named) : undefined);
}

/** The required and the optional arguments of every call, read from the declarations. */
function declared() {
  const package_ = dirname(createRequire(import.meta.url).resolve('sutler'));
  const text = readFileSync(join(package_, 'generated.d.ts'), 'utf8').split('export interface Calls {')[1];
  const found = {};
  for (const [, name, list] of text.matchAll(/^ {2}(\w+)\(((?:.|\n)*?)\): (?:Promise|AsyncIterableIterator)</gm)) {
    const [before, within] = list.split('options?: {');
    const required = [...before.matchAll(/(\w+): /g)].map(([, one]) => one);
    found[name] = [required, [...within.matchAll(/^ {4}(\w+)\?: /gm)].map(([, one]) => one)];
  }
  return found;
}

const signatures = declared();

async function all(given) {
  if (typeof given?.[Symbol.asyncIterator] !== 'function') return given;
  const every = [];
  for await (const one of given) every.push(one);
  return every;
}

for (const scenario of scenarios) {
  test(scenario.name, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sutler-'));
    const engine = await Engine.open(join(folder, 'orders.db'));
    const box = scenario.sandbox ? await sandbox(scenario.sandbox) : undefined;
    try {
      for (const [name, channel] of Object.entries(box?.channels() ?? {})) await engine.addChannel(name, channel);
      const saved = {};
      for (const step of scenario.steps) {
        if (step.count) {
          const market = box.markets().find((one) => one.marketplace === step.count);
          for (const [sku, units] of Object.entries(market.onHand)) {
            await engine.onHand(sku, units, { asOf: market.pace.origin });
          }
          continue;
        }
        if (step.raises) {
          await assert.rejects(async () => all(await call(engine, step, saved)), (error) => {
            const kind = { type: TypeError, range: RangeError }[step.raises] ?? SutlerError;
            assert.ok(error instanceof kind, `${error}`);
            if (kind === SutlerError) assert.equal(error.code, step.raises);
            assert.ok(error.message.includes(step.says), `${error.message} says nothing of ${step.says}`);
            return true;
          });
          continue;
        }
        const asked = call(engine, step, saved);
        if (step.stop_when_taken) {
          await engine.taken((await engine.onHand(step.stop_when_taken, 1)).id);
          engine.stop();
        }
        const given = plain(await all(await asked));
        if ('expect' in step) {
          assert.ok(holds(given, step.expect, saved), `${JSON.stringify(step)}: ${JSON.stringify(given)}`);
        }
        for (const [name, path] of Object.entries(step.save ?? {})) {
          saved[name] = path.split('.').reduce((one, part) => one[part], given);
        }
      }
    } finally {
      await engine.close();
      await box?.close();
      rmSync(folder, { recursive: true });
    }
  });
}

test('every call is in a scenario', () => {
  const asked = new Set(scenarios.flatMap((one) => one.steps).filter((step) => step.call).map((step) => camel(step.call)));
  const calls = Object.getOwnPropertyNames(Object.getPrototypeOf(Engine.prototype)).filter((name) => name !== 'constructor');
  assert.deepEqual([...asked].sort(), calls.sort());
  assert.deepEqual(Object.keys(signatures).sort(), calls);
});
