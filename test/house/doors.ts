/**
 * The table of doors: which rooms a room may enter, and which modules from outside. ARCHITECTURE.md shows the same table to
 * people; doors.test.ts holds both to the code.
 */
export interface Doors {
  readonly rooms: readonly string[];
  readonly modules: readonly string[];
}

export const doors: Readonly<Record<string, Doors>> = {
  'core/dns': { rooms: [], modules: [] },
  'core/geo': { rooms: [], modules: [] },
  'core/zone': { rooms: ['core/dns', 'core/dnssec', 'core/geo'], modules: [] },
  'core/dnssec': { rooms: ['core/dns'], modules: [] },
  'core/health': { rooms: ['core/dns'], modules: [] },
  'core/metrics': { rooms: [], modules: [] },
  'core/routing': { rooms: ['core/dns', 'core/geo', 'core/zone'], modules: [] },
  'core/answer': { rooms: ['core/dns', 'core/dnssec', 'core/geo', 'core/routing', 'core/zone'], modules: [] },
  'core/control': {
    rooms: ['core/dns', 'core/dnssec', 'core/geo', 'core/health', 'core/metrics', 'core/zone'],
    modules: [],
  },
  store: { rooms: ['core/control', 'core/dns', 'core/zone'], modules: ['lmdb', 'koffi', 'node'] },
  log: { rooms: ['core/control', 'store'], modules: ['node'] },
  transfer: { rooms: ['core/answer', 'core/control', 'core/dns', 'core/zone', 'log', 'store'], modules: ['node'] },
  keys: { rooms: ['core/control', 'core/dnssec'], modules: ['@aws-sdk/client-kms', 'koffi', 'node'] },
  steward: { rooms: ['core/control', 'core/dns', 'core/dnssec', 'keys'], modules: ['node'] },
  atlas: { rooms: ['core/dns', 'core/geo'], modules: ['mmdb-lib', 'node'] },
  feed: { rooms: ['core/health', 'core/metrics'], modules: ['node'] },
  telemetry: { rooms: ['core/control', 'core/health', 'core/metrics', 'feed'], modules: ['node'] },
  resolve: { rooms: ['core/answer', 'core/control', 'core/dns', 'feed'], modules: ['node'] },
  checker: {
    rooms: ['core/control', 'core/health', 'core/metrics', 'feed', 'log', 'resolve', 'store'],
    modules: ['node'],
  },
  edge: {
    rooms: ['core/answer', 'core/control', 'core/dns', 'atlas', 'keys', 'log', 'store', 'transfer'],
    modules: ['koffi', 'node'],
  },
  api: {
    rooms: [
      'core/answer',
      'core/control',
      'core/dns',
      'core/dnssec',
      'core/geo',
      'core/metrics',
      'core/zone',
      'feed',
      'keys',
      'log',
      'steward',
      'telemetry',
    ],
    modules: [
      '@aws-sdk/client-cloudwatch',
      '@aws-sdk/client-kms',
      '@aws-sdk/client-route-53',
      '@smithy/core',
      'fast-xml-parser',
      'node',
    ],
  },
  operator: {
    rooms: [
      'core/answer',
      'core/control',
      'core/dns',
      'core/dnssec',
      'core/geo',
      'core/health',
      'core/zone',
      'keys',
      'log',
      'store',
    ],
    modules: ['node'],
  },
  server: {
    rooms: [
      'core/answer',
      'core/control',
      'core/dns',
      'core/health',
      'api',
      'atlas',
      'checker',
      'edge',
      'feed',
      'keys',
      'log',
      'operator',
      'resolve',
      'steward',
      'store',
      'telemetry',
      'transfer',
    ],
    modules: ['pino', 'prom-client', 'node'],
  },
  cli: {
    rooms: ['core/answer', 'core/control', 'core/dns', 'core/zone', 'edge', 'operator', 'server', 'store'],
    modules: ['node'],
  },
};
