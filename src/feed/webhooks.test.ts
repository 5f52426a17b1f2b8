import { createHmac } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ATTEMPTS_MAX, openWebhooks, WAITING_MAX, type Webhooks } from './webhooks.ts';

const secret = new Uint8Array(32).fill(7);
let server: Server;
let status: () => number;
let got: { readonly body: string; readonly headers: Readonly<Record<string, unknown>> }[];
let failures: string[];
let webhooks: Webhooks;

beforeEach(async () => {
  got = [];
  failures = [];
  status = () => 204;
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (octets: Buffer) => {
      body += octets.toString();
    });
    request.on('end', () => {
      got.push({ body, headers: request.headers });
      response.writeHead(status()).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  webhooks = openWebhooks({
    urls: [url],
    secret,
    onFailure: (_, reason) => failures.push(reason),
    backoffMilliseconds: 1,
  });
});

afterEach(async () => {
  webhooks.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

test('an event is posted and signed', async () => {
  webhooks.send('health_check.status_changed', { healthCheckId: 'a', status: 'Unhealthy' });
  await expect.poll(() => webhooks.counts()).toMatchObject({ delivered: 1, waiting: 0 });
  const { body, headers } = got[0] as (typeof got)[0];
  const data = { healthCheckId: 'a', status: 'Unhealthy' };
  expect(JSON.parse(body)).toMatchObject({ type: 'health_check.status_changed', data });
  const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`;
  expect(headers['webhook-signature']).toBe(`v1,${createHmac('sha256', secret).update(signed).digest('base64')}`);
});

test('it is sent again under the same id until it is taken, and the next wait for it', async () => {
  let refusals = 3;
  status = () => (refusals-- > 0 ? 500 : 200);
  webhooks.send('first', {});
  webhooks.send('second', {});
  await expect.poll(() => webhooks.counts()).toMatchObject({ delivered: 2 });
  const types = got.map(({ body }) => (JSON.parse(body) as { type: string }).type);
  expect(types).toEqual(['first', 'first', 'first', 'first', 'second']);
  expect(new Set(got.map(({ headers }) => headers['webhook-id'])).size).toBe(2);
});

test('at last it is given up, and at once by a receiver that has gone', async () => {
  status = () => 500;
  webhooks.send('never', {});
  await expect.poll(() => failures).toEqual(['HTTP 500']);
  expect(got).toHaveLength(ATTEMPTS_MAX);
  status = () => 410;
  webhooks.send('gone', {});
  await expect.poll(() => failures).toEqual(['HTTP 500', 'HTTP 410']);
  expect(got).toHaveLength(ATTEMPTS_MAX + 1);
});

test('what waits is bounded, and the newest are kept', () => {
  for (let n = 0; n <= WAITING_MAX + 10; n += 1) webhooks.send('many', { n });
  // The first is on its way.
  expect(webhooks.counts()).toMatchObject({ dropped: 10, waiting: WAITING_MAX });
});
