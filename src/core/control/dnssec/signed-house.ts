import { printBase64 } from '../../dns/field-reader.ts';
import type { Dnskey } from '../../dns/rdata/dnskey.ts';
import { parseRdata } from '../../dns/rdata-types.ts';
import { TYPE } from '../../dns/record-type.ts';
import type { ZoneKey } from '../../dnssec/zone-keys.ts';
import type { SignedAhead, ZoneSigning } from '../../dnssec/zone-signing.ts';
import { House } from '../house-in-memory.ts';
import { isRefusal, type ControlSettings } from '../operation.ts';
import { tables } from '../tables.ts';
import { changeTagsForResource } from '../tags/change-tags-for-resource.ts';
import { activateKeySigningKey } from './activate-key-signing-key.ts';
import { createKeySigningKey } from './create-key-signing-key.ts';
import { deactivateKeySigningKey } from './deactivate-key-signing-key.ts';
import { deleteKeySigningKey } from './delete-key-signing-key.ts';
import { disableHostedZoneDNSSEC } from './disable-hosted-zone-dnssec.ts';
import type { DnssecOperation, SignedCommand } from './dnssec-operation.ts';
import { enableHostedZoneDNSSEC } from './enable-hosted-zone-dnssec.ts';
import { renewDnskeySignatures } from './renew-dnskey-signatures.ts';
import { reportDnssecKeys } from './report-dnssec-keys.ts';
import { rollZoneSigningKey } from './roll-zone-signing-key.ts';
import { dsOf } from './key-records.ts';
import type { ParentTold } from './parent-told.ts';
import type { SigningNeeds } from './signing-needs.ts';
import { activeKeys, NO_DNSSEC, statusOf, type ZoneDnssec } from './zone-dnssec.ts';

/** For tests: a zone and the keys that it is signed with, in words. Its signatures are names of who signed what. */
export class SignedHouse {
  readonly house: House;
  readonly zoneId: string;
  /** The last change touched the zone. */
  touched = false;
  #zoneKeys = 0;

  constructor(name = 'shop.example', settings: Partial<Pick<ControlSettings, 'transferredOut'>> = {}) {
    this.house = new House(settings);
    this.zoneId = this.house.zone(name).zone.id;
  }

  /** `enable`, `create one ACTIVE`, `roll publish` …: `ok`, or how the refusal begins. `told`: what others say of the parent. */
  say(words: string, told?: ParentTold): string {
    const [verb = '', name = '', more = ''] = words.split(' ');
    const hostedZoneId = this.zoneId;
    const parent = told === undefined ? {} : { parent: told };
    switch (verb) {
      case 'create':
        return this.signed(createKeySigningKey, {
          hostedZoneId,
          name,
          status: more,
          callerReference: words,
          kmsArn: `arn:aws:kms:us-east-1:000000000000:key/${name}`,
          key: { algorithm: 13, publicKey: publicKeyOf(name), digest: digestOf(name) },
        });
      case 'activate':
        return this.signed(activateKeySigningKey, { hostedZoneId, name });
      case 'deactivate':
        return this.signed(deactivateKeySigningKey, { hostedZoneId, name, ...parent });
      case 'delete':
        return this.signed(deleteKeySigningKey, { hostedZoneId, name });
      case 'enable':
        return this.signed(enableHostedZoneDNSSEC, { hostedZoneId, zoneKey: this.zoneKey(), ...parent });
      case 'disable':
        return this.signed(disableHostedZoneDNSSEC, { hostedZoneId, ...parent });
      case 'renew':
        return this.signed(renewDnskeySignatures, { hostedZoneId });
      case 'breaks':
        return this.signed(reportDnssecKeys, { hostedZoneId, keySigningKeys: [{ name, problem: 'it is disabled' }] });
      case 'works':
        return this.signed(reportDnssecKeys, { hostedZoneId, keySigningKeys: [{ name }] });
      case 'tag': {
        const change = this.house.run(changeTagsForResource, {
          resourceType: 'hostedzone',
          resourceId: hostedZoneId,
          ...(more === ''
            ? { removeTagKeys: [name] }
            : { addTags: [{ key: name, value: words.split(' ').slice(2).join(' ') }] }),
        });
        return typeof change === 'string' ? change : 'ok';
      }
      case 'roll': {
        const step = name as 'publish' | 'sign' | 'withdraw';
        return this.signed(rollZoneSigningKey, {
          hostedZoneId,
          step,
          ...(step === 'publish' ? { zoneKey: this.zoneKey() } : {}),
        });
      }
      default:
        throw new Error(`what is '${words}'?`);
    }
  }

  signed<C extends SignedCommand, K extends string>(operation: DnssecOperation<C, K>, command: C): string {
    const planned = operation.plan(this.house.draft, command, this.house.given.now);
    const signatures = 'refused' in planned || planned.needs === undefined ? undefined : signedBy(planned.needs);
    const change = this.house.run(operation, signatures === undefined ? command : { ...command, signatures });
    if (typeof change === 'string') return change;
    this.touched = operation.touches(this.house.draft, change).length > 0;
    return 'ok';
  }

  zoneKey(): ZoneKey {
    const name = `z${(this.#zoneKeys += 1)}`;
    return { tag: this.#zoneKeys, algorithm: 13, wrapped: name, publicKey: publicKeyOf(name) };
  }

  dnssec(): ZoneDnssec {
    return this.house.draft.get(tables.dnssec, [this.zoneId]) ?? NO_DNSSEC;
  }

  /** The rdata of a key's DS record. */
  ds(name: string): string | undefined {
    const key = this.dnssec().keySigningKeys.find((each) => each.name === name);
    return key && dsOf(key);
  }

  served(): ZoneSigning | undefined {
    return this.house.draft.get(tables.zoneSignings, [this.zoneId]);
  }

  /** `SIGNING one=ACTIVE two=INACTIVE` */
  status(): string {
    const keys = this.dnssec().keySigningKeys.map(({ name, status }) => ` ${name}=${status}`);
    return `${statusOf(this.dnssec()).serveSignature}${keys.join('')}`;
  }

  /** `DNSKEY one z1, signed by one for 15 turns` */
  records(): string {
    const sets = (this.served()?.signedAhead ?? []).map(({ type, values, periods }) => {
      const names = type === 'CDS' ? values.map((value) => this.#nameOfDs(value)) : values.map(nameOf);
      const tags = new Map(activeKeys(this.dnssec()).map(({ name, keyTag }) => [keyTag, name]));
      const signers = new Set(
        periods.map(({ signatures }) => signatures.map((each) => tags.get(Number(each.split(' ')[6]))).join('+')),
      );
      return `${type} ${names.join(' ')}, signed by ${[...signers].join(' or ')} for ${periods.length} turns`;
    });
    return sets.length === 0 ? 'unsigned' : sets.join('; ');
  }

  #nameOfDs(value: string): string {
    return this.dnssec().keySigningKeys.find((key) => dsOf(key) === value)?.name ?? value;
  }

  /** What time makes due for it, and when: milliseconds since the epoch. */
  due(): number[] {
    return this.house.draft.range(tables.dnssecDue, { limit: 10 }).map(({ key }) => key[0] as number);
  }

  refusal<C extends SignedCommand, K extends string>(operation: DnssecOperation<C, K>, command: C): string {
    const decided = operation.decide(this.house.draft, command, this.house.given);
    return isRefusal(decided) ? decided.refused : 'ok';
  }
}

/** A key that is told by its name. */
function publicKeyOf(name: string): string {
  return printBase64(Uint8Array.from(name.padEnd(64, '.'), (character) => character.charCodeAt(0)));
}

function nameOf(dnskey: string): string {
  const { publicKey } = parseRdata(TYPE.DNSKEY, dnskey, 'zone-file') as Dnskey;
  return String.fromCharCode(...publicKey).replaceAll('.', '');
}

export function digestOf(name: string): string {
  return `${publicKeyOf(name).length}${name.length}`.padEnd(64, 'A');
}

function signedBy({ zoneName, signers, sets }: SigningNeeds): SignedAhead[] {
  return sets.map(({ turns, ...set }) => ({
    ...set,
    periods: turns.map((from) => ({
      from,
      signatures: signers.map(
        ({ keyTag }) => `${set.type} 13 2 ${set.ttlSeconds} ${from + 1} ${from} ${keyTag} ${zoneName} AAAA`,
      ),
    })),
  }));
}
