import { createHash } from 'node:crypto';
import { activateKeySigningKey } from '../core/control/dnssec/activate-key-signing-key.ts';
import { asksParent } from '../core/control/dnssec/zone-tags.ts';
import {
  createKeySigningKey,
  roomForKey,
  type CreateKeySigningKeyCommand,
  type KmsKey,
} from '../core/control/dnssec/create-key-signing-key.ts';
import { deactivateKeySigningKey } from '../core/control/dnssec/deactivate-key-signing-key.ts';
import { deleteKeySigningKey } from '../core/control/dnssec/delete-key-signing-key.ts';
import { disableHostedZoneDNSSEC } from '../core/control/dnssec/disable-hosted-zone-dnssec.ts';
import type { DnssecChanged, DnssecOperation, SignedCommand } from '../core/control/dnssec/dnssec-operation.ts';
import { enableHostedZoneDNSSEC } from '../core/control/dnssec/enable-hosted-zone-dnssec.ts';
import { parentsHere } from '../core/control/dnssec/parent-delegation.ts';
import type { ParentTold } from '../core/control/dnssec/parent-told.ts';
import type { KeySigningKeyName } from '../core/control/dnssec/signable-zone.ts';
import { activeKeys, NO_DNSSEC, troubledKeys } from '../core/control/dnssec/zone-dnssec.ts';
import { isRefusal, refuse, type ChangeBase, type Refusal } from '../core/control/operation.ts';
import { tables, type HostedZone } from '../core/control/tables.ts';
import type { View } from '../core/control/view.ts';
import { parseName } from '../core/dns/name.ts';
import { dnskeyOf, KEY_FLAGS, octetsToDigest } from '../core/dnssec/keys.ts';
import type { ZoneKey } from '../core/dnssec/zone-keys.ts';
import type { SigningAlgorithm } from '../core/dnssec/zone-signing.ts';
import { isKeyFailure, type KeyFailure, type KeyService } from '../keys/key-service.ts';
import { signAhead, trySigning, type Unsigned } from './sign-ahead.ts';

export interface DnssecDeskPorts {
  readonly view: () => View;
  readonly submit: (
    operation: string,
    command: unknown,
    principal: string,
  ) => Promise<{ change: ChangeBase } | Refusal>;
  readonly now: () => number;
  readonly keys: KeyService;
  readonly newZoneKey: (algorithm: SigningAlgorithm) => Promise<ZoneKey>;
  /** Asks outside what the parent says of the zone of this name; undefined where nobody is to be asked. Never throws. */
  readonly askParent: ((zoneName: string) => Promise<ParentTold>) | undefined;
}

/** How often a command is prepared again because the zone's keys have changed meanwhile. */
const TRIES_MAX = 4;

/** It has no parent. */
const ROOT = '.';

/** Where commands on a zone's keys get what the key service has to give before they are given to the log. */
export class DnssecDesk {
  readonly #ports: DnssecDeskPorts;

  constructor(ports: DnssecDeskPorts) {
    this.#ports = ports;
  }

  async createKeySigningKey(command: CreateKeySigningKeyCommand, principal: string): Promise<DnssecOutcome> {
    const room = roomForKey(this.#ports.view(), command);
    if (isRefusal(room)) return room;
    const key = await this.kmsKey(command.kmsArn, room.zone);
    return isRefusal(key) ? key : this.#answer(createKeySigningKey, { ...command, key }, principal);
  }

  /** A key that could not be used is tried, so that nobody has to wait until it is its turn. */
  async activateKeySigningKey(command: KeySigningKeyName, principal: string): Promise<DnssecOutcome> {
    const dnssec = this.#ports.view().get(tables.dnssec, [command.hostedZoneId]) ?? NO_DNSSEC;
    const troubled = troubledKeys(dnssec).find(({ name }) => name === command.name);
    const failure = troubled && (await trySigning(troubled, command.hostedZoneId, this.#ports.keys));
    if (failure !== undefined) return refusalOf(failure, `The KMS key of key-signing key ${command.name}`);
    return this.#answer(activateKeySigningKey, command, principal);
  }

  async deactivateKeySigningKey(command: KeySigningKeyName, principal: string): Promise<DnssecOutcome> {
    const parent = await this.#parentOfSigned(command.hostedZoneId);
    return this.#answer(deactivateKeySigningKey, { ...command, ...parent }, principal);
  }

  deleteKeySigningKey(command: KeySigningKeyName, principal: string): Promise<DnssecOutcome> {
    return this.#answer(deleteKeySigningKey, command, principal);
  }

  async enableHostedZoneDNSSEC({ hostedZoneId }: SignedCommand, principal: string): Promise<DnssecOutcome> {
    const dnssec = this.#ports.view().get(tables.dnssec, [hostedZoneId]);
    const [active] = dnssec === undefined || dnssec.signing !== undefined ? [] : activeKeys(dnssec);
    const zoneKey = active && (await this.#ports.newZoneKey(active.algorithm));
    const parent = zoneKey && (await this.parentOf(hostedZoneId));
    const command = { hostedZoneId, ...(zoneKey === undefined ? {} : { zoneKey }), ...parent };
    return this.#answer(enableHostedZoneDNSSEC, command, principal);
  }

  async disableHostedZoneDNSSEC({ hostedZoneId }: SignedCommand, principal: string): Promise<DnssecOutcome> {
    const parent = await this.#parentOfSigned(hostedZoneId);
    return this.#answer(disableHostedZoneDNSSEC, { hostedZoneId, ...parent }, principal);
  }

  /** What the parent says of a zone; nothing where it is one of our own zones, or not to be asked. */
  async parentOf(hostedZoneId: string): Promise<{ readonly parent?: ParentTold }> {
    const [view, { askParent }] = [this.#ports.view(), this.#ports];
    const zone = view.get(tables.hostedZones, [hostedZoneId]);
    if (askParent === undefined || zone === undefined || zone.private || !asksParent(view, zone.id)) return {};
    if (zone.name === ROOT || parentsHere(view, zone).length > 0) return {};
    return { parent: await askParent(zone.name) };
  }

  /** Of a zone that serves no signatures nobody needs to know. */
  async #parentOfSigned(hostedZoneId: string): Promise<{ readonly parent?: ParentTold }> {
    const signing = this.#ports.view().get(tables.dnssec, [hostedZoneId])?.signing;
    return signing === undefined ? {} : this.parentOf(hostedZoneId);
  }

  /** What a command needs is signed for the state that it finds; when that is another by then, once more. */
  async perform<C extends SignedCommand, K extends string>(
    operation: DnssecOperation<C, K>,
    command: C,
    principal: string,
  ): Promise<DnssecOutcome | Unsigned> {
    for (let tries = 1; ; tries += 1) {
      const planned = operation.plan(this.#ports.view(), command, this.#ports.now());
      if (isRefusal(planned)) return planned;
      const signatures = planned.needs && (await signAhead(planned.needs, this.#ports.keys));
      if (signatures !== undefined && 'unsigned' in signatures) return signatures;
      const given = signatures === undefined ? command : { ...command, signatures };
      const outcome = await this.#ports.submit(operation.operation, given, principal);
      if (!isRefusal(outcome)) return outcome.change as DnssecChanged<string>;
      if (outcome.refused !== 'ConcurrentModification' || tries === TRIES_MAX) return outcome;
    }
  }

  async #answer<C extends SignedCommand, K extends string>(
    operation: DnssecOperation<C, K>,
    command: C,
    principal: string,
  ): Promise<DnssecOutcome> {
    const outcome = await this.perform(operation, command, principal);
    if (!('unsigned' in outcome)) return outcome;
    const [{ key, failure }] = outcome.unsigned;
    return refusalOf(failure, `The KMS key of key-signing key ${key.name}`);
  }

  /** What the key service says of a key that a zone is to be signed with. */
  async kmsKey(arn: string, zone: HostedZone): Promise<KmsKey | Refusal> {
    const { keys } = this.#ports;
    const found = await keys.describe(arn, zone.id);
    if (isKeyFailure(found)) return refusalOf(found, arn);
    const { algorithm, spec, usage } = found;
    if (algorithm === undefined || usage !== 'SIGN_VERIFY') {
      return refuse(
        'InvalidKMSArn',
        `${arn} is a key of spec ${spec} and usage ${usage}; zones are signed with ECC_NIST_P256 and SIGN_VERIFY`,
      );
    }
    if (!found.enabled) return refuse('InvalidKMSArn', `${arn} is disabled or about to be deleted`);
    if (!found.permitted) {
      return refuse(
        'InvalidKMSArn',
        `The policy of ${arn} does not give kms:DescribeKey, kms:GetPublicKey and kms:Sign to dnssec-route53.amazonaws.com`,
      );
    }
    const publicKey = await keys.publicKey(arn, zone.id);
    if (isKeyFailure(publicKey)) return refusalOf(publicKey, arn);
    const dnskey = dnskeyOf(KEY_FLAGS.KEY_SIGNING, publicKey.algorithm, publicKey.octets);
    const digest = createHash('sha256').update(octetsToDigest(parseName(zone.name, 'route53'), dnskey));
    return {
      algorithm: publicKey.algorithm,
      publicKey: Buffer.from(publicKey.octets).toString('base64'),
      digest: digest.digest('hex').toUpperCase(),
    };
  }
}

export type DnssecOutcome = DnssecChanged<string> | Refusal;

/** Somebody who can only wait is told to try again, everybody else what is wrong with the key. */
function refusalOf({ failed, message }: KeyFailure, what: string): Refusal {
  const text = `${what} cannot be used: ${message}`;
  return failed === 'unavailable' ? refuse('ServiceUnavailable', text) : refuse('InvalidKMSArn', text);
}
