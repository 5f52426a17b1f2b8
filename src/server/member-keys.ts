import { MASTER_KEY } from '../core/control/kms/adopt-master-key.ts';
import { isRefusal } from '../core/control/operation.ts';
import { tables } from '../core/control/tables.ts';
import { Custody } from '../keys/custody.ts';
import { EmbeddedKeyService } from '../keys/embedded-key-service.ts';
import type { KeyService } from '../keys/key-service.ts';
import {
  keepMasterSecretFile,
  MasterSecretError,
  newMasterSecret,
  readMasterSecretFile,
} from '../keys/master-secret.ts';
import { fingerprintOf } from '../keys/wrapping.ts';
import type { Log } from '../log/log.ts';
import { ConfigError } from './config-error.ts';
import type { Config } from './config.ts';

/** The master secret of this start. */
export interface MasterSecret {
  readonly secret: Uint8Array;
  readonly from: 'made' | 'kept' | 'settings';
  /** Undefined for one from the settings. */
  readonly file: string | undefined;
}

/** A secret that is made here is kept nowhere yet. Throws `ConfigError`. */
export function firstMasterSecret({ keys: { master }, dataDirectory }: Config): MasterSecret {
  if ('secret' in master) return { secret: master.secret, from: 'settings', file: undefined };
  const kept = orConfigError(() => readMasterSecretFile(master.file, dataDirectory));
  return { secret: kept ?? newMasterSecret(), from: kept === undefined ? 'made' : 'kept', file: master.file };
}

export interface MemberKeys {
  /** Makes private keys and wraps them. */
  readonly custody: Custody;
  /** Where key-signing keys are. */
  readonly service: KeyService;
}

/**
 * Custody of the keys in this data, once it is known that they are this secret's. From here on a secret that was made just now is on
 * disk. Throws `ConfigError`.
 */
export function openMemberKeys({ secret, from, file }: MasterSecret, config: Config, log: Log): MemberKeys {
  const { dataDirectory, accountId } = config;
  const adopted = log.view().get(tables.custody, [MASTER_KEY]);
  if (adopted !== undefined && adopted !== fingerprintOf(secret)) {
    const keys = `the private keys in ${dataDirectory} are wrapped with`;
    if (file === undefined) throw new ConfigError('WAYPOST_MASTER_KEY', `is not the master key that ${keys}`);
    throw new ConfigError(
      'WAYPOST_MASTER_KEY_FILE',
      from === 'made'
        ? `${file} is not there, and ${keys} what it held; put it back`
        : `${file} does not hold the master key that ${keys}`,
    );
  }
  if (from === 'made' && file !== undefined) orConfigError(() => keepMasterSecretFile(file, secret));
  const custody = new Custody({
    masterSecret: secret,
    async adopt(fingerprint) {
      const outcome = await log.submit('AdoptMasterKey', { fingerprint }, PRINCIPAL);
      if (isRefusal(outcome)) throw new Error(outcome.message);
    },
  });
  return { custody, service: new EmbeddedKeyService({ view: () => log.view(), accountId, custody }) };
}

/** Who does what nobody asked for. */
const PRINCIPAL = 'waypost';

function orConfigError<T>(action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof MasterSecretError) throw new ConfigError('WAYPOST_MASTER_KEY_FILE', error.message);
    throw error;
  }
}
