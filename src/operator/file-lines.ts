import { createReadStream, type ReadStream } from 'node:fs';

/**
 * The lines of a file, some thousands at a time, without their ends. An octet becomes the character of its number, as RFC 1035 has
 * zone files: what the octets mean is for the reader of a field. `-` is the standard input.
 */
export async function* fileLines(
  path: string,
  onOctets: (octets: number) => void,
): AsyncGenerator<string[], void, void> {
  const stream =
    path === '-' ? (process.stdin as unknown as ReadStream) : createReadStream(path, { highWaterMark: PIECE });
  let rest = '';
  let first = true;
  for await (const piece of stream as AsyncIterable<Buffer>) {
    onOctets(piece.length);
    let text = piece.toString('latin1');
    if (first && text.startsWith(BYTE_ORDER_MARK)) text = text.slice(BYTE_ORDER_MARK.length);
    first = false;
    const lines = text.split('\n');
    lines[0] = rest + (lines[0] as string);
    rest = lines.pop() as string;
    if (rest.length > LINE_MAX) throw new RangeError(`a line has more than ${LINE_MAX} characters`);
    yield lines;
  }
  if (rest !== '') yield [rest];
}

const PIECE = 2 ** 20;
/** Longer than any record: it is no zone file, and would end in memory as a whole. */
const LINE_MAX = 2 ** 21;
/** UTF-8's, which some editors begin a file with. */
const BYTE_ORDER_MARK = '\u00ef\u00bb\u00bf';
