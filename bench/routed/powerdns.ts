import { execFile } from 'node:child_process';
import { appendFileSync, copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { powerDnsLmdb } from '../peers/powerdns-lmdb.ts';
import type { Peer } from '../peers/server.ts';
import { eachName, nameOf, PAIR, SIMPLE, WEIGHTS, ZONE } from './names.ts';

const run = promisify(execFile);

/**
 * PowerDNS with Lua records over its LMDB backend. They know no health without checks of their own (`ifportup`), so a pair is not
 * asked for; where a client is, they are told by networks, like gdnsd.
 */
export const powerDnsRouted: Peer = {
  ...powerDnsLmdb,
  async configure(setup) {
    const command = await powerDnsLmdb.configure({ ...setup, zones: [] });
    appendFileSync(join(setup.directory, 'pdns.conf'), 'enable-lua-records=shared\nedns-subnet-processing=yes\n');
    if (!existsSync(join(setup.directory, 'pdns.lmdb'))) {
      const file = join(setup.directory, ZONE);
      copyFileSync(setup.zoneFile(SIMPLE), file);
      appendFileSync(file, lua('w', draw) + lua('f', `'${PAIR.primary}'`) + lua('g', placed));
      await run('pdnsutil', [`--config-dir=${setup.directory}`, 'load-zone', ZONE, file]);
    }
    return command;
  },
};

const draw = `pickwrandom({${WEIGHTS.map(([address, weight]) => `{${weight}, '${address}'}`).join(', ')}})`;
const placed = `;if(netmask({'64.0.0.0/2'})) then return ${draw} else return ${draw} end`;

function lua(kind: 'w' | 'f' | 'g', code: string): string {
  return eachName((index) => `${nameOf(kind, index)} LUA A "${code}"\n`);
}
