import { HEADER_OCTETS } from '../core/dns/message-layout.ts';
import { NAME_OCTETS_MAX } from '../core/dns/name.ts';

const QR = 0x80;
const OPCODE_AND_RD = 0x79;

/** Header and question of a request, made into an answer that says only `rcode`. A question that cannot be read is left out. */
export function errorResponse(request: Uint8Array, rcode: number): Uint8Array {
  const end = questionEnd(request);
  const response = new Uint8Array(end ?? HEADER_OCTETS);
  response.set(request.subarray(0, end ?? HEADER_OCTETS));
  response[2] = QR | ((response[2] as number) & OPCODE_AND_RD);
  response[3] = rcode;
  response.fill(0, 4, HEADER_OCTETS);
  if (end !== undefined) response[5] = 1;
  return response;
}

/** Where the one question of a request ends. */
export function questionEnd(request: Uint8Array): number | undefined {
  if (request.length < HEADER_OCTETS || request[4] !== 0 || request[5] !== 1) return undefined;
  let at = HEADER_OCTETS;
  while ((request[at] ?? 0) !== 0) {
    const octets = request[at] as number;
    if (octets > 63) return undefined;
    at += 1 + octets;
  }
  const end = at + 5;
  return at + 1 - HEADER_OCTETS > NAME_OCTETS_MAX || end > request.length ? undefined : end;
}
