import { LABEL_OCTETS_MAX, lowerName, NAME_OCTETS_MAX, parentOf, type Name } from '../dns/name.ts';
import { type Nsec } from '../dns/rdata/nsec.ts';
import { TYPE } from '../dns/record-type.ts';

/**
 * Denial made for the one name that was asked for (RFC 9824): it says what is there, and that nothing is between it and the name that
 * would come next if it existed. So no name of the zone is told, and no order of names has to be kept.
 */
export function compactNsec(name: Name, types: readonly number[]): Nsec {
  return { next: nameBehind(name), types: types === NO_NAME ? NO_NAME_TYPES : allOf(types) };
}

/** RFC 9824 §3.1: a name that does not exist has only what denies it. */
export const NO_NAME: readonly number[] = [TYPE.NXNAME];
/** Put together once: a flood asks for nothing else. */
const NO_NAME_TYPES = allOf(NO_NAME);

/** With those that every denial has, in order. */
function allOf(types: readonly number[]): number[] {
  return [...new Set([...types, TYPE.RRSIG, TYPE.NSEC])].sort((left, right) => left - right);
}

/** The next name in canonical order: `\000` in front, or, when there is no room, as RFC 4471 §3.1.2 says. */
function nameBehind(name: Name): Name {
  if (name.length + 2 <= NAME_OCTETS_MAX) {
    const child = new Uint8Array(name.length + 2);
    child[0] = 1;
    child.set(lowerName(name), 2);
    return child;
  }
  const lower = lowerName(name);
  const length = lower[0] as number;
  if (lower.length < NAME_OCTETS_MAX && length < LABEL_OCTETS_MAX) {
    return withFirstLabel([...lower.subarray(1, 1 + length), 0], parentOf(lower));
  }
  let rest = lower;
  for (;;) {
    const label = [...rest.subarray(1, 1 + (rest[0] as number))];
    while (label.at(-1) === 0xff) label.pop();
    if (label.length > 0)
      return withFirstLabel([...label.slice(0, -1), octetBehind(label.at(-1) as number)], parentOf(rest));
    rest = parentOf(rest);
  }
}

/** Upper-case letters sort as lower-case ones, so they are passed over. */
function octetBehind(octet: number): number {
  return octet === 0x40 ? 0x5b : octet + 1;
}

function withFirstLabel(label: readonly number[], parent: Name): Name {
  return Uint8Array.of(label.length, ...label, ...parent);
}
