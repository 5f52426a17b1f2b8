import { chmodSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { isRefusal, refuse, type ChangeBase, type ControlSettings, type Refusal } from '../core/control/operation.ts';
import { isOperation } from '../core/control/operations.ts';
import type { Log } from '../log/log.ts';
import type { Accepted } from '../log/submit.ts';
import { explainRequest, QUESTION_OCTETS_MAX, readQuestion, type AnswerPoint } from './explain.ts';
import { OperatorError } from './find-zone.ts';
import { readFrames } from './frames.ts';
import { SOCKET_FILE, withSocketPath } from './socket-path.ts';
import { sweepImports } from './sweep.ts';

/**
 * The operator's door: HTTP on a Unix socket in the data directory, which only the member's own user can open. Through it come
 * commands that AWS has no operation for, and bulk that must not pass the front door: they are submitted to the same log as the
 * API's, and decided by the same rules. A further operator's command is a further path here.
 *
 *     GET  /settings       what the member was started with, as far as a command needs it
 *     POST /commands       frames in, each an operation and its command; lines out, each an outcome, in the same order
 *     POST /explain        a question in (explain.ts), why it is answered as it is out
 *
 * What is stored is not read through it: the store can be opened by another process of the same user, and costs the member nothing.
 * An explanation goes by more than that: by statuses and location databases that only the member has in memory.
 */
export interface Door {
  close(): Promise<void>;
}

/** Who did it, in a change's `by`. */
export const OPERATOR = 'operator';
/** Commands on their way to the log, for each connection: enough that the writer never waits, few enough to bound memory. */
const UNDER_WAY_MAX = 4;
/** Commands of one person at a time are few; what does not fit is told so by the kernel. */
const CONNECTIONS_MAX = 32;

export interface DoorOptions {
  readonly directory: string;
  readonly settings: ControlSettings;
  readonly log: Log;
  /** What answers go by now. */
  readonly point: () => AnswerPoint;
  /** Something behind the door went wrong that nobody at the door is told. */
  readonly failed: (error: unknown) => void;
}

export async function openDoor(options: DoorOptions): Promise<Door> {
  const server = createServer((request, response) => void serve(request, response, options));
  server.maxConnections = CONNECTIONS_MAX;
  // An import sends for as long as it takes.
  server.requestTimeout = 0;
  // Whoever holds the directory's lock is the only member: a socket that is there was left behind.
  rmSync(join(options.directory, SOCKET_FILE), { force: true });
  await withSocketPath(options.directory, (path) => listen(server, path));
  chmodSync(join(options.directory, SOCKET_FILE), 0o600);
  // Nobody has come in yet, so whatever is staged was left behind.
  let sweeping = sweep(options, Infinity);
  const sweeper = setInterval(() => {
    sweeping = sweeping.then(() => sweep(options, Date.now() - STAGED_MILLISECONDS_MAX));
  }, SWEEP_MILLISECONDS);
  sweeper.unref();
  return {
    async close() {
      clearInterval(sweeper);
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
      await sweeping;
    },
  };
}

/** An import sends a part every second at least; one that has not for so long has gone. */
const STAGED_MILLISECONDS_MAX = 600_000;
const SWEEP_MILLISECONDS = 60_000;

function sweep({ log, failed }: DoorOptions, before: number): Promise<void> {
  const swept = {
    view: () => log.view(),
    submit: (operation: string, command: object) => log.submit(operation, command, OPERATOR),
  };
  return sweepImports(swept, before).catch(failed);
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    // The socket is made during the call: nobody else gets in between it and its mode.
    const mask = process.umask(0o177);
    server.listen(path, () => resolve());
    process.umask(mask);
  });
}

async function serve(request: IncomingMessage, response: ServerResponse, options: DoorOptions): Promise<void> {
  try {
    if (request.method === 'GET' && request.url === '/settings') {
      // Which zones others copy is a set, which JSON has none of, and no command needs it.
      answer(response, 200, { ...options.settings, transferredOut: undefined });
    } else if (request.method === 'POST' && request.url === '/commands') {
      response.writeHead(200, { 'content-type': 'application/x-ndjson' }).flushHeaders();
      await takeCommands(request, response, options.log);
    } else if (request.method === 'POST' && request.url === '/explain') {
      await explainTo(request, response, options);
    } else answer(response, 404, { message: 'There are GET /settings, POST /commands and POST /explain' });
  } catch (error) {
    const message = `The commands cannot be read: ${(error as Error).message}`;
    if (response.headersSent) response.end(`${JSON.stringify(refuse('InvalidInput', message))}\n`);
    else answer(response, 400, { message });
  }
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`);
}

async function explainTo(request: IncomingMessage, response: ServerResponse, options: DoorOptions): Promise<void> {
  const pieces: Uint8Array[] = [];
  let octets = 0;
  for await (const piece of request as AsyncIterable<Uint8Array>) {
    octets += piece.length;
    if (octets > QUESTION_OCTETS_MAX) {
      return answer(response, 413, { message: `a question is at most ${QUESTION_OCTETS_MAX} octets long` });
    }
    pieces.push(piece);
  }
  try {
    const question = readQuestion(Buffer.concat(pieces).toString());
    answer(response, 200, explainRequest(options.log.view(), options.point(), question));
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    answer(response, 400, { message: error.message });
  }
}

async function takeCommands(request: IncomingMessage, response: ServerResponse, log: Log): Promise<void> {
  const underWay: Promise<void>[] = [];
  let written = Promise.resolve();
  for await (const { head, octets } of readFrames(request)) {
    const outcome = submit(log, head, octets);
    // Outcomes go out in the order in which the commands came.
    written = Promise.all([outcome, written]).then(([each]) => {
      response.write(`${JSON.stringify(each)}\n`);
    });
    underWay.push(written);
    if (underWay.length >= UNDER_WAY_MAX) await underWay.shift();
  }
  await written;
  response.end();
}

async function submit(
  log: Log,
  head: Readonly<Record<string, unknown>>,
  octets: Readonly<Record<string, Uint8Array>>,
): Promise<Refusal | { readonly sequence: number; readonly change: object }> {
  const { operation, command } = head;
  if (typeof operation !== 'string' || typeof command !== 'object' || command === null) {
    return refuse('InvalidInput', 'A line has an operation and a command');
  }
  if (!isOperation(operation)) return refuse('InvalidInput', `there is no operation ${operation}`);
  const outcome = await log.submit(operation, { ...command, ...octets }, OPERATOR);
  return isRefusal(outcome) ? outcome : told(outcome);
}

/** Who sent the octets does not need them back. */
function told({ sequence, change }: Accepted): { readonly sequence: number; readonly change: object } {
  const members = Object.entries(change).filter(([, value]) => !(value instanceof Uint8Array));
  return { sequence, change: Object.fromEntries(members) as unknown as ChangeBase };
}
