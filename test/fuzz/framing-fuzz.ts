import { splitMessages } from '../../src/edge/tcp/framing.ts';
import { Random } from './random.ts';

const MESSAGES_MAX = 12;

/** However a stream is cut into pieces, the messages that were framed come out of it, in order and whole. */
export function fuzzFraming(streams: number, seed: number): void {
  const random = new Random(seed);
  for (let count = 0; count < streams; count += 1) {
    const messages = Array.from({ length: random.below(MESSAGES_MAX) }, () => random.octets(lengthOf(random)));
    const framed = messages.flatMap((each) => [Uint8Array.of(each.length >> 8, each.length), each]);
    const tail = random.octets(random.below(2));
    const stream = Buffer.concat([...framed, tail]);
    const seen: Uint8Array[] = [];
    let rest: Uint8Array = new Uint8Array(0);
    for (let at = 0; at < stream.length;) {
      const size = random.oneIn(3) ? 1 + random.below(3) : 1 + random.below(2000);
      const split = splitMessages(rest, stream.subarray(at, at + size));
      seen.push(...split.messages.map((each) => each.slice()));
      rest = split.rest;
      at += size;
    }
    const whole =
      seen.length === messages.length &&
      seen.every((each, index) => Buffer.compare(each, messages[index] as Uint8Array) === 0);
    if (!whole || rest.length !== tail.length)
      throw new Error(`seed ${seed}, stream ${count}: ${stream.toString('hex')}`);
  }
}

function lengthOf(random: Random): number {
  return random.oneIn(50) ? random.below(65_536) : random.oneIn(10) ? 0 : random.below(300);
}
