import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { freePort } from '../../test/free-port.ts';
import type { Extensions } from '../core/health/extensions.ts';
import type { HealthCheckConfig } from '../core/health/health-check-config.ts';
import { probePlan, type ProbePlan } from '../core/health/probe-plan.ts';
import {
  respond,
  startEndpoint,
  type Behaviour,
  type EndpointOptions,
  type TestEndpoint,
} from './endpoint-for-tests.ts';
import {
  CONNECTION_CLOSED,
  CONNECTION_REFUSED,
  CONNECTION_TIMED_OUT,
  HEADERS_TOO_LARGE,
  isOwnTrouble,
  NOT_HTTP,
  SEARCH_NOT_FOUND,
  SEARCH_TIMED_OUT,
  STATUS_TIMED_OUT,
  type Outcome,
} from './outcome.ts';
import { probe } from './probe.ts';

const endpoints: TestEndpoint[] = [];
afterEach(async () => {
  for (const endpoint of endpoints.splice(0)) await endpoint.close();
});

async function start(behave: Behaviour, options?: EndpointOptions): Promise<TestEndpoint> {
  const endpoint = await startEndpoint(behave, options);
  endpoints.push(endpoint);
  return endpoint;
}

/** For a phase that is to time out: shorter than Route 53's, so that nobody waits. */
const MILLISECONDS = 250;
/** For all others: the machine may be busy with other things. */
const AMPLE_MILLISECONDS = 60_000;
const AMPLE: ProbePlan['timeouts'] = {
  lookupMilliseconds: AMPLE_MILLISECONDS,
  connectMilliseconds: AMPLE_MILLISECONDS,
  statusMilliseconds: AMPLE_MILLISECONDS,
  bodyMilliseconds: AMPLE_MILLISECONDS,
};

function planOf(
  config: Partial<HealthCheckConfig>,
  extensions: Extensions = {},
  timeouts: Partial<ProbePlan['timeouts']> = {},
): ProbePlan {
  const plan = probePlan(
    'id',
    { type: 'HTTP', ipAddress: '127.0.0.1', inverted: false, disabled: false, ...config },
    extensions,
  );
  return { ...plan, timeouts: { ...AMPLE, ...timeouts } };
}

/** The phase that ends with these words has little time, if any has. */
function timeoutsFor(expected: string): Partial<ProbePlan['timeouts']> {
  if (expected.includes(CONNECTION_TIMED_OUT)) return { connectMilliseconds: MILLISECONDS };
  if (expected.includes(STATUS_TIMED_OUT)) return { statusMilliseconds: MILLISECONDS };
  if (expected.includes(SEARCH_TIMED_OUT)) return { bodyMilliseconds: MILLISECONDS };
  return {};
}

/** The outcome, once nothing of the probe is left; `tookMilliseconds` until the outcome. */
function run(plan: ProbePlan, address = '127.0.0.1'): Promise<Outcome & { readonly tookMilliseconds: number }> {
  return new Promise((resolve, reject) => {
    const begun = performance.now();
    let found: (Outcome & { readonly tookMilliseconds: number }) | undefined;
    probe(address, plan, {
      outcome(outcome) {
        if (found !== undefined) reject(new Error('a second outcome'));
        found = { ...outcome, tookMilliseconds: performance.now() - begun };
      },
      closed: () => (found === undefined ? reject(new Error('closed without an outcome')) : resolve(found)),
    });
  });
}

/** Whether a probe passes and in which words, given the time that it takes to find out what is expected. */
async function words(
  expected: string,
  behave: Behaviour,
  config: Partial<HealthCheckConfig> = {},
  options?: EndpointOptions,
): Promise<string> {
  const { port } = await start(behave, options);
  const outcome = await run(planOf({ port, ...config }, {}, timeoutsFor(expected)));
  return `${outcome.passed === true ? '+' : '-'} ${outcome.words}`;
}

const status = (line: string): Behaviour => respond(`HTTP/1.1 ${line}\r\nContent-Length: 0\r\n\r\n`);

/** Sends pieces one after the other, until the client has gone. */
function drip(pieces: readonly string[], milliseconds: number): Behaviour {
  return (socket) => {
    let at = 0;
    const timer = setInterval(() => {
      const piece = pieces[at++];
      if (piece === undefined || socket.destroyed) clearInterval(timer);
      else socket.write(piece);
    }, milliseconds);
  };
}

describe('HTTP', () => {
  test.each<[string, Behaviour]>([
    ['+ HTTP Status Code 200, OK', status('200 Fine by me')],
    ['+ HTTP Status Code 204, No Content', status('204 No Content')],
    ['+ HTTP Status Code 301, Moved Permanently', status('301 Moved\r\nLocation: /elsewhere')],
    ['+ HTTP Status Code 399', status('399 Whatever')],
    ['- HTTP Status Code 404, Not Found', status('404 Not Found')],
    ['- HTTP Status Code 503, Service Unavailable', status('503 Service Unavailable')],
    ['- HTTP Status Code 101, Switching Protocols', status('101 Switching Protocols\r\nUpgrade: x')],
    [`- ${CONNECTION_CLOSED}`, (socket) => socket.resetAndDestroy()],
    [`- ${CONNECTION_CLOSED}`, (socket) => socket.end()],
    [`- ${CONNECTION_CLOSED}`, (socket) => socket.end('HTTP/1.1 200 OK\r\nA: b\r\n')],
    [`- ${STATUS_TIMED_OUT}`, () => {}],
    [`- ${STATUS_TIMED_OUT}`, drip('HTTP/1.1 200 OK\r\nX: slow, slow, slow\r\n\r\n'.split(''), 20)],
    [`- ${NOT_HTTP}`, respond('220 mail.example.com ESMTP\r\n')],
    [`- ${HEADERS_TOO_LARGE}`, respond(`HTTP/1.1 200 OK\r\n${'X: y\r\n'.repeat(3000)}\r\n`)],
    [
      `- ${HEADERS_TOO_LARGE}`,
      drip(Array.from({ length: 100 }, () => `X: ${'y'.repeat(1000)}\r\n`).with(0, 'HTTP/1.1 200 OK\r\n'), 1),
    ],
    ['+ HTTP Status Code 200, OK', respond(`HTTP/1.1 200 OK\r\nX: ${'y'.repeat(16_000)}\r\n\r\n`)],
  ])('%s', async (expected, behave) => {
    expect(await words(expected, behave)).toBe(expected);
  });

  test('nobody listens', async () => {
    expect(await run(planOf({ port: await freePort() }))).toMatchObject({
      passed: false,
      words: CONNECTION_REFUSED,
      from: undefined,
    });
  });

  test('nobody answers the connection', async () => {
    // A queue of connections that is full drops the next ones, as a firewall would.
    const holder = new Worker(
      `const { createServer } = require('node:net');
       const { parentPort } = require('node:worker_threads');
       const server = createServer().listen({ host: '127.0.0.1', port: 0, backlog: 1 }, () => {
         parentPort.postMessage(server.address().port);
         setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ${AMPLE_MILLISECONDS}));
       });`,
      { eval: true },
    );
    const [port] = (await once(holder, 'message')) as [number];
    try {
      // Two or three are taken in by the kernel before the queue is full.
      const plan = planOf({ type: 'TCP', port }, {}, { connectMilliseconds: MILLISECONDS });
      const outcomes = await Promise.all(Array.from({ length: 6 }, () => run(plan)));
      expect(outcomes.map((outcome) => outcome.words)).toContain(CONNECTION_TIMED_OUT);
      const late = outcomes.find((outcome) => outcome.passed === false);
      expect(late?.tookMilliseconds).toBeGreaterThanOrEqual(MILLISECONDS - 2);
    } finally {
      await holder.terminate();
    }
  });

  test('one request, with the headers of the plan, and no redirect followed', async () => {
    const endpoint = await start(status('302 Found\r\nLocation: /elsewhere'));
    await run(
      planOf({ port: endpoint.port, fullyQualifiedDomainName: 'www.example.com', resourcePath: 'health?deep=yes' }),
    );
    expect(endpoint.requests).toEqual([
      `GET /health?deep=yes HTTP/1.1\r\nHost: www.example.com:${endpoint.port}\r\n` +
        'User-Agent: Amazon-Route53-Health-Check-Service (ref id; Waypost)\r\nAccept: */*\r\nConnection: close\r\n\r\n',
    ]);
  });

  test('codes and methods by extension', async () => {
    const endpoint = await start((socket, request) => {
      const code = request.startsWith('HEAD ') ? '401 Unauthorized' : '200 OK';
      socket.end(`HTTP/1.1 ${code}\r\nContent-Length: 5\r\n\r\n`);
    });
    const extensions: Extensions = { method: 'HEAD', codes: [{ first: 401, last: 401 }] };
    expect(await run(planOf({ port: endpoint.port }, extensions))).toMatchObject({ passed: true });
    expect(await run(planOf({ port: endpoint.port }, { ...extensions, method: 'GET' }))).toMatchObject({
      passed: false,
    });
  });

  test('over IPv6', async () => {
    const { port } = await start(status('200 OK'), { host: '::1' });
    expect(await run(planOf({ port, ipAddress: '::1' }), '::1')).toMatchObject({ passed: true, from: '::1' });
  });

  test('an endpoint that keeps its connections is left after a moment', async () => {
    const endpoint = await start((socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'));
    expect(await run(planOf({ port: endpoint.port }))).toMatchObject({ passed: true });
    await expect.poll(() => endpoint.open()).toBe(0);
  });

  test('an endless body is not read for long', async () => {
    let sent = 0;
    const endpoint = await start((socket) => {
      const pour = (): void => {
        while (!socket.destroyed && socket.write('x'.repeat(10_000))) sent += 10_000;
      };
      socket.on('drain', pour);
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      pour();
    });
    expect(await run(planOf({ port: endpoint.port }))).toMatchObject({ passed: true });
    // What the kernels' buffers take in is not ours to bound.
    expect(sent).toBeLessThan(16 * 2 ** 20);
  });
});

describe('a string in the body', () => {
  const search = { type: 'HTTP_STR_MATCH', searchString: 'All is well' } as const;
  const body = (text: string | Buffer, headers = ''): Behaviour =>
    respond(Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\n${headers}\r\n`), Buffer.from(text)]));
  const dots = (length: number): string => '.'.repeat(length);
  test.each<[string, Behaviour]>([
    ['+ HTTP Status Code 200, OK', body('All is well')],
    [`- ${SEARCH_NOT_FOUND}`, body('all is well')],
    ['+ HTTP Status Code 200, OK', body(`${dots(5109)}All is well`)],
    [`- ${SEARCH_NOT_FOUND}`, body(`${dots(5110)}All is well`)],
    ['- HTTP Status Code 500, Internal Server Error', respond('HTTP/1.1 500 Oh\r\n\r\nAll is well')],
    ['+ HTTP Status Code 200, OK', body(gzipSync(`${dots(5000)}All is well`), 'Content-Encoding: gzip\r\n')],
    ['+ HTTP Status Code 200, OK', body('4\r\nAll \r\n7\r\nis well\r\n0\r\n\r\n', 'Transfer-Encoding: chunked\r\n')],
    [`- ${SEARCH_NOT_FOUND}`, body('All is well', 'Content-Length: 5\r\n')],
    [`- ${SEARCH_NOT_FOUND}`, respond('HTTP/1.1 204 No Content\r\n\r\nAll is well')],
    [`- ${SEARCH_TIMED_OUT}`, (socket) => socket.write('HTTP/1.1 200 OK\r\n\r\nAll is we')],
    [`- ${SEARCH_TIMED_OUT}`, drip(['HTTP/1.1 200 OK\r\n\r\n', ...'All is well'.split('')], 50)],
    ['+ HTTP Status Code 200, OK', drip(['HTTP/1.1 200 OK\r\n\r\n', 'All ', 'is ', 'well', dots(100)], 40)],
    [`- ${SEARCH_NOT_FOUND}`, (socket) => socket.write(`HTTP/1.1 200 OK\r\n\r\n${dots(5120)}`)],
  ])('%s', async (expected, behave) => {
    expect(await words(expected, behave, search)).toBe(expected);
  });
});

describe('HTTPS', () => {
  const named = { type: 'HTTPS', fullyQualifiedDomainName: 'www.example.com' } as const;
  const ok = status('200 OK');

  test.each<[string, Partial<HealthCheckConfig>, serverNames: string[]]>([
    ['the name is sent', named, ['www.example.com']],
    ['not without SNI', { ...named, enableSni: false }, ['']],
    ['there is none', { type: 'HTTPS' }, ['']],
    [
      'a certificate for another name: once more without',
      { ...named, fullyQualifiedDomainName: 'other.example' },
      ['other.example', ''],
    ],
  ])('%s', async (_, config, serverNames) => {
    const endpoint = await start(ok, { tls: true });
    const outcome = await run(planOf({ port: endpoint.port, ...config }));
    expect(outcome).toMatchObject({ passed: true, words: 'HTTP Status Code 200, OK' });
    expect(outcome.timings?.handshakeMilliseconds).toBeGreaterThan(0);
    expect([endpoint.serverNames, endpoint.requests.length]).toEqual([serverNames, 1]);
  });

  test.each<[string, EndpointOptions]>([
    [
      '+ HTTP Status Code 200, OK',
      { tls: { minVersion: 'TLSv1', maxVersion: 'TLSv1', ciphers: 'DEFAULT:@SECLEVEL=0' } },
    ],
    ['- SSL alert handshake_failure', { tls: { cert: undefined, key: undefined } }],
    [`- ${CONNECTION_TIMED_OUT}`, {}],
    [`- ${CONNECTION_CLOSED}`, { onConnect: (socket) => socket.destroy() }],
  ])('%s', async (expected, options) => {
    expect(await words(expected, ok, named, options)).toBe(expected);
  });

  test('an endpoint that does not speak TLS', async () => {
    const expected = '- The TLS handshake failed (ERR_SSL_WRONG_VERSION_NUMBER).';
    const onConnect: EndpointOptions['onConnect'] = (socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n');
    expect(await words(expected, ok, named, { onConnect })).toBe(expected);
  });

  test('a string in the body', async () => {
    const behave = respond('HTTP/1.1 200 OK\r\n\r\nAll is well');
    const config = { ...named, type: 'HTTPS_STR_MATCH', searchString: 'well' } as const;
    const expected = '+ HTTP Status Code 200, OK';
    expect(await words(expected, behave, config, { tls: true })).toBe(expected);
  });
});

test('TCP: a connection is all', async () => {
  const endpoint = await start(() => {});
  const outcome = await run(planOf({ type: 'TCP', port: endpoint.port }));
  expect(outcome).toMatchObject({ passed: true, words: 'TCP connection established', from: '127.0.0.1' });
  await expect.poll(() => endpoint.open()).toBe(0);
});

test("troubles of this host are not the endpoint's", () => {
  expect(
    ['EMFILE', 'EADDRNOTAVAIL', 'ECONNREFUSED'].map((code) => isOwnTrouble(Object.assign(new Error(), { code }))),
  ).toEqual([true, true, false]);
});
