import { connect, type Socket } from 'node:net';
import { checkServerIdentity, connect as connectTls, createSecureContext, type TLSSocket } from 'node:tls';
import type { HttpPlan, ProbePlan } from '../core/health/probe-plan.ts';
import { BodySearch } from './body-search.ts';
import {
  CONNECTION_CLOSED,
  CONNECTION_TIMED_OUT,
  errorWords,
  HEADERS_TOO_LARGE,
  isOwnTrouble,
  NOT_HTTP,
  SEARCH_NOT_FOUND,
  SEARCH_TIMED_OUT,
  STATUS_TIMED_OUT,
  statusWords,
  type Outcome,
} from './outcome.ts';
import { ResponseReader } from './response-reader.ts';

/**
 * One probe of one address, phase by phase as Route 53 describes it: connect within four seconds (ten for TCP checks), the status
 * within two more, the search string within two more. TLS belongs to the connection; its certificate is not validated, but when it
 * is not one for the name in SNI, the endpoint gets a second handshake without SNI. Redirects are not followed.
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html
 *
 * `outcome` is called once, `closed` once after it, when nothing of the probe is left.
 */
export interface ProbeEvents {
  outcome(outcome: Outcome): void;
  closed(): void;
}

/** After the outcome the endpoint may finish what it sends, so that it sees no reset: this long, and this much. */
const DRAIN_MILLISECONDS = 2000;
const DRAIN_OCTETS_MAX = 65_536;
/** And when it has: whoever closes first keeps the port for a minute, so the endpoint is left to do it. */
const LINGER_MILLISECONDS = 100;

/** The oldest endpoints that Route 53 still speaks with do TLS 1.0 with ciphers that are off by default. Made once: it is costly. */
const anyTls = createSecureContext({ minVersion: 'TLSv1', ciphers: 'DEFAULT:@SECLEVEL=0' });

export function probe(address: string, plan: ProbePlan, events: ProbeEvents): void {
  new Attempt(address, plan, events).connect(plan.tls?.serverName);
}

type Phase = 'connect' | 'status' | 'body' | 'drain';

class Attempt {
  readonly #address: string;
  readonly #plan: ProbePlan;
  readonly #events: ProbeEvents;
  #socket: Socket | undefined;
  #phase: Phase = 'connect';
  #timer: NodeJS.Timeout | undefined;
  #reader: ResponseReader | undefined;
  #search: BodySearch | undefined;
  #drained = 0;
  /** The endpoint has sent all it will. */
  #ending = false;
  /** The socket is closed while what it has brought is still being decoded. */
  #gone = false;
  #startedAt = 0;
  #connectedAt = 0;
  #handshakenAt = 0;
  #firstOctetAt = 0;
  #from: string | undefined;

  constructor(address: string, plan: ProbePlan, events: ProbeEvents) {
    this.#address = address;
    this.#plan = plan;
    this.#events = events;
  }

  connect(serverName: string | undefined): void {
    const { port, tls, timeouts } = this.#plan;
    this.#startedAt = performance.now();
    this.#wait(timeouts.connectMilliseconds);
    const target = { host: this.#address, port };
    const socket =
      tls === undefined
        ? connect(target)
        : connectTls({
            ...target,
            rejectUnauthorized: false,
            secureContext: anyTls,
            ...(serverName === undefined ? {} : { servername: serverName }),
          });
    this.#socket = socket;
    socket.on('connect', () => {
      this.#connectedAt = performance.now();
      this.#from = socket.localAddress;
      if (tls === undefined) this.#connected(socket);
    });
    socket.on('secureConnect', () => this.#secured(socket as TLSSocket, serverName));
    socket.on('data', (octets: Buffer) => this.#read(octets));
    socket.on('end', () => this.#ended());
    socket.on('error', (error) => this.#failed(error));
    // A socket that was given up for a second handshake is not the probe's end.
    socket.on('close', () => this.#socket === socket && this.#closed());
  }

  #secured(socket: TLSSocket, serverName: string | undefined): void {
    if (serverName !== undefined && checkServerIdentity(serverName, socket.getPeerCertificate()) !== undefined) {
      socket.destroy();
      this.connect(undefined);
      return;
    }
    this.#handshakenAt = performance.now();
    this.#connected(socket);
  }

  #connected(socket: Socket): void {
    if (this.#phase !== 'connect') return;
    const { http, timeouts } = this.#plan;
    if (http === undefined) {
      this.#tell(true, 'TCP connection established');
      socket.destroy();
      return;
    }
    this.#phase = 'status';
    this.#wait(timeouts.statusMilliseconds);
    this.#reader = new ResponseReader(http.bodiless);
    socket.write(http.request, 'latin1');
  }

  #read(octets: Buffer): void {
    const { http } = this.#plan;
    const reader = this.#reader;
    if (http === undefined || reader === undefined || reader.problem !== undefined) return;
    if (this.#firstOctetAt === 0) this.#firstOctetAt = performance.now();
    reader.push(octets);
    if (reader.problem !== undefined) {
      this.#tell(false, reader.problem === 'not-http' ? NOT_HTTP : HEADERS_TOO_LARGE);
      this.#socket?.destroy();
      return;
    }
    if (this.#phase === 'status' && reader.status !== undefined) this.#hasStatus(http, reader, reader.status);
    if (this.#phase === 'body' && reader.ended) this.#search?.end();
    if (this.#phase === 'drain') this.#drain(reader, octets.length);
  }

  #hasStatus(http: HttpPlan, reader: ResponseReader, status: number): void {
    const passes = http.codes.some(({ first, last }) => status >= first && status <= last);
    if (!passes || http.search === undefined) {
      this.#tell(passes, statusWords(status));
      reader.onBody(() => {});
      return;
    }
    this.#phase = 'body';
    this.#wait(this.#plan.timeouts.bodyMilliseconds);
    const search = new BodySearch(http.search, reader.contentEncoding, (verdict) => {
      this.#tell(verdict === 'found', verdict === 'found' ? statusWords(status) : SEARCH_NOT_FOUND);
    });
    this.#search = search;
    reader.onBody((octets) => search.push(octets));
  }

  #drain(reader: ResponseReader, octets: number): void {
    this.#drained += octets;
    if (this.#drained > DRAIN_OCTETS_MAX) this.#socket?.destroy();
    else if (reader.ended) this.#wait(LINGER_MILLISECONDS);
  }

  #ended(): void {
    if (this.#phase === 'body') {
      this.#ending = true;
      this.#search?.end();
    } else if (this.#phase !== 'drain') this.#tell(false, CONNECTION_CLOSED);
  }

  #failed(error: NodeJS.ErrnoException): void {
    if (this.#phase === 'drain') return;
    const own = isOwnTrouble(error);
    this.#tell(own ? undefined : false, own ? `This checker could not connect (${error.code}).` : errorWords(error));
  }

  #closed(): void {
    this.#gone = true;
    // The search ends by itself, or its time does.
    if (this.#phase === 'body' && this.#ending) return;
    // Without an error or an end before it, as after an abrupt close of TLS.
    if (this.#phase !== 'drain') this.#tell(false, CONNECTION_CLOSED);
    else this.#finish();
  }

  #finish(): void {
    clearTimeout(this.#timer);
    this.#events.closed();
  }

  #wait(milliseconds: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#timedOut(), milliseconds);
  }

  #timedOut(): void {
    const words = { connect: CONNECTION_TIMED_OUT, status: STATUS_TIMED_OUT, body: SEARCH_TIMED_OUT, drain: '' };
    if (this.#phase !== 'drain') this.#tell(false, words[this.#phase]);
    this.#socket?.destroy();
  }

  /** The outcome, once; what follows is drained. */
  #tell(passed: boolean | undefined, words: string): void {
    if (this.#phase === 'drain') return;
    this.#phase = 'drain';
    this.#search?.stop();
    this.#wait(DRAIN_MILLISECONDS);
    this.#events.outcome({ passed, words, from: this.#from, timings: this.#timings() });
    if (this.#gone) this.#finish();
  }

  #timings(): Outcome['timings'] {
    if (this.#connectedAt === 0) return undefined;
    const ready = this.#handshakenAt || this.#connectedAt;
    return {
      connectMilliseconds: this.#connectedAt - this.#startedAt,
      ...(this.#handshakenAt === 0 ? {} : { handshakeMilliseconds: this.#handshakenAt - this.#connectedAt }),
      ...(this.#firstOctetAt === 0 ? {} : { firstOctetMilliseconds: this.#firstOctetAt - ready }),
    };
  }
}
