import { expect, test } from 'vitest';
import { parseIpv4, parseIpv6 } from '../dns/ip-address.ts';
import { FairShare, LOOK_MILLISECONDS } from './fair-share.ts';
import { networkHash } from './network-hash.ts';

/** A worker that makes three hundred answers in a millisecond, or reads three times as many queries, behind a queue of 4 MiB. */
const ANSWER_MILLISECONDS = 1 / 300;
const REFUSAL_MILLISECONDS = 1 / 900;
const DATAGRAM_OCTETS = 768;
const ROOM = 8 * 2 ** 20;
const STEP_MILLISECONDS = 1 / 8;
const HELD_UP_EVERY_MILLISECONDS = 30;
/** What is asked then may still wait at the end. */
const LAST_MILLISECONDS = 30;
const SEED = 0x1234_5678;

interface Network {
  readonly clients: readonly string[];
  /** Queries in a millisecond. */
  readonly rate: number;
  /** Instead: it has so many under way, and asks on when one is answered. */
  readonly window?: number;
  /** When it begins and ends, in milliseconds. */
  readonly from?: number;
  readonly until?: number;
}

interface Fate {
  asked: number;
  answered: number;
}

interface Outcome {
  readonly fates: readonly Fate[];
  readonly waitingMax: number;
  readonly limiting: boolean;
}

interface Course {
  readonly milliseconds: number;
  /** What is asked before does not count. */
  readonly countedFrom?: number;
  /** Now and then the worker does nothing for so long. */
  readonly heldUpMilliseconds?: number;
  /** Octets. */
  readonly room?: number;
}

function serve(networks: readonly Network[], course: Course): Outcome {
  const { milliseconds, countedFrom = 0, heldUpMilliseconds = 0, room = ROOM } = course;
  const share = new FairShare(SEED);
  const clients = networks.map(({ clients: texts }) => texts.map(octetsOf));
  const fates = networks.map((): Fate => ({ asked: 0, answered: 0 }));
  // Not all at once.
  const due = networks.map((_, network) => (network * 0.618) % 1);
  const queue: { readonly network: number; readonly client: Uint8Array; readonly counts: boolean }[] = [];
  const underWay = networks.map(() => 0);
  let waitingMax = 0;
  let lost = 0;
  let lookAt = 0;
  for (let now = 0; now < milliseconds; now += STEP_MILLISECONDS) {
    const counts = now >= countedFrom && now < milliseconds - LAST_MILLISECONDS;
    arrivals(networks, due, underWay, now).forEach((network, index) => {
      const each = clients[network] as readonly Uint8Array[];
      const fate = fates[network] as Fate;
      if (counts) fate.asked += 1;
      if (queue.length * DATAGRAM_OCTETS >= room) {
        lost += 1;
        return;
      }
      underWay[network]! += 1;
      queue.push({ network, client: each[index % each.length] as Uint8Array, counts });
    });
    if (now % HELD_UP_EVERY_MILLISECONDS < heldUpMilliseconds) continue;
    let left = STEP_MILLISECONDS;
    let taken = 0;
    for (; taken < queue.length && left > 0; taken += 1) {
      const { network, client, counts: counted } = queue[taken] as (typeof queue)[number];
      const admitted = !share.limiting || share.admits(client);
      left -= admitted ? ANSWER_MILLISECONDS : REFUSAL_MILLISECONDS;
      if (admitted) underWay[network]! -= 1;
      if (admitted && counted) (fates[network] as Fate).answered += 1;
    }
    queue.splice(0, taken);
    if (counts) waitingMax = Math.max(waitingMax, queue.length);
    if (now < lookAt) continue;
    lookAt = now + LOOK_MILLISECONDS;
    share.look(queue.length * DATAGRAM_OCTETS, room, lost);
  }
  return { fates, waitingMax, limiting: share.limiting };
}

/** Who asks in this time, in turns. */
function arrivals(networks: readonly Network[], due: number[], underWay: readonly number[], now: number): number[] {
  const counts = networks.map(({ rate, window, from = 0, until = Number.POSITIVE_INFINITY }, network) => {
    if (window !== undefined) return window - (underWay[network] as number);
    const asked = (due[network] as number) + (now >= from && now < until ? rate * STEP_MILLISECONDS : 0);
    due[network] = asked - Math.floor(asked);
    return Math.floor(asked);
  });
  return Array.from({ length: Math.max(...counts) }, (_, turn) =>
    counts.flatMap((count, network) => (turn < count ? [network] : [])),
  ).flat();
}

function octetsOf(client: string): Uint8Array {
  return parseIpv4(client) ?? (parseIpv6(client) as Uint8Array);
}

function share({ asked, answered }: Fate): number {
  return answered / asked;
}

const HONEST: Network = { clients: ['192.0.2.53', '192.0.2.54'], rate: 2 };
const RESOLVERS: Network = { clients: ['198.51.100.1'], rate: 25 };
const FLOOD: Network = { clients: ['203.0.113.7', '203.0.113.8'], rate: 600 };
const floods = (count: number, rate: number): Network[] =>
  Array.from({ length: count }, (_, index) => ({ clients: [`10.${index >> 8}.${index & 255}.1`], rate }));

test('as long as all can be answered, nothing is counted', () => {
  const { fates, limiting } = serve([HONEST, RESOLVERS, { ...FLOOD, rate: 270 }], { milliseconds: 2000 });
  expect(fates.map(share)).toEqual([1, 1, expect.closeTo(1, 2)]);
  expect(limiting).toBe(false);
});

test.each<[string, Network[]]>([
  ['one network', [FLOOD]],
  ['one network of IPv6', [{ clients: ['2001:db8:0:aa00::1', '2001:db8:0:aaff::2'], rate: 600 }]],
  ['eight networks', floods(8, 75)],
  ['a hundred networks', floods(100, 6)],
])('beside a flood from %s those who ask for less than a share are answered', (_, flood) => {
  const few = { ...RESOLVERS, rate: 0.5 };
  const { fates } = serve([{ ...HONEST, rate: 1 }, few, ...flood], { milliseconds: 3000, countedFrom: 300 });
  // Among many small shares a query is lost now and then when the hash changes.
  expect(Math.min(...fates.slice(0, 2).map(share))).toBeGreaterThan(0.999);
});

test('what a flood may have is what others leave', () => {
  const { fates } = serve([HONEST, RESOLVERS, FLOOD], { milliseconds: 3000, countedFrom: 200 });
  const answered = fates.reduce((sum, fate) => sum + fate.answered, 0) / 2770;
  // Refusing takes time, too: with all of it spent it would be 164.
  expect(answered).toBeGreaterThan(125);
});

test('the queue stays short', () => {
  expect(serve([HONEST, ...floods(8, 75)], { milliseconds: 3000, countedFrom: 200 }).waitingMax).toBeLessThan(500);
});

test('in a flood of more than can even be read others lose no more than has no room', () => {
  const { fates } = serve([HONEST, ...floods(8, 125)], { milliseconds: 3000, countedFrom: 300 });
  expect(share(fates[0] as Fate)).toBeGreaterThan(0.8);
});

test('when a flood begins few of the others are refused', () => {
  expect(share(serve([HONEST, FLOOD], { milliseconds: 200 }).fates[0] as Fate)).toBeGreaterThan(0.98);
});

test('a worker that is held up now and then does not hold it against who asks for little', () => {
  const course = { milliseconds: 3000, countedFrom: 200, heldUpMilliseconds: 3 };
  const { fates } = serve([HONEST, ...floods(8, 75)], course);
  expect(share(fates[0] as Fate)).toBeGreaterThan(0.999);
});

test('networks that ask for more than a share get the same', () => {
  const { fates } = serve([...floods(4, 60), ...floods(8, 120).slice(4)], { milliseconds: 3000, countedFrom: 200 });
  const answered = fates.map((fate) => fate.answered);
  expect(Math.max(...answered) / Math.min(...answered)).toBeLessThan(1.15);
});

test.each<[string, (host: number) => string]>([
  ['a /24', (host) => `203.0.113.${host + 1}`],
  ['a /56', (host) => `2001:db8:0:ff${host.toString(16).padStart(2, '0')}::1`],
])('a share is for %s, whichever of its addresses ask', (_, addressOf) => {
  const many = Array.from({ length: 200 }, (__, host) => addressOf(host));
  const { fates } = serve([{ clients: many, rate: 300 }, ...floods(1, 300)], { milliseconds: 3000, countedFrom: 200 });
  const [ofMany, ofOne] = fates.map((fate) => fate.answered) as [number, number];
  expect(ofMany / ofOne).toBeGreaterThan(0.87);
  expect(ofMany / ofOne).toBeLessThan(1.15);
});

test('once a flood is over all are answered again', () => {
  const { fates, limiting } = serve(
    [
      { ...FLOOD, until: 500 },
      { ...RESOLVERS, rate: 280 },
    ],
    { milliseconds: 4000, countedFrom: 2000 },
  );
  expect(fates.map(share)).toEqual([Number.NaN, expect.closeTo(1, 2)]);
  expect(limiting).toBe(false);
});

test('a burst that the queue has room for is answered whole', () => {
  const { fates } = serve([HONEST, { ...FLOOD, from: 10, until: 30 }], { milliseconds: 200 });
  expect(fates.map(share)).toEqual([1, 1]);
});

test('who waits for answers before he asks on is answered, as long as all that he asks has room', () => {
  const patient: Network = { clients: ['203.0.113.7'], rate: 0, window: 500 };
  const { fates, limiting } = serve([HONEST, patient], { milliseconds: 500, room: 554 * DATAGRAM_OCTETS });
  expect(fates.map(share)).toEqual([1, expect.closeTo(1, 1)]);
  expect(limiting).toBe(false);
});

test('a flood from more networks than are told apart is answered as far as time allows, and does not fill the queue', () => {
  const { fates, waitingMax } = serve(floods(9000, 0.066), { milliseconds: 1500, countedFrom: 500 });
  const answered = fates.reduce((sum, fate) => sum + fate.answered, 0) / 970;
  expect(answered).toBeGreaterThan(100);
  expect(waitingMax).toBeLessThan(6000);
});

test('after a flood from everywhere those who ask for little are answered at once', () => {
  const flood = floods(9000, 0.066).map((network) => ({ ...network, until: 300 }));
  const { fates } = serve([HONEST, ...flood, ...floods(2000, 0.05)], { milliseconds: 450, countedFrom: 330 });
  expect(share(fates[0] as Fate)).toBeGreaterThan(0.95);
});

test('who shares a hash with a flood does so for a second', () => {
  const seed = (Math.imul(SEED, 1_664_525) + 1_013_904_223) | 0;
  const hashOf = (octets: Uint8Array): number => networkHash(seed, octets, 24) & (2 ** 22 - 1);
  const wanted = hashOf(octetsOf(FLOOD.clients[0] as string));
  const candidates = Array.from({ length: 2 ** 24 }, (_, index) => index);
  const unlucky = candidates.find((at) => hashOf(Uint8Array.of(at >> 16, (at >> 8) & 255, at & 255, 1)) === wanted);
  const client = [(unlucky as number) >> 16, ((unlucky as number) >> 8) & 255, (unlucky as number) & 255, 1].join('.');
  const { fates } = serve([{ clients: [client], rate: 10 }, FLOOD], { milliseconds: 900, countedFrom: 100 });
  expect(share(fates[0] as Fate)).toBeLessThan(0.9);
  expect(
    share(serve([{ clients: [client], rate: 10 }, FLOOD], { milliseconds: 3000, countedFrom: 1200 }).fates[0] as Fate),
  ).toBe(1);
});
