import { createSocket, type Socket } from 'node:dgram';
import { isIPv4 } from 'node:net';
import { keyToName, nameKey } from '../../core/dns/name-key.ts';
import { NO_FLAGS, writeMessage } from '../../core/dns/message.ts';
import { parseStored } from '../../core/dns/rdata-types.ts';
import { CLASS, OPCODE, RCODE, rcodeName, TYPE } from '../../core/dns/record-type.ts';
import { WireFormatError } from '../../core/dns/wire-reader.ts';
import { dataIdOf, tables } from '../../core/control/tables.ts';
import type { View } from '../../core/control/view.ts';
import { zoneSoa } from '../out/zone-records.ts';
import type { Report } from '../report.ts';
import { printPeer, type Peer, type TransferRules } from '../settings/transfer-settings.ts';
import { TRANSFER_COUNTER, type TransferCounters } from '../transfer-counters.ts';
import { ResponseVerifier, SignatureError, signRequest } from '../tsig/signing.ts';
import { NotifyQueue, type Notice } from './notify-queue.ts';

/** Tells secondaries that a zone has changed (RFC 1996), by datagram, until they answer or it has been said often enough. */
export interface NotifierParts {
  /** The newest state. Not to be kept across an `await`. */
  view(): View;
  readonly rules: () => TransferRules;
  readonly report: Report;
  readonly counters: TransferCounters;
  readonly now: () => number;
  readonly draw: () => number;
}

/** In one tick of a tenth of a second: a thousand a second, and a bulk change does not become a flood. */
const SENT_AT_ONCE_MAX = 100;
/** Ids of messages that wait for an answer. */
const AWAITED_MAX = 10_000;

interface Awaited {
  readonly notice: Notice;
  readonly mac: Uint8Array | undefined;
}

export class Notifier {
  readonly #parts: NotifierParts;
  readonly #queue = new NotifyQueue();
  /** By source address, or the family when the system chooses. */
  readonly #sockets = new Map<string, Socket>();
  /** By socket and id, the oldest first. */
  readonly #awaited = new Map<string, Awaited>();

  readonly #silent = new Set<string>();

  constructor(parts: NotifierParts) {
    this.#parts = parts;
  }

  /** The zone has changed. Costs little when nobody is to be told. */
  changed(zoneId: string): void {
    const zone = this.#parts.view().get(tables.hostedZones, [zoneId]);
    if (zone === undefined || zone.private) return;
    for (const peer of this.#parts.rules().notified(zone.name)) {
      if (this.#queue.add(zoneId, peer, this.#parts.now())) continue;
      this.#parts.counters.add(TRANSFER_COUNTER.notifiesLost);
    }
  }

  /** Forgets all that was to be said: the settings are others now. */
  clear(): void {
    this.#queue.clear();
  }

  get waiting(): number {
    return this.#queue.size;
  }

  /** To be called ten times a second. */
  tick(): void {
    const lost = ({ peer, zoneId }: Notice): void => {
      this.#parts.counters.add(TRANSFER_COUNTER.notifiesLost);
      // Once for all its zones, until it answers again.
      if (this.#silent.has(printPeer(peer))) return;
      this.#silent.add(printPeer(peer));
      this.#parts.report('warn', 'a secondary does not answer NOTIFY', { peer: printPeer(peer), zoneId });
    };
    for (const notice of this.#queue.due(this.#parts.now(), SENT_AT_ONCE_MAX, lost)) this.#send(notice);
  }

  close(): void {
    for (const socket of this.#sockets.values()) socket.close();
    this.#sockets.clear();
  }

  #send(notice: Notice): void {
    const { zoneId, peer } = notice;
    const view = this.#parts.view();
    const zone = view.get(tables.hostedZones, [zoneId]);
    const apex = zone === undefined ? '' : nameKey(zone.name);
    const soa = zone === undefined ? undefined : zoneSoa(view, { id: dataIdOf(zone), apex });
    // It was deleted meanwhile, or has nothing yet to tell of.
    if (soa === undefined) return this.#queue.answered(zoneId, peer, this.#parts.now());
    const id = Math.floor(this.#parts.draw() * 0x10000);
    const message = notifyMessage(id, apex, { ttlSeconds: soa.ttlSeconds, value: soa.values[0] as string });
    const signed = peer.key === undefined ? undefined : signRequest(message, peer.key, this.#nowSeconds());
    const from = peer.source ?? (isIPv4(peer.host) ? '0.0.0.0' : '::');
    this.#await(`${from} ${id}`, { notice, mac: signed?.mac });
    this.#socketOf(from).send(signed?.bytes ?? message, peer.port, peer.host);
    this.#parts.counters.add(TRANSFER_COUNTER.notifiesSent);
  }

  #await(key: string, awaited: Awaited): void {
    this.#awaited.delete(key);
    if (this.#awaited.size === AWAITED_MAX) this.#awaited.delete(this.#awaited.keys().next().value as string);
    this.#awaited.set(key, awaited);
  }

  #socketOf(from: string): Socket {
    const known = this.#sockets.get(from);
    if (known !== undefined) return known;
    const socket = createSocket(isIPv4(from) ? 'udp4' : 'udp6');
    // What cannot be sent is tried again, and told when it is given up.
    socket.on('error', () => {
      this.#sockets.delete(from);
      socket.close();
    });
    socket.on('message', (message, { address, port }) => this.#receive(from, message, address, port));
    socket.bind({ address: from, exclusive: true });
    socket.unref();
    this.#sockets.set(from, socket);
    return socket;
  }

  #receive(from: string, message: Uint8Array, address: string, port: number): void {
    if (message.length < 12) return;
    const key = `${from} ${((message[0] as number) << 8) | (message[1] as number)}`;
    const awaited = this.#awaited.get(key);
    if (awaited === undefined) return;
    const { notice, mac } = awaited;
    if (!isFrom(notice.peer, address, port) || !isAnswer(message) || !this.#isGenuine(notice.peer, mac, message))
      return;
    this.#awaited.delete(key);
    this.#silent.delete(printPeer(notice.peer));
    this.#queue.answered(notice.zoneId, notice.peer, this.#parts.now());
    const rcode = (message[3] as number) & 15;
    if (rcode === RCODE.NOERROR) return;
    const details = { peer: printPeer(notice.peer), zoneId: notice.zoneId, rcode: rcodeName(rcode) };
    this.#parts.report('warn', 'a secondary turns a NOTIFY down', details);
  }

  #isGenuine(peer: Peer, mac: Uint8Array | undefined, message: Uint8Array): boolean {
    if (peer.key === undefined || mac === undefined) return true;
    try {
      new ResponseVerifier(peer.key, mac).accept(message, this.#nowSeconds());
      return true;
    } catch (error) {
      if (!(error instanceof SignatureError) && !(error instanceof WireFormatError)) throw error;
      return false;
    }
  }

  #nowSeconds(): number {
    return Math.floor(this.#parts.now() / 1000);
  }
}

/** Addresses are compared as the system prints them; IPv6 has many spellings of one, so there the port has to do. */
function isFrom(peer: Peer, address: string, port: number): boolean {
  return port === peer.port && (!isIPv4(peer.host) || address === peer.host);
}

function isAnswer(message: Uint8Array): boolean {
  const flags = message[2] as number;
  return (flags & 0x80) !== 0 && ((flags >> 3) & 15) === OPCODE.NOTIFY;
}

/** RFC 1996 §3.7: the new SOA comes along as a hint. */
function notifyMessage(id: number, apex: string, soa: { ttlSeconds: number; value: string }): Uint8Array {
  const name = keyToName(apex);
  return writeMessage(
    {
      id,
      opcode: OPCODE.NOTIFY,
      rcode: RCODE.NOERROR,
      flags: { ...NO_FLAGS, authoritative: true },
      questions: [{ name, type: TYPE.SOA, class: CLASS.IN }],
      answers: [
        {
          name,
          type: TYPE.SOA,
          class: CLASS.IN,
          ttlSeconds: soa.ttlSeconds,
          value: parseStored(TYPE.SOA, soa.value),
        },
      ],
      authorities: [],
      additionals: [],
    },
    1024,
  );
}
