// A rule of your own: asked with the built-in ones, explained like them.
//
//     npm install sutler && node own_rule.mjs

import { Engine, sandbox } from 'sutler';

/** Orders of many units are looked at by a person first. `judge` may be async, and ask whom it likes. */
class FewUnits {
  name = 'few_units';
  version = '1';
  most = 3;

  judge(order) {
    const units = order.lines.reduce((sum, line) => sum + line.ordered, 0);
    // A proof is a code and the value that decided, without personal data.
    const value = `${units} units, ${this.most} at most`;
    return { verdict: units <= this.most ? 'pass' : 'hold', code: 'units.counted', value };
  }
}

const box = await sandbox({ marketplaces: ['walmart'], orders: 40, speed: 1 });
const engine = await Engine.open('memory:');
await engine.addChannel('us', box.channels().walmart);
await engine.addRule(new FewUnits());
const [market] = box.markets();
for (const [sku, units] of Object.entries(market.onHand)) {
  await engine.onHand(sku, units, { asOf: market.pace.origin });
}
await engine.step();
for await (const order of engine.orders({ heldFor: 'rule:few_units' })) {
  console.log(`${order.channelOrderId}: ${order.why}`);
}
await engine.close();
await box.close();
