// A channel of your own beside the built-in ones: rules, stock, journal and exactly-once sending come with it.
//
//     npm install sutler && node own_channel.mjs
//
// `testkit` holds it to the suite that the built-in channels pass, once it speaks to a marketplace.

import { Engine } from 'sutler';

/** A shop that keeps its orders as `ID SKU UNITS` and wants to hear who takes them. */
class Shop {
  told = [];

  profile = {
    seller: 'me',
    marketplace: 'shop',
    verbs: [{ verb: 'acknowledge', repeat: 'repeatable' }],
  };

  check() {
    return {};
  }

  async pull() {
    const [id, sku, units] = 'A-1 KETTLE 2'.split(' ');
    return { orders: [{ channelOrderId: id, lines: [{ lineId: '1', ordered: Number(units), sku }] }] };
  }

  async fetch() {
    return null;
  }

  async perform(commands) {
    this.told.push(...commands.map((command) => command.channelOrderId));
    return commands.map(() => ({ kind: 'done', why: 'the shop nodded' }));
  }
}

const shop = new Shop();
const engine = await Engine.open('memory:');
await engine.addChannel('shop', shop);
// Orders are fetched at the counter.
await engine.loadPolicy('[[rule]]\nname = "address_deliverable"\nenabled = false\n');
await engine.onHand('KETTLE', 5, { asOf: new Date(0) });
await engine.step();

console.log(`the shop was told: ${shop.told.join(', ')}`);
for await (const order of engine.orders()) {
  console.log(`${order.channelOrderId}: ${order.acknowledged ? 'acknowledged' : order.why}`);
}
await engine.close();
