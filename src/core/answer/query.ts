/**
 * A query as the edge hands it over: its octets, who asks, and the time and dice that this quiet half of the house does not have.
 * An edge fills one object again and again; nothing in here keeps it, or what it points to, beyond the call.
 */
export interface Query {
  /** The message is its first `length` octets. */
  packet: Uint8Array;
  length: number;
  transport: Transport;
  /** The client's address: four octets or sixteen. */
  client: Uint8Array;
  /** Which of the member's listening addresses it came to: its place in their list. */
  listener: number;
  /** Since the Unix epoch. */
  nowMilliseconds: number;
  /** At random for each query, from 0 up to but not including 1. */
  draw: number;
}

export type Transport = 'udp' | 'tcp' | 'tls' | 'https';
