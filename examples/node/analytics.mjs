// What was sold: orders, units and revenue by channel, and the SKUs that bring the most.
//
//     npm install sutler && node analytics.mjs

import { Engine, sandbox } from 'sutler';

const box = await sandbox({ marketplaces: ['walmart', 'ebay'], orders: 40, speed: 1 });
const engine = await Engine.open('memory:');
for (const [name, channel] of Object.entries(box.channels())) await engine.addChannel(name, channel);
await engine.step();

/** Amounts are exact texts: they are added as cents. */
const cents = (amount) => Math.round(Number(amount) * 100);

const byChannel = new Map();
const bySku = new Map();
for await (const { channel, channelOrderId, lines } of engine.orders()) {
  for (const { sku, ordered, cancelled, charges } of lines) {
    for (const [groups, group] of [[byChannel, channel], [bySku, sku]]) {
      const sums = groups.get(group) ?? { orders: new Set(), units: 0, revenue: 0 };
      sums.orders.add(channelOrderId);
      sums.units += ordered - cancelled;
      // A line has charges: the goods, their delivery, discounts and fees.
      for (const { kind, amount } of charges) if (kind === 'product') sums.revenue += cents(amount.amount);
      groups.set(group, sums);
    }
  }
}

function show(title, rows) {
  console.log(`${title.padEnd(10)} ${'orders'.padStart(7)} ${'units'.padStart(7)} ${'revenue'.padStart(10)}`);
  for (const [group, { orders, units, revenue }] of rows) {
    const money = (revenue / 100).toFixed(2).padStart(10);
    console.log(`${group.padEnd(10)} ${String(orders.size).padStart(7)} ${String(units).padStart(7)} ${money}`);
  }
}

show('channel', [...byChannel].sort(([a], [b]) => (a < b ? -1 : 1)));
console.log();
show('sku', [...bySku].sort(([a, x], [b, y]) => y.revenue - x.revenue || (a < b ? -1 : 1)).slice(0, 5));
await engine.close();
await box.close();
