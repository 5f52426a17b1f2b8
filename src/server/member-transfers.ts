import type { Logger } from 'pino';
import { tables } from '../core/control/tables.ts';
import type { ControlSettings } from '../core/control/operation.ts';
import type { Edge } from '../edge/edge.ts';
import type { Log } from '../log/log.ts';
import { readTransferFile, TransferFileError } from '../transfer/settings/transfer-file.ts';
import { NO_TRANSFERS, transferredOut, type TransferSettings } from '../transfer/settings/transfer-settings.ts';
import type { TransferShare } from '../transfer/transfer-share.ts';
import { openTransfers, type Transfers } from '../transfer/transfers.ts';
import { ConfigError } from './config-error.ts';

/** How a member comes to its transfers: the file that a setting names, read at the start and again on demand. */
export interface MemberTransfers {
  /** Reads the file again. When it is bad, everything stays as it is, and the log says what is wrong. */
  reload(): void;
  close(): Promise<void>;
}

export interface MemberTransfersParts {
  readonly path: string | undefined;
  readonly directory: string;
  readonly share: TransferShare;
  readonly propagation: SharedArrayBuffer;
  /** What commands are judged by, but for the zones that are transferred out. */
  readonly settings: ControlSettings;
  readonly log: Log;
  readonly edge: Edge;
  readonly logger: Logger;
}

/** Throws `ConfigError`. */
export function readTransferSettings(path: string | undefined): TransferSettings {
  if (path === undefined) return NO_TRANSFERS;
  try {
    return readTransferFile(path);
  } catch (error) {
    if (!(error instanceof TransferFileError)) throw error;
    throw new ConfigError('WAYPOST_TRANSFERS', error.message);
  }
}

export function withTransfers(settings: ControlSettings, transfers: TransferSettings): ControlSettings {
  return { ...settings, transferredOut: transferredOut(transfers) };
}

export function openMemberTransfers(parts: MemberTransfersParts): MemberTransfers {
  const { path, share, log, edge, logger } = parts;
  // Without the file, secondary zones of earlier must still expire.
  const needed = path !== undefined || log.view().range(tables.secondaryZones, { limit: 1 }).length > 0;
  const transfers: Transfers | undefined = needed
    ? openTransfers({
        directory: parts.directory,
        propagation: parts.propagation,
        share,
        submit: (operation, command, principal) => log.submit(operation, command, principal),
        report: (level, message, details) => logger[level](details, message),
      })
    : undefined;
  return {
    reload() {
      if (path === undefined) return;
      let settings: TransferSettings;
      try {
        settings = readTransferSettings(path);
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        logger.error({ why: error.message }, 'the new transfer settings cannot be used; the old ones stay');
        return;
      }
      share.settings = settings;
      log.configure(withTransfers(parts.settings, settings));
      edge.configureTransfers(settings);
      transfers?.configure(settings);
      logger.info({ rulesOut: settings.out.length, zonesIn: settings.in.length }, 'transfer settings read again');
    },
    close: () => transfers?.close() ?? Promise.resolve(),
  };
}
