import { parentPort, workerData } from 'node:worker_threads';
import { createWorld } from '../core/answer/world.ts';
import { zoneDataOf } from '../core/control/zone-data.ts';
import { PropagationFollower } from '../log/propagation.ts';
import { openStore } from '../store/store.ts';
import { ListenError } from './address.ts';
import { serveTcp } from './tcp/tcp-server.ts';
import { serveKernelUdp } from './udp/kernel-udp.ts';
import { serveNodeUdp } from './udp/node-udp.ts';
import type { Serving } from './serving.ts';
import type { EdgeWorkerData, FromEdgeWorker } from './worker-data.ts';

async function run(): Promise<void> {
  const port = parentPort;
  if (port === null) throw new Error('an edge worker runs as a worker thread');
  const data = workerData as EdgeWorkerData;
  const send = (message: FromEdgeWorker): void => port.postMessage(message);
  const store = openStore(data.dataDirectory, { readOnly: true });
  const follower = new PropagationFollower(data.propagation, data.slot);
  const world = createWorld({
    zones: zoneDataOf(store.view),
    planBytesMax: data.planBytesMax,
    udpBytesMax: data.udpBytesMax,
    counters: new Float64Array(data.counters),
  });
  const catchUp = (): void => {
    // Let go of the snapshot even when nothing changed: an idle reader must not keep the file's old pages.
    store.renew();
    if (!follower.behind()) return;
    if (follower.next((zoneId) => world.versions.zoneChanged(zoneId)) === 'overrun') world.versions.everythingChanged();
    store.renew();
    follower.acknowledge();
  };
  const closing = new Int32Array(data.closing);
  const serving: Serving = { world, follower, catchUp, closing: () => Atomics.load(closing, 0) !== 0 };
  catchUp();
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
  follower.leave();
  await store.close();
}

await run();
