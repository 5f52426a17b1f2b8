import { parentPort, workerData } from 'node:worker_threads';
import { Atlas } from '../atlas/atlas.ts';
import { MeasuredLatencies } from '../atlas/measured-latencies.ts';
import { ListenError } from './address.ts';
import type { Certificate } from './tls/certificate.ts';
import { openServing, type OpenServing } from './serving.ts';
import type { TlsHandshakes } from './tls/tls-handshakes.ts';
import type { EdgeWorkerData, FromEdgeWorker, News, ToEdgeWorker, WorkerSockets } from './worker-data.ts';

/**
 * The thread of an edge worker. It loads its code while the rest of the member does the same, and then waits to be told what to
 * serve: nothing is answered before the member says so.
 */

/** A worker serves in one way and loads the code of that one only: the time a thread takes to start is that of its modules. */
const CODE = {
  'kernel-udp': () => import('./udp/kernel-udp.ts'),
  'kernel-tcp': () => import('./tcp/kernel-tcp.ts'),
  'node-udp': () => import('./udp/node-udp.ts'),
  'node-tcp': () => import('./tcp/node-tcp.ts'),
  tls: () => import('./tls/serve-tls.ts'),
};

const port = parentPort;
if (port === null) throw new Error('an edge worker runs as a worker thread');
const send = (message: FromEdgeWorker): void => port.postMessage(message);

let handshakes: TlsHandshakes | undefined;
/** A newer one than the worker was started with. */
let certificate: Certificate | undefined;

async function serve(serving: OpenServing, sockets: WorkerSockets): Promise<void> {
  const onServing = (): void => send({ kind: 'serving' });
  switch (sockets.kind) {
    case 'node-udp':
      return (await CODE['node-udp']()).serveNodeUdp(serving, sockets, onServing);
    case 'node-tcp':
      return (await CODE['node-tcp']()).serveNodeTcp(serving, sockets, onServing);
    case 'tls': {
      const [{ serveTls }, { TlsHandshakes: Handshakes }] = await Promise.all([
        CODE.tls(),
        import('./tls/tls-handshakes.ts'),
      ]);
      handshakes = new Handshakes(certificate ?? sockets.certificate, sockets.ticketKeys);
      return serveTls(serving, sockets, handshakes, onServing);
    }
  }
  // The others' sockets are open already.
  onServing();
  if (sockets.kind === 'kernel-udp') return (await CODE['kernel-udp']()).serveKernelUdp(serving, sockets);
  return (await CODE['kernel-tcp']()).serveKernelTcp(serving, sockets);
}

function hear(serving: OpenServing, news: News): void {
  switch (news.kind) {
    case 'places':
      serving.world.places = new Atlas(news.databases.map((database) => new Uint8Array(database)));
      break;
    case 'latencies':
      serving.world.asker.latencies = new MeasuredLatencies(news.latencies);
      break;
    case 'certificate':
      certificate = news.certificate;
      handshakes?.use(certificate);
      break;
    case 'transfers':
      serving.configureTransfers(news.settings);
      break;
  }
}

await CODE[(workerData as EdgeWorkerData).kind]();
const told = Promise.withResolvers<{ readonly serving: OpenServing; readonly sockets: WorkerSockets }>();
let opened: OpenServing | undefined;
port.on('message', (message: ToEdgeWorker) => {
  if (message.kind === 'open') {
    opened = openServing(message.task);
    for (const news of message.told) hear(opened, news);
    send({ kind: 'opened' });
  } else if (opened !== undefined) {
    if (message.kind === 'serve') told.resolve({ serving: opened, sockets: message.sockets });
    else hear(opened, message);
  }
});
send({ kind: 'loaded' });
const { serving, sockets } = await told.promise;
// Listening for messages must not keep a worker that has nothing else to do.
port.unref();
try {
  await serve(serving, sockets);
} catch (error) {
  if (!(error instanceof ListenError)) throw error;
  const { code, address, protocol } = error;
  send({ kind: 'cannot-listen', code, address, protocol });
}
await serving.close();
