import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Query } from '../core/answer/query.ts';
import { nameKey } from '../core/dns/name-key.ts';
import { parseMessage } from '../core/dns/message.ts';
import { parseName } from '../core/dns/name.ts';
import { OPCODE, TYPE } from '../core/dns/record-type.ts';
import { WireFormatError, WireReader } from '../core/dns/wire-reader.ts';
import type { Rrset } from '../core/zone/lookup.ts';
import { zonesFromText } from '../core/zone/zone-from-text.ts';
import { createDesk } from './desk.ts';
import { createNotifiedZones, NotifiedZones } from './in/notified-zones.ts';
import { TransferError, TransferReader } from './in/transfer-reader.ts';
import { readTransferredRecord } from './in/transferred-record.ts';
import { transferMessages } from './out/transfer-messages.ts';
import { parseNetwork, type Network } from './settings/network.ts';
import { TransferRules } from './settings/transfer-settings.ts';
import { createTransferCounters, TransferCounters } from './transfer-counters.ts';
import { ResponseVerifier, SignatureError, signRequest } from './tsig/signing.ts';
import { tsigAlgorithm, tsigKey } from './tsig/tsig-key.ts';

/** Hostile octets: what is random, and what is right but for some octets. A failure prints its seed. */

const NOW = 1_700_000_000;
const algorithm = tsigAlgorithm('hmac-sha256') as NonNullable<ReturnType<typeof tsigAlgorithm>>;
const key = tsigKey('key.example', algorithm, Buffer.from('secret of the test'));

function message(opcode: number, type: number, name = 'example.com'): Uint8Array {
  return Uint8Array.of(1, 2, opcode << 3, 0, 0, 1, 0, 0, 0, 0, 0, 0, ...parseName(name), type >> 8, type, 0, 1);
}

const originals = [OPCODE.QUERY, OPCODE.NOTIFY].flatMap((opcode) =>
  [TYPE.SOA, TYPE.AXFR, TYPE.IXFR].map((type) => message(opcode, type)),
);
const signed = originals.map((each) => signRequest(each, key, NOW).bytes);

/** Octets overwritten, cut off and added. */
const mutation = fc.record({
  overwritten: fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { maxLength: 4 }),
  cut: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat(60)),
  added: fc.oneof({ weight: 3, arbitrary: fc.constant(new Uint8Array(0)) }, fc.uint8Array({ maxLength: 30 })),
});

function mutated(
  octets: Uint8Array,
  { overwritten, cut, added }: typeof mutation extends fc.Arbitrary<infer M> ? M : never,
) {
  const changed = Uint8Array.of(...octets.subarray(0, octets.length - cut), ...added);
  for (const [at, octet] of overwritten) if (at < changed.length) changed[at] = octet;
  return changed;
}

const packet = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc.tuple(fc.constantFrom(...originals, ...signed), mutation).map(([octets, change]) => mutated(octets, change)),
);

test('the desk answers anything with a message, or with silence, and never beyond its room', () => {
  const settings = {
    keys: [key],
    out: [{ zones: 'all' as const, allow: [{ key }], notify: [] }],
    in: [{ zone: 'example.com.', primaries: [], allowNotify: [{ network: parseNetwork('192.0.2.0/24') as Network }] }],
  };
  const rules = new TransferRules(settings);
  const desk = createDesk({
    rules: () => rules,
    zones: zonesFromText('$ZONE example.com.\n@ 60 SOA ns.example.com. host.example.com. 1 2 3 4 5'),
    listenerSets: [],
    notified: new NotifiedZones(createNotifiedZones(1)),
    counters: new TransferCounters(createTransferCounters()),
    udpBytesMax: 1232,
  });
  const plain = (query: Query, response: Uint8Array): number => {
    if (response.length < 12) return 0;
    response.set(query.packet.subarray(0, 12));
    response[2] = 0x80;
    response.fill(0, 4, 12);
    return 12;
  };
  fc.assert(
    fc.property(
      packet,
      fc.constantFrom('udp', 'tcp' as const),
      fc.constantFrom(40, 512, 4096),
      (octets, transport, room) => {
        const client = Uint8Array.of(192, 0, 2, 1);
        const query: Query = {
          packet: octets,
          length: octets.length,
          transport,
          client,
          listener: 0,
          nowMilliseconds: NOW * 1000,
          draw: 0,
        };
        const response = new Uint8Array(room);
        if (octets.length < 12) return;
        const length = desk.answer(query, response, plain);
        expect(length).toBeLessThanOrEqual(room);
        if (length > 0) expect(parseMessage(response.slice(0, length)).flags.response).toBe(true);
      },
    ),
    { numRuns: 20_000 },
  );
});

const rrset = (name: string, type: number, ...values: string[]): Rrset => ({
  owner: nameKey(name),
  type,
  ttlSeconds: 60,
  values,
});
const soa = rrset('example.com.', TYPE.SOA, 'ns.example.com. host.example.com. 7 2 3 4 5');
const zone = [
  soa,
  rrset('example.com.', TYPE.NS, 'ns.example.com.'),
  rrset('www.example.com.', TYPE.A, '192.0.2.1', '192.0.2.2'),
  rrset('txt.example.com.', TYPE.TXT, '"a" "b"'),
  rrset('x.example.com.', 65_280, '\\# 2 0102'),
  soa,
];
const [transfer] = transferMessages({ id: 1, question: message(0, TYPE.AXFR).subarray(12), hasEdns: false }, zone, 0);

test('a transfer that was changed on its way is read, or refused as malformed or as no transfer', () => {
  fc.assert(
    fc.property(mutation, (change) => {
      const octets = mutated(transfer as Uint8Array, change);
      const reader = new TransferReader('com.example.', undefined);
      try {
        const wire = new WireReader(octets, 29);
        while (!reader.ended && wire.position < octets.length) {
          const record = readTransferredRecord(wire);
          const meaning = reader.read(record);
          if (meaning !== undefined) expect(record.key.startsWith('com.example.')).toBe(true);
        }
      } catch (error) {
        expect(error instanceof WireFormatError || error instanceof TransferError).toBe(true);
      }
    }),
    { numRuns: 20_000 },
  );
});

test('a signed answer that was changed on its way is not believed', () => {
  const request = signRequest(message(OPCODE.QUERY, TYPE.SOA), key, NOW);
  fc.assert(
    fc.property(fc.constantFrom(...signed), mutation, (octets, change) => {
      const verifier = new ResponseVerifier(key, request.mac);
      try {
        verifier.accept(mutated(octets, change), NOW);
        verifier.end();
        expect('believed').toBe('refused');
      } catch (error) {
        expect(error instanceof WireFormatError || error instanceof SignatureError).toBe(true);
      }
    }),
    { numRuns: 5000 },
  );
});
