import { startPeer, type Peer } from '../peers/peer.ts';
import type { PeerName, PeerSettings, PeerZone } from '../peers/programs.ts';

/** What changes answers is set as we have it: no more than is asked for, 1232 octets by UDP, no cookies. */
const ANSWERS: Readonly<Record<PeerName, PeerSettings>> = {
  NSD: {
    server: `answer-cookie: no
  minimal-responses: yes
  ipv4-edns-size: 1232
  hide-version: yes
  refuse-any: no`,
  },
  Knot: {
    server: 'udp-max-payload: 1232',
    zone: () => 'journal-content: none',
  },
  BIND: {
    server: `minimal-responses no-auth;
  minimal-any yes;
  rrset-order { order none; };
  edns-udp-size 1232;
  max-udp-size 1232;
  nocookie-udp-size 1232;
  answer-cookie no;
  notify no;
  check-integrity no;
  check-sibling no;
  check-mx ignore;
  check-mx-cname ignore;
  check-srv-cname ignore;
  check-spf ignore;
  check-wildcard no;
  check-dup-records ignore;
  max-records-per-type 0;
  zero-no-soa-ttl no;`,
  },
};

/** Another implementation whose answers are compared with ours. */
export function startReference(name: PeerName, zones: readonly PeerZone[], port: number): Promise<Peer> {
  return startPeer(name, port, zones, ANSWERS[name]);
}
