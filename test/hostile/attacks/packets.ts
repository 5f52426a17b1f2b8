import { below } from './attack.ts';

/** Writes a packet at the start of `out` and gives its length. */
export type PacketMaker = (out: Uint8Array, names: number) => number;

export const ZONE = 'hostile.test';
/** The one large RRset of the zone: some kilobytes of TXT. */
export const LARGE = 'large';

const ZONE_LABELS = labels(ZONE);
const A = 1;
const TXT = 16;

function labels(name: string): Uint8Array {
  return Buffer.concat([
    ...name.split('.').map((label) => Buffer.from([label.length, ...Buffer.from(label)])),
    Buffer.of(0),
  ]);
}

function query(out: Uint8Array, label: string, type: number): number {
  out.fill(0, 0, 12);
  out[0] = below(256);
  out[1] = below(256);
  out[5] = 1;
  out[12] = label.length;
  for (let index = 0; index < label.length; index += 1) out[13 + index] = label.charCodeAt(index);
  let end = 13 + label.length;
  out.set(ZONE_LABELS, end);
  end += ZONE_LABELS.length;
  out.set([0, type, 0, 1], end);
  return end + 4;
}

/** Of names that exist. */
export const realName: PacketMaker = (out, names) => query(out, `n${below(names)}`, A);

export const largeAnswer: PacketMaker = (out) => query(out, LARGE, TXT);

/** Of names that do not exist, never the same one twice. */
export const randomName: PacketMaker = (out) =>
  query(out, `x${below(2 ** 32).toString(36)}${below(2 ** 20).toString(36)}`, A);

/** Noise, and queries with a few octets changed. */
export const garbage: PacketMaker = (out, names) => {
  if (below(2) === 0) {
    const length = below(512);
    for (let index = 0; index < length; index += 1) out[index] = below(256);
    return length;
  }
  const length = realName(out, names);
  for (let left = 1 + below(4); left > 0; left -= 1) out[below(length)] = below(256);
  return length;
};
