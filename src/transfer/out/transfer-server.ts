import { RCODE } from '../../core/dns/record-type.ts';
import { isLaterSerial } from '../../core/dns/serial.ts';
import { keyToText } from '../../core/dns/name-key.ts';
import { lane } from '../../core/control/lanes.ts';
import { tables, type HostedZone } from '../../core/control/tables.ts';
import type { View } from '../../core/control/view.ts';
import { zoneDataOf } from '../../core/control/zone-data.ts';
import { zoneNamed } from '../../core/zone/find-zone.ts';
import type { Rrset } from '../../core/zone/lookup.ts';
import type { Snapshot } from '../../store/snapshot.ts';
import type { Store } from '../../store/store.ts';
import { errorResponse } from '../error-response.ts';
import type { TransferRules } from '../settings/transfer-settings.ts';
import { ResponseSigner } from '../tsig/signing.ts';
import { verifyRequest } from '../tsig/verify-request.ts';
import { TRANSFER_COUNTER, type TransferCounters } from '../transfer-counters.ts';
import { differenceSince, type Difference } from './journal.ts';
import { transferMessages } from './transfer-messages.ts';
import { asksForTransfer, readTransferRequest, type TransferRequest } from './transfer-request.ts';
import type { TransferSlots } from './transfer-slots.ts';
import { serialOf, zoneRecords, zoneSoa, type Place } from './zone-records.ts';

/**
 * Sends zones to those who may have them, on the streams of an edge worker: whole (RFC 5936), or what changed (RFC 1995) when the
 * zone's history tells it. A transfer reads one snapshot from beginning to end, makes the next message only when the client has
 * taken the one before, and the connections around it have their turn in between.
 *
 * Deliberately not here: sockets. The edge hands the message in, with a `send` that waits for the client.
 */
export interface TransferServerParts {
  readonly store: Store;
  readonly rules: () => TransferRules;
  readonly slots: TransferSlots;
  /** For each listener the name-server set that it belongs to, if it does. */
  readonly listenerSets: readonly (string | undefined)[];
  readonly counters: TransferCounters;
}

interface Origin {
  readonly client: Uint8Array;
  readonly listener: number;
}

type Send = (message: Uint8Array) => Promise<void>;

/** How often a transfer lets go of old pages, if its zone has not changed meanwhile. */
const ADVANCE_MILLISECONDS = 1000;

/** Undefined when the message asks for no transfer. The promise rejects when the connection is to be cut. */
export function createTransferServer(
  parts: TransferServerParts,
): (message: Uint8Array, from: Origin, send: Send) => Promise<void> | undefined {
  return (message, from, send) => (asksForTransfer(message) ? answer(parts, message, from, send) : undefined);
}

async function answer(parts: TransferServerParts, message: Uint8Array, from: Origin, send: Send): Promise<void> {
  const { counters } = parts;
  const rules = parts.rules();
  const verified = verifyRequest(message, rules.keys, nowSeconds());
  if (verified.kind === 'rejected') {
    counters.add(TRANSFER_COUNTER.refused);
    return send(verified.response);
  }
  const bare = verified.kind === 'signed' ? verified.request : message;
  const signer = verified.kind === 'signed' ? new ResponseSigner(verified.key, verified.mac, verified.id) : undefined;
  const sign = (each: Uint8Array): Uint8Array => signer?.sign(each, nowSeconds()) ?? each;
  const refuse = (rcode: number): Promise<void> => {
    counters.add(TRANSFER_COUNTER.refused);
    return send(sign(errorResponse(bare, rcode)));
  };
  const request = readTransferRequest(bare);
  if (request === undefined) return refuse(RCODE.FORMERR);
  const key = verified.kind === 'signed' ? verified.key : undefined;
  // Before anything else, so that a stranger cannot find out which zones there are.
  if (!rules.mayTransfer(keyToText(request.apex), from.client, key)) return refuse(RCODE.REFUSED);
  if (!(await parts.slots.take())) return refuse(RCODE.SERVFAIL);
  let snapshot: Snapshot | undefined;
  try {
    snapshot = parts.store.snapshot();
    const found = zoneAt(snapshot.view, request, parts.listenerSets[from.listener]);
    if (typeof found === 'number') return await refuse(found);
    const { rrsets, counter } = answerTo(snapshot.view, found, request);
    const messages = transferMessages(request, rrsets, signer?.octets ?? 0);
    await stream(snapshot, found.zone, messages, (each) => send(sign(each)));
    counters.add(counter);
  } finally {
    snapshot?.close();
    parts.slots.give();
  }
}

interface FoundZone {
  readonly zone: HostedZone;
  readonly place: Place;
  readonly soa: Rrset;
}

/** The zone that is answered for under this name, or the rcode that says why there is none. */
function zoneAt(view: View, request: TransferRequest, nameServerSet: string | undefined): FoundZone | number {
  const place = zoneNamed(zoneDataOf(view), request.apex, nameServerSet);
  const zone = place === undefined ? undefined : view.get(tables.hostedZones, [place.zoneId]);
  if (place === undefined || zone === undefined) return RCODE.NOTAUTH;
  // Its signatures are made for answers: a copy without them would not validate.
  if (view.get(tables.zoneSignings, [zone.id]) !== undefined) return RCODE.REFUSED;
  const soa = place.withheld ? undefined : zoneSoa(view, place);
  return soa === undefined ? RCODE.SERVFAIL : { zone, place, soa };
}

async function stream(snapshot: Snapshot, zone: HostedZone, messages: Iterable<Uint8Array>, send: Send): Promise<void> {
  const laneEnd = laneEndOf(snapshot.view, zone);
  let advanced = performance.now();
  for (const message of messages) {
    await send(message);
    if (performance.now() - advanced < ADVANCE_MILLISECONDS) continue;
    snapshot.advance((newest) => laneEndOf(newest, zone) === laneEnd);
    advanced = performance.now();
  }
}

/** Every change of the zone moves it. */
function laneEndOf(view: View, zone: HostedZone): number {
  return view.get(tables.lanes, [lane.zone(zone.id)]) ?? 0;
}

function answerTo(
  view: View,
  { zone, place, soa }: FoundZone,
  request: TransferRequest,
): { readonly rrsets: Iterable<Rrset>; readonly counter: number } {
  const whole = { rrsets: zoneRecords(view, place, soa), counter: TRANSFER_COUNTER.sentWhole };
  if (request.serial === undefined) return whole;
  if (!isLaterSerial(serialOf(soa), request.serial)) return { rrsets: [soa], counter: TRANSFER_COUNTER.sentCurrent };
  const difference = differenceSince(view, zone, request.serial);
  // A difference that is longer than the zone helps nobody (RFC 1995 §2).
  if (difference === undefined || sizeOf(difference) > zone.recordSetCount) return whole;
  const rrsets = [soa, ...difference.deleted, ...difference.added, soa];
  return { rrsets, counter: TRANSFER_COUNTER.sentDifference };
}

function sizeOf(difference: Difference): number {
  return difference.deleted.length + difference.added.length;
}

function nowSeconds(): number {
  return Math.floor(Date.now() / 1000);
}
