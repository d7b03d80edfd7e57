// Pushes, mounted in Express: a marketplace tells of an order the moment it is placed, and it is read at once.
//
//     npm install sutler express && node push.mjs

import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import express from 'express';
import { Engine, Walmart, sandbox } from 'sutler';

// A marketplace without orders so far; one is placed a moment later.
const box = await sandbox({ marketplaces: ['walmart'], orders: 0, arrivalsPerMinute: 60, arrivalsMax: 1, speed: 10 });
const engine = await Engine.open('memory:');
const [{ seller, clientId, clientSecret, baseUrl, tokenUrl, pace }] = box.markets();
await engine.addChannel('us', new Walmart({
  seller, clientId, clientSecret, pushPassword: 'sutler:hush', environment: 'local', baseUrl, tokenUrl, pace,
}));
await engine.step(); // reads the lists; the next time is minutes away

// Hands over what came, byte for byte, and answers what the engine answers: 2xx only once it is durable.
// An error becomes Express's 500: anything but a 2xx, and it comes again.
const app = express();
app.all('/hooks/:channel', express.raw({ type: () => true }), async (request, response) => {
  const { method, originalUrl, headers, body } = request;
  const reply = await engine.handlePush(
    request.params.channel, method, originalUrl, Object.entries(headers), body ?? Buffer.alloc(0),
  );
  response.status(reply.status).type(reply.contentType ?? 'text/plain').send(reply.body);
});
const server = app.listen(0, '127.0.0.1');
await once(server, 'listening');
const endpoint = `http://127.0.0.1:${server.address().port}/hooks/us`;

/** What Walmart sends when an order is placed, with the user and password that the subscription was made with. */
async function push(password) {
  const told = { source: { eventType: 'PO_CREATED', eventId: '1' }, payload: { purchaseOrderId: '108000586390219' } };
  const authorization = `Basic ${Buffer.from(`sutler:${password}`).toString('base64')}`;
  return (await fetch(endpoint, { method: 'POST', headers: { authorization }, body: JSON.stringify(told) })).status;
}

console.log(`a forged push: ${await push('guess')}`);
console.log(`an authentic one: ${await push('hush')}, once more: ${await push('hush')}`);
const stored = async () => (await engine.ordersPage()).orders.length;
while (await stored() === 0) {
  await engine.step();
  await setTimeout(50);
}
console.log(`orders stored: ${await stored()}, lists read: ${(await engine.health())[0].pulls}`);
server.close();
server.closeAllConnections();
await engine.close();
await box.close();
