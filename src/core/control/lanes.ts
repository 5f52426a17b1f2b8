/** Names of the lanes that changes advance and rely on. */
export const lane = {
  zone: (zoneId: string) => `zone/${zoneId}`,
  /** Which zones there are, and which names and name-server sets they use. */
  names: 'names',
  delegationSet: (id: string) => `delegation-set/${id}`,
  delegationSets: 'delegation-sets',
  cidrCollection: (id: string) => `cidr/${id}`,
  cidrCollections: 'cidr',
  healthCheck: (id: string) => `health-check/${id}`,
  /** Which health checks there are. */
  healthChecks: 'health-checks',
  metricAlarms: 'metric-alarms',
  /** What copies of zones are told of hosts outside. */
  copiedHosts: 'copied-hosts',
  /** Which master secret the private keys in the data are wrapped with. */
  custody: 'custody',
  kmsKey: (id: string) => `kms/${id}`,
  /** Which keys and aliases the embedded key service has. */
  kms: 'kms',
} as const;
