import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { constants, performServerHandshake, type ServerHttp2Stream } from 'node:http2';
import type { Readable, Writable } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { answerQuery } from '../../core/answer/answer-query.ts';
import { countAnswers } from '../../core/answer/counters.ts';
import type { Query } from '../../core/answer/query.ts';
import type { Connection } from '../stream/connections.ts';
import type { NodeStreams } from '../stream/node-stream.ts';
import {
  DOH_MEDIA_TYPE,
  DOH_METHODS,
  MESSAGE_OCTETS_MAX,
  NOT_A_QUERY,
  readDohHead,
  TOO_LARGE,
  type DohHead,
  type DohRefusal,
} from './doh-request.ts';
import { freshnessSeconds } from './freshness.ts';

/**
 * DNS over HTTPS (RFC 8484): HTTP/2, and HTTP/1.1 for those that speak nothing newer, on TLS sockets that are already connected. Every
 * answer is ready at once, so a request is a function: nothing here waits but for the body of a POST.
 */
export interface DohOrigin {
  readonly connection: Connection;
  readonly listener: number;
}

/** The longest query by GET, in base64url, and what a browser sends with it; Node answers 431 beyond it. */
const HEADER_OCTETS_MAX = 96 * 1024;
/** RFC 9113 §6.5.2 advises no fewer. */
const REQUESTS_AT_ONCE_MAX = 100;
/** Of one HTTP/2 connection, in mebibytes: less is not to be had. */
const SESSION_MEBIBYTES_MAX = 1;

interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | number>>;
  readonly body: Uint8Array;
}

/** What a connection holds for its requests, which is counted with all that streams hold. */
interface Served extends DohOrigin {
  octets: number;
}

export class DohServer {
  readonly #streams: NodeStreams;
  readonly #http1: Server;
  readonly #served = new WeakMap<object, Served>();
  readonly #response = new Uint8Array(MESSAGE_OCTETS_MAX);

  constructor(streams: NodeStreams) {
    this.#streams = streams;
    this.#http1 = createServer({ maxHeaderSize: HEADER_OCTETS_MAX, insecureHTTPParser: false });
    this.#http1.on('request', (request, response) => this.#request(request, response));
    this.#http1.on('clientError', (_error, socket) => socket.destroy());
  }

  /** Serves a socket whose handshake is done. */
  serve(socket: TLSSocket, origin: DohOrigin): void {
    const served: Served = { ...origin, octets: 0 };
    if (socket.alpnProtocol !== 'h2') {
      this.#served.set(socket, served);
      this.#http1.emit('connection', socket);
      return;
    }
    const session = performServerHandshake(socket, {
      maxSessionMemory: SESSION_MEBIBYTES_MAX,
      settings: { maxConcurrentStreams: REQUESTS_AT_ONCE_MAX, maxHeaderListSize: HEADER_OCTETS_MAX },
    });
    session.on('error', () => socket.destroy());
    session.on('stream', (stream: ServerHttp2Stream, headers) => {
      stream.on('error', () => {});
      const head: DohHead = {
        method: String(headers[':method']),
        target: String(headers[':path']),
        accept: headers.accept,
        contentType: headers['content-type'],
        contentLength: headers['content-length'],
      };
      this.#exchange(served, head, stream, (reply) => {
        if (stream.destroyed || stream.closed) return;
        stream.respond({ ':status': reply.status, ...reply.headers });
        this.#holder(served, stream)(reply.body.length);
        stream.end(reply.body);
        // What is still to come of a body that is too large is not read.
        if (!stream.readableEnded && reply.status !== 200) stream.close(constants.NGHTTP2_NO_ERROR);
      });
    });
  }

  #request(request: IncomingMessage, response: ServerResponse): void {
    const served = this.#served.get(request.socket);
    if (served === undefined) return void request.socket.destroy();
    const head: DohHead = {
      method: request.method ?? '',
      target: request.url ?? '',
      accept: request.headers.accept,
      contentType: request.headers['content-type'],
      contentLength: request.headers['content-length'],
    };
    response.on('error', () => {});
    this.#exchange(served, head, request, (reply) => {
      response.writeHead(reply.status, { ...reply.headers, ...(request.complete ? {} : { connection: 'close' }) });
      this.#holder(served, response)(reply.body.length);
      response.end(reply.body);
    });
  }

  #exchange(served: Served, head: DohHead, body: Readable, reply: (reply: Reply) => void): void {
    const read = readDohHead(head);
    if (read.kind === 'body') {
      this.#body(served, body, (message) => {
        reply(message === undefined ? refused(TOO_LARGE) : this.#answer(served, message));
      });
      return;
    }
    body.resume();
    reply(read.kind === 'message' ? this.#answer(served, read.message) : refused(read));
  }

  /** Gives undefined as soon as there is more than a message. */
  #body(served: Served, body: Readable, done: (message: Uint8Array | undefined) => void): void {
    const chunks: Uint8Array[] = [];
    let octets = 0;
    const hold = this.#holder(served, body);
    body.on('data', (chunk: Uint8Array) => {
      if (octets > MESSAGE_OCTETS_MAX) return;
      octets += chunk.length;
      if (octets > MESSAGE_OCTETS_MAX) return done(undefined);
      chunks.push(chunk);
      hold(chunk.length);
    });
    body.on('end', () => {
      if (octets <= MESSAGE_OCTETS_MAX) done(Buffer.concat(chunks));
    });
  }

  /** Counts octets as held by the connection until the stream that they belong to closes. */
  #holder(served: Served, stream: Readable | Writable): (octets: number) => void {
    let held = 0;
    const change = (octets: number): void => {
      held += octets;
      served.octets += octets;
      this.#settle(served, false);
    };
    stream.once('close', () => change(-held));
    return change;
  }

  #settle(served: Served, progress: boolean): void {
    this.#streams.connections.settle(served.connection, served.octets, false, progress, performance.now());
  }

  #answer(served: Served, message: Uint8Array): Reply {
    const { world } = this.#streams.serving;
    const query: Query = {
      packet: message,
      length: message.length,
      transport: 'https',
      client: served.connection.client,
      listener: served.listener,
      nowMilliseconds: Date.now(),
      draw: Math.random(),
    };
    const begun = performance.now();
    const octets = message.length > MESSAGE_OCTETS_MAX ? 0 : answerQuery(world, query, this.#response);
    this.#settle(served, octets > 0);
    if (octets === 0) return refused(NOT_A_QUERY);
    countAnswers(world.counters, 1, (performance.now() - begun) / 1000);
    const body = this.#response.slice(0, octets);
    const headers = {
      'content-type': DOH_MEDIA_TYPE,
      'content-length': octets,
      'cache-control': `max-age=${freshnessSeconds(body)}`,
    };
    return { status: 200, headers, body };
  }
}

function refused({ status, reason }: DohRefusal): Reply {
  const body = Buffer.from(`${reason}\n`);
  return {
    status,
    headers: {
      'content-type': 'text/plain; charset=utf-8',
      'content-length': body.length,
      'cache-control': 'no-store',
      ...(status === 405 ? { allow: DOH_METHODS } : {}),
    },
    body,
  };
}
