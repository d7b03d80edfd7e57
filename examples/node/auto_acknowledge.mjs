// A policy of your own in a few lines of TOML: what it passes is acknowledged, the rest is held with its reason.
//
//     npm install sutler && node auto_acknowledge.mjs

import { Engine, sandbox } from 'sutler';

const POLICY = `
[[rule]]
name = "total_within_limits"
limits = [{ currency = "USD", max = "400.00" }]

[stock]
buffer = 2          # units of each SKU kept back from every listing
`;

const box = await sandbox({ marketplaces: ['walmart'], orders: 40, speed: 1 });
const engine = await Engine.open('memory:');
await engine.loadPolicy(POLICY);
await engine.addChannel('us', box.channels().walmart);
const [{ onHand, pace }] = box.markets();
for (const [sku, units] of Object.entries(onHand)) await engine.onHand(sku, units, { asOf: pace.origin });
await engine.step();

for await (const order of engine.orders()) {
  const taken = order.acknowledged ? 'acknowledged' : 'not acknowledged';
  console.log(`${order.channelOrderId}: ${taken}: ${order.why}`);
}
// Every rule says what it found.
const { orders: [held] } = await engine.ordersPage({ phase: 'held', limit: 1 });
for (const proof of (await engine.order('us', held.channelOrderId)).proofs) {
  console.log(`  ${proof.rule}: ${proof.code} ${proof.value}`.trimEnd());
}
console.log(`acknowledged at the marketplace: ${Object.keys((await box.effects('walmart')).acknowledged).length}`);
await engine.close();
await box.close();
