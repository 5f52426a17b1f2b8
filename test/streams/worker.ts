import { parentPort, workerData } from 'node:worker_threads';
import { worldOf } from '../../src/core/answer/answer-text.ts';
import { zonesFromText } from '../../src/core/zone/zone-from-text.ts';
import type { Serving } from '../../src/edge/serving.ts';
import type { AnswerInMany } from '../../src/edge/stream/answer-in-many.ts';
import { serveKernelTcp } from '../../src/edge/tcp/kernel-tcp.ts';
import { serveNodeTcp } from '../../src/edge/tcp/node-tcp.ts';
import type { Certificate } from '../../src/edge/tls/certificate.ts';
import { serveTls } from '../../src/edge/tls/serve-tls.ts';
import { TlsHandshakes } from '../../src/edge/tls/tls-handshakes.ts';
import { PropagationFollower } from '../../src/log/propagation.ts';
import { MANY, type StreamWorkerData } from './stream-server.ts';

/**
 * A worker thread that serves streams from zone text, as an edge worker does from the store. An AXFR of `N.SIZE.many.` is answered
 * with N messages of SIZE octets, each with its number in front and the query's id before that; of `fail.many.` with one and a failure.
 */
const data = workerData as StreamWorkerData;
const counts = new Int32Array(data.counts);
const closing = new Int32Array(data.closing);

const answerInMany: AnswerInMany = (message, _from, send) => {
  const labels = labelsOf(message);
  if (labels.at(-1) !== 'many') return undefined;
  return labels[0] === 'fail' ? failing(message, send) : many(message, Number(labels[0]), Number(labels[1]), send);
};

async function many(
  message: Uint8Array,
  count: number,
  octets: number,
  send: (answer: Uint8Array) => Promise<void>,
): Promise<void> {
  const answer = new Uint8Array(octets);
  const view = new DataView(answer.buffer);
  answer.set(message.subarray(0, 2));
  try {
    for (let number = 0; number < count; number += 1) {
      view.setUint32(2, number);
      await send(answer);
      Atomics.add(counts, MANY.sent, 1);
    }
  } catch (error) {
    Atomics.add(counts, MANY.rejected, 1);
    throw error;
  }
}

async function failing(message: Uint8Array, send: (answer: Uint8Array) => Promise<void>): Promise<void> {
  await send(message);
  throw new Error('as asked');
}

function labelsOf(message: Uint8Array): string[] {
  const labels: string[] = [];
  for (let at = 12; message[at] !== 0 && labels.length < 8;) {
    const octets = message[at] as number;
    labels.push(Buffer.from(message.subarray(at + 1, at + 1 + octets)).toString('latin1'));
    at += 1 + octets;
  }
  return labels;
}

const follower = new PropagationFollower(data.propagation, data.part);
const serving: Serving = {
  world: worldOf(zonesFromText(data.zones), 1 << 20),
  follower,
  catchUp: () => void follower.next(() => {}),
  closing: () => Atomics.load(closing, 0) !== 0,
  answerInMany,
};
const served = (): void => parentPort?.postMessage('serving');
if (data.sockets !== undefined) {
  served();
  await serveKernelTcp(serving, { ...data, ...data.sockets });
} else if (data.certificate !== undefined) {
  const handshakes = new TlsHandshakes(data.certificate, data.ticketKeys);
  parentPort?.on('message', (certificate: Certificate) => handshakes.use(certificate));
  await serveTls(serving, data, handshakes, served);
  parentPort?.close();
} else {
  await serveNodeTcp(serving, data, served);
}
