import {
  ChangeResourceRecordSetsCommand,
  CreateHostedZoneCommand,
  DeleteHostedZoneCommand,
  ListHostedZonesCommand,
  type Change,
  type RRType,
} from '@aws-sdk/client-route-53';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lacks } from '../clients/member.ts';
import { freePort } from '../free-port.ts';
import type { Peer } from '../peers/peer.ts';
import { PEERS, PROGRAMS, type PeerName } from '../peers/programs.ts';
import { dig, digSerial, digStatus, digZone, SIGNED } from './dig.ts';
import { eventually } from '../eventually.ts';
import { KEY_NAME, KEY_SECRET } from './key.ts';
import { startTransferPeer } from './peers.ts';
import { startWaypost, type LogEntry, type Waypost } from './waypost.ts';
import { zoneText } from './zone-text.ts';

const absent = [...PEERS.map((name) => PROGRAMS[name].path), '/usr/bin/dig'].map((path) => lacks(path)).includes(true);

const OURS = 'out.example';
const theirs = (name: PeerName): string => `in-${name.toLowerCase()}.example`;

let waypost: Waypost;
let hostedZoneId: string;
const peers = new Map<PeerName, Peer>();
const peer = (name: PeerName): Peer => peers.get(name) as Peer;

async function change(
  ...changes: readonly (readonly [action: 'UPSERT' | 'DELETE', name: string, type: string, ...values: string[]])[]
) {
  const Changes = changes.map(([Action, name, Type, ...values]): Change => {
    const ResourceRecords = values.map((Value) => ({ Value }));
    return { Action, ResourceRecordSet: { Name: `${name}.${OURS}`, Type: Type as RRType, TTL: 60, ResourceRecords } };
  });
  await waypost.client.send(
    new ChangeResourceRecordSetsCommand({ HostedZoneId: hostedZoneId, ChangeBatch: { Changes } }),
  );
}

/** Who copies what from us. */
const COPIES = [...PEERS.map((name) => [name, OURS] as const), ['NSD', theirs('Knot')] as const];

/** Until each peer has its first copy of all that it copies from us. */
async function everyFirstCopy(): Promise<void> {
  for (const [name, origin] of COPIES) {
    await eventually(
      `${name} has ${origin}`,
      () => digSerial(peer(name).port, origin),
      (serial) => serial !== undefined,
    );
  }
}

/** Log entries about a zone that was transferred in, once there are so many; each is written when the zone is served already. */
const transfersOf = (origin: string, count: number): Promise<LogEntry[]> =>
  eventually(
    `${count} transfers of ${origin} are in the log`,
    () => waypost.log().filter((entry) => entry.msg === 'a zone was transferred' && entry.zone === `${origin}.`),
    (entries) => entries.length >= count,
  );

describe.skipIf(absent)('transfers', () => {
  beforeAll(async () => {
    const ports = new Map<PeerName, number>();
    for (const name of PEERS) ports.set(name, await freePort());
    const at = (name: PeerName): object => ({ address: `127.0.0.1:${ports.get(name)}`, key: KEY_NAME });
    const allow = [{ network: '127.0.0.1', key: KEY_NAME }];
    waypost = await startWaypost(() => ({
      keys: { [KEY_NAME]: { algorithm: 'hmac-sha256', secret: KEY_SECRET } },
      out: [
        { zones: [OURS], allow, notify: PEERS.map(at) },
        // What we copy from one, another one copies from us.
        { zones: [theirs('Knot')], allow, notify: [at('NSD')] },
        { zones: [theirs('NSD'), theirs('BIND')], allow },
      ],
      in: PEERS.map((name) => ({ zones: [theirs(name)], primaries: [at(name)] })),
    }));
    const created = await waypost.client.send(new CreateHostedZoneCommand({ Name: OURS, CallerReference: OURS }));
    hostedZoneId = created.HostedZone?.Id as string;
    await change(
      ...Array.from({ length: 100 }, (_, n) => ['UPSERT', `fill${n}`, 'A', `192.0.2.${n}`] as const),
      ['UPSERT', 'txt', 'TXT', '"a \\"quoted\\" text" "and \\344 octets"'],
      ['UPSERT', 'mx', 'MX', '10 mail.example.net', '20 mail2.example.net.'],
      ['UPSERT', '*.wild', 'A', '192.0.2.1'],
      ['UPSERT', 'child', 'NS', 'ns.child.out.example'],
      ['UPSERT', 'ns.child', 'A', '192.0.2.2'],
    );
    for (const name of PEERS) {
      const primary = new Map([[theirs(name), zoneText(theirs(name), 1, [])]]);
      const secondary = name === 'NSD' ? [OURS, theirs('Knot')] : [OURS];
      const options = { port: ports.get(name) as number, ourPort: waypost.dnsPort, secondary, primary };
      peers.set(name, await startTransferPeer(name, options));
    }
  });

  afterAll(async () => {
    await Promise.all([waypost, ...peers.values()].map((server) => server?.stop()));
  });

  describe.each(PEERS)('%s copies our zone', (name) => {
    const serials = async (): Promise<string> =>
      `${await digSerial(waypost.dnsPort, OURS)} ${await digSerial(peer(name).port, OURS)}`;
    const same = async (): Promise<void> => {
      await eventually('the serials are the same', serials, (seen) => /^([0-9]+) \1$/.test(seen));
      expect(await digZone(peer(name).port, OURS, ...SIGNED)).toEqual(await digZone(waypost.dnsPort, OURS, ...SIGNED));
    };
    const sent = (kind: 'whole' | 'difference'): Promise<number> =>
      waypost.metric(`waypost_zone_transfers_sent_total{kind="${kind}"}`);

    test('whole at first', async () => {
      await same();
    });

    test('and each change at once, by NOTIFY and as a difference', async () => {
      // The member counts for all its zones and peers together, each transfer once its client has it.
      await everyFirstCopy();
      await eventually(
        'first copies are counted',
        () => sent('whole'),
        (seen) => seen >= COPIES.length,
      );
      const [whole, differences] = [await sent('whole'), await sent('difference')];
      const allFetched = (times: number): Promise<number> =>
        eventually(
          `all peers have fetched ${times} differences`,
          () => sent('difference'),
          (seen) => seen >= differences + times * PEERS.length,
        );
      await change(
        ['UPSERT', `new-${name}`, 'A', '192.0.2.7'],
        ['DELETE', `fill${PEERS.indexOf(name)}`, 'A', `192.0.2.${PEERS.indexOf(name)}`],
      );
      await same();
      // Who has not fetched the first by the time of the second fetches both at once.
      await allFetched(1);
      await change(['UPSERT', `new-${name}`, 'A', '192.0.2.7', '192.0.2.8'], ['UPSERT', 'txt', 'TXT', `"${name}"`]);
      await same();
      await allFetched(2);
      // The comparison itself transfers the zone twice.
      await eventually(
        'the comparisons are counted',
        () => sent('whole'),
        (seen) => seen >= whole + 2,
      );
      expect(await sent('whole')).toBe(whole + 2);
    });
  });

  describe.each(PEERS)('we copy a zone of %s', (name) => {
    const origin = theirs(name);
    const serialHere = (): Promise<number | undefined> => digSerial(waypost.dnsPort, origin);
    const same = async (serial: number): Promise<void> => {
      await eventually('our serial follows', serialHere, (seen) => seen === serial);
      const [there, here] = [
        await digZone(peer(name).port, origin, ...SIGNED),
        await digZone(waypost.dnsPort, origin, ...SIGNED),
      ];
      expect(there.length).toBeGreaterThan(100);
      expect(here).toEqual(there);
    };

    test('whole at first', async () => {
      await same(1);
      expect(await transfersOf(origin, 1)).toMatchObject([{ by: 'AXFR', how: 'changed', serial: 1 }]);
    });

    test('and each change at once, by NOTIFY and as a difference', async () => {
      const notified = await waypost.metric('waypost_zone_notifies_received_total');
      peer(name).change(origin, zoneText(origin, 2, ['new A 192.0.2.7', 'new A 192.0.2.8', 'txt TXT "more"']));
      await same(2);
      peer(name).change(origin, zoneText(origin, 3, ['new A 192.0.2.8', 'newer TYPE65280 \\# 1 00']));
      await same(3);
      expect(await waypost.metric('waypost_zone_notifies_received_total')).toBeGreaterThanOrEqual(notified + 2);
      expect((await transfersOf(origin, 3)).slice(1)).toMatchObject([
        { by: 'IXFR', how: 'changed', serial: 2 },
        { by: 'IXFR', how: 'changed', serial: 3 },
      ]);
    });

    test('which the API lists and does not edit', async () => {
      const { HostedZones } = await waypost.client.send(new ListHostedZonesCommand({}));
      const zone = HostedZones?.find((each) => each.Name === `${origin}.`);
      expect(zone?.LinkedService?.Description).toBe(`Secondary zone of 127.0.0.1:${peer(name).port}`);
      const ChangeBatch = {
        Changes: [
          {
            Action: 'DELETE' as const,
            ResourceRecordSet: {
              Name: `new.${origin}`,
              Type: 'A' as RRType,
              TTL: 60,
              ResourceRecords: [{ Value: '192.0.2.8' }],
            },
          },
        ],
      };
      const message = /^The resource hostedzone\/Z\w+ can only be managed through zone transfers/;
      await expect(
        waypost.client.send(new ChangeResourceRecordSetsCommand({ HostedZoneId: zone?.Id, ChangeBatch })),
      ).rejects.toThrow(message);
      await expect(waypost.client.send(new DeleteHostedZoneCommand({ Id: zone?.Id }))).rejects.toThrow(message);
    });
  });

  test('NSD copies from us what we copy from Knot, by differences too', async () => {
    const origin = theirs('Knot');
    await eventually(
      'NSD has it',
      () => digSerial(peer('NSD').port, origin),
      (serial) => serial === 3,
    );
    const differences = await waypost.metric('waypost_zone_transfers_sent_total{kind="difference"}');
    peer('Knot').change(origin, zoneText(origin, 4, ['chained A 192.0.2.9']));
    await eventually(
      'NSD has the next',
      () => digSerial(peer('NSD').port, origin),
      (serial) => serial === 4,
    );
    expect(await digZone(peer('NSD').port, origin, ...SIGNED)).toEqual(
      await digZone(peer('Knot').port, origin, ...SIGNED),
    );
    const sent = () => waypost.metric('waypost_zone_transfers_sent_total{kind="difference"}');
    await eventually('it is counted', sent, (seen) => seen > differences);
    expect(await sent()).toBe(differences + 1);
  });

  describe('who may not', () => {
    const refused = (text: string): string => /Transfer failed|status: ([A-Z]+)/.exec(text)?.[1] ?? 'Transfer failed';
    const comments = ['+noall', '+comments'];
    test.each([
      ['without a key', [], 'REFUSED'],
      ['with another secret', ['-y', `hmac-sha256:${KEY_NAME}:b3RoZXIgc2VjcmV0IG9mIG91cnM=`], 'NOTAUTH'],
      ['with another algorithm', ['-y', `hmac-sha512:${KEY_NAME}:${KEY_SECRET}`], 'NOTAUTH'],
      ['with a key that we do not know', ['-y', `hmac-sha256:other.example:${KEY_SECRET}`], 'NOTAUTH'],
      ['from another address', [...SIGNED, '-b', '127.0.0.2'], 'REFUSED'],
    ])('%s', async (_what, parameters, expected) => {
      expect(refused(await dig(waypost.dnsPort, ...comments, ...parameters, OURS, 'AXFR'))).toBe(expected);
    });

    test('a zone that nobody may copy is refused as one that is not there', async () => {
      for (const origin of ['other.example', 'nowhere.example']) {
        expect(refused(await dig(waypost.dnsPort, ...comments, ...SIGNED, origin, 'AXFR'))).toBe('REFUSED');
      }
    });

    test('a NOTIFY without the key', async () => {
      const notified = await waypost.metric('waypost_zone_notifies_received_total');
      const sent = await dig(waypost.dnsPort, '+opcode=NOTIFY', '+norec', theirs('Knot'), 'SOA');
      expect(sent).toContain('status: REFUSED');
      expect(await digStatus(waypost.dnsPort, '+opcode=NOTIFY', '+norec', ...SIGNED, theirs('Knot'), 'SOA')).toBe(
        'NOERROR',
      );
      expect(await digStatus(waypost.dnsPort, '+opcode=NOTIFY', '+tcp', ...SIGNED, theirs('Knot'), 'SOA')).toBe(
        'NOERROR',
      );
      expect(await digStatus(waypost.dnsPort, '+opcode=NOTIFY', '+norec', ...SIGNED, OURS, 'SOA')).toBe('NOTAUTH');
      expect(await waypost.metric('waypost_zone_notifies_received_total')).toBe(notified + 2);
    });

    test('a difference by UDP is one SOA record, to come by TCP', async () => {
      const text = await dig(waypost.dnsPort, '+notcp', '+noall', '+answer', ...SIGNED, OURS, 'IXFR=1');
      expect(text.trim().split('\n')).toHaveLength(1);
      expect(text).toContain('SOA');
    });
  });
});
