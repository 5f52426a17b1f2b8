import { describe, expect, test } from 'vitest';
import { COUNTER } from '../../src/core/answer/counters.ts';
import type { Message } from '../../src/core/dns/message.ts';
import type { Rrsig } from '../../src/core/dns/rdata/rrsig.ts';
import { TYPE } from '../../src/core/dns/record-type.ts';
import { NOW_SECONDS, shortText, SignedWorld } from './ask-signed.ts';
import { testSigner } from './keys.ts';
import { ZONE } from './small-zone.ts';

/** How many signatures the queries take. */
function signaturesFor(signed: SignedWorld, ...queries: string[]): number {
  const { counters } = signed.world;
  const before = counters[COUNTER.signatures] as number;
  for (const query of queries) signed.prove(query);
  return (counters[COUNTER.signatures] as number) - before;
}

function signatureIn({ answers }: Message): Rrsig {
  return answers.find(({ type }) => type === TYPE.RRSIG)?.value as Rrsig;
}

describe('a signature is made when it is first asked for, and once', () => {
  test.each([
    [['www.example.com A +do', 'WWW.example.com A +do'], 1],
    [['c.example.com A +do'], 2],
    [['c.example.com A +do', 'www.example.com A +do', 'c.example.com CNAME +do'], 2],
    // The SOA's once, and an NSEC for each name, whatever types of it are denied.
    [['www.example.com MX +do', 'www.example.com TXT +do', 'mail.example.com TXT +do'], 3],
    [['x.example.com A +do', 'y.example.com A +do', 'x.example.com A +do'], 3],
    [['x.example.com A +do', 'x.example.com A +do +co'], 2],
    [['a.wild.example.com A +do', 'b.wild.example.com A +do', 'a.wild.example.com A +do'], 2],
    [['a.sub.example.com A +do', 'b.sub.example.com A +do', 'sub.example.com A +do'], 1],
    [['example.com DNSKEY +do'], 0],
    [['www.example.com A'], 0],
  ])('%j: %i', (queries, signatures) => {
    const signed = new SignedWorld(ZONE);
    const asked = queries.filter((query) => query.includes('+do'));
    for (const query of queries) if (!query.includes('+do')) signed.ask(query);
    expect(signaturesFor(signed, ...asked)).toBe(signatures);
  });
});

test('a change to the zone signs anew only what is other than it was', () => {
  const signed = new SignedWorld(ZONE);
  signaturesFor(signed, 'www.example.com A +do', 'mail.example.com A +do');
  signed.zones.addValue('Z1', 'www.example.com.', 'A', 60, '192.0.2.2');
  signed.world.versions.zoneChanged('Z1');
  expect(shortText(signed.ask('www.example.com A +do'))).toContain('192.0.2.2');
  expect(signaturesFor(signed, 'www.example.com A +do', 'mail.example.com A +do')).toBe(0);
  expect(signed.world.counters[COUNTER.signatures]).toBe(3);
});

test('another zone-signing key signs everything anew', () => {
  const signed = new SignedWorld(ZONE);
  signed.prove('www.example.com A +do');
  signed.sign('Z1', { seed: 2, algorithm: 13 });
  signed.world.versions.zoneChanged('Z1');
  expect(signed.prove('www.example.com A +do')).toBe('answer');
  expect(signed.prove('nothing.example.com A +do')).toBe('no such name');
});

describe('a zone-signing key takes over', () => {
  /** Tags of the keys that signed the answers' RRsets. */
  const signers = (signed: SignedWorld, ...queries: string[]): number[] =>
    queries.map((query) => {
      expect(signed.prove(query)).not.toBe('');
      return signatureIn(signed.ask(query)).keyTag;
    });
  const rolledTo = (signed: SignedWorld, seed: number, former?: number): number => {
    signed.sign('Z1', { seed, ...(former === undefined ? {} : { former }) });
    signed.world.versions.zoneChanged('Z1');
    return signed.zones.signing('Z1')?.signer.tag as number;
  };

  test('what the former one has signed in this period counts on, and new signatures are by the new one', () => {
    const signed = new SignedWorld(ZONE);
    const former = rolledTo(signed, 1);
    signed.prove('www.example.com A +do');
    const made = signed.world.counters[COUNTER.signatures] as number;
    const next = rolledTo(signed, 2, 1);
    expect(signers(signed, 'www.example.com A +do', 'mail.example.com A +do')).toEqual([former, next]);
    expect(signed.world.counters[COUNTER.signatures]).toBe(made + 1);
    signed.zones.addValue('Z1', 'www.example.com.', 'A', 60, '192.0.2.2');
    signed.world.versions.zoneChanged('Z1');
    expect(signers(signed, 'www.example.com A +do', 'mail.example.com A +do')).toEqual([next, next]);
  });

  test('with the next period everything is signed by the new one', () => {
    const signed = new SignedWorld(ZONE);
    const former = rolledTo(signed, 1);
    signed.prove('www.example.com A +do');
    const next = rolledTo(signed, 2, 1);
    const hours = Array.from({ length: 13 }, (_, hour) => hour);
    const tags = hours.flatMap((hour) => signers(signed, `www.example.com A +do +now=${NOW_SECONDS + hour * 3600}`));
    expect(tags[0]).toBe(former);
    expect(tags.at(-1)).toBe(next);
    expect(tags).toEqual(tags.toSorted((a, b) => tags.indexOf(a) - tags.indexOf(b)));
  });

  test('once the former one is withdrawn nothing of its signatures is answered, whatever the clock says', () => {
    const signed = new SignedWorld(ZONE);
    const former = rolledTo(signed, 1);
    const queries = ['www.example.com A +do', 'mail.example.com A +do', 'c.example.com CNAME +do'];
    expect(signers(signed, ...queries)).toEqual([former, former, former]);
    rolledTo(signed, 2, 1);
    signed.prove(queries[0] as string);
    const next = rolledTo(signed, 2);
    expect(signers(signed, ...queries)).toEqual([next, next, next]);
    const last = rolledTo(signed, 3, 2);
    expect(signers(signed, ...queries)).toEqual([next, next, next]);
    expect(rolledTo(signed, 3)).toBe(last);
    expect(signers(signed, ...queries)).toEqual([last, last, last]);
  });

  test('denials of names that exist are kept as well, and those of others are signed anew', () => {
    const signed = new SignedWorld(ZONE);
    signaturesFor(signed, 'www.example.com MX +do', 'x.example.com A +do');
    rolledTo(signed, 2, 1);
    expect(signaturesFor(signed, 'www.example.com MX +do')).toBe(0);
    expect(signaturesFor(signed, 'x.example.com A +do')).toBe(1);
  });
});

test('once the zone is signed no more, nothing of its signatures is answered', () => {
  const signed = new SignedWorld(ZONE);
  signed.prove('www.example.com A +do');
  signed.zones.setSigning('Z1', undefined);
  signed.world.versions.zoneChanged('Z1');
  for (const name of ['www', 'x']) {
    const [withDo, without] = ['+do', '+edns=1232'].map((option) =>
      shortText(signed.ask(`${name}.example.com A ${option}`)).replace(' do', ''),
    );
    expect(withDo).toBe(without);
  }
});

test('news that were missed forget everything', () => {
  const signed = new SignedWorld(ZONE);
  signed.prove('www.example.com A +do');
  signed.sign('Z1', { seed: 3 });
  signed.world.versions.everythingChanged();
  expect(signed.prove('www.example.com A +do')).toBe('answer');
});

test('signatures are renewed in every period, and count well beyond it', () => {
  const signed = new SignedWorld(ZONE);
  const expirations = new Set<number>();
  for (let hour = 0; hour < 48; hour += 1) {
    const now = NOW_SECONDS + hour * 3600;
    const { expiration } = signatureIn(signed.ask(`www.example.com A +do +now=${now}`));
    expect(expiration - now).toBeGreaterThan(24 * 3600);
    expirations.add(expiration);
    expect(signed.prove(`www.example.com A +do +now=${now}`)).toBe('answer');
  }
  expect(expirations.size).toBeGreaterThanOrEqual(4);
  expect(expirations.size).toBeLessThanOrEqual(6);
  expect(signed.world.counters[COUNTER.signatures]).toBe(expirations.size);
});

test('a zone that nobody changes is answered with signatures of the apex that were made since', () => {
  const signed = new SignedWorld(ZONE);
  signed.prove('example.com DNSKEY +do');
  // All signatures that there were at first have expired by then.
  const later = NOW_SECONDS + 60 * 86_400;
  signed.sign('Z1', { from: later - 86_400 });
  expect(signed.prove(`example.com DNSKEY +do +now=${later}`)).toBe('answer');
});

test('the apex is signed by the signatures that have begun', () => {
  const signed = new SignedWorld(ZONE);
  const days = [0, 3, 8, 15].map((day) => NOW_SECONDS + day * 86_400);
  const used = days.map((now) => {
    expect(signed.prove(`example.com DNSKEY +do +now=${now}`)).toBe('answer');
    return signatureIn(signed.ask(`example.com DNSKEY +do +now=${now}`)).inception;
  });
  expect(used[0]).toBe(used[1]);
  expect(used[2]).toBeGreaterThan(used[1] as number);
  expect(used[3]).toBe(used[2]);
});

test('plans without signatures have all room until something is signed, and then signatures have their part of it', () => {
  const bytesMax = 2 ** 18;
  const signed = new SignedWorld(ZONE, { unsigned: ['example.com.'] }, { planBytesMax: bytesMax });
  const { world } = signed;
  const octets = () => [world.plans.bytes.length, world.signed.endless.bytes.length];
  const answers = ['www.example.com A', 'nothing.example.com A +do'].map((query) => signed.dig(query));
  const [alone = 0] = octets();
  signed.sign('Z1');
  world.versions.zoneChanged('Z1');
  expect(signed.dig('www.example.com A')).toBe(answers[0]);
  expect(octets()[0]).toBe(alone);
  expect(signed.prove('www.example.com A +do')).toBe('answer');
  const [plans = 0, endless = 0] = octets();
  expect(plans / alone).toBeCloseTo(13 / 16, 2);
  expect(endless / alone).toBeCloseTo(2 / 16, 2);
  expect(signed.dig('www.example.com A')).toBe(answers[0]);
  signed.zones.setSigning('Z1', undefined);
  world.versions.everythingChanged();
  expect(world.plans.entries).toBe(0);
  expect(signed.dig('nothing.example.com A +do')).toBe(answers[1]);
});

test('whoever asks for signatures and whoever does not are answered from their own plans, in any order', () => {
  const signed = new SignedWorld(
    `${ZONE}\n$ZONE plain.net.\n@ 60 SOA ns.plain.net. h.plain.net. 1 2 3 4 5\nwww 60 A 192.0.2.9`,
    {
      unsigned: ['plain.net.'],
    },
  );
  const queries = ['www.example.com A', 'www.plain.net A', 'x.example.com A', 'x.plain.net A', 'a.sub.example.com A'];
  const expected = new Map<string, string>();
  for (let round = 0; round < 60; round += 1) {
    const query = `${queries[round % 5]}${(round * 7) % 3 === 0 ? '' : ' +do'}`;
    const text = shortText(signed.ask(query));
    expect(text).toBe(expected.get(query) ?? text);
    expected.set(query, text);
    expect(text.includes('RRSIG')).toBe(query.includes('example.com') && query.includes('+do'));
  }
  expect(signed.world.counters[COUNTER.planMisses]).toBeLessThanOrEqual(expected.size);
});

test('the signer is asked with what the zone says of its key', () => {
  const keys: unknown[] = [];
  const signer = {
    sign: (...[key, octets]: Parameters<typeof testSigner.sign>) => (keys.push(key), testSigner.sign(key, octets)),
  };
  const signed = new SignedWorld(ZONE, {}, { signer });
  signed.prove('www.example.com A +do');
  expect(keys).toEqual([signed.zones.signing('Z1')?.signer]);
});
