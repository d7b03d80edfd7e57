// The job of `benches/src/bin/embedded.rs` through the Node package, against the same marketplace: one JSON line.
//
//     node job.mjs 127.0.0.1:8099 orders.db

import { rmSync } from 'node:fs';
import { Engine, Walmart } from 'sutler';

const [host, db] = process.argv.slice(2);
for (const end of ['', '-wal', '-shm', '.lock']) rmSync(db + end, { force: true });

const baseUrl = `http://${host}`;
const engine = await Engine.open(db);
await engine.addChannel('us', new Walmart({
  seller: '101', clientId: 'bench', clientSecret: 'bench', environment: 'local',
  baseUrl, tokenUrl: `${baseUrl}/v3/token`, rateFactor: 100_000,
}));
await engine.loadPolicy('[stock]\npublish = false\n');
const asOf = new Date(Date.now() - 3 * 24 * 3_600_000);
for (let n = 0; n < 5_000; n += 1) {
  await engine.onHand(`SKU-${String(n).padStart(5, '0')}`, n % 25 === 0 ? 8 : 1_000, { asOf });
}
const [started, spent] = [performance.now(), process.cpuUsage()];
await engine.step();
const wall = (performance.now() - started) / 1_000;
const { user, system } = process.cpuUsage(spent);
const totals = Object.fromEntries((await engine.totals()).map((total) => [total.phase, total.orders]));
await engine.close();
const orders = Object.values(totals).reduce((sum, one) => sum + one, 0);
console.log(JSON.stringify({
  peer: 'sutler in Node', job: 'sync', orders_per_s: Math.round(orders / wall), wall_s: Number(wall.toFixed(3)),
  cpu_s: Number(((user + system) / 1e6).toFixed(3)), peak_rss_mb: Math.round(process.resourceUsage().maxRSS / 1024), orders,
  phases: totals,
}));
