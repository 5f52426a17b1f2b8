import koffi from 'koffi';
import { AF_INET, IPPROTO_IP, openSocket } from '../../../src/edge/bound-socket.ts';
import { closeSocket } from '../../../src/edge/libc.ts';
import { sendmmsg } from '../../../src/edge/udp/kernel.ts';
import { randomSource, type Attack } from './attack.ts';
import type { PacketMaker } from './packets.ts';

/**
 * Datagrams from addresses all over 127.0.0.0/8, as forged ones would come: each names its own source (IP_PKTINFO), so that one
 * socket speaks for millions of clients. Nobody reads the answers.
 *
 *   buffer: [ mmsghdr × n ][ iovec × n ][ control × n ][ datagram × n ], and one sockaddr
 */
const BATCH = 64;
const HEADER = 64;
const IOVEC = 16;
const CONTROL = 32;
const DATAGRAM = 512;
const IOVECS_AT = BATCH * HEADER;
const CONTROLS_AT = IOVECS_AT + BATCH * IOVEC;
const DATAGRAMS_AT = CONTROLS_AT + BATCH * CONTROL;
const NAME_AT = DATAGRAMS_AT + BATCH * DATAGRAM;
const NAME = 16;
/** cmsg_len of an in_pktinfo. */
const PKTINFO = 28;
const IP_PKTINFO = 8;

export function datagramFlood(make: PacketMaker): Attack {
  return async (target, inPlace) => {
    const fd = openSocket({ host: '127.0.0.1', port: 0 }, 'udp');
    const bytes = new Uint8Array(NAME_AT + NAME);
    const view = new DataView(bytes.buffer);
    const base = koffi.address(bytes);
    view.setUint16(NAME_AT, AF_INET, true);
    view.setUint16(NAME_AT + 2, target.port);
    bytes.set(target.host.split('.').map(Number), NAME_AT + 4);
    for (let index = 0; index < BATCH; index += 1) {
      const header = index * HEADER;
      view.setBigUint64(header, base + BigInt(NAME_AT), true);
      view.setUint32(header + 8, NAME, true);
      view.setBigUint64(header + 16, base + BigInt(IOVECS_AT + index * IOVEC), true);
      view.setUint32(header + 24, 1, true);
      view.setBigUint64(header + 32, base + BigInt(CONTROLS_AT + index * CONTROL), true);
      view.setUint32(header + 40, CONTROL, true);
      view.setBigUint64(IOVECS_AT + index * IOVEC, base + BigInt(DATAGRAMS_AT + index * DATAGRAM), true);
      const control = CONTROLS_AT + index * CONTROL;
      view.setUint32(control, PKTINFO, true);
      view.setUint32(control + 8, IPPROTO_IP, true);
      view.setUint32(control + 12, IP_PKTINFO, true);
    }
    const slots = Array.from({ length: BATCH }, (_, index) => bytes.subarray(DATAGRAMS_AT + index * DATAGRAM));
    inPlace();
    const started = performance.now();
    let datagrams = 0;
    for (let now = started; now < started + target.milliseconds; now = performance.now()) {
      if (target.perSecond > 0 && datagrams > ((now - started) / 1000) * target.perSecond) {
        await new Promise((resolve) => setTimeout(resolve, 1));
        continue;
      }
      for (let index = 0; index < BATCH; index += 1) {
        view.setUint32(IOVECS_AT + index * IOVEC + 8, make(slots[index] as Uint8Array, target.names), true);
        bytes.set(randomSource(target.oneNetwork), CONTROLS_AT + index * CONTROL + 20);
      }
      const sent = sendmmsg(fd, Number(base), BATCH, 0);
      if (sent > 0) datagrams += sent;
    }
    closeSocket(fd);
    return { 'datagrams sent': datagrams };
  };
}
