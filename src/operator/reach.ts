import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import type { Explanation } from '../core/answer/explanation.ts';
import type { ControlSettings, Refusal } from '../core/control/operation.ts';
import { openLog } from '../log/log.ts';
import { createPropagation } from '../log/propagation.ts';
import type { Accepted } from '../log/submit.ts';
import { lockDataDirectory } from '../store/data-lock.ts';
import type { Snapshot } from '../store/snapshot.ts';
import { StoreError } from '../store/store-error.ts';
import { openStore } from '../store/store.ts';
import { OPERATOR } from './door.ts';
import type { ExplainRequest } from './explain.ts';
import { OperatorError } from './find-zone.ts';
import { writeFrame } from './frames.ts';
import { SOCKET_FILE, withSocketPath } from './socket-path.ts';
import { sweepImports } from './sweep.ts';

/**
 * The log of a data directory for an operator's command, whether a member runs there or not: through the member's door, or else by
 * taking the directory's lock and opening the log oneself. Reads go to the store in both cases.
 */
export interface Reached {
  readonly settings: ControlSettings;
  /** True when a member runs there, and its settings count. */
  readonly memberRuns: boolean;
  snapshot(): Snapshot;
  /** Outcomes come in the order of the commands. Throws `StoreError` when the member goes away. */
  submit(operation: string, command: object): Promise<Accepted | Refusal>;
  close(): Promise<void>;
}

/** Throws `StoreError`. */
export async function reach(directory: string, settings: ControlSettings): Promise<Reached> {
  const member = await reachMember(directory);
  if (member !== undefined) return member;
  const lock = lockDataDirectory(directory);
  if (lock === undefined) {
    throw new StoreError(
      `another process is using ${directory}, and there is no way in at ${join(directory, SOCKET_FILE)}`,
    );
  }
  const failures: string[] = [];
  const log = await openLog({
    directory,
    settings,
    propagation: createPropagation(),
    onCommitted: () => {},
    onFailure: (failure) => failures.push(failure),
    onFatal: (error) => failures.push(error.message),
  });
  const submit = async (operation: string, command: object): Promise<Accepted | Refusal> => {
    const outcome = await log.submit(operation, command, OPERATOR);
    const failure = failures.shift();
    if (failure !== undefined) throw new StoreError(failure);
    return outcome;
  };
  // The directory is ours alone: whatever is staged was left behind.
  await sweepImports({ view: () => log.view(), submit }, Infinity);
  return {
    settings,
    memberRuns: false,
    snapshot: () => log.snapshot(),
    submit,
    async close() {
      await log.close();
      lock.release();
    },
  };
}

async function reachMember(directory: string): Promise<Reached | undefined> {
  const settings = await withSocketPath(directory, (path) => readSettings(path));
  if (settings === undefined) return undefined;
  const store = openStore(directory, { readOnly: true });
  let commands: Commands | undefined;
  return {
    settings,
    memberRuns: true,
    snapshot: () => store.snapshot(),
    async submit(operation, command) {
      commands ??= await withSocketPath(directory, openCommands);
      return commands.send(operation, command);
    },
    async close() {
      await commands?.end();
      await store.close();
    },
  };
}

async function readSettings(socketPath: string): Promise<ControlSettings | undefined> {
  const answer = await askDoor(socketPath, { path: '/settings' });
  return answer && (JSON.parse(answer.text) as ControlSettings);
}

/** Asks the member that runs on a data directory to explain; undefined when none runs. Throws `OperatorError` for what it refuses. */
export async function explainByMember(directory: string, question: ExplainRequest): Promise<Explanation | undefined> {
  const body = JSON.stringify(question);
  const answer = await withSocketPath(directory, (path) => askDoor(path, { path: '/explain', method: 'POST' }, body));
  if (answer === undefined) return undefined;
  const told = JSON.parse(answer.text) as Explanation | { readonly message: string };
  if ('message' in told) throw new OperatorError(told.message);
  return told;
}

/**
 * A connection for each request. One that were kept would be closed by the member after some seconds without a request, which a command
 * that reads or compares a large file meanwhile learns only from the failure of its next one.
 */
const NO_AGENT = false;

/** Undefined when nobody listens there. */
function askDoor(
  socketPath: string,
  asking: { readonly path: string; readonly method?: string },
  body = '',
): Promise<{ readonly text: string } | undefined> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, ...asking, agent: NO_AGENT }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (piece: string) => (text += piece));
      response.on('end', () => resolve({ text }));
    });
    asked.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') resolve(undefined);
      else if (error.code === 'EACCES') reject(new StoreError(`${socketPath} belongs to another user`));
      else reject(error);
    });
    asked.end(body);
  });
}

interface Waiting {
  resolve(outcome: Accepted | Refusal): void;
  reject(error: Error): void;
}

interface Commands {
  send(operation: string, command: object): Promise<Accepted | Refusal>;
  /** Resolves once the member has let go, too. */
  end(): Promise<void>;
}

/** One request carries all commands; resolves once the member listens. */
function openCommands(socketPath: string): Promise<Commands> {
  const sent = request({ socketPath, path: '/commands', method: 'POST', agent: NO_AGENT });
  const waiting: Waiting[] = [];
  let lost: Error | undefined;
  const lose = (why: string): void => {
    lost ??= new StoreError(`the member went away (${why}); what was sent last may or may not have been done`);
    for (const each of waiting.splice(0)) each.reject(lost);
  };
  sent.on('error', (error) => lose(error.message));
  sent.flushHeaders();
  return new Promise((resolve, reject) => {
    sent.once('error', ({ message }) => reject(new StoreError(`the member can no longer be reached: ${message}`)));
    sent.once('response', (response: IncomingMessage) => {
      const lines = createInterface({ input: response });
      lines.on('line', (line) => waiting.shift()?.resolve(JSON.parse(line) as Accepted | Refusal));
      lines.on('error', (error) => lose(error.message));
      lines.on('close', () => lose('it closed its door'));
      const closed = new Promise((close) => response.once('close', close));
      resolve({
        send: (operation, command) =>
          lost === undefined ? send(sent, waiting, operation, command) : Promise.reject(lost),
        async end() {
          sent.end();
          await closed;
        },
      });
    });
  });
}

function send(
  sent: ClientRequest,
  waiting: Waiting[],
  operation: string,
  command: object,
): Promise<Accepted | Refusal> {
  const entries = Object.entries(command);
  const octets = entries.filter(([, value]) => value instanceof Uint8Array) as [string, Uint8Array][];
  const others = entries.filter(([, value]) => !(value instanceof Uint8Array));
  const head = { operation, command: Object.fromEntries(others) };
  return new Promise((resolve, reject) => {
    waiting.push({ resolve, reject });
    for (const piece of writeFrame(head, Object.fromEntries(octets))) sent.write(piece);
  });
}
