import type { IncomingMessage } from 'node:http';
import { AwsError } from './aws-error.ts';

/** The largest legal request, a batch of 32,000 value characters in 1,000 elements, is under half of this. */
export const BODY_OCTETS_MAX = 2 * 2 ** 20;
/** Who sends more than this loses the connection before its answer. */
const DISCARDED_OCTETS_MAX = 16 * 2 ** 20;
/** Held for all requests together, most of which nobody has signed yet. */
const BODIES_OCTETS_MAX = 64 * 2 ** 20;
/** A body up to here is always let in, so that a few large ones do not keep everybody else's small ones out. */
const SMALL_BODY_OCTETS = 64 * 2 ** 10;

const FIRST_OCTETS = 4 * 2 ** 10;

/** Reads requests' bodies, bounded each and together. A read rejects with `AwsError`. */
export function bodyReader(): (request: IncomingMessage) => Promise<Uint8Array> {
  let held = 0;
  // By events: leaving a `for await` early would destroy the socket before the refusal is sent.
  return (request) =>
    new Promise((resolve, reject) => {
      // One buffer that grows: pieces of one octet, kept as they come, would take a hundred times what they hold.
      let buffer = new Uint8Array(0);
      let octets = 0;
      let refusal: AwsError | undefined;
      const resize = (length: number): void => {
        held += length - buffer.length;
        const resized = new Uint8Array(length);
        if (length > 0) resized.set(buffer);
        buffer = resized;
      };
      const add = (chunk: Uint8Array): void => {
        if (octets > buffer.length) {
          resize(Math.min(Math.max(octets, buffer.length * 2, FIRST_OCTETS), BODY_OCTETS_MAX));
          if (held > BODIES_OCTETS_MAX && octets > SMALL_BODY_OCTETS) return refuse(tooMany());
        }
        buffer.set(chunk, octets - chunk.length);
      };
      const refuse = (error: AwsError): void => {
        refusal = error;
        resize(0);
      };
      request.on('data', (chunk: Uint8Array) => {
        octets += chunk.length;
        if (refusal === undefined && octets > BODY_OCTETS_MAX) refuse(tooLarge());
        if (refusal === undefined) add(chunk);
        // Most clients read the refusal only once they have sent everything, so the rest is let in, unread, up to a point.
        else if (octets > DISCARDED_OCTETS_MAX) reject(refusal);
      });
      request.on('end', () => {
        if (refusal === undefined) resolve(buffer.subarray(0, octets));
        else reject(refusal);
      });
      // The client went away: nobody reads the answer, and it is no defect of ours.
      request.on('error', () => reject(new AwsError('InvalidInput', 'The request body ended early.')));
      request.on('close', () => resize(0));
    });
}

function tooLarge(): AwsError {
  return new AwsError('RequestEntityTooLarge', `The request body is larger than ${BODY_OCTETS_MAX} bytes.`);
}

function tooMany(): AwsError {
  return new AwsError('ServiceUnavailable', 'Too many large requests at once; try again.');
}
