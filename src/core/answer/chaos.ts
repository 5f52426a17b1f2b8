import { wireNameKey } from '../dns/name-key.ts';
import { CLASS, TYPE } from '../dns/record-type.ts';
import { EMPTY_PLAN, type Plan } from './plan.ts';
import type { World } from './world.ts';

/**
 * What a server says of itself in class CHAOS (RFC 4892): which software, which server. Nothing, unless the operator wants it:
 * a version number is of more use to those who look for old ones than to anyone else.
 */
export function chaosPlan(world: World, packet: Uint8Array, qtype: number): Plan | undefined {
  if (qtype !== TYPE.TXT && qtype !== TYPE.ANY) return undefined;
  const text = textFor(world, wireNameKey(packet, QNAME_AT));
  if (text.length === 0) return undefined;
  const rdata = [text.length, ...Array.from(text, (character) => character.charCodeAt(0))];
  const record = [0xc0, QNAME_AT, 0, TYPE.TXT, 0, CLASS.CH, 0, 0, 0, 0, 0, rdata.length, ...rdata];
  return {
    ...EMPTY_PLAN,
    flags: AA,
    answers: 1,
    body: Uint8Array.from(record),
    bodyLength: record.length,
    requiredLength: record.length,
  };
}

const QNAME_AT = 12;
const AA = 0x0400;

function textFor(world: World, name: string): string {
  switch (name) {
    case 'bind.version.':
    case 'server.version.':
      return world.settings.serverVersion;
    case 'bind.hostname.':
    case 'server.id.':
      return world.settings.serverId;
    default:
      return '';
  }
}
