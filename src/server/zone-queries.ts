import type { Logger } from 'pino';
import type { Edge } from '../edge/edge.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';

const MINUTE_MILLISECONDS = 60_000;

/** At the end of each minute, hands what the edge counted in it by zone to the metrics; the rest when it is stopped. */
export function publishZoneQueries(edge: Edge, telemetry: Telemetry, logger: Logger): { stop(): void } {
  let told = false;
  const publish = (at: number): void => {
    const { queries, missed } = edge.takeZoneQueries();
    telemetry.queried(Math.floor(at / MINUTE_MILLISECONDS) * 60, queries);
    if (missed && !told) {
      told = true;
      logger.warn('more zones are asked for than are counted; some have no DNSQueries');
    }
  };
  let timer: NodeJS.Timeout;
  const wait = (): void => {
    const now = Date.now();
    // A timer may come a little early by this clock; what it then takes is of the minute that is about to end.
    const end = (Math.floor(now / MINUTE_MILLISECONDS) + 1) * MINUTE_MILLISECONDS;
    timer = setTimeout(() => {
      publish(end - 1);
      wait();
    }, end - now);
    timer.unref();
  };
  wait();
  return {
    stop() {
      clearTimeout(timer);
      publish(Date.now());
    },
  };
}
