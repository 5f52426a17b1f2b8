import { typeName } from '../../src/core/dns/record-type.ts';
import { ALLOWED, PARTS } from './differences.ts';
import type { Query } from './query.ts';
import type { PeerName } from '../peers/programs.ts';
import { SILENCE, type Reply } from './reply.ts';

export interface Comparison {
  /** What has no excuse, as lines to print. */
  readonly different: readonly string[];
  /** Names of the allowed differences that were met. */
  readonly allowed: readonly string[];
}

/** Ours against one server's: where the servers disagree with each other, every disagreement with us still needs a name. */
export function compareReplies(
  query: Query,
  ours: Reply | typeof SILENCE,
  theirs: Reply | typeof SILENCE,
  reference: PeerName,
): Comparison {
  const asked = describe(query);
  if (ours === SILENCE || theirs === SILENCE) {
    const said = (reply: Reply | typeof SILENCE): string => (reply === SILENCE ? SILENCE : reply.rcode);
    const different = ours === theirs ? [] : [`${asked}: ${said(ours)} but ${reference} ${said(theirs)}`];
    return { different, allowed: [] };
  }
  const [different, allowed]: [string[], string[]] = [[], []];
  for (const part of PARTS) {
    const [mine, other] = [JSON.stringify(ours[part]), JSON.stringify(theirs[part])];
    if (mine === other) continue;
    const excuse = ALLOWED.find(
      ({ from, parts, covers }) => from.includes(reference) && parts.includes(part) && covers(query, ours, theirs),
    );
    if (excuse === undefined) different.push(`${asked} ${part}: ${mine} but ${reference} ${other}`);
    else allowed.push(`${excuse.name}, ${reference}`);
  }
  return { different, allowed };
}

function describe({ name, type, flags, edns, transport }: Query): string {
  const offer = edns === undefined ? '' : ` +edns=${edns.udpSize}/v${edns.version}/${edns.flags.toString(16)}`;
  return `${name} ${typeName(type)} flags ${flags.toString(16)}${offer} ${transport}`;
}
