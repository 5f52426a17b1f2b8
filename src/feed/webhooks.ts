import { createHmac, randomUUID } from 'node:crypto';

/**
 * Tells URLs what has changed: a POST of JSON for each event, in order for each URL, signed and retried as the Standard Webhooks
 * specification has it (https://www.standardwebhooks.com), so that receivers verify it with a library. What waits is in memory:
 * a restart loses it, and so does a receiver that stays away for too long.
 */
export interface Webhooks {
  send(type: string, data: Readonly<Record<string, unknown>>): void;
  counts(): { readonly delivered: number; readonly failed: number; readonly dropped: number; readonly waiting: number };
  close(): void;
}

export interface WebhookOptions {
  readonly urls: readonly string[];
  readonly secret: Uint8Array;
  /** An event was given up. */
  onFailure(url: string, reason: string): void;
  /** For tests; otherwise a second. */
  readonly backoffMilliseconds?: number;
}

/** For each URL; the oldest are dropped first, because the newest statuses are what counts. */
export const WAITING_MAX = 1000;
/** With the pauses between them some four minutes. */
export const ATTEMPTS_MAX = 9;
const BACKOFF_MILLISECONDS = 1000;
const BACKOFF_MILLISECONDS_MAX = 60_000;
const RESPONSE_MILLISECONDS_MAX = 10_000;

interface Event {
  readonly id: string;
  readonly body: string;
}

export function openWebhooks(options: WebhookOptions): Webhooks {
  const receivers = options.urls.map((url) => new Receiver(url, options));
  const sum = (of: (receiver: Receiver) => number): number => receivers.reduce((total, each) => total + of(each), 0);
  return {
    send(type, data) {
      const body = JSON.stringify({ type, timestamp: new Date().toISOString(), data });
      for (const receiver of receivers) receiver.add({ id: `msg_${randomUUID()}`, body });
    },
    counts: () => ({
      delivered: sum((each) => each.delivered),
      failed: sum((each) => each.failed),
      dropped: sum((each) => each.dropped),
      waiting: sum((each) => each.waiting),
    }),
    close: () => receivers.forEach((receiver) => receiver.close()),
  };
}

class Receiver {
  readonly #url: string;
  readonly #options: WebhookOptions;
  readonly #queue: Event[] = [];
  readonly #closing = new AbortController();
  #busy = false;
  delivered = 0;
  failed = 0;
  dropped = 0;

  constructor(url: string, options: WebhookOptions) {
    this.#url = url;
    this.#options = options;
  }

  get waiting(): number {
    return this.#queue.length;
  }

  add(event: Event): void {
    if (this.#queue.length >= WAITING_MAX) {
      this.#queue.shift();
      this.dropped += 1;
    }
    this.#queue.push(event);
    if (!this.#busy) void this.#drain();
  }

  close(): void {
    this.#closing.abort();
  }

  async #drain(): Promise<void> {
    this.#busy = true;
    for (let event = this.#queue.shift(); event !== undefined && !this.#closed; event = this.#queue.shift()) {
      const reason = await this.#deliver(event);
      if (this.#closed) break;
      if (reason === undefined) this.delivered += 1;
      else {
        this.failed += 1;
        this.#options.onFailure(this.#url, reason);
      }
    }
    this.#busy = false;
  }

  /** Why it could not be delivered; undefined when it was. */
  async #deliver(event: Event): Promise<string | undefined> {
    let reason: string | undefined;
    for (let attempt = 0; attempt < ATTEMPTS_MAX && !this.#closed; attempt += 1) {
      if (attempt > 0) await this.#pause(attempt);
      reason = await this.#post(event);
      // 410 is how a receiver says that it wants no more of this.
      if (reason === undefined || reason === 'HTTP 410') return reason;
    }
    return reason;
  }

  async #post({ id, body }: Event): Promise<string | undefined> {
    const timestamp = String(Math.floor(Date.now() / 1000));
    const signature = createHmac('sha256', this.#options.secret).update(`${id}.${timestamp}.${body}`).digest('base64');
    try {
      const response = await fetch(this.#url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'webhook-id': id,
          'webhook-timestamp': timestamp,
          'webhook-signature': `v1,${signature}`,
        },
        body,
        // Where the receiver is was said by the operator, not by whoever answers there.
        redirect: 'manual',
        signal: AbortSignal.any([this.#closing.signal, AbortSignal.timeout(RESPONSE_MILLISECONDS_MAX)]),
      });
      await response.body?.cancel();
      return response.ok ? undefined : `HTTP ${response.status}`;
    } catch (error) {
      return messageOf(error);
    }
  }

  /** Twice as long each time, and somewhat at random, so that receivers that were away are not met by all at once. */
  #pause(attempt: number): Promise<void> {
    const base = this.#options.backoffMilliseconds ?? BACKOFF_MILLISECONDS;
    const milliseconds = Math.min(base * 2 ** (attempt - 1), BACKOFF_MILLISECONDS_MAX) * (0.5 + Math.random());
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      timer.unref();
      this.#closing.signal.addEventListener('abort', () => resolve(), { once: true });
    });
  }

  get #closed(): boolean {
    return this.#closing.signal.aborted;
  }
}

/** `fetch` says little; the reason is in the cause. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
