'use strict';
// How the engine calls JavaScript: rules and channels of your own, and stands under test. What they throw becomes the error the
// engine would meet of a built-in.

const base = require('./base.js');
const generated = require('./generated.js');

/** What was thrown, as the engine reads it. Of what is not ours nobody knows whether the other side acted. */
function failure(error) {
  if (error instanceof base.SutlerError) {
    const { code: kind, op, message, retryAfterMs, applied } = error;
    return { kind, op, message, retry_after_ms: retryAfterMs, applied };
  }
  let message = 'something that cannot be written';
  try {
    message = String(error).toWellFormed();
  } catch {
    // It has no text.
  }
  return { kind: 'remote', op: '', message, retry_after_ms: null, applied: 'unknown' };
}

/**
 * What the native part calls. `target` finds the function of a method by its name; it gets a signal, which is aborted when
 * nobody waits for its answer any more. It never throws.
 */
function code(target, methods) {
  const waited = new Map();
  return async (asked) => {
    const { id, method, argument } = JSON.parse(asked);
    if (method === undefined) {
      waited.get(id)?.abort(new base.SutlerError('timeout', 'nobody waits for this answer any more'));
      return '{}';
    }
    const controller = new AbortController();
    waited.set(id, controller);
    try {
      const { read, write } = methods[method];
      const answer = await target(method)(...read(argument), { signal: controller.signal });
      return JSON.stringify({ given: write(answer) ?? null });
    } catch (error) {
      return JSON.stringify({ failed: failure(error) });
    } finally {
      waited.delete(id);
    }
  };
}

/** A name of the native part's as JavaScript has it: `pull_returns` is `pullReturns`. */
function camel(name) {
  return name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());
}

function methodOf(object) {
  return (name) => (...given) => object[camel(name)](...given);
}

const one = (write) => (answer) => write('answer', answer);
const many = (write) => (answer) => base.many('answer', answer).map((each) => write('answer', each));

/** The methods of a channel. */
const CHANNEL = {
  check: { read: () => [], write: one(generated.writeFound) },
  pull: { read: (raw) => [generated.readPullRequest(raw)], write: one(generated.writeShownPage) },
  fetch: {
    read: (raw) => [raw],
    write: (answer) => (answer === null || answer === undefined ? null : generated.writeShownOrder('answer', answer)),
  },
  perform: { read: (raw) => [raw.map(generated.readChannelCommand)], write: many(generated.writeReceipt) },
  settle: {
    read: (raw) => [raw.handle, raw.commands.map(generated.readChannelCommand)],
    write: one(generated.writeSettledWork),
  },
  levels: { read: (raw) => [raw], write: many(generated.writeLevel) },
  receive: { read: (raw) => [generated.readPushRequest(raw)], write: one(generated.writePushOutcome) },
  pull_returns: { read: (raw) => [generated.readPullRequest(raw)], write: one(generated.writeReturnsPage) },
};

/** The same of one channel: where it has no `settle`, nothing can be accepted. */
function methodsOf(channel) {
  if (typeof channel.settle === 'function') return CHANNEL;
  const write = (answer) => {
    const receipts = CHANNEL.perform.write(answer);
    if (receipts.some(({ kind }) => kind === 'accepted')) {
      throw new TypeError('answer is accepted, and the channel has no settle(handle, commands); done or refused is right');
    }
    return receipts;
  };
  return { ...CHANNEL, perform: { ...CHANNEL.perform, write } };
}

/** The method of a rule. */
const RULE = {
  judge: { read: (raw) => [generated.readAskedOrder(raw)], write: (answer) => generated.writeVerdict('verdict', answer) },
};

/** What a channel says of itself, as JSON. It is refused where it lacks a method. */
function profileOf(channel) {
  if (typeof channel !== 'object' || channel === null || typeof channel.profile !== 'object') {
    throw new TypeError(
      'channel is not one that is known; a Walmart, an Amazon, an Ebay, a channel of a sandbox or an object with a profile is right',
    );
  }
  const profile = generated.writeChannelProfile('profile', channel.profile);
  const needed = ['check', 'pull', 'fetch', 'perform'];
  if (profile.level_lag !== null) needed.push('levels');
  if (profile.takes_pushes === true) needed.push('receive');
  if (profile.returns !== null) needed.push('pullReturns');
  for (const name of needed) {
    if (typeof channel[name] !== 'function') throw new TypeError(`channel has no method ${name}; an OwnChannel is right`);
  }
  return JSON.stringify(profile);
}

function ruleOf(rule) {
  if (typeof rule !== 'object' || rule === null || typeof rule.judge !== 'function') {
    throw new TypeError('rule has no method judge; a Rule is right');
  }
  return { name: base.text('rule.name', rule.name), version: base.text('rule.version', rule.version) };
}

module.exports = { CHANNEL, RULE, camel, code, methodOf, methodsOf, profileOf, ruleOf };
