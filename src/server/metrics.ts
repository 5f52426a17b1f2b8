import { Counter, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import { ANSWER_BUCKETS, COUNTER } from '../core/answer/counters.ts';
import type { Edge } from '../edge/edge.ts';
import { addHealthMetrics } from './health-metrics.ts';
import type { OutsideHosts } from '../resolve/outside-hosts.ts';
import type { Health } from './health.ts';
import { addStewardMetrics, type StewardCounts } from './member-steward.ts';
import { addOutsideMetrics } from './outside.ts';
import { readCounter, readGauge, readHistogram } from './read-metrics.ts';
import { addTransferMetrics } from './transfer-metrics.ts';
import type { TransferCounters } from '../transfer/transfer-counters.ts';

/** What `/metrics` says. The edge counts in shared memory; its sums are taken when somebody asks. */
export interface Metrics {
  observeRequest(operation: string, status: number, seconds: number): void;
  /** A change became visible to every edge worker this long after its commit. */
  observeChangeLag(seconds: number): void;
  readonly contentType: string;
  text(): Promise<string>;
}

export interface MetricSources {
  readonly edge: Edge;
  readonly health: Health;
  readonly hosts: OutsideHosts;
  readonly transfers: TransferCounters;
  steward(): StewardCounts;
  sequence(): number;
  pendingCommands(): number;
  /** When the TLS certificate in use expires, in milliseconds since the Unix epoch; undefined without TLS. */
  certificateExpires(): number | undefined;
}

/** `refused`: there was no room for it, or for more of its network. `room`: the idlest, to make room for others. */
const CLOSED = [
  ['refused', 'refused'],
  ['idle', 'closedIdle'],
  ['room', 'closedForRoom'],
  ['unanswerable', 'closedUnanswerable'],
] as const;
const RCODES = ['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED'];
const RCODES_COUNTED = 16;
/** Seconds; an fsync of a good disk is in the second bucket, a client's timeout in the last. */
const REQUEST_BUCKETS = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10];
const LAG_BUCKETS = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.05, 0.1, 1, 10];

export function createMetrics(sources: MetricSources): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const sums = (): Float64Array => sources.edge.counters();
  const at = (place: number): number => sums()[place] ?? 0;

  readCounter(registry, 'waypost_dns_responses_total', 'DNS responses by rcode', ['rcode'], (metric) => {
    const now = sums();
    const badVersion = now[COUNTER.badVersion] ?? 0;
    for (let rcode = 0; rcode < RCODES_COUNTED; rcode += 1) {
      const count = (now[COUNTER.rcodes + rcode] ?? 0) - (rcode === 0 ? badVersion : 0);
      metric.inc({ rcode: RCODES[rcode] ?? String(rcode) }, count);
    }
    metric.inc({ rcode: 'BADVERS' }, badVersion);
  });
  readHistogram(
    registry,
    {
      name: 'waypost_dns_answer_seconds',
      help: 'from reading queries to their answers being sent',
      bounds: ANSWER_BUCKETS,
    },
    (bucket) => at(COUNTER.answerTimes + bucket),
    () => at(COUNTER.answerSeconds),
  );
  readCounter(registry, 'waypost_dns_queries_total', 'DNS queries by transport', ['transport'], (metric) => {
    metric.inc({ transport: 'udp' }, at(COUNTER.queriesUdp));
    metric.inc({ transport: 'tcp' }, at(COUNTER.queriesTcp));
    metric.inc({ transport: 'tls' }, at(COUNTER.queriesTls));
    metric.inc({ transport: 'https' }, at(COUNTER.queriesHttps));
  });
  readCounter(registry, 'waypost_dns_rate_limited_total', 'DNS responses above a rate', ['action'], (metric) => {
    metric.inc({ action: 'drop' }, at(COUNTER.rateDropped));
    metric.inc({ action: 'slip' }, at(COUNTER.rateSlipped));
  });
  readCounter(
    registry,
    'waypost_dns_connections_closed_total',
    'connections closed by us, by why',
    ['reason'],
    (metric) => {
      for (const [reason, count] of CLOSED) metric.inc({ reason }, sources.edge.streams(count));
    },
  );
  const totals: [string, string, () => number][] = [
    ['dns_dropped_total', 'packets left without an answer', () => at(COUNTER.dropped)],
    [
      'dns_over_share_total',
      'queries of networks above their share of an overloaded worker',
      () => at(COUNTER.overShare),
    ],
    ['dns_truncated_total', 'responses with TC', () => at(COUNTER.truncated)],
    ['dns_internal_errors_total', 'queries on which an answerer failed', () => at(COUNTER.internalErrors)],
    ['plan_cache_hits_total', 'answers from a compiled plan', () => at(COUNTER.planHits)],
    ['plan_cache_misses_total', 'plans compiled', () => at(COUNTER.planMisses)],
    ['plan_cache_laps_total', 'times that plan caches were written through', () => at(COUNTER.planLaps)],
    ['dns_signatures_total', 'signatures made for answers', () => at(COUNTER.signatures)],
    ['dns_signing_put_off_total', 'answers not signed for lack of time', () => at(COUNTER.signingPutOff)],
    ['dns_signing_failed_total', 'answers whose zone has a key that is not to be had', () => at(COUNTER.signingFailed)],
    ['worker_restarts_total', 'edge workers started again', () => sources.edge.restarts()],
    ['dns_connections_accepted_total', 'connections by TCP, TLS and HTTPS', () => sources.edge.streams('accepted')],
  ];
  for (const [name, help, read] of totals)
    readCounter(registry, `waypost_${name}`, help, [], (metric) => metric.inc(read()));
  const gauges: [string, string, () => number][] = [
    ['plan_cache_bytes', 'octets of compiled plans', () => at(COUNTER.planBytes)],
    ['plan_cache_entries', 'compiled plans', () => at(COUNTER.planEntries)],
    ['dns_connections', 'connections open', () => sources.edge.streams('open')],
    [
      'dns_connections_bytes',
      'octets of partial messages and of answers not taken',
      () => sources.edge.streams('heldOctets'),
    ],
    ['change_sequence', 'sequence of the newest change', () => sources.sequence()],
    ['commands_pending', 'commands that wait for the writer', () => sources.pendingCommands()],
  ];
  if (sources.certificateExpires() !== undefined) {
    const read = (): number => (sources.certificateExpires() ?? 0) / 1000;
    gauges.push(['tls_certificate_expiry_seconds', 'when the TLS certificate expires, since the Unix epoch', read]);
  }
  for (const [name, help, read] of gauges) readGauge(registry, `waypost_${name}`, help, read);
  addHealthMetrics(registry, sources.health);
  addOutsideMetrics(registry, sources.hosts);
  addStewardMetrics(registry, () => sources.steward());
  addTransferMetrics(registry, sources.transfers);
  const requests = new Counter({
    name: 'waypost_api_requests_total',
    help: 'API requests',
    labelNames: ['operation', 'status'],
    registers,
  });
  const durations = new Histogram({
    name: 'waypost_api_request_seconds',
    help: 'API latency',
    labelNames: ['operation'],
    buckets: REQUEST_BUCKETS,
    registers,
  });
  const lag = new Histogram({
    name: 'waypost_change_lag_seconds',
    help: 'commit to served everywhere',
    buckets: LAG_BUCKETS,
    registers,
  });

  return {
    observeRequest(operation, status, seconds) {
      requests.inc({ operation, status: String(status) });
      durations.observe({ operation }, seconds);
    },
    observeChangeLag: (seconds) => lag.observe(seconds),
    contentType: registry.contentType,
    text: () => registry.metrics(),
  };
}
