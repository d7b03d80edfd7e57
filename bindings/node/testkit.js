'use strict';
// The suite that every channel must pass, for channels of your own.

const { AssertionError } = require('node:assert');
const base = require('./base.js');
const foreign = require('./foreign.js');
const generated = require('./generated.js');
const native = require('./native.js');

const STAND = {
  now: { read: () => [], write: (at) => base.instant('now', at) },
  pass_time: { read: (raw) => [raw], write: () => null },
  sell: { read: (raw) => [generated.readSale(raw)], write: (order) => base.text('order', order) },
  ask_to_cancel: { read: (raw) => [raw], write: () => null },
  send_back: { read: (raw) => [raw], write: () => null },
  push: {
    read: (raw) => [raw],
    write: (push) => (push === null || push === undefined ? null : generated.writePushRequest('push', push)),
  },
  effects: { read: () => [], write: (effects) => generated.writeTestEffects('effects', effects) },
  fate: { read: (raw) => [raw], write: () => null },
};

async function hold(behaviour, open) {
  const stands = [];
  const methods = {
    open: {
      read: (raw) => [raw],
      write: (stand) => ({ stand: stands.push(stand) - 1, profile: JSON.parse(foreign.profileOf(stand.channel)) }),
    },
  };
  const ofStand = ({ read, write }) => ({ read: (raw) => [raw.stand, ...read(raw.argument)], write });
  for (const [name, method] of Object.entries(STAND)) methods[name] = ofStand(method);
  for (const [name, method] of Object.entries(foreign.CHANNEL)) methods[`channel.${name}`] = ofStand(method);

  const target = (name) => {
    if (name === 'open') return open;
    if (name.startsWith('channel.')) {
      return (stand, ...given) => stands[stand].channel[foreign.camel(name.slice('channel.'.length))](...given);
    }
    // A marketplace that pushes nothing has no `push`.
    if (name === 'push') return (stand, ...given) => stands[stand].push?.(...given) ?? null;
    return (stand, ...given) => stands[stand][foreign.camel(name)](...given);
  };
  const why = await native.hold(base.text('behaviour', behaviour), foreign.code(target, methods));
  if (why !== null && why !== undefined) throw new AssertionError({ message: `${behaviour}: ${why}` });
}

module.exports = { BEHAVIOURS: Object.freeze(native.behaviours()), hold };
