/** Messages behind their two octets of length (RFC 1035 §4.2.2), however the stream was cut. */
export interface Split {
  readonly messages: readonly Uint8Array[];
  /** The start of a message that is not whole yet; shorter than 64 KiB + 2. */
  readonly rest: Uint8Array;
}

export function splitMessages(pending: Uint8Array, chunk: Uint8Array): Split {
  let stream = chunk;
  if (pending.length > 0) {
    stream = new Uint8Array(pending.length + chunk.length);
    stream.set(pending);
    stream.set(chunk, pending.length);
  }
  const messages: Uint8Array[] = [];
  let at = 0;
  while (at + 2 <= stream.length) {
    const end = at + 2 + (((stream[at] as number) << 8) | (stream[at + 1] as number));
    if (end > stream.length) break;
    messages.push(stream.subarray(at + 2, end));
    at = end;
  }
  return { messages, rest: stream.slice(at) };
}
