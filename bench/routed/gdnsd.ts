import { appendFileSync, copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { gdnsd } from '../peers/gdnsd.ts';
import type { Peer } from '../peers/server.ts';
import { eachName, nameOf, PAIR, SIMPLE, WEIGHTS, ZONE } from './names.ts';

/**
 * gdnsd with its plugins weighted, simplefo and geoip; all endpoints are up by the monitor that never looks. Its map is one of networks:
 * the location database that comes with Waypost has another layout than MaxMind's, which gdnsd needs.
 */
export const gdnsdRouted: Peer = {
  ...gdnsd,
  async configure(setup) {
    const command = await gdnsd.configure(setup);
    appendFileSync(join(setup.directory, 'config'), PLUGINS);
    const file = join(setup.directory, 'zones', ZONE);
    rmSync(file);
    copyFileSync(setup.zoneFile(SIMPLE), file);
    appendFileSync(file, dynamic('w', 'weighted!w') + dynamic('f', 'simplefo!f') + dynamic('g', 'geoip!g'));
    return command;
  },
};

const weights = WEIGHTS.map(([address, weight], index) => `r${index} => [ ${address}, ${weight} ]`).join(', ');

const PLUGINS = `plugins => {
  weighted => {
    multi => false, service_types => up
    w => { ${weights} }, eu => { ${weights} }, rest => { ${weights} }
  }
  simplefo => { service_types => up, f => { primary => ${PAIR.primary}, secondary => ${PAIR.secondary} } }
  geoip => {
    maps => { m => {
      datacenters => [ eu, rest ]
      nets => { 0.0.0.0/2 => [ eu, rest ], 64.0.0.0/2 => [ rest, eu ], 128.0.0.0/1 => [ eu, rest ] }
    } }
    resources => { g => { map => m, dcmap => { eu => %weighted!eu, rest => %weighted!rest } } }
  }
}
`;

function dynamic(kind: 'w' | 'f' | 'g', resource: string): string {
  return eachName((index) => `${nameOf(kind, index)} DYNA ${resource}\n`);
}
