import { readFileSync } from 'node:fs';
import type { Member } from '../clients/member.ts';

/** What was seen of a member while something went on. */
export interface Seen {
  /** The most at any look. */
  readonly residentOctets: number;
  readonly connections: number;
  readonly heldOctets: number;
  /** Of all TCP sockets of the machine, those of attackers and clients included. */
  readonly kernelOctets: number;
  /** What the counters of `/metrics` grew by, by name and labels. */
  grown(counter: string): number;
}

const LOOK_MILLISECONDS = 250;

/** Looks at a member's memory and metrics again and again until `end` is called. */
export async function watch(member: Member): Promise<{ end(): Promise<Seen> }> {
  const before = await metrics(member);
  const most = { residentOctets: 0, connections: 0, heldOctets: 0, kernelOctets: 0 };
  let ended = false;
  const look = async (): Promise<Map<string, number>> => {
    most.residentOctets = Math.max(most.residentOctets, residentOctets(member.processId));
    const now = await metrics(member);
    most.connections = Math.max(most.connections, now.get('waypost_dns_connections') ?? 0);
    most.heldOctets = Math.max(most.heldOctets, now.get('waypost_dns_connections_bytes') ?? 0);
    most.kernelOctets = Math.max(most.kernelOctets, kernelOctets());
    return now;
  };
  const looking = (async () => {
    while (!ended) {
      await look();
      await new Promise((resolve) => setTimeout(resolve, LOOK_MILLISECONDS));
    }
  })();
  return {
    async end() {
      ended = true;
      await looking;
      const after = await look();
      return { ...most, grown: (counter) => (after.get(counter) ?? Number.NaN) - (before.get(counter) ?? Number.NaN) };
    },
  };
}

/** What the process has in memory now. Throws when there is no such process. */
export function residentOctets(processId: number): number {
  const status = readFileSync(`/proc/${processId}/status`, 'utf8');
  return Number(/^VmRSS:\s+([0-9]+) kB/m.exec(status)?.[1]) * 1024;
}

const PAGE_OCTETS = 4096;

function kernelOctets(): number {
  const tcp = /^TCP: .* mem ([0-9]+)$/m.exec(readFileSync('/proc/net/sockstat', 'utf8'));
  return Number(tcp?.[1]) * PAGE_OCTETS;
}

async function metrics(member: Member): Promise<Map<string, number>> {
  const text = await (await fetch(`${member.url}/metrics`)).text();
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const space = line.lastIndexOf(' ');
      return [line.slice(0, space), Number(line.slice(space + 1))];
    }),
  );
}
