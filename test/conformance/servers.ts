import type { Peer } from '../peers/peer.ts';
import { PEERS, PROGRAMS, type PeerName } from '../peers/programs.ts';
import { lacks, startMember, type Member } from '../clients/member.ts';
import { freePort } from '../free-port.ts';
import { Connection } from './connection.ts';
import { loadZone } from './load-zone.ts';
import { startReference } from './references.ts';
import { masterFile, trickyZones } from './tricky-zone.ts';

/** A member and every reference server with the tricky zones, each with a connection to it. */
export interface Servers {
  readonly ours: Connection;
  readonly theirs: ReadonlyMap<PeerName, Connection>;
  stop(): Promise<void>;
}

/** Whether a reference server is not installed; on CI that throws. */
export function someAbsent(): boolean {
  return PEERS.map((name) => lacks(PROGRAMS[name].path)).includes(true);
}

export async function startServers(): Promise<Servers> {
  const zones = trickyZones.map((zone) => ({ origin: zone.origin, text: masterFile(zone) }));
  const started: (Peer | Member)[] = [];
  const connections: Connection[] = [];
  const open = async (port: number): Promise<Connection> => {
    const connection = await Connection.open(port);
    connections.push(connection);
    return connection;
  };
  const stop = async (): Promise<void> => {
    connections.forEach((connection) => connection.close());
    await Promise.all(started.map((server) => server.stop()));
  };
  try {
    const member = await startMember();
    started.push(member);
    const client = member.client();
    for (const zone of trickyZones) await loadZone(client, zone);
    client.destroy();
    const theirs = new Map<PeerName, Connection>();
    for (const name of PEERS) {
      const server = await startReference(name, zones, await freePort());
      started.push(server);
      theirs.set(name, await open(server.port));
    }
    return { ours: await open(member.dnsPort), theirs, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
