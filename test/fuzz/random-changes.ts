import type { ChangeResourceRecordSetsCommand } from '../../src/core/control/record-sets/change-batch.ts';
import type { HostedZoneCreated } from '../../src/core/control/hosted-zones/create-hosted-zone.ts';
import { randomName, randomSet, printStored, RANDOM_TYPES, fits, type RandomRecord } from './random-zones.ts';
import type { Random } from './random.ts';
import { isWithin, same, type Labels, type ReferenceZone } from './reference-answerer.ts';

/** Zones within zones, so that one that comes or goes changes what those around it answer. No single label: Route 53 has none. */
const APEXES: readonly Labels[] = [
  ['a', 't'],
  ['b', 'a', 't'],
  ['c', 'b', 'a', 't'],
  ['d', 'c', 'b', 'a', 't'],
  ['b', 'd', 'a', 't'],
  ['ns', 'a', 't'],
];
const CONTESTED = APEXES.flatMap((apex) => [apex, ['a', ...apex]]);
const ZONES_MAX = 6;
const CHANGES_MAX = 4;
const RECORDS_MAX = 40;

/** A command of the control plane, and what it does to the zones when it is accepted. */
export interface RandomChange {
  readonly operation: 'CreateHostedZone' | 'DeleteHostedZone' | 'ChangeResourceRecordSets';
  readonly command: unknown;
  readonly accepted: (change: unknown) => void;
}

interface ChangingZone extends ReferenceZone {
  readonly id: string;
  records: RandomRecord[];
}

/**
 * Zones that change at random through the control plane's operations, beside a plain list of what they must hold by then. Some
 * commands are refused; the list changes only with those that are not.
 */
export class RandomChanges {
  readonly #random: Random;
  #zones: ChangingZone[] = [];
  #references = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  /** Oldest first. */
  get zones(): readonly ReferenceZone[] {
    return this.#zones;
  }

  /** Names that pass from one zone to another when zones come and go. */
  get contested(): readonly Labels[] {
    return CONTESTED;
  }

  next(): RandomChange {
    const random = this.#random;
    if (this.#zones.length === 0 || (this.#zones.length < ZONES_MAX && random.oneIn(12))) return this.#create();
    const zone = random.pick(this.#zones);
    const bare = zone.records.every(({ type }) => type === 'SOA' || type === 'NS');
    if (random.oneIn(bare ? 4 : 40)) return this.#deletion(zone);
    return this.#batch(
      zone,
      random.oneIn(16) || zone.records.length > RECORDS_MAX ? this.#emptying(zone) : this.#changes(zone),
    );
  }

  #create(): RandomChange {
    const apex = this.#random.pick(APEXES);
    this.#references += 1;
    return {
      operation: 'CreateHostedZone',
      command: { name: printStored(apex), callerReference: String(this.#references) },
      accepted: (change) => {
        const { zone, apexRecordSets } = change as HostedZoneCreated;
        const records = apexRecordSets.flatMap(({ type, ttlSeconds = 0, values = [] }) =>
          values.map((value) => {
            const target = value.replace(/\.$/, '').split('.');
            return { owner: apex, type, ttlSeconds, value, stored: value, ...(type === 'NS' ? { target } : {}) };
          }),
        );
        this.#zones.push({ id: zone.id, apex, records });
      },
    };
  }

  #deletion(zone: ChangingZone): RandomChange {
    return {
      operation: 'DeleteHostedZone',
      command: { id: zone.id },
      accepted: () => void (this.#zones = this.#zones.filter((each) => each !== zone)),
    };
  }

  #batch(zone: ChangingZone, changes: readonly SetChange[]): RandomChange {
    return {
      operation: 'ChangeResourceRecordSets',
      command: commandOf(zone.id, changes),
      accepted: () => void (zone.records = changed(zone.records, changes)),
    };
  }

  #changes(zone: ChangingZone): SetChange[] {
    const random = this.#random;
    const changes: SetChange[] = [];
    let records = zone.records;
    for (let left = 1 + random.below(CHANGES_MAX); left > 0; left -= 1) {
      const change = random.oneIn(3) ? this.#removal(records) : this.#addition(zone.apex, records);
      if (change === undefined || changes.some((each) => sameSet(each, change))) continue;
      changes.push(change);
      records = changed(records, [change]);
    }
    return changes.length > 0
      ? changes
      : [
          setChange(
            'UPSERT',
            zone.records.filter(({ type }) => type === 'SOA'),
          ),
        ];
  }

  #addition(apex: Labels, records: readonly RandomRecord[]): SetChange | undefined {
    const random = this.#random;
    const owner = this.#owner(apex, records);
    const type = random.pick(RANDOM_TYPES);
    if (!fits(records, apex, owner, type)) {
      // To write a set that is there anew is the most common of all changes.
      const known = random.pick(records);
      if (known.type === 'SOA' || known.type === 'NS') return undefined;
      return setChange('UPSERT', randomSet(random, records, apex, known.owner, known.type as never, CONTESTED));
    }
    return setChange(random.pick(['CREATE', 'UPSERT']), randomSet(random, records, apex, owner, type, CONTESTED));
  }

  #owner(apex: Labels, records: readonly RandomRecord[]): Labels {
    const random = this.#random;
    const contested = random.pick(CONTESTED);
    if (random.oneIn(3) && isWithin(contested, apex)) return contested;
    return random.oneIn(10) ? apex : randomName(random, records, apex);
  }

  /** The apex's NS are tried now and then, which is refused. */
  #removal(records: readonly RandomRecord[]): SetChange | undefined {
    const { owner, type } = this.#random.pick(records);
    if (type === 'SOA' || (type === 'NS' && !this.#random.oneIn(4))) return undefined;
    return setChange('DELETE', setOf(records, owner, type));
  }

  /** Takes away all that a zone need not have. */
  #emptying(zone: ChangingZone): SetChange[] {
    const changes = new Map<string, SetChange>();
    for (const { owner, type } of zone.records) {
      if (same(owner, zone.apex) && (type === 'SOA' || type === 'NS')) continue;
      changes.set(`${printStored(owner)} ${type}`, setChange('DELETE', setOf(zone.records, owner, type)));
    }
    return changes.size > 0 ? [...changes.values()] : this.#changes(zone);
  }
}

interface SetChange {
  readonly action: 'CREATE' | 'UPSERT' | 'DELETE';
  readonly owner: Labels;
  readonly type: string;
  readonly records: readonly RandomRecord[];
}

function setChange(action: SetChange['action'], records: readonly RandomRecord[]): SetChange {
  const { owner, type } = records[0] as RandomRecord;
  return { action, owner, type, records };
}

function setOf(records: readonly RandomRecord[], owner: Labels, type: string): RandomRecord[] {
  return records.filter((each) => each.type === type && same(each.owner, owner));
}

function sameSet(one: SetChange, other: SetChange): boolean {
  return one.type === other.type && same(one.owner, other.owner);
}

function changed(records: readonly RandomRecord[], changes: readonly SetChange[]): RandomRecord[] {
  let after = [...records];
  for (const { action, owner, type, records: set } of changes) {
    after = after.filter((each) => each.type !== type || !same(each.owner, owner));
    if (action !== 'DELETE') after.push(...set);
  }
  return after;
}

function commandOf(hostedZoneId: string, changes: readonly SetChange[]): ChangeResourceRecordSetsCommand {
  return {
    hostedZoneId,
    changes: changes.map(({ action, owner, type, records }) => {
      const [{ alias, ttlSeconds }] = records as [RandomRecord];
      const content =
        alias === undefined
          ? { ttlSeconds, values: records.map(({ stored }) => stored) }
          : { alias: { hostedZoneId, dnsName: printStored(alias), evaluateTargetHealth: false } };
      return { action, recordSet: { name: printStored(owner), type, policies: [], ...content } };
    }),
  };
}
