// What TypeScript says of the declarations: compiled, never run.

import { Amazon, Ebay, Engine, SutlerError, Walmart, decide, normalize, sandbox, testkit } from 'sutler';
import type {
  ChannelCommand, ChannelProfile, Health, Money, Order, OwnChannel, Phase, PullRequest, Receipt, Rule, ShownPage,
} from 'sutler';

export async function main(signal: AbortSignal): Promise<Order[]> {
  const box = await sandbox({ marketplaces: ['walmart'], orders: 3 });
  const engine = await Engine.open('memory:', { tenant: 'a' });
  for (const [name, channel] of Object.entries(box.channels())) await engine.addChannel(name, channel);
  await engine.addChannel('us', new Walmart({ seller: '1', clientId: 'a', clientSecret: 'b', backfillMs: 86_400_000 }));
  await engine.addChannel('am', new Amazon({ seller: '1', clientId: 'a', clientSecret: 'b', refreshToken: 'c', region: 'eu' }));
  await engine.addChannel('eb', new Ebay({ seller: '1', clientId: 'a', clientSecret: 'b', refreshToken: 'c' }));
  const all: Order[] = [];
  for await (const order of engine.orders({ phase: 'held', placedFrom: new Date(), signal })) all.push(order);
  const phase: Phase = 'a text of a later version';
  const total: Money | null | undefined = all[0]?.total;
  const health: ReadonlyArray<Health> = await engine.health();
  const due: Date | null | undefined = all[0]?.dueAt;
  await engine.reportShipment('us', '1', 'ups', '1Z', { lines: [{ lineId: '1', quantity: 1 }] });
  const { channelOrderId } = normalize('walmart', new Uint8Array());
  const accepted: boolean = decide('walmart', '{}', { onHand: { A: 1 } }).accept;
  try {
    await engine.run({ signal });
  } catch (error) {
    if (error instanceof SutlerError && error.code === 'conflict') console.log(error.retryAfterMs);
  }
  // @ts-expect-error: a quantity is a number
  await engine.onHand('A', '1');
  // @ts-expect-error: money is no number
  await engine.refund('us', '1', [{ lineId: '1', charge: 'product', amount: { amount: 1.5, currency: 'USD' } }], 'adjustment', 'ann');
  // @ts-expect-error: what is read is not written to
  all[0].phase = 'open';
  console.log(phase, total, health, due, channelOrderId, accepted);
  await engine.close();
  await box.close();
  return all;
}

class Shop implements OwnChannel {
  readonly profile: ChannelProfile = { seller: 'me', marketplace: 'shop', verbs: [{ verb: 'acknowledge', repeat: 'repeatable' }] };

  check() {
    return {};
  }

  async pull({ since }: PullRequest): Promise<ShownPage> {
    return { orders: [{ channelOrderId: '1', lines: [{ lineId: '1', ordered: 2 }], placedAt: since }] };
  }

  fetch() {
    return null;
  }

  perform(commands: ReadonlyArray<ChannelCommand>): Receipt[] {
    return commands.map(() => ({ kind: 'done' }));
  }
}

export async function own(engine: Engine, stand: testkit.Stand): Promise<number> {
  await engine.addChannel('shop', new Shop());
  const rule: Rule = {
    name: 'few',
    version: '1',
    judge: async (order) => ({ verdict: order.lines.length > 3 ? 'hold' : 'pass', code: 'lines', value: '' }),
  };
  await engine.addRule(rule);
  for (const behaviour of testkit.BEHAVIOURS) await testkit.hold(behaviour, () => stand);
  throw new SutlerError('timeout', 'no answer', { applied: 'unknown', retryAfterMs: await engine.position() });
}
