import { parentPort, workerData } from 'node:worker_threads';
import { Atlas } from '../atlas/atlas.ts';
import { MeasuredLatencies } from '../atlas/measured-latencies.ts';
import { ListenError } from './address.ts';
import { serveKernelTcp } from './tcp/kernel-tcp.ts';
import { serveNodeTcp } from './tcp/node-tcp.ts';
import { serveTls } from './tls/serve-tls.ts';
import { TlsHandshakes } from './tls/tls-handshakes.ts';
import { serveKernelUdp } from './udp/kernel-udp.ts';
import { serveNodeUdp } from './udp/node-udp.ts';
import { openServing, type Serving } from './serving.ts';
import type { EdgeWorkerData, FromEdgeWorker, ToEdgeWorker, WorkerSockets } from './worker-data.ts';

async function run(): Promise<void> {
  const port = parentPort;
  if (port === null) throw new Error('an edge worker runs as a worker thread');
  const data = workerData as EdgeWorkerData;
  const send = (message: FromEdgeWorker): void => port.postMessage(message);
  const serving = openServing(data);
  const { sockets } = data;
  const handshakes = sockets.kind === 'tls' ? new TlsHandshakes(sockets.certificate, sockets.ticketKeys) : undefined;
  port.on('message', (message: ToEdgeWorker) => {
    switch (message.kind) {
      case 'places':
        serving.world.places = new Atlas(message.databases.map((database) => new Uint8Array(database)));
        break;
      case 'latencies':
        serving.world.asker.latencies = new MeasuredLatencies(message.latencies);
        break;
      case 'certificate':
        handshakes?.use(message.certificate);
        break;
      case 'transfers':
        serving.configureTransfers(message.settings);
        break;
    }
  });
  // Listening for messages must not keep a worker that has nothing else to do.
  port.unref();
  try {
    await serve(serving, sockets, handshakes, () => send({ kind: 'serving' }));
  } catch (error) {
    if (!(error instanceof ListenError)) throw error;
    const { code, address, protocol } = error;
    send({ kind: 'cannot-listen', code, address, protocol });
  }
  await serving.close();
}

function serve(
  serving: Serving,
  sockets: WorkerSockets,
  handshakes: TlsHandshakes | undefined,
  onServing: () => void,
): Promise<void> {
  if (sockets.kind === 'node-udp') return serveNodeUdp(serving, sockets, onServing);
  if (sockets.kind === 'node-tcp') return serveNodeTcp(serving, sockets, onServing);
  if (sockets.kind === 'tls') return serveTls(serving, sockets, handshakes as TlsHandshakes, onServing);
  // Their sockets are open already.
  onServing();
  return sockets.kind === 'kernel-udp' ? serveKernelUdp(serving, sockets) : serveKernelTcp(serving, sockets);
}

await run();
