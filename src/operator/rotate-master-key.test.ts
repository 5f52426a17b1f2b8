import { beforeEach, expect, test } from 'vitest';
import { MASTER_KEY } from '../core/control/kms/adopt-master-key.ts';
import { createKmsKey } from '../core/control/kms/create-kms-key.ts';
import { House } from '../core/control/house-in-memory.ts';
import { operationNamed } from '../core/control/operations.ts';
import { tables } from '../core/control/tables.ts';
import type { ZoneKeys } from '../core/dnssec/zone-keys.ts';
import { Custody } from '../keys/custody.ts';
import { fingerprintOf, wrappingKeyOf } from '../keys/wrapping.ts';
import { createZoneSigner } from '../keys/zone-signer.ts';
import type { Reached } from './reach.ts';
import { rotateMasterKey } from './rotate-master-key.ts';

const [OLD, NEW, OTHER] = [1, 2, 3].map((octet) => new Uint8Array(32).fill(octet)) as [
  Uint8Array,
  Uint8Array,
  Uint8Array,
];
const OCTETS = Buffer.from('octets');

let house: House;
/** How many commands go through before the power fails. */
let commandsLeft: number;
let reached: Reached;

beforeEach(async () => {
  house = new House();
  commandsLeft = Infinity;
  reached = {
    settings: house.given.settings,
    memberRuns: false,
    snapshot: () => ({ view: house.draft, advance: () => true, close() {} }),
    submit(operation, command) {
      if ((commandsLeft -= 1) < 0) return Promise.reject(new Error('no power'));
      const change = house.run(operationNamed(operation), command);
      return Promise.resolve(
        typeof change === 'string' ? { refused: 'refused', message: change } : { sequence: 1, change },
      );
    },
    close: () => Promise.resolve(),
  };
  const custody = new Custody({
    masterSecret: OLD,
    async adopt(fingerprint) {
      await reached.submit('AdoptMasterKey', { fingerprint });
    },
  });
  for (const spec of ['ECC_NIST_P256', 'ECC_NIST_EDWARDS25519'] as const) {
    const key = await custody.newKmsKey(spec === 'ECC_NIST_P256' ? 13 : 15);
    const more = { spec, description: '', bypassPolicyCheck: false, tags: [] };
    house.run(createKmsKey, { ...key, ...more, region: 'us-east-1' });
  }
  for (const zoneId of ['Z1', 'Z2']) {
    const keys: ZoneKeys = {
      signer: await custody.newZoneKey(13),
      ...(zoneId === 'Z1' ? { next: await custody.newZoneKey(13) } : { former: await custody.newZoneKey(15) }),
      stepAt: 0,
    };
    house.draft.put(tables.dnssec, [zoneId], { keySigningKeys: [], signing: { keys, dueAt: 0, since: 0 } });
    house.draft.put(tables.zoneSignings, [zoneId], { signer: keys.signer, signedAhead: [] });
  }
  house.draft.put(tables.dnssec, ['Z3'], { keySigningKeys: [] });
});

/** How many of the keys there are can sign with this master secret. */
function signing(masterSecret: Uint8Array): number {
  const custody = new Custody({ masterSecret, adopt: () => Promise.resolve() });
  const signer = createZoneSigner(wrappingKeyOf(masterSecret, 'zone-signing-key'));
  const kms = house.draft
    .range(tables.kmsKeys, { limit: 10 })
    .map(({ value }) => custody.signWithKmsKey(value, OCTETS));
  const control = house.draft
    .range(tables.dnssec, { limit: 10 })
    .flatMap(({ value: { signing: at } }) =>
      [at?.keys.signer, at?.keys.next, at?.keys.former].map((key) => key && signer.sign(key, OCTETS)),
    );
  const served = house.draft
    .range(tables.zoneSignings, { limit: 10 })
    .map(({ value }) => signer.sign(value.signer, OCTETS));
  return [...kms, ...control, ...served].filter((signature) => signature !== undefined).length;
}
const ALL = 2 + 4 + 2;
const adopted = () => house.draft.get(tables.custody, [MASTER_KEY]);

test('every private key is wrapped with the new master secret, and none with the old one', async () => {
  expect([signing(OLD), signing(NEW)]).toEqual([ALL, 0]);
  expect(await rotateMasterKey(reached, OLD, NEW)).toBe(6);
  expect([signing(OLD), signing(NEW)]).toEqual([0, ALL]);
  expect(adopted()).toBe(fingerprintOf(NEW));
  expect(house.draft.range(tables.custody, { limit: 10 })).toHaveLength(1);
});

test.each([0, 1, 2])('what was interrupted after %d parts goes on', async (parts) => {
  commandsLeft = parts;
  await expect(rotateMasterKey(reached, OLD, NEW)).rejects.toThrow('no power');
  expect([adopted(), signing(OLD) + signing(NEW)]).toEqual([fingerprintOf(OLD), ALL]);
  commandsLeft = Infinity;
  if (parts > 0) await expect(rotateMasterKey(reached, OLD, OTHER)).rejects.toThrow(/another master key/);
  await rotateMasterKey(reached, OLD, NEW);
  expect([adopted(), signing(NEW)]).toEqual([fingerprintOf(NEW), ALL]);
  expect(await rotateMasterKey(reached, OLD, NEW)).toBe(0);
});

test('nothing is done with a wrong master secret, or while a member runs', async () => {
  await expect(rotateMasterKey(reached, OTHER, NEW)).rejects.toThrow('the old master key is not the one of this data');
  await expect(rotateMasterKey({ ...reached, memberRuns: true }, OLD, NEW)).rejects.toThrow('stop the member first');
  expect(signing(OLD)).toBe(ALL);
});
