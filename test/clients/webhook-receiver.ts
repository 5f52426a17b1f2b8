import { createHmac, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a member tells of a change of status. */
export interface Event {
  readonly id: string;
  readonly type: string;
  readonly healthCheckId: string;
  readonly status: 'Healthy' | 'Unhealthy';
}

/** A real receiver of webhooks: keeps what is signed rightly, and refuses as many as it is told to. */
export interface WebhookReceiver {
  readonly url: string;
  /** As the setting has it. */
  readonly secret: string;
  /** Those that it took, in order. */
  readonly events: readonly Event[];
  /** Whether each attempt is refused with a 503. */
  refuses: () => boolean;
  /** Attempts that were refused, by the event's id. */
  readonly refused: ReadonlyMap<string, number>;
  /** What was not signed rightly. */
  readonly forged: readonly string[];
  close(): Promise<void>;
}

export async function openReceiver(): Promise<WebhookReceiver> {
  const key = randomBytes(32);
  const events: Event[] = [];
  const refused = new Map<string, number>();
  const forged: string[] = [];
  const receiver: WebhookReceiver = {
    get url() {
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
    },
    secret: `whsec_${key.toString('base64')}`,
    events,
    refuses: () => false,
    refused,
    forged,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  const take = (request: IncomingMessage, body: string): number => {
    const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature } = request.headers;
    const expected = createHmac('sha256', key)
      .update(`${String(id)}.${String(timestamp)}.${body}`)
      .digest('base64');
    if (signature !== `v1,${expected}`) {
      forged.push(body);
      return 401;
    }
    if (receiver.refuses()) {
      refused.set(String(id), (refused.get(String(id)) ?? 0) + 1);
      return 503;
    }
    const { type, data } = JSON.parse(body) as { type: string; data: Pick<Event, 'healthCheckId' | 'status'> };
    events.push({ id: String(id), type, healthCheckId: data.healthCheckId, status: data.status });
    return 204;
  };
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (piece: string) => (body += piece));
    request.on('end', () => response.writeHead(take(request, body)).end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return receiver;
}
