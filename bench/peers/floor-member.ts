import koffi from 'koffi';
import { DatagramBatch } from '../../src/edge/udp/batch.ts';
import { openUdpSocket, poll, POLLIN } from '../../src/edge/udp/kernel.ts';

/** Datagrams in and out in batches, as Waypost's workers do it, with no answer made: the least that any answer costs. Argument: a port. */
const fd = openUdpSocket({ host: '127.0.0.1', port: Number(process.argv[2]) });
const batch = new DatagramBatch();
const pollfd = new DataView(new ArrayBuffer(8));
pollfd.setInt32(0, fd, true);
pollfd.setInt16(4, POLLIN, true);
const pollfdBytes = new Uint8Array(pollfd.buffer);
const QR = 0x80;
const POLL_MILLISECONDS = 200;

function echo(slot: Uint8Array, length: number): number {
  slot[2] = (slot[2] as number) | QR;
  return length;
}

for (;;) {
  if (batch.serve(fd, echo) === 0) poll(Number(koffi.address(pollfdBytes)), 1, POLL_MILLISECONDS);
}
