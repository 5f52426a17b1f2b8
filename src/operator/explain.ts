import { explain } from '../core/answer/explain.ts';
import type { Explanation } from '../core/answer/explanation.ts';
import type { OutsideTable } from '../core/answer/routed/outside-table.ts';
import type { Places } from '../core/answer/routed/query-asker.ts';
import type { View } from '../core/control/view.ts';
import { zoneDataOf } from '../core/control/zone-data.ts';
import { parseIpv4, parseIpv6 } from '../core/dns/ip-address.ts';
import { parseNetwork } from '../core/dns/network.ts';
import { typeCode, TYPE } from '../core/dns/record-type.ts';
import type { Latencies } from '../core/geo/latencies.ts';
import { OperatorError, zoneNameOf } from './find-zone.ts';
import { suppose } from './suppose.ts';

/** A question as an operator puts it. Plain data: it goes through the door. */
export interface ExplainRequest {
  readonly name: string;
  readonly type: string;
  /** The address of whoever asks: a resolver, or a client that asks by itself. */
  readonly from?: string;
  /** What the resolver tells of its client: a network, or an address. */
  readonly subnet?: string;
  /** Ids of health checks that are supposed to be so. */
  readonly unhealthy: readonly string[];
  readonly healthy: readonly string[];
  /** From 0 up to but not including 1: what the dice say first. */
  readonly draw: number;
}

/** What a member answers by beside its state, at one moment. */
export interface AnswerPoint {
  /** An octet for each health check. */
  readonly statuses: Uint8Array;
  readonly places: Places | undefined;
  readonly latencies: Latencies | undefined;
  /** What hosts outside resolve to. */
  readonly outside: OutsideTable | undefined;
}

/** Who asks when nobody is named: this very machine, as a `dig` here does. */
const HERE = Uint8Array.of(127, 0, 0, 1);
/** Transfers and what no query asks for. */
const NOT_ASKED: readonly number[] = [TYPE.OPT, TYPE.AXFR, TYPE.IXFR, TYPE.TSIG];

/** Throws `OperatorError` with a sentence for whatever cannot be explained. */
export function explainRequest(view: View, point: AnswerPoint, request: ExplainRequest): Explanation {
  const type = request.type.toUpperCase();
  const code = typeCode(type);
  if (code === undefined || NOT_ASKED.includes(code)) {
    throw new OperatorError(`'${request.type}' is not a type of records that can be asked for, like A, AAAA or MX`);
  }
  const name = nameOf(request.name);
  const { draw, unhealthy, healthy } = request;
  if (!(draw >= 0 && draw < 1)) throw new OperatorError(`the draw ${draw} is not from 0 up to but not including 1`);
  const both = unhealthy.find((id) => healthy.includes(id));
  if (both !== undefined) throw new OperatorError(`health check ${both} cannot be both healthy and unhealthy`);
  const supposed = new Map([
    ...unhealthy.map((id) => [id, false] as const),
    ...healthy.map((id) => [id, true] as const),
  ]);
  const explanation = explain(zoneDataOf(view), {
    name,
    type,
    resolver: request.from === undefined ? HERE : addressOf(request.from),
    subnet: request.subnet === undefined ? undefined : subnetOf(request.subnet),
    draw,
    places: point.places,
    latencies: point.latencies,
    outside: point.outside,
    ...suppose(view, point.statuses, supposed),
  });
  if (explanation === undefined) {
    throw new OperatorError(`no hosted zone here holds ${name}; whoever asks for it is answered REFUSED`);
  }
  return explanation;
}

/** Names, addresses and some hundred ids of health checks. */
export const QUESTION_OCTETS_MAX = 65_536;

/** A question that came as JSON; `draw` is for one that says nothing of dice. Throws `OperatorError`. */
export function readQuestion(text: string, draw?: number): ExplainRequest {
  if (text.length > QUESTION_OCTETS_MAX) {
    throw new OperatorError(`a question is at most ${QUESTION_OCTETS_MAX} octets long`);
  }
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    throw new OperatorError('the question is not JSON');
  }
  if (typeof read !== 'object' || read === null) throw new OperatorError('the question is not a JSON object');
  const members: Record<string, unknown> = { healthy: [], unhealthy: [], type: 'A', draw, ...read };
  const unknown = Object.keys(members).find((member) => !(member in MEMBERS));
  if (unknown !== undefined) throw new OperatorError(`a question has no member ${unknown}`);
  const wrong = Object.entries(MEMBERS).find(([member, fits]) => !fits(members[member]))?.[0];
  if (wrong !== undefined) throw new OperatorError(`the question's ${wrong} is missing, or not what it should be`);
  return members as unknown as ExplainRequest;
}

const isText = (value: unknown): boolean => typeof value === 'string';
const areTexts = (value: unknown): boolean => Array.isArray(value) && value.every(isText);
const isTextIfThere = (value: unknown): boolean => value === undefined || isText(value);

const MEMBERS: Readonly<Record<keyof ExplainRequest, (value: unknown) => boolean>> = {
  name: isText,
  type: isText,
  from: isTextIfThere,
  subnet: isTextIfThere,
  unhealthy: areTexts,
  healthy: areTexts,
  draw: (value) => typeof value === 'number',
};

function nameOf(text: string): string {
  try {
    return zoneNameOf(text);
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    throw new OperatorError(error.message.replace('the name of a zone', 'a domain name'));
  }
}

function addressOf(text: string): Uint8Array {
  const address = parseIpv4(text) ?? parseIpv6(text);
  if (address !== undefined) return address;
  const hint = parseNetwork(text) === undefined ? '' : '; the network of a client behind a resolver is --subnet';
  throw new OperatorError(`'${text}' is not an IP address${hint}`);
}

function subnetOf(text: string): { address: Uint8Array; prefixLength: number } {
  const network = parseNetwork(text);
  if (network !== undefined) return { address: network.address, prefixLength: network.prefixBits };
  throw new OperatorError(`'${text}' is not a network like 203.0.113.0/24 or 2001:db8::/48`);
}
