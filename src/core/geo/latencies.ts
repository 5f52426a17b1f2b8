/** Measured round trips between client networks and regions. */
export interface Latencies {
  /** Of a client of four or sixteen octets, of which so many bits are known; NaN where nothing was measured. */
  milliseconds(client: Uint8Array, clientBits: number, region: string): number;
  /** Bits of the client's address that the last answer depended on. */
  readonly bitsUsed: number;
}
