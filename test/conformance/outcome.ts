import { readReply, SILENCE } from './reply.ts';

/** A reply in a few words: `NOERROR aa question answer authority additional opt do`, as far as they are there. */
export function outcomeOf(reply: Uint8Array | typeof SILENCE): string {
  if (reply === SILENCE) return SILENCE;
  const { rcode, aa, tc, flags, question, answer, authority, additional, edns } = readReply(reply);
  const words: readonly (readonly [boolean, string])[] = [
    [aa, 'aa'],
    [tc, 'tc'],
    [(flags & 0x0080) !== 0, 'ra'],
    [(flags & 0x0040) !== 0, 'z'],
    [(flags & 0x0020) !== 0, 'ad'],
    [(flags & 0x0010) !== 0, 'cd'],
    [question !== '', 'question'],
    [answer.length > 0, 'answer'],
    [authority.length > 0, 'authority'],
    [additional.length > 0, 'additional'],
    [edns !== '', 'opt'],
    [edns.includes(' do'), 'do'],
  ];
  return [rcode, ...words.filter(([is]) => is).map(([, word]) => word)].join(' ');
}
