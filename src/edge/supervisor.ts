import { Worker } from 'node:worker_threads';
import { vacate } from '../log/propagation.ts';
import { ListenError } from './address.ts';
import { LOOK_MILLISECONDS, Watchdog } from './watchdog.ts';
import type {
  EdgeWorkerData,
  EdgeWorkerTask,
  FromEdgeWorker,
  News,
  ToEdgeWorker,
  WorkerSockets,
} from './worker-data.ts';

/** Starts worker threads, and starts them again when they die. */
export interface Supervisor {
  /** Starts a worker, which loads its code and waits. */
  load(part: Part): void;
  /**
   * From now on workers serve once they are loaded. Resolves when all that were loaded so far do, and rejects with a `ListenError`
   * when one cannot.
   */
  serve(): Promise<void>;
  /** Tells all workers, and those that are started later the newest of each kind. */
  tell(news: News): void;
  restarts(): number;
  /** Waits for the workers to end; the caller has told them to. */
  ended(): Promise<void>;
}

export interface Part {
  readonly name: string;
  readonly kind: WorkerSockets['kind'];
  readonly task: EdgeWorkerTask;
  /** Opened when the worker can answer what comes in by them: no query waits for a thread that is loading. May throw a `ListenError`. */
  sockets(): WorkerSockets;
  /** Clears away what a worker that has ended left. */
  readonly clear?: () => void;
}

export interface SupervisorOptions {
  readonly propagation: SharedArrayBuffer;
  onRestart(worker: string, error: Error): void;
  /** Workers die faster than it makes sense to start them. */
  onFatal(error: Error): void;
}

/** A worker that dies this often within a minute will die again: the operator must see it. */
const RESTARTS_PER_MINUTE_MAX = 10;
const MINUTE_MILLISECONDS = 60_000;
/** Before the first restart within a minute; twice as long before each further one. */
const BACKOFF_MILLISECONDS = 20;
const BACKOFF_MILLISECONDS_MAX = 5_000;
/** A worker that has not said goodbye by then is stopped where it is. */
const CLOSE_MILLISECONDS = 5_000;

interface Running extends Part {
  readonly worker: Worker;
  /** Its code is there, or it has ended. */
  readonly loaded: Promise<void>;
  readonly serving: Promise<void>;
  readonly exited: Promise<void>;
  engaged: boolean;
}

export function supervise(options: SupervisorOptions): Supervisor {
  const parts: Running[] = [];
  let deaths: number[] = [];
  let restarts = 0;
  let closing = false;
  const told = new Map<News['kind'], News>();
  const gate = Promise.withResolvers<void>();
  const stuck = new Set<string>();
  const watchdog = new Watchdog(options.propagation);
  const watch = setInterval(() => {
    for (const { name, task, worker } of parts) {
      if (!watchdog.isStuck(task.slot, Date.now())) continue;
      stuck.add(name);
      void worker.terminate();
    }
  }, LOOK_MILLISECONDS);
  watch.unref();

  const load = (part: Part): void => {
    const { promise: loaded, resolve: setLoaded } = Promise.withResolvers<void>();
    const { promise: serving, resolve, reject } = Promise.withResolvers<void>();
    const { promise: exited, resolve: exit } = Promise.withResolvers<void>();
    const workerData: EdgeWorkerData = { kind: part.kind };
    const worker = new Worker(new URL('./edge-worker.ts', import.meta.url), { workerData });
    const running: Running = { ...part, worker, loaded, serving, exited, engaged: false };
    // Who waits for it does so later, if at all: one that is started again is told of by its exit.
    serving.catch(() => {});
    let death: Error | undefined;
    const kill = (error: unknown): void => {
      death = error as Error;
      void worker.terminate();
    };
    worker.on('message', (message: FromEdgeWorker) => {
      // Under `node --watch` Node itself says through the same port which files the thread has imported.
      switch (message.kind) {
        case 'loaded':
          setLoaded();
          return void gate.promise.then(() => open(running));
        case 'opened':
          return serve(running, kill);
        case 'serving':
          return resolve();
        case 'cannot-listen':
          return reject(new ListenError(message.code, message.address, message.protocol));
      }
    });
    worker.on('error', (error) => {
      death = error as Error;
    });
    worker.on('exit', () => {
      setLoaded();
      exit();
      vacate(options.propagation, part.task.slot);
      part.clear?.();
      const error = death ?? new Error(`the ${part.name} worker ${stuck.delete(part.name) ? 'was stuck' : 'ended'}`);
      reject(error);
      if (!closing && parts.includes(running)) restart(running, error);
    });
    parts.push(running);
  };

  const open = (part: Running): void => {
    if (closing) return;
    part.engaged = true;
    post(part, { kind: 'open', task: part.task, told: [...told.values()] });
  };

  // Also while all close: it sees that by itself, and leaves in order.
  const serve = (part: Running, kill: (error: unknown) => void): void => {
    try {
      post(part, { kind: 'serve', sockets: part.sockets() });
    } catch (error) {
      kill(error);
    }
  };

  const restart = (part: Running, error: Error): void => {
    parts.splice(parts.indexOf(part), 1);
    restarts += 1;
    const now = Date.now();
    deaths = [...deaths.filter((at) => at > now - MINUTE_MILLISECONDS), now];
    options.onRestart(part.name, error);
    if (deaths.length > RESTARTS_PER_MINUTE_MAX) return options.onFatal(error);
    const pause = Math.min(BACKOFF_MILLISECONDS * 2 ** (deaths.length - 1), BACKOFF_MILLISECONDS_MAX);
    setTimeout(() => {
      // One that does not come up exits, too, and so comes here again.
      if (!closing) load(part);
    }, pause);
  };

  return {
    load,
    async serve() {
      gate.resolve();
      await Promise.all(parts.map((part) => part.serving));
    },
    tell(news) {
      told.set(news.kind, news);
      for (const part of parts) if (part.engaged) post(part, news);
    },
    restarts: () => restarts,
    async ended() {
      closing = true;
      clearInterval(watch);
      // Not while they load: a native package that is stopped half-way ends the whole process (napi_throw, SIGABRT).
      for (const part of parts) if (!part.engaged) void part.loaded.then(() => part.worker.terminate());
      const late = setTimeout(() => parts.forEach((part) => void part.worker.terminate()), CLOSE_MILLISECONDS);
      await Promise.all(parts.map((part) => part.exited));
      clearTimeout(late);
    },
  };
}

function post({ worker }: Running, message: ToEdgeWorker): void {
  worker.postMessage(message);
}
