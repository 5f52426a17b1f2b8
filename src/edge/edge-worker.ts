import { parentPort, workerData } from 'node:worker_threads';
import { ListenError } from './address.ts';
import { serveTcp } from './tcp/tcp-server.ts';
import { serveKernelUdp } from './udp/kernel-udp.ts';
import { serveNodeUdp } from './udp/node-udp.ts';
import { openServing } from './serving.ts';
import type { EdgeWorkerData, FromEdgeWorker } from './worker-data.ts';

async function run(): Promise<void> {
  const port = parentPort;
  if (port === null) throw new Error('an edge worker runs as a worker thread');
  const data = workerData as EdgeWorkerData;
  const send = (message: FromEdgeWorker): void => port.postMessage(message);
  const serving = openServing(data);
  try {
    if (data.sockets.kind === 'kernel-udp') {
      send({ kind: 'serving', addresses: [] });
      await serveKernelUdp(serving, data.sockets);
    } else if (data.sockets.kind === 'node-udp') {
      await serveNodeUdp(serving, data.sockets, () => send({ kind: 'serving', addresses: [] }));
    } else {
      await serveTcp(serving, data.sockets, (addresses) => send({ kind: 'serving', addresses }));
    }
  } catch (error) {
    if (!(error instanceof ListenError)) throw error;
    send({
      kind: 'cannot-listen',
      code: error.code,
      address: error.address,
      protocol: data.sockets.kind === 'tcp' ? 'tcp' : 'udp',
    });
  }
  await serving.close();
}

await run();
