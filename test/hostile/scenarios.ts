import type { AttackName } from './attacks.ts';

/** An attack, and what the member must have counted because of it. */
export interface Scenario {
  readonly title: string;
  /** Several at once; none is calm. */
  readonly attacks: readonly AttackName[];
  /** From one /24. */
  readonly oneNetwork?: boolean;
  /** Counters of `/metrics` of which at least one must have grown. */
  readonly counted?: readonly string[];
  readonly settings?: Readonly<Record<string, string>>;
  /** Only where this process has a network namespace of its own. */
  readonly needsNamespace?: boolean;
}

const closed = (reason: string): string => `waypost_dns_connections_closed_total{reason="${reason}"}`;
const limited = (action: string): string => `waypost_dns_rate_limited_total{action="${action}"}`;
const responses = (rcode: string): string => `waypost_dns_responses_total{rcode="${rcode}"}`;

/** As an operator under attack would have it. Honest clients of these tests ask more than one network is expected to, so they are allowed. */
const RATE_LIMITED = { WAYPOST_RATE_LIMIT: '50', WAYPOST_RATE_LIMIT_ALLOW: '127.0.0.0/16' };

/** Connections go for want of room before they go by time, however few of them the attacker can make in a second. */
const PATIENT = { WAYPOST_TCP_IDLE_SECONDS: '60' };

export const scenarios: readonly Scenario[] = [
  { title: 'calm', attacks: [] },
  { title: 'query flood', attacks: ['query flood'], counted: [responses('NOERROR')] },
  {
    title: 'query flood from one network, rate-limited',
    attacks: ['query flood'],
    oneNetwork: true,
    settings: RATE_LIMITED,
    counted: [limited('drop')],
  },
  {
    title: 'random names, rate-limited',
    attacks: ['random names'],
    settings: RATE_LIMITED,
    counted: [responses('NXDOMAIN')],
  },
  { title: 'garbage flood', attacks: ['garbage flood'], counted: ['waypost_dns_dropped_total'] },
  {
    title: '12,000 connections',
    attacks: ['many connections'],
    settings: PATIENT,
    counted: [closed('room')],
  },
  {
    title: '12,000 connections from one network',
    attacks: ['many connections'],
    oneNetwork: true,
    counted: [closed('refused')],
  },
  { title: 'connection flood', attacks: ['connection flood'], counted: ['waypost_dns_connections_accepted_total'] },
  { title: 'slow senders', attacks: ['slow senders'], counted: [closed('idle')] },
  { title: 'unread answers', attacks: ['unread answers'], counted: [closed('idle'), closed('room')] },
  { title: 'garbage streams', attacks: ['garbage streams'], counted: [closed('unanswerable')] },
  { title: 'half-open connections', attacks: ['half-open'], needsNamespace: true },
  {
    title: 'all at once',
    attacks: ['query flood', 'garbage flood', 'many connections', 'slow senders', 'unread answers', 'garbage streams'],
    counted: [closed('unanswerable')],
  },
];
