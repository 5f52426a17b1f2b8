import { expect, test } from 'vitest';
import { answerOf, scenarioOf, type Client } from './scenario.ts';

/** Each scenario is a zone, then who asks → what is answered, with the client bits that the answer depended on. */
interface Row {
  readonly who: string;
  readonly client: Client;
  readonly answer: string;
}

function check(text: string, name: string, rows: readonly Row[], collections: Record<string, string> = {}): void {
  const scenario = scenarioOf(`$ZONE example.com.\n${text}`, name, collections);
  const got = rows.map(({ who, client }) => `${who}: ${answerOf(scenario, client)}`);
  expect(got).toEqual(rows.map(({ who, answer }) => `${who}: ${answer}`));
}

const www = 'www.example.com.';

test('simple: the values, whatever their health', () => {
  check('www 60 A 192.0.2.1 [check h1]', www, [
    { who: 'anyone', client: {}, answer: '192.0.2.1 /0' },
    { who: 'while its check fails', client: { down: ['h1'] }, answer: '192.0.2.1 /0' },
  ]);
});

test('weighted: in proportion to the weights of the healthy', () => {
  const zone = `
www 60 A 192.0.2.1 [weighted 1, id a, check h1]
www 60 A 192.0.2.2 [weighted 3, id b, check h2]
www 60 A 192.0.2.3 [weighted 0, id c]
www 60 A 192.0.2.4 [weighted 0, id d, check h4]`;
  check(zone, www, [
    { who: 'the first quarter of the dice', client: { dice: [0.2499] }, answer: '192.0.2.1 /0' },
    { who: 'the rest', client: { dice: [0.25] }, answer: '192.0.2.2 /0' },
    { who: 'the end', client: { dice: [0.9999] }, answer: '192.0.2.2 /0' },
    { who: 'b unhealthy', client: { dice: [0.9999], down: ['h2'] }, answer: '192.0.2.1 /0' },
    { who: 'zero weights only when nothing else is healthy', client: { down: ['h1', 'h2'] }, answer: '192.0.2.3 /0' },
    { who: 'evenly among them', client: { down: ['h1', 'h2'], dice: [0.5] }, answer: '192.0.2.4 /0' },
    { who: 'the healthy of them', client: { down: ['h1', 'h2', 'h4'], dice: [0.5] }, answer: '192.0.2.3 /0' },
  ]);
});

test('weighted: nothing healthy is as everything healthy', () => {
  const zone = `
www 60 A 192.0.2.1 [weighted 1, id a, check h1]
www 60 A 192.0.2.2 [weighted 1, id b, check h2]
www 60 A 192.0.2.3 [weighted 0, id c, check h3]`;
  const down = ['h1', 'h2', 'h3'];
  check(zone, www, [
    { who: 'first half', client: { down, dice: [0.4] }, answer: '192.0.2.1 /0' },
    { who: 'second half', client: { down, dice: [0.6] }, answer: '192.0.2.2 /0' },
  ]);
});

test('weighted: all weights zero, all alike', () => {
  const zone = 'www 60 A 192.0.2.1 [weighted 0, id a]\nwww 60 A 192.0.2.2 [weighted 0, id b]';
  check(zone, www, [
    { who: 'first half', client: { dice: [0.4] }, answer: '192.0.2.1 /0' },
    { who: 'second half', client: { dice: [0.6] }, answer: '192.0.2.2 /0' },
  ]);
});

test('failover: primary, secondary, and the primary when neither is healthy', () => {
  const zone = `
www 60 A 192.0.2.1 [failover PRIMARY, id p, check h1]
www 60 A 192.0.2.2 [failover SECONDARY, id s, check h2]`;
  check(zone, www, [
    { who: 'both healthy', client: {}, answer: '192.0.2.1 /0' },
    { who: 'primary down', client: { down: ['h1'] }, answer: '192.0.2.2 /0' },
    { who: 'secondary down', client: { down: ['h2'] }, answer: '192.0.2.1 /0' },
    { who: 'both down', client: { down: ['h1', 'h2'] }, answer: '192.0.2.1 /0' },
  ]);
  check('www 60 A 192.0.2.2 [failover SECONDARY, id s, check h2]', www, [
    { who: 'a secondary alone, down', client: { down: ['h2'] }, answer: '192.0.2.2 /0' },
  ]);
});

test('latency: the region that answers soonest, among the healthy', () => {
  const zone = `
www 60 A 192.0.2.1 [latency us-east-1, id us, check h1]
www 60 A 192.0.2.2 [latency eu-west-3, id eu, check h2]
www 60 A 192.0.2.3 [latency ap-southeast-2, id ap, check h3]`;
  check(zone, www, [
    { who: 'from Boston', client: { place: 'boston' }, answer: '192.0.2.1 /20' },
    { who: 'from Paris', client: { place: 'paris' }, answer: '192.0.2.2 /20' },
    { who: 'from Sydney', client: { place: 'sydney' }, answer: '192.0.2.3 /20' },
    { who: 'from Paris, Paris down', client: { place: 'paris', down: ['h2'] }, answer: '192.0.2.1 /20' },
    { who: 'all down', client: { place: 'paris', down: ['h1', 'h2', 'h3'] }, answer: '192.0.2.2 /20' },
    { who: 'from nowhere: the first by name', client: {}, answer: '192.0.2.3 /20' },
  ]);
});

test('latency: what was measured overrides the distance, for the regions that it was measured from', () => {
  const zone = `
www 60 A 192.0.2.1 [latency us-east-1, id us, check h1]
www 60 A 192.0.2.2 [latency eu-west-3, id eu]
www 60 A 192.0.2.3 [latency ap-southeast-2, id ap]`;
  const measured = (table: Readonly<Record<string, number>>) => ({
    milliseconds: (_: Uint8Array, __: number, region: string) => table[region] ?? NaN,
    bitsUsed: 24,
  });
  const latencies = measured({ 'us-east-1': 10, 'eu-west-3': 20, 'ap-southeast-2': 30 });
  const near = measured({ 'us-east-1': 4 });
  const tied = measured({ 'us-east-1': 10, 'eu-west-3': 10, 'ap-southeast-2': 10 });
  check(zone, www, [
    { who: 'from Paris, measured', client: { place: 'paris', latencies }, answer: '192.0.2.1 /24' },
    { who: 'and unhealthy', client: { place: 'paris', latencies, down: ['h1'] }, answer: '192.0.2.2 /24' },
    { who: 'one region measured', client: { place: 'paris', latencies: near }, answer: '192.0.2.1 /24' },
    { who: 'a tie: the first by name', client: { place: 'paris', latencies: tied }, answer: '192.0.2.3 /24' },
  ]);
});

test('geolocation: subdivision, country, continent, everywhere; else nothing', () => {
  const zone = `
www 60 A 192.0.2.1 [geolocation country=US/CA, id ca, check h1]
www 60 A 192.0.2.2 [geolocation country=US, id us, check h2]
www 60 A 192.0.2.3 [geolocation continent=NA, id na, check h3]
www 60 A 192.0.2.4 [geolocation continent=EU, id eu]
www 60 A 192.0.2.5 [geolocation country=*, id any, check h5]`;
  check(zone, www, [
    { who: 'California', client: { place: 'fresno' }, answer: '192.0.2.1 /20' },
    { who: 'Massachusetts', client: { place: 'boston' }, answer: '192.0.2.2 /20' },
    { who: 'France', client: { place: 'paris' }, answer: '192.0.2.4 /20' },
    { who: 'Namibia, whose code is that of a continent', client: { place: 'windhoek' }, answer: '192.0.2.5 /20' },
    { who: 'California down', client: { place: 'fresno', down: ['h1'] }, answer: '192.0.2.2 /20' },
    { who: 'the US down', client: { place: 'fresno', down: ['h1', 'h2'] }, answer: '192.0.2.3 /20' },
    { who: 'the continent down', client: { place: 'fresno', down: ['h1', 'h2', 'h3'] }, answer: '192.0.2.5 /20' },
    {
      who: 'all down: the most specific',
      client: { place: 'fresno', down: ['h1', 'h2', 'h3', 'h5'] },
      answer: '192.0.2.1 /20',
    },
    { who: 'nowhere', client: {}, answer: '192.0.2.5 /20' },
  ]);
  check('www 60 A 192.0.2.4 [geolocation continent=EU, id eu]', www, [
    { who: 'none for the client', client: { place: 'boston' }, answer: '- /20' },
  ]);
  check('www 60 A 192.0.2.4 [geolocation country=*, id any]', www, [
    { who: 'only a default: the place is not asked for', client: { place: 'boston' }, answer: '192.0.2.4 /0' },
  ]);
});

test('geoproximity: the nearest, with bias', () => {
  const near = `
www 60 A 192.0.2.1 [geoproximity us-east-1 0, id us, check h1]
www 60 A 192.0.2.2 [geoproximity 48.85,2.35 0, id paris, check h2]`;
  check(near, www, [
    { who: 'from Boston', client: { place: 'boston' }, answer: '192.0.2.1 /20' },
    { who: 'from Paris', client: { place: 'paris' }, answer: '192.0.2.2 /20' },
    { who: 'from Boston, its nearest down', client: { place: 'boston', down: ['h1'] }, answer: '192.0.2.2 /20' },
    { who: 'all down', client: { place: 'boston', down: ['h1', 'h2'] }, answer: '192.0.2.1 /20' },
  ]);
  // Boston is 640 km from us-east-1 and 5,530 km from Paris: a bias of 90 makes the latter 553 km.
  check(near.replace('48.85,2.35 0', '48.85,2.35 90'), www, [
    { who: 'drawn by a bias', client: { place: 'boston' }, answer: '192.0.2.2 /20' },
  ]);
  // -89 makes 640 km 5,818 km.
  check(near.replace('us-east-1 0', 'us-east-1 -89'), www, [
    { who: 'pushed off by a bias', client: { place: 'boston' }, answer: '192.0.2.2 /20' },
  ]);
});

test('ip-based: the longest block that holds the whole client network', () => {
  const zone = `
www 60 A 192.0.2.1 [ip-based offices berlin, id b, check h1]
www 60 A 192.0.2.2 [ip-based offices lab, id l]
www 60 A 192.0.2.9 [ip-based offices *, id any, check h9]`;
  const offices = { offices: 'berlin 10.0.0.0/8, lab 10.1.0.0/16, unused 172.16.0.0/12, berlin 2001:db8::/32' };
  check(
    zone,
    www,
    [
      { who: 'in the wider block', client: { network: '10.2.0.0/24' }, answer: '192.0.2.1 /15' },
      { who: 'in the longer block', client: { network: '10.1.2.0/24' }, answer: '192.0.2.2 /16' },
      { who: 'a network wider than the longer block', client: { network: '10.0.0.0/12' }, answer: '192.0.2.1 /13' },
      { who: 'a network wider than every block', client: { network: '10.0.0.0/4' }, answer: '192.0.2.9 /5' },
      { who: 'IPv6', client: { network: '2001:db8:1::/48' }, answer: '192.0.2.1 /32' },
      { who: 'a location without a set', client: { network: '172.16.1.0/24' }, answer: '192.0.2.9 /12' },
      { who: 'elsewhere', client: { network: '198.51.100.0/24' }, answer: '192.0.2.9 /2' },
      { who: 'its set down', client: { network: '10.2.0.0/24', down: ['h1'] }, answer: '192.0.2.9 /15' },
      { who: 'both down', client: { network: '10.2.0.0/24', down: ['h1', 'h9'] }, answer: '192.0.2.1 /15' },
    ],
    offices,
  );
  check(
    zone.replace(/.*any.*/, ''),
    www,
    [{ who: 'no default', client: { network: '198.51.100.0/24' }, answer: '- /2' }],
    offices,
  );
});

test('multivalue: all the healthy up to eight, else all', () => {
  check('www 60 A 192.0.2.1 [multivalue, id 1, check h1]\nwww 60 A 192.0.2.2 [multivalue, id 2, check h2]', www, [
    { who: 'all healthy', client: {}, answer: '192.0.2.1 192.0.2.2 /0' },
    { who: 'one down', client: { down: ['h1'] }, answer: '192.0.2.2 /0' },
    { who: 'all down', client: { down: ['h1', 'h2'] }, answer: '192.0.2.1 192.0.2.2 /0' },
  ]);
});

test('aliases: a branch with nothing healthy is skipped as a whole, and answered as a last resort', () => {
  const zone = `
www ALIAS A eu.example.com. [failover PRIMARY, id p, evaluate]
www ALIAS A us.example.com. [failover SECONDARY, id s, evaluate]
eu  60 A 192.0.2.1 [weighted 1, id a, check h1]
eu  60 A 192.0.2.2 [weighted 1, id b, check h2]
us  60 A 192.0.2.3 [weighted 1, id a, check h3]
us  60 A 192.0.2.4 [weighted 1, id b, check h4]`;
  check(zone, www, [
    { who: 'all healthy', client: {}, answer: '192.0.2.1 /0' },
    { who: 'a part of the branch', client: { down: ['h1'] }, answer: '192.0.2.2 /0' },
    { who: 'the branch down', client: { down: ['h1', 'h2'] }, answer: '192.0.2.3 /0' },
    { who: 'the other branch in part', client: { down: ['h1', 'h2', 'h3'] }, answer: '192.0.2.4 /0' },
    { who: 'everything down', client: { down: ['h1', 'h2', 'h3', 'h4'], dice: [0.7] }, answer: '192.0.2.2 /0' },
  ]);
  check(zone.replaceAll(', evaluate', ''), www, [
    { who: 'not evaluated', client: { down: ['h1', 'h2'] }, answer: '192.0.2.1 /0' },
  ]);
});

test('aliases: their own check and their target must both be healthy', () => {
  const zone = `
www ALIAS A a.example.com. [failover PRIMARY, id p, check own, evaluate]
www 60 A 192.0.2.9 [failover SECONDARY, id s]
a   60 A 192.0.2.1 [check h1]`;
  check(zone, www, [
    { who: 'both', client: {}, answer: '192.0.2.1 /0' },
    { who: 'own check down', client: { down: ['own'] }, answer: '192.0.2.9 /0' },
    { who: 'target down', client: { down: ['h1'] }, answer: '192.0.2.9 /0' },
  ]);
});

test('aliases: latency, then weighted, then failover', () => {
  const zone = `
www ALIAS A eu.example.com. [latency eu-west-3, id eu, evaluate]
www ALIAS A us.example.com. [latency us-east-1, id us, evaluate]
eu  ALIAS A eu1.example.com. [weighted 1, id 1, evaluate]
eu  60 A 192.0.2.2 [weighted 1, id 2, check h2]
eu1 60 A 192.0.2.1 [failover PRIMARY, id p, check h1]
eu1 60 A 192.0.2.8 [failover SECONDARY, id s, check h8]
us  60 A 192.0.2.3 [check h3]`;
  check(zone, www, [
    { who: 'Paris', client: { place: 'paris' }, answer: '192.0.2.1 /20' },
    { who: 'Paris, the other half', client: { place: 'paris', dice: [0.5] }, answer: '192.0.2.2 /20' },
    { who: 'a primary down', client: { place: 'paris', down: ['h1'] }, answer: '192.0.2.8 /20' },
    { who: 'a pair down', client: { place: 'paris', down: ['h1', 'h8'] }, answer: '192.0.2.2 /20' },
    { who: 'Europe down', client: { place: 'paris', down: ['h1', 'h8', 'h2'] }, answer: '192.0.2.3 /20' },
    { who: 'the world down', client: { place: 'paris', down: ['h1', 'h8', 'h2', 'h3'] }, answer: '192.0.2.1 /20' },
  ]);
});

test('aliases: a target that is gone, or leads back, is no answer and not healthy', () => {
  const zone = `
www ALIAS A gone.example.com. [failover PRIMARY, id p, evaluate]
www 60 A 192.0.2.9 [failover SECONDARY, id s]
me  ALIAS A me.example.com.`;
  check(zone, www, [{ who: 'anyone', client: {}, answer: '192.0.2.9 /0' }]);
  check(zone.replace(', evaluate', ''), www, [{ who: 'anyone', client: {}, answer: '- /0' }]);
  check(zone, 'me.example.com.', [{ who: 'anyone', client: {}, answer: '- /0' }]);
});

test('aliases of hosts outside: one without an address is unhealthy where that is evaluated', () => {
  const zone = `
www OUTSIDE A empty.example.net. [failover PRIMARY, id p, evaluate]
www 60 A 192.0.2.2 [failover SECONDARY, id s]
two OUTSIDE A host.example.net. [failover PRIMARY, id p, evaluate]
two 60 A 192.0.2.2 [failover SECONDARY, id s]
not OUTSIDE A empty.example.net. [failover PRIMARY, id p]
not 60 A 192.0.2.2 [failover SECONDARY, id s]
low ALIAS A www.example.com. [failover PRIMARY, id p, evaluate]
low 60 A 192.0.2.9 [failover SECONDARY, id s]
all OUTSIDE A empty.example.net. [weighted 1, id a, evaluate]`;
  check(zone, www, [{ who: 'anyone', client: {}, answer: '192.0.2.2 /0' }]);
  check(zone, 'two.example.com.', [{ who: 'anyone', client: {}, answer: 'host.example.net. /0' }]);
  check(zone, 'not.example.com.', [{ who: 'anyone', client: {}, answer: 'empty.example.net. /0' }]);
  check(zone, 'low.example.com.', [{ who: 'anyone', client: {}, answer: '192.0.2.2 /0' }]);
  check(zone, 'all.example.com.', [{ who: 'the last resort', client: {}, answer: 'empty.example.net. /0' }]);
});
