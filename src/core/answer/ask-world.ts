import { EDNS_OPTION } from '../dns/edns.ts';
import { NO_FLAGS, parseMessage, writeMessage, type Message } from '../dns/message.ts';
import { parseName } from '../dns/name.ts';
import { CLASS, OPCODE, typeCode } from '../dns/record-type.ts';
import { answerQuery } from './answer-query.ts';
import type { World } from './world.ts';

/** A question as a person puts it. */
export interface Asked {
  /** As its caller wrote it, but valid. */
  readonly name: string;
  readonly type: string;
  /** The resolver's address, four or sixteen octets. */
  readonly resolver: Uint8Array;
  /** What the resolver says of its client (RFC 7871). */
  readonly subnet: { readonly address: Uint8Array; readonly prefixLength: number } | undefined;
  /** From 0 up to but not including 1. */
  readonly draw: number;
}

/** One answer's worth. */
export const ONE_PLAN_BYTES = 2 ** 18;
const MESSAGE_OCTETS_MAX = 65_535;

/** The answer, by the very code that answers queries, as a message. By TCP, so that nothing is cut off. */
export function askWorld(world: World, asked: Asked): Message {
  const packet = new Uint8Array(MESSAGE_OCTETS_MAX);
  const query = writeMessage(queryMessage(asked), MESSAGE_OCTETS_MAX);
  packet.set(query);
  const { resolver: client, draw } = asked;
  const length = answerQuery(
    world,
    { packet, length: query.length, transport: 'tcp', client, listener: 0, nowMilliseconds: 0, draw },
    packet,
  );
  return parseMessage(packet.slice(0, length));
}

function queryMessage({ name, type, subnet }: Asked): Message {
  const options = subnet === undefined ? [] : [{ code: EDNS_OPTION.CLIENT_SUBNET, data: subnetData(subnet) }];
  return {
    id: 0,
    opcode: OPCODE.QUERY,
    rcode: 0,
    flags: NO_FLAGS,
    questions: [{ name: parseName(name, 'route53'), type: typeCode(type) as number, class: CLASS.IN }],
    answers: [],
    authorities: [],
    additionals: [],
    edns: { udpSize: MESSAGE_OCTETS_MAX, extendedRcode: 0, version: 0, dnssecOk: false, options },
  };
}

/** RFC 7871 §6: only the octets that the prefix reaches into, and no bit behind it. */
function subnetData({ address, prefixLength }: { address: Uint8Array; prefixLength: number }): Uint8Array {
  const octets = address.slice(0, (prefixLength + 7) >> 3);
  const bitsInLast = prefixLength & 7;
  if (bitsInLast !== 0) octets[octets.length - 1] = (octets.at(-1) as number) & (0xff << (8 - bitsInLast));
  return Uint8Array.of(0, address.length === 4 ? 1 : 2, prefixLength, 0, ...octets);
}
