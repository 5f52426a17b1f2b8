import { MASTER_KEY } from '../core/control/kms/adopt-master-key.ts';
import { NEXT_MASTER_KEY } from '../core/control/kms/rewrap-keys.ts';
import { isRefusal } from '../core/control/operation.ts';
import { tables } from '../core/control/tables.ts';
import { Custody } from '../keys/custody.ts';
import { EmbeddedKeyService } from '../keys/embedded-key-service.ts';
import type { KeyService } from '../keys/key-service.ts';
import { KeyServices } from '../keys/key-services.ts';
import { KmsEndpointKeyService } from '../keys/kms-endpoint-key-service.ts';
import { keepMasterSecretFile, newMasterSecret, readMasterSecretFile } from '../keys/master-secret.ts';
import { Pkcs11KeyService } from '../keys/pkcs11/pkcs11-key-service.ts';
import { readPrivateFile, SecretError } from '../keys/private-file.ts';
import { fingerprintOf } from '../keys/wrapping.ts';
import type { Log } from '../log/log.ts';
import { ConfigError } from './config-error.ts';
import type { Config } from './config.ts';
import type { KeyConfig, KeySetting } from './key-config.ts';

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
  const kept = orConfigError('WAYPOST_MASTER_KEY_FILE', () => readMasterSecretFile(master.file, dataDirectory));
  return { secret: kept ?? newMasterSecret(), from: kept === undefined ? 'made' : 'kept', file: master.file };
}

/** For a command that works with the keys of a data directory. Throws `ConfigError`. */
export function existingMasterSecret(config: Config): MasterSecret {
  const master = firstMasterSecret(config);
  if (master.from !== 'made') return master;
  throw new ConfigError('WAYPOST_MASTER_KEY_FILE', `${master.file} is not there`);
}

/** What a file holds that a change of the master key made before it was interrupted; else one that is made now. Throws `ConfigError`. */
export function nextMasterSecret(file: string, { dataDirectory }: Config): Uint8Array {
  return orConfigError('WAYPOST_MASTER_KEY_FILE', () => {
    const begun = readMasterSecretFile(file, dataDirectory);
    if (begun !== undefined) return begun;
    const secret = newMasterSecret();
    keepMasterSecretFile(file, secret);
    return secret;
  });
}

export interface MemberKeys {
  /** Makes private keys and wraps them. */
  readonly custody: Custody;
  /** Where key-signing keys are. */
  readonly service: KeyService;
  close(): Promise<void>;
}

/**
 * Custody of the keys in this data, once it is known that they are this secret's. From here on a secret that was made just now is on
 * disk. Throws `ConfigError`.
 */
export function openMemberKeys({ secret, from, file }: MasterSecret, config: Config, log: Log): MemberKeys {
  const { accountId, keys } = config;
  const adopted = log.view().get(tables.custody, [MASTER_KEY]);
  if (log.view().get(tables.custody, [NEXT_MASTER_KEY]) !== undefined) throw unfinishedChange();
  if (adopted !== undefined && adopted !== fingerprintOf(secret)) throw strangerTo(adopted, config, { from, file });
  if (from === 'made' && file !== undefined) {
    orConfigError('WAYPOST_MASTER_KEY_FILE', () => keepMasterSecretFile(file, secret));
  }
  const custody = new Custody({
    masterSecret: secret,
    async adopt(fingerprint) {
      const outcome = await log.submit('AdoptMasterKey', { fingerprint }, PRINCIPAL);
      if (isRefusal(outcome)) throw new Error(outcome.message);
    },
  });
  const service = new KeyServices({
    embedded: new EmbeddedKeyService({ view: () => log.view(), accountId, custody }),
    endpoint: keys.kmsEndpoint === undefined ? undefined : new KmsEndpointKeyService({ endpoint: keys.kmsEndpoint }),
    pkcs11: pkcs11Of(keys),
  });
  return { custody, service, close: () => service.close() };
}

function unfinishedChange(): ConfigError {
  const message = 'a change of the master key is not finished: waypost master-key rotate goes on with it';
  return new ConfigError('WAYPOST_MASTER_KEY_FILE', message);
}

/** Why a member does not start on data whose keys are another master secret's. */
function strangerTo(
  adopted: string,
  { dataDirectory }: Config,
  { from, file }: Pick<MasterSecret, 'from' | 'file'>,
): ConfigError {
  const wrapped = `the private keys in ${dataDirectory} are wrapped with`;
  if (file === undefined) return new ConfigError('WAYPOST_MASTER_KEY', `is not the master key that ${wrapped}`);
  const next = orConfigError('WAYPOST_MASTER_KEY_FILE', () => readMasterSecretFile(`${file}.next`, dataDirectory));
  if (next !== undefined && fingerprintOf(next) === adopted) return unfinishedChange();
  return new ConfigError(
    'WAYPOST_MASTER_KEY_FILE',
    from === 'made'
      ? `${file} is not there, and ${wrapped} what it held; put it back`
      : `${file} does not hold the master key that ${wrapped}`,
  );
}

/** Who does what nobody asked for. */
const PRINCIPAL = 'waypost';

function pkcs11Of({ pkcs11 }: KeyConfig): Pkcs11KeyService | undefined {
  if (pkcs11 === undefined) return undefined;
  const { module, token, pinFile } = pkcs11;
  const pin = orConfigError('WAYPOST_PKCS11_PIN_FILE', () => readPrivateFile(pinFile));
  if (pin === undefined) throw new ConfigError('WAYPOST_PKCS11_PIN_FILE', `${pinFile} is not there`);
  return new Pkcs11KeyService({ module, label: token, pin: Buffer.from(pin.replace(/\r?\n$/, ''), 'latin1') });
}

function orConfigError<T>(setting: KeySetting, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof SecretError) throw new ConfigError(setting, error.message);
    throw error;
  }
}
