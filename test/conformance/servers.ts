import { freePort, lacks, startMember, type Member } from '../clients/member.ts';
import { Connection } from './connection.ts';
import { loadZone } from './load-zone.ts';
import { PROGRAMS, startReference, type Reference, type ReferenceServer } from './reference-server.ts';
import { masterFile, trickyZones } from './tricky-zone.ts';

export const REFERENCES = Object.keys(PROGRAMS) as Reference[];

/** A member and every reference server with the tricky zones, each with a connection to it. */
export interface Servers {
  readonly ours: Connection;
  readonly theirs: ReadonlyMap<Reference, Connection>;
  stop(): Promise<void>;
}

/** Whether a reference server is not installed; on CI that throws. */
export function someAbsent(): boolean {
  return REFERENCES.map((reference) => lacks(PROGRAMS[reference].path)).includes(true);
}

export async function startServers(): Promise<Servers> {
  const zones = trickyZones.map((zone) => ({ origin: zone.origin, text: masterFile(zone) }));
  const started: (ReferenceServer | Member)[] = [];
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
    const theirs = new Map<Reference, Connection>();
    for (const reference of REFERENCES) {
      const server = await startReference(reference, zones, await freePort());
      started.push(server);
      theirs.set(reference, await open(server.port));
    }
    return { ours: await open(member.dnsPort), theirs, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
