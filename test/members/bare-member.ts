import { PLAIN_ANSWERS } from '../../src/core/answer/settings.ts';
import { isRefusal, type ControlSettings } from '../../src/core/control/operation.ts';
import type { EdgeOptions } from '../../src/edge/edge-options.ts';
import { openEdge, type Edge } from '../../src/edge/edge.ts';
import { openLog, type Log } from '../../src/log/log.ts';
import { createPropagation } from '../../src/log/propagation.ts';

/** A member in this process, without what no query meets: the log, the store and, when it serves, the name server. */
export interface BareMember {
  readonly log: Log;
  /** The change that the operation makes; a refusal is an error. */
  submit<Ch>(operation: string, command: unknown): Promise<Ch>;
  serve(
    more: Pick<EdgeOptions, 'udpWorkers' | 'planBytesMax'> & Partial<EdgeOptions> & { port: number },
  ): Promise<Edge>;
  close(): Promise<void>;
}

const CONNECTIONS_MAX = 10_000;

/** Whatever fails in a thread of its ends the process. */
function fail(error: unknown): never {
  throw error;
}

export async function openBareMember(directory: string, settings: ControlSettings): Promise<BareMember> {
  const propagation = createPropagation();
  let edge: Edge | undefined;
  const log = await openLog({
    directory,
    settings,
    propagation,
    onCommitted: () => edge?.wake(),
    onFailure: fail,
    onFatal: fail,
  });
  return {
    log,
    async submit<Ch>(operation: string, command: unknown) {
      const outcome = await log.submit(operation, command, 'bare member');
      if (isRefusal(outcome)) throw new Error(`${outcome.refused}: ${outcome.message}`);
      return outcome.change as unknown as Ch;
    },
    async serve({ port, ...more }) {
      edge = await openEdge({
        addresses: [{ host: '127.0.0.1', port }],
        dataDirectory: directory,
        propagation,
        answers: PLAIN_ANSWERS,
        tcpWorkers: 1,
        streams: { connectionsMax: CONNECTIONS_MAX, connectionsPerNetworkMax: CONNECTIONS_MAX },
        onRestart: (_worker, error) => fail(error),
        onFatal: fail,
        ...more,
      });
      return edge;
    },
    async close() {
      await edge?.close();
      await log.close();
    },
  };
}
