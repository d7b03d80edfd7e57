'use strict';
// What the engine and all readers are built on: checks of arguments, errors, and the way to the native part.

/** An error of sutler: `code` says which kind, `op` where it was met. */
class SutlerError extends Error {
  constructor(code, message, { op = '', retryAfterMs = null, applied = 'unknown' } = {}) {
    super(String(message).toWellFormed());
    if (typeof code !== 'string') throw wrong('code', code, 'the kind of an error');
    text('op', op);
    if (retryAfterMs !== null) count('retryAfterMs', retryAfterMs, Number.MAX_SAFE_INTEGER);
    if (!['no', 'yes', 'unknown'].includes(applied)) throw wrong('applied', applied, "'no', 'yes' or 'unknown'");
    this.name = 'SutlerError';
    this.code = code;
    this.op = op;
    this.retryAfterMs = retryAfterMs;
    this.applied = applied;
  }
}

/** Of objects only that they are: whatever holds something else may hold an address, and what is said may come into a log. */
function shown(value) {
  if (value === null) return 'null';
  if (typeof value === 'object') return value.constructor?.name ?? 'object';
  if (['function', 'symbol'].includes(typeof value)) return typeof value;
  return `${typeof value} ${typeof value === 'string' ? JSON.stringify(value).slice(0, 80) : String(value).slice(0, 80)}`;
}

function wrong(name, value, right) {
  const said = /shipTo|Address/.test(name) ? typeof value : shown(value);
  return new TypeError(`${name} is ${said}; ${right} is right`);
}

/** Objects that are something else than a record of fields. */
const OTHERS = [Array, Map, Set, Date, Promise, RegExp, Error];

function text(name, value) {
  if (typeof value !== 'string') throw wrong(name, value, 'a string');
  if (!value.isWellFormed()) throw new RangeError(`${name} is ${shown(value)}, which is no Unicode; a whole text is right`);
  return value;
}

/** A text that is shown nowhere. */
function secret(name, value) {
  if (typeof value !== 'string' || !value.isWellFormed()) {
    throw new TypeError(`${name} is no string of whole Unicode; one is right (what it is is not shown)`);
  }
  return value;
}

function whole(name, value) {
  if (!Number.isSafeInteger(value)) throw wrong(name, value, 'a whole number');
  return value;
}

/** A whole number that is not negative. */
function count(name, value, most = 2 ** 32 - 1) {
  if (whole(name, value) < 0 || value > most) throw new RangeError(`${name} is ${value}; none to ${most} is right`);
  return value;
}

function real(name, value) {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw wrong(name, value, 'a finite number');
  return value;
}

function truth(name, value) {
  if (typeof value !== 'boolean') throw wrong(name, value, 'a boolean');
  return value;
}

/** An exact amount: a string. A number has lost what it was. */
function exact(name, value) {
  if (typeof value !== 'string') throw wrong(name, value, 'a decimal as a string');
  if (!/^-?\d+(\.\d+)?$/.test(value)) throw new RangeError(`${name} is ${shown(value)}; a decimal number is right`);
  return value;
}

function instant(name, value) {
  if (!(value instanceof Date)) throw wrong(name, value, 'a Date');
  if (Number.isNaN(value.getTime())) throw new RangeError(`${name} is an invalid Date`);
  return value.getTime();
}

function octets(name, value) {
  if (!(value instanceof Uint8Array)) throw wrong(name, value, 'a Uint8Array');
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64');
}

function bytesOf(raw) {
  return new Uint8Array(Buffer.from(raw, 'base64'));
}

function many(name, value) {
  if (!Array.isArray(value)) throw wrong(name, value, 'an array');
  return value;
}

function record(name, value, known) {
  if (typeof value !== 'object' || value === null || OTHERS.some((other) => value instanceof other)) throw wrong(name, value, 'an object');
  for (const key of Object.keys(value)) {
    if (!known.includes(key)) throw new TypeError(`${name} has no ${key}; ${known.join(', ')} are right`);
  }
}

function options(value, known) {
  if (value === undefined) return {};
  record('options', value, known);
  if (value.signal !== undefined && !(value.signal instanceof AbortSignal)) {
    throw wrong('signal', value.signal, 'an AbortSignal');
  }
  return value;
}

/** What a native call gave, or its error thrown. */
function opened(answer) {
  const { given, failed } = JSON.parse(answer);
  if (failed !== undefined) {
    const { kind, message, op, retry_after_ms: retryAfterMs, applied } = failed;
    throw new SutlerError(kind, message, { op, retryAfterMs, applied });
  }
  return given;
}

/** Waits for a promise, or until the signal says not to. What was asked of the native part goes on by itself. */
async function within(promise, signal) {
  if (signal === undefined) return promise;
  signal.throwIfAborted();
  let aborted;
  const stop = new Promise((_, reject) => {
    aborted = () => reject(signal.reason);
    signal.addEventListener('abort', aborted, { once: true });
  });
  try {
    return await Promise.race([promise, stop]);
  } finally {
    signal.removeEventListener('abort', aborted);
  }
}

class Base {
  #native;

  constructor(native) {
    this.#native = native;
  }

  get native() {
    return this.#native;
  }

  async ask(name, given, signal) {
    signal?.throwIfAborted();
    const asked = this.#native.call(name, JSON.stringify(given));
    // A run that is aborted is asked to stop, and is over when everything in flight has landed.
    const stop = () => this.#native.stop();
    if (name === 'run' && signal !== undefined) {
      signal.addEventListener('abort', stop, { once: true });
      try {
        return opened(await asked);
      } finally {
        signal.removeEventListener('abort', stop);
      }
    }
    return opened(await within(asked, signal));
  }

  async *each(name, given, field, read, signal) {
    for (;;) {
      const page = await this.ask(name, given, signal);
      for (const raw of page[field]) yield read(raw);
      if (page.next === null) return;
      given.after = page.next;
    }
  }
}

module.exports = {
  Base, SutlerError, text, secret, whole, count, real, truth, exact, instant, octets, bytesOf, many, record, options, opened,
};
