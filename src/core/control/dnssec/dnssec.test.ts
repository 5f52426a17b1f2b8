import { describe, expect, test } from 'vitest';
import { createHostedZone } from '../hosted-zones/create-hosted-zone.ts';
import { deleteHostedZone } from '../hosted-zones/delete-hosted-zone.ts';
import { tables } from '../tables.ts';
import { activateKeySigningKey } from './activate-key-signing-key.ts';
import { getDnssec } from './get-dnssec.ts';
import type { ParentTold } from './parent-told.ts';
import { SignedHouse } from './signed-house.ts';

const DAY = 86_400_000;

describe('what is said after what', () => {
  test.each([
    [[], 'NOT_SIGNING'],
    [['create one ACTIVE'], 'NOT_SIGNING one=ACTIVE'],
    [['create one INACTIVE', 'create two ACTIVE'], 'NOT_SIGNING one=INACTIVE two=ACTIVE'],
    [['create one INACTIVE', 'activate one', 'activate one', 'enable'], 'SIGNING one=ACTIVE'],
    [['create one ACTIVE', 'enable', 'enable'], 'SIGNING one=ACTIVE'],
    [['create one ACTIVE', 'enable', 'disable', 'disable'], 'NOT_SIGNING one=ACTIVE'],
    [['create one ACTIVE', 'enable', 'create two ACTIVE', 'deactivate one', 'delete one'], 'SIGNING two=ACTIVE'],
    [['create one ACTIVE', 'disable', 'deactivate one', 'deactivate one', 'delete one'], 'NOT_SIGNING'],
    [['create one ACTIVE', 'enable', 'breaks one'], 'ACTION_NEEDED one=ACTION_NEEDED'],
    [['create one ACTIVE', 'enable', 'breaks one', 'works one'], 'SIGNING one=ACTIVE'],
    [['create one ACTIVE', 'enable', 'breaks one', 'activate one'], 'SIGNING one=ACTIVE'],
    [['create one ACTIVE', 'enable', 'breaks one', 'disable'], 'NOT_SIGNING one=ACTIVE'],
    [
      ['create one ACTIVE', 'create two ACTIVE', 'enable', 'breaks one', 'deactivate one'],
      'SIGNING one=INACTIVE two=ACTIVE',
    ],
  ] as const)('%s: %s', (words, status) => {
    const zone = new SignedHouse();
    for (const each of words) expect(zone.say(each), each).toBe('ok');
    expect(zone.status()).toBe(status);
  });

  test.each([
    [[], 'enable', 'KeySigningKeyWithActiveStatusNotFound'],
    [['create one INACTIVE'], 'enable', 'KeySigningKeyWithActiveStatusNotFound'],
    [[], 'disable', 'DNSSECNotFound'],
    [[], 'activate one', 'NoSuchKeySigningKey'],
    [[], 'deactivate one', 'NoSuchKeySigningKey'],
    [[], 'delete one', 'NoSuchKeySigningKey'],
    [[], 'create a ACTIVE', 'InvalidKeySigningKeyName'],
    [[], 'create o-n-e ACTIVE', 'InvalidKeySigningKeyName'],
    [[], 'create one DELETING', 'InvalidKeySigningKeyStatus'],
    [['create one ACTIVE'], 'create one ACTIVE', 'KeySigningKeyAlreadyExists'],
    [['create one ACTIVE', 'create two INACTIVE'], 'create three ACTIVE', 'TooManyKeySigningKeys'],
    [['create one ACTIVE'], 'delete one', 'InvalidKeySigningKeyStatus'],
    [['create one ACTIVE', 'enable'], 'deactivate one', 'KeySigningKeyInUse'],
    [['create one ACTIVE', 'create two INACTIVE', 'enable'], 'deactivate one', 'KeySigningKeyInUse'],
    [['create one ACTIVE', 'enable', 'breaks one'], 'create two ACTIVE', 'InvalidKeySigningKeyStatus'],
    [
      ['create one ACTIVE', 'create two INACTIVE', 'enable', 'breaks one'],
      'activate two',
      'InvalidKeySigningKeyStatus',
    ],
    [['create one ACTIVE', 'create two ACTIVE', 'enable', 'breaks one'], 'deactivate two', 'KeySigningKeyInUse'],
    [['create one ACTIVE'], 'renew', 'InvalidSigningStatus'],
    [['create one ACTIVE', 'enable'], 'roll publish', 'InvalidSigningStatus'],
    [['create one ACTIVE', 'enable'], 'roll sign', 'InvalidSigningStatus'],
  ] as const)('%s, then %s: %s', (words, last, code) => {
    const zone = new SignedHouse();
    for (const each of words) expect(zone.say(each), each).toBe('ok');
    const before = [zone.status(), zone.records()];
    expect(zone.say(last)).toMatch(new RegExp(`^${code}: .{10}`));
    expect([zone.status(), zone.records()]).toEqual(before);
  });
});

describe('the DNSKEY set', () => {
  test.each([
    [['create one ACTIVE'], 'unsigned'],
    [['create one ACTIVE', 'enable'], 'DNSKEY one z1, signed by one for 15 turns'],
    [['create one ACTIVE', 'create two INACTIVE', 'enable'], 'DNSKEY one z1, signed by one for 15 turns'],
    [['create one ACTIVE', 'enable', 'create two ACTIVE'], 'DNSKEY one two z1, signed by one+two for 15 turns'],
    [
      ['create one ACTIVE', 'create two ACTIVE', 'enable', 'deactivate one'],
      'DNSKEY two z1, signed by two for 15 turns',
    ],
    [['create one ACTIVE', 'enable', 'disable'], 'unsigned'],
    [['create one ACTIVE', 'enable', 'disable', 'enable'], 'DNSKEY one z2, signed by one for 15 turns'],
  ] as const)('%s: %s', (words, records) => {
    const zone = new SignedHouse();
    for (const each of words) expect(zone.say(each), each).toBe('ok');
    expect(zone.records()).toBe(records);
  });

  test('is changed over to a new zone-signing key in three steps, none before its time', () => {
    const zone = new SignedHouse();
    for (const each of ['create one ACTIVE', 'enable']) zone.say(each);
    const seen: string[] = [];
    for (const step of ['publish', 'sign', 'withdraw'] as const) {
      const { stepAt } = zone.dnssec().signing?.keys ?? { stepAt: 0 };
      zone.house.now(stepAt - 1);
      expect(zone.say(`roll ${step}`)).toMatch(/^InvalidSigningStatus/);
      zone.house.now(stepAt);
      expect(zone.say(`roll ${step}`)).toBe('ok');
      seen.push(`${zone.served()?.signer.wrapped} signs; ${zone.records()}`);
    }
    expect(seen).toEqual([
      'z1 signs; DNSKEY one z1 z3, signed by one for 15 turns',
      'z3 signs; DNSKEY one z1 z3, signed by one for 15 turns',
      'z3 signs; DNSKEY one z3, signed by one for 15 turns',
    ]);
  });

  test('is signed for another turn when one has begun, and for all that are missing after a long pause', () => {
    const zone = new SignedHouse();
    for (const each of ['create one ACTIVE', 'enable']) zone.say(each);
    for (const later of [2, 4, 40]) {
      zone.house.now(later * DAY);
      expect(zone.say('renew')).toBe('ok');
      expect(zone.records()).toBe('DNSKEY one z1, signed by one for 15 turns');
      const froms = zone.served()?.signedAhead[0]?.periods.map(({ from }) => from) ?? [];
      expect(froms[0]).toBeLessThanOrEqual(later * 86_400);
      expect(froms.at(-1)).toBeGreaterThan((later + 27) * 86_400);
    }
  });

  test('keeps what all keys signed while one cannot; the others sign alone only what must be', () => {
    const zone = new SignedHouse();
    for (const each of ['create one ACTIVE', 'create two ACTIVE', 'enable', 'breaks one']) zone.say(each);
    const ahead = zone.served();
    zone.house.now(10 * DAY);
    zone.say('renew');
    expect(zone.served()).toEqual(ahead);
    zone.house.now(60 * DAY);
    zone.say('renew');
    expect(zone.records()).toMatch('signed by two for 1 turns');
    zone.say('works one');
    zone.say('renew');
    expect(zone.records()).toMatch('signed by one+two for 15 turns');
  });
});

describe('CDS and CDNSKEY, for a zone whose tag asks for them', () => {
  const zsk = (names: string, by: string): string => `DNSKEY ${names} z1, signed by ${by} for 15 turns`;
  const both = (names: string, by: string): string =>
    `CDS ${names}, signed by ${by} for 15 turns; CDNSKEY ${names}, signed by ${by} for 15 turns`;

  test.each([
    [['tag waypost:cds active', 'enable'], `${zsk('one', 'one')}; ${both('one', 'one')}`],
    [['enable', 'tag waypost:cds active', 'renew'], `${zsk('one', 'one')}; ${both('one', 'one')}`],
    [['tag waypost:cds active', 'enable', 'tag waypost:cds', 'renew'], zsk('one', 'one')],
    [
      ['tag waypost:cds active', 'enable', 'create two ACTIVE'],
      `${zsk('one two', 'one+two')}; ${both('one two', 'one+two')}`,
    ],
    [
      ['enable', 'create two ACTIVE', 'tag waypost:cds two', 'renew'],
      `${zsk('one two', 'one+two')}; ${both('two', 'one+two')}`,
    ],
    [['enable', 'create two INACTIVE', 'tag waypost:cds two', 'renew'], zsk('one', 'one')],
    [['tag waypost:cds active', 'enable', 'disable'], 'unsigned'],
  ] as const)('%s: %s', (words, records) => {
    const zone = new SignedHouse();
    zone.say('create one ACTIVE');
    for (const each of words) expect(zone.say(each), each).toBe('ok');
    expect(zone.records()).toBe(records);
  });

  test('the parent is asked to take its DS records away (RFC 8078 §4)', () => {
    const zone = new SignedHouse();
    for (const each of ['create one ACTIVE', 'enable', 'tag waypost:cds delete', 'renew']) zone.say(each);
    const values = zone.served()?.signedAhead.map(({ type, values: [value] }) => `${type} ${value}`);
    expect(values?.slice(1)).toEqual(['CDS 0 0 0 00', 'CDNSKEY 0 3 0 AA==']);
  });

  test('a tag makes it due', () => {
    const zone = new SignedHouse();
    for (const each of ['create one ACTIVE', 'enable']) zone.say(each);
    zone.house.now(1000);
    zone.say('tag team dns');
    expect(zone.due()[0]).toBeGreaterThan(1000);
    zone.say('tag waypost:cds active');
    expect(zone.due()).toEqual([1000]);
  });

  test.each([
    ['tag waypost:cds a', "InvalidInput: Invalid parameter : waypost:cds must be 'active', 'delete', or names"],
    ['tag waypost:cds one two three', 'InvalidInput: Invalid parameter : waypost:cds must be'],
    [
      'tag waypost:parent-check on',
      "InvalidInput: Invalid parameter : waypost:parent-check must be 'off', or not be there",
    ],
    [
      'tag waypost:ksk-rollover 29',
      'InvalidInput: Invalid parameter : waypost:ksk-rollover must be a number of days from 30',
    ],
    [
      'tag waypost:ksk-rollover yearly',
      'InvalidInput: Invalid parameter : waypost:ksk-rollover must be a number of days',
    ],
    ['tag waypost:csd active', 'InvalidInput: Invalid parameter : there is no extension waypost:csd of hosted zones'],
  ])('%s: %s', (words, message) => {
    expect(new SignedHouse().say(words).startsWith(message)).toBe(true);
  });
});

test('signatures that were made for other keys, or for none, are refused', () => {
  const zone = new SignedHouse();
  for (const each of ['create one ACTIVE', 'create two INACTIVE', 'enable']) zone.say(each);
  const command = { hostedZoneId: zone.zoneId, name: 'two' };
  const stale = zone.served()?.signedAhead ?? [];
  expect(zone.refusal(activateKeySigningKey, command)).toBe('ConcurrentModification');
  expect(zone.refusal(activateKeySigningKey, { ...command, signatures: stale })).toBe('ConcurrentModification');
});

test('a change of answers touches the zone, signatures for later turns do not', () => {
  const zone = new SignedHouse();
  const touched = (words: string): boolean => zone.say(words) === 'ok' && zone.touched;
  const words = [
    'create one ACTIVE',
    'enable',
    'create two INACTIVE',
    'activate two',
    'activate two',
    'breaks two',
    'works two',
  ];
  expect(words.map(touched)).toEqual([false, true, false, true, false, false, false]);
  zone.house.now(4 * DAY);
  expect(touched('renew')).toBe(false);
  expect(touched('disable')).toBe(true);
});

describe('zones that cannot be signed', () => {
  test('private zones, in words that Terraform knows', () => {
    const zone = new SignedHouse();
    const stored = zone.house.draft.get(tables.hostedZones, [zone.zoneId]);
    if (stored === undefined) throw new Error('no zone');
    zone.house.draft.put(tables.hostedZones, [zone.zoneId], { ...stored, private: true });
    expect(zone.say('create one ACTIVE')).toMatch(/^InvalidArgument: Operation is unsupported for private/);
    expect(getDnssec.read(zone.house.draft, { hostedZoneId: zone.zoneId }, zone.house.given)).toMatchObject({
      refused: 'InvalidArgument',
    });
  });

  test('zones that other servers copy', () => {
    const zone = new SignedHouse('shop.example', { transferredOut: new Set(['shop.example.']) });
    expect(zone.say('create one ACTIVE')).toBe('ok');
    expect(zone.say('enable')).toMatch(/^InvalidArgument: Hosted zone .* is transferred to other servers/);
  });

  test('secondary zones', () => {
    const zone = new SignedHouse();
    const stored = zone.house.draft.get(tables.hostedZones, [zone.zoneId]);
    if (stored === undefined) throw new Error('no zone');
    zone.house.draft.put(tables.hostedZones, [zone.zoneId], { ...stored, secondary: { primaries: ['192.0.2.1'] } });
    expect(zone.say('create one ACTIVE')).toMatch(/^AccessDenied: .*secondary zone of 192.0.2.1$/);
  });
});

test('a zone with key-signing keys is not deleted; without them nothing is left of it', () => {
  const zone = new SignedHouse();
  const remove = (): string => {
    const change = zone.house.run(deleteHostedZone, { id: zone.zoneId });
    return typeof change === 'string' ? change : 'ok';
  };
  for (const each of ['create one ACTIVE', 'enable']) zone.say(each);
  const refusal =
    'HostedZoneNotEmpty: The specified hosted zone contains DNSSEC Key Signing Keys and so cannot be deleted.';
  expect(remove()).toBe(refusal);
  zone.say('disable');
  expect(remove()).toBe(refusal);
  zone.say('deactivate one');
  zone.say('delete one');
  expect(remove()).toBe('ok');
  expect(Object.keys(zone.house.draft.rowCounts()).sort()).toEqual(['changes', 'counters']);
});

describe('what the parent says, where it is one of our zones', () => {
  const ready = (delegation: string) => {
    const zone = new SignedHouse('shop.example.com');
    const parent = zone.house.run(createHostedZone, { name: 'example.com', callerReference: 'parent' });
    if (typeof parent === 'string') throw new Error(parent);
    zone.say('create one ACTIVE');
    zone.say('create two ACTIVE');
    const say = (lines: string): void => expect(zone.house.batch(parent.zone.id, lines)).toBe('ok');
    if (delegation !== '') say(`CREATE shop.example.com NS ${delegation}`);
    return { zone, say, ds: (name: string) => zone.ds(name) };
  };

  test.each([
    ['', 'ok'],
    ['A1.NS.TEST.,a2.ns.test', 'ok'],
    ['a1.ns.test', 'HostedZonePartiallyDelegated'],
    ['a1.ns.test,a2.ns.test,elsewhere.test', 'HostedZonePartiallyDelegated'],
  ])('name servers %s: %s', (delegation, expected) => {
    expect(ready(delegation).zone.say('enable').split(':')[0]).toBe(expected);
  });

  test('a key in a DS record stays, and so do signatures', () => {
    const { zone, say, ds } = ready('a1.ns.test,a2.ns.test');
    zone.say('enable');
    say(`CREATE shop.example.com DS ${ds('one')}`);
    expect(zone.say('deactivate one')).toMatch(/^KeySigningKeyInParentDSRecord: Key-signing key one /);
    expect(zone.say('disable')).toMatch(/^KeySigningKeyInParentDSRecord: /);
    expect(zone.say('deactivate two')).toBe('ok');
    say(`DELETE shop.example.com DS ${ds('one')}`);
    expect(zone.say('disable')).toBe('ok');
  });
});

describe('what the parent says, where others were asked', () => {
  const told = (zone: SignedHouse, signers: string, nameServers = ''): ParentTold => ({
    answers: [
      { by: 'one', signers: [], ttlSeconds: 0 },
      {
        by: 'two',
        signers: signers.split(' ').flatMap((name) => zone.ds(name) ?? []),
        ttlSeconds: 60,
        ...(nameServers === '' ? {} : { nameServers: nameServers.split(',') }),
      },
    ],
  });
  const silent: ParentTold = { silent: 'two: timeout' };

  test.each([
    ['', '', 'ok'],
    ['', 'a2.ns.test.,A1.ns.test', 'ok'],
    ['', 'elsewhere.test', 'HostedZonePartiallyDelegated'],
  ])('signing begins with DS of %s and name servers %s: %s', (signers, nameServers, expected) => {
    const zone = new SignedHouse();
    zone.say('create one ACTIVE');
    expect(zone.say('enable', told(zone, signers, nameServers)).split(':')[0]).toBe(expected);
  });

  test('signing begins when nobody knows: only a DS record could do harm', () => {
    const zone = new SignedHouse();
    zone.say('create one ACTIVE');
    expect(zone.say('enable', silent)).toBe('ok');
  });

  test.each([
    [
      'deactivate one',
      'one',
      'KeySigningKeyInParentDSRecord: Key-signing key one is in a DS record of the parent, as two',
    ],
    ['deactivate one', 'two', 'ok'],
    ['deactivate one', '', 'ok'],
    ['disable', 'two', 'KeySigningKeyInParentDSRecord: Key-signing key two is in'],
    ['disable', '', 'ok'],
    [
      'disable',
      undefined,
      'ServiceUnavailable: Whether the parent has a DS record for shop.example. could not be found out',
    ],
    ['deactivate one', undefined, 'ServiceUnavailable: Whether the parent has'],
  ])('%s with DS of %s: %s', (words, signers, expected) => {
    const zone = new SignedHouse();
    for (const each of ['create one ACTIVE', 'create two ACTIVE', 'enable']) zone.say(each);
    const outcome = zone.say(words, signers === undefined ? silent : told(zone, signers));
    expect(outcome.startsWith(expected), outcome).toBe(true);
  });

  test('of a zone that does not sign nobody has to know', () => {
    const zone = new SignedHouse();
    zone.say('create one ACTIVE');
    expect([zone.say('disable', silent), zone.say('deactivate one', silent)]).toEqual(['ok', 'ok']);
  });

  test('a zone of ours above it is not its parent when a name in between is delegated elsewhere', () => {
    const zone = new SignedHouse('shop.dept.example.com');
    const above = zone.house.run(createHostedZone, { name: 'example.com', callerReference: 'above' });
    if (typeof above === 'string') throw new Error(above);
    for (const each of ['create one ACTIVE', 'create two ACTIVE', 'enable']) zone.say(each);
    const outcome = (): string => zone.say('deactivate one', told(zone, 'one')).split(':')[0] ?? '';
    zone.house.batch(above.zone.id, 'CREATE dept.example.com NS ns.elsewhere.test');
    expect(outcome()).toBe('KeySigningKeyInParentDSRecord');
    zone.house.batch(above.zone.id, 'DELETE dept.example.com NS ns.elsewhere.test');
    expect(outcome()).toBe('ok');
  });
});

describe('what time makes due', () => {
  test('is found by its time: the next turn, or the next step', () => {
    const zone = new SignedHouse();
    for (const each of ['create one ACTIVE', 'enable']) zone.say(each);
    for (let at = 0; at < 60; at += 1) {
      const [due = 0, ...others] = zone.due();
      expect(others).toEqual([]);
      expect(due).toBeGreaterThan(zone.house.given.now);
      expect(due).toBeLessThanOrEqual(zone.house.given.now + 2 * DAY);
      zone.house.now(due);
      for (const step of ['publish', 'sign', 'withdraw']) zone.say(`roll ${step}`);
      expect(zone.due()).toEqual([due]);
      zone.say('renew');
    }
    zone.say('disable');
    expect(zone.due()).toEqual([]);
  });

  test('a key that cannot be used is tried again soon, then more rarely', () => {
    const zone = new SignedHouse();
    for (const each of ['create one ACTIVE', 'enable', 'breaks one']) zone.say(each);
    const minutes: number[] = [];
    for (let tries = 0; tries < 12; tries += 1) {
      const due = zone.due()[0] ?? 0;
      minutes.push((due - zone.house.given.now) / 60_000);
      zone.house.now(due);
      zone.say('breaks one');
    }
    expect(minutes.slice(0, 8)).toEqual([5, 5, 10, 20, 40, 80, 160, 320]);
    expect(Math.max(...minutes)).toBe(360);
  });
});
