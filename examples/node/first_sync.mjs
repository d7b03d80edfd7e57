// From nothing to every order in one place, and why some of them wait.
//
//     npm install sutler && node first_sync.mjs

import { Engine, sandbox } from 'sutler';

// Two marketplaces on this machine; with your own keys it is new Walmart({ seller, clientId, clientSecret }).
const box = await sandbox({ marketplaces: ['walmart', 'ebay'], orders: 40, speed: 1 });
const engine = await Engine.open('memory:'); // a path keeps the orders: 'orders.db'
for (const [name, channel] of Object.entries(box.channels())) await engine.addChannel(name, channel);

// What lies on the shelves that both sell from.
for (const { onHand, pace } of box.markets()) {
  for (const [sku, units] of Object.entries(onHand)) await engine.onHand(sku, units, { asOf: pace.origin });
}
await engine.step(); // everything that is due now; run() goes on

for (const { channel, phase, orders } of await engine.totals()) console.log(`${channel}: ${orders} ${phase}`);
for (const name of Object.keys(box.channels())) {
  for await (const order of engine.orders({ channel: name, phase: 'held' })) {
    console.log(`${name} ${order.channelOrderId} waits: ${order.why}`);
  }
}
await engine.close();
await box.close();
