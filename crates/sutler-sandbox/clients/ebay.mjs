// eBay's own packages for Node (ebay-oauth-nodejs-client, event-notification-nodejs-sdk) and the usual client of its
// REST APIs (ebay-api, which is not eBay's) against the local sandbox.
//
// Says first, on one line of JSON, where it listens for notifications, for `sutler sandbox --marketplace all
// --notification-endpoint URL --verification-token WORD`; then reads on standard input the lines that this prints. One
// line is printed for each call. A difference ends the program with an assertion and a status that is not 0.

import assert from 'node:assert/strict';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';

import eBayApi from 'ebay-api';
import EbayAuthToken from 'ebay-oauth-nodejs-client';
import EventNotificationSDK from 'event-notification-nodejs-sdk';

const PATIENCE_MS = 30_000;
const TOPIC = 'MARKETPLACE_ACCOUNT_DELETION';
const SCOPES = ['fulfillment', 'inventory'].map((what) => `https://api.ebay.com/oauth/api_scope/sell.${what}`);
const WORD = 'a-word-of-thirty-two-letters-or-more';

const config = { verificationToken: WORD, PRODUCTION: {}, SANDBOX: {} };
const taken = [];
const listener = await listens(taken);

const worlds = [];
for await (const line of createInterface({ input: process.stdin })) worlds.push(JSON.parse(line));
const ready = worlds.find((world) => world.marketplace === 'ebay');
config.SANDBOX = { clientId: ready.client_id, clientSecret: ready.client_secret };
dialsTheSandbox();

const token = await refreshesTheToken();
const eBay = restClient(token);
// Only what happens once the challenge was answered is told.
await until(() => taken.some((one) => one.challenge));
said('validateEndpoint', 'the challenge is answered');
const order = await readsOrders(eBay);
await ships(eBay, order);
await setsQuantities(eBay);
await renewsByItself();
await isTold(order);
listener.close();
listener.closeAllConnections();

// An endpoint as eBay's example has it, without express: the SDK answers the challenge and judges each message of a
// topic that it knows. It knows no orders.
async function listens(taken) {
  const server = http.createServer(async (request, response) => {
    const code = new URL(request.url, config.endpoint).searchParams.get('challenge_code');
    if (request.method === 'GET') {
      const challengeResponse = EventNotificationSDK.validateEndpoint(code, config);
      taken.push({ challenge: code });
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ challengeResponse }));
      return;
    }
    const message = JSON.parse(Buffer.concat(await request.toArray()).toString());
    if (message.metadata.topic !== TOPIC) return response.writeHead(204).end();
    const signature = request.headers['x-ebay-signature'];
    const status = await EventNotificationSDK.process(message, signature, config, 'SANDBOX');
    taken.push({ message, signature, status });
    response.writeHead(status).end();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  config.endpoint = `http://127.0.0.1:${server.address().port}/notifications`;
  console.log(JSON.stringify({ endpoint: config.endpoint, verification_token: WORD }));
  return server;
}

// eBay's packages know the hosts of eBay alone, and https. What leads them here is the agent that Node has for all of it.
function dialsTheSandbox() {
  const { hostname, port } = new URL(ready.base_url);
  https.globalAgent = new (class extends https.Agent {
    createConnection() {
      return net.connect(Number(port), hostname);
    }
  })();
}

async function refreshesTheToken() {
  const oauth = new EbayAuthToken({ ...config.SANDBOX, env: 'SANDBOX', redirectUri: '' });
  const user = JSON.parse(await oauth.getAccessToken('SANDBOX', ready.refresh_token, SCOPES));
  assert.deepEqual([user.token_type, user.expires_in], ['User Access Token', 7200]);
  said('getAccessToken', `${user.token_type} for ${user.expires_in} s`);

  const application = JSON.parse(await oauth.getApplicationToken('SANDBOX'));
  assert.equal(application.token_type, 'Application Access Token');
  said('getApplicationToken', application.token_type);

  const stranger = JSON.parse(await oauth.getAccessToken('SANDBOX', 'v^1.1#nobody', SCOPES));
  assert.equal(stranger.error, 'invalid_grant');
  said('getAccessToken', `${stranger.error} for a refresh token nobody gave`);
  return { ...user, refresh_token: ready.refresh_token };
}

function restClient(token) {
  const eBay = new eBayApi({ appId: ready.client_id, certId: ready.client_secret, scope: SCOPES });
  eBay.OAuth2.setCredentials(token);
  eBay.req.instance.interceptors.request.use((request) => {
    request.url = request.url.replace('https://api.ebay.com', ready.base_url);
    return request;
  });
  return eBay;
}

async function readsOrders(eBay) {
  const began = new Date(ready.clock.origin);
  const filter = `creationdate:[${new Date(began - 4 * 3_600_000).toISOString()}..]`;
  const orders = [];
  for (let page; !page || page.next; ) {
    page = await eBay.sell.fulfillment.getOrders({ filter, limit: 25, offset: orders.length });
    orders.push(...page.orders);
    assert.equal(page.orders.length, Math.min(25, page.total - page.offset));
  }
  // One that is paid for while we page pushes the others back, so that one is read twice.
  const found = new Set(orders.map((order) => order.orderId));
  const planned = (await control('plan')).orders.map((order) => order.id);
  const unpaid = planned.filter((id) => !found.has(id));
  assert.equal(found.size + unpaid.length, planned.length, 'none that is not there');
  assert.ok(unpaid.length <= 5, unpaid);
  said('getOrders', `${found.size} orders, 25 a page; ${unpaid.length} that nobody paid for yet are not there`);

  const listed = orders.find(
    (order) =>
      order.orderFulfillmentStatus === 'NOT_STARTED' &&
      order.cancelStatus.cancelState === 'NONE_REQUESTED' &&
      order.fulfillmentStartInstructions[0].fulfillmentInstructionsType === 'SHIP_TO',
  );
  const order = await eBay.sell.fulfillment.getOrder(listed.orderId);
  assert.deepEqual([order.orderId, order.sellerId], [listed.orderId, ready.seller]);
  assert.equal(order.pricingSummary.total.currency, 'USD');
  said('getOrder', `${order.orderId} of ${order.pricingSummary.total.value} USD`);

  const missing = await refused(eBay.sell.fulfillment.getOrder('00-00000-00000'), 404);
  assert.equal(missing.errorCode, 32100);
  said('getOrder', `404 with error ${missing.errorCode} for an order that is not there`);
  return order;
}

async function ships(eBay, order) {
  const lineItems = order.lineItems.map(({ lineItemId, quantity }) => ({ lineItemId, quantity }));
  const ups = { shippedDate: order.creationDate, shippingCarrierCode: 'UPS', trackingNumber: '1Z999AA10123456784' };
  const shipment = { lineItems, ...ups };
  await eBay.sell.fulfillment.createShippingFulfillment(order.orderId, shipment);
  const shipped = await until(async () => {
    const read = await eBay.sell.fulfillment.getOrder(order.orderId);
    return read.orderFulfillmentStatus === 'FULFILLED' && read;
  });
  const { fulfillments } = await eBay.sell.fulfillment.getShippingFulfillments(order.orderId);
  assert.deepEqual(fulfillments.map((one) => one.shipmentTrackingNumber), ['1Z999AA10123456784']);
  assert.deepEqual(shipped.fulfillmentHrefs.length, 1);
  const counted = (await control('effects')).shipments;
  const wanted = lineItems.map((line) => [`${order.orderId}/${line.lineItemId}/1Z999AA10123456784`, line.quantity]);
  assert.deepEqual(counted, Object.fromEntries(wanted));
  said('createShippingFulfillment', `${shipped.orderFulfillmentStatus}, ${fulfillments.length} package`);

  const spaced = { ...shipment, trackingNumber: '1Z 999' };
  const wrong = await refused(eBay.sell.fulfillment.createShippingFulfillment(order.orderId, spaced), 400);
  assert.equal(wrong.errorCode, 32300);
  said('createShippingFulfillment', `400 with error ${wrong.errorCode} for a tracking number with a space`);
}

async function setsQuantities(eBay) {
  const { inventoryItems, total } = await eBay.sell.inventory.getInventoryItems({ limit: 2 });
  const [sku, other] = inventoryItems.map((item) => item.sku);
  const { offers } = await eBay.sell.inventory.getOffers({ sku });
  assert.deepEqual([offers.length, offers[0].sku], [1, sku]);
  said('getOffers', `${offers[0].offerId} of ${sku}, one of ${total} SKUs`);

  const row = (sku, quantity, offers) => ({ sku, shipToLocationAvailability: { quantity }, offers });
  const both = [{ offerId: offers[0].offerId, availableQuantity: 31, price: { currency: 'USD', value: '12.34' } }];
  const done = await eBay.sell.inventory.bulkUpdatePriceQuantity({ requests: [row(sku, 31, both), row(other, 0)] });
  assert.deepEqual(done.responses.map((one) => [one.sku, one.statusCode]), [[sku, 200], [sku, 200], [other, 200]]);
  await until(async () => (await eBay.sell.inventory.getOffer(offers[0].offerId)).availableQuantity === 31);
  const item = await eBay.sell.inventory.getInventoryItem(sku);
  assert.equal(item.availability.shipToLocationAvailability.quantity, 31);
  said('bulkUpdatePriceQuantity', `${done.responses.length} rows took effect; ${sku} offers 31`);

  const requests = [row(sku, 30), row('NOBODY-HAS-THIS', 1)];
  const half = await eBay.sell.inventory.bulkUpdatePriceQuantity({ requests });
  assert.deepEqual(half.responses.map((one) => one.statusCode), [200, 404]);
  assert.equal(half.responses[1].errors[0].errorId, 25710);
  said('bulkUpdatePriceQuantity', 'one row took effect, one has error 25710');
}

// The client renews a token that is refused, when it has the refresh token, and asks again.
async function renewsByItself() {
  const eBay = restClient({ ...token, access_token: 'v^1.1#not-a-token' });
  let renewed = 0;
  eBay.OAuth2.on('refreshAuthToken', () => (renewed += 1));
  const { total } = await eBay.sell.fulfillment.getOrders({ limit: 1 });
  assert.deepEqual([total > 0, renewed], [true, 1]);
  said('getOrders', 'refused with a dead token, renewed and asked again by itself');
}

async function isTold(order) {
  const deletes = `${ready.base_url}/_sandbox/orders/${order.orderId}/account-deletion`;
  const answer = await fetch(deletes, { method: 'POST' });
  assert.equal(answer.status, 200);
  const told = await until(() => taken.find((one) => one.message));
  assert.equal(told.status, 204, 'the signature is good');
  assert.equal(told.message.notification.data.username, order.buyer.username);
  said('process', `204 for ${TOPIC} of ${order.buyer.username}`);

  const forged = structuredClone(told.message);
  forged.notification.data.username = 'somebody_else';
  assert.equal(await EventNotificationSDK.process(forged, told.signature, config, 'SANDBOX'), 412);
  said('process', '412 for a message that was changed on the way');
}

async function refused(call, status) {
  const error = await call.then(() => assert.fail('not refused'), (error) => error);
  assert.equal(error.meta?.res?.status, status, error);
  return error;
}

async function until(holds) {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const found = await holds();
    if (found) return found;
    assert.ok(Date.now() < deadline, `not within ${PATIENCE_MS} ms`);
    await pause(200);
  }
}

async function control(what) {
  return (await fetch(`${ready.base_url}/_sandbox/${what}`)).json();
}

function said(call, result) {
  console.log(`ebay ${call}: ${result}`);
}
