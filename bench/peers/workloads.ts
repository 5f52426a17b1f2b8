import type { Expected, Recipe } from '../generator/recipe.ts';
import { CHAINS, CUTS, LARGE } from './zones.ts';

/** What is asked of every server, and the most CPU per answer that Waypost may use by that of a peer. */
export interface Workload {
  readonly name: string;
  readonly what: string;
  readonly zones: 'small' | 'large';
  readonly recipe: Recipe;
  readonly bars: Readonly<Record<string, number>>;
  /** Before each run Waypost's zone changes, so that every answer comes from the store. */
  readonly cold?: boolean;
}

const HIT: Expected = {
  rcode: 0,
  authoritative: true,
  answers: 1,
  authoritiesMin: 0,
  additionalsMin: 0,
  address: 'index',
};
const hits: Recipe = { name: 'h#######.hits.test', indexes: 10_000, order: 'random', edns: false, expect: HIT };
const million: Recipe = { ...hits, name: 'h#######.million.test', indexes: LARGE };

/** Each name once: fills Waypost's plans before the warm runs. */
export const everyName: Recipe = { ...million, order: 'sequential' };

export const WORKLOADS: readonly Workload[] = [
  {
    name: 'hits',
    what: '10,000 names, exact hits',
    zones: 'small',
    recipe: hits,
    bars: { gdnsd: 1.05, Knot: 0.87, NSD: 0.8 },
  },
  {
    name: 'hits-edns',
    what: '10,000 names, exact hits, with EDNS',
    zones: 'small',
    recipe: { ...hits, edns: true },
    bars: { gdnsd: 1.05, Knot: 0.87, NSD: 0.8 },
  },
  {
    name: 'nxdomain',
    what: 'random names under one zone',
    zones: 'small',
    recipe: {
      ...hits,
      name: '??????????.hits.test',
      expect: { ...HIT, rcode: 3, answers: 0, authoritiesMin: 1, address: undefined },
    },
    bars: { Knot: 1.1 },
  },
  {
    name: 'wildcard',
    what: 'random names under a wildcard',
    zones: 'small',
    recipe: { ...hits, name: '??????????.wild.test' },
    bars: { Knot: 1 },
  },
  {
    name: 'cname',
    what: 'a chain of three CNAMEs and an address',
    zones: 'small',
    recipe: { ...hits, name: 'c#######.chain.test', indexes: CHAINS, expect: { ...HIT, answers: 4 } },
    bars: { Knot: 1 },
  },
  {
    name: 'referral',
    what: 'referrals to two servers with glue',
    zones: 'small',
    recipe: {
      ...hits,
      name: 'www.s#######.cuts.test',
      indexes: CUTS,
      expect: {
        ...HIT,
        authoritative: false,
        answers: 0,
        authoritiesMin: 2,
        additionalsMin: 2,
        address: undefined,
      },
    },
    bars: { Knot: 1 },
  },
  {
    name: 'million',
    what: '1,000,000 names, uniform, plans warm',
    zones: 'large',
    recipe: million,
    bars: { Knot: 1 },
  },
  {
    name: 'million-cold',
    what: '1,000,000 names, uniform, from the store',
    zones: 'large',
    recipe: million,
    bars: {},
    cold: true,
  },
];
