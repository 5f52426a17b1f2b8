import type { Attack } from './attacks/attack.ts';
import { datagramFlood } from './attacks/datagram-flood.ts';
import { halfOpen } from './attacks/half-open.ts';
import { garbage, randomName, realName } from './attacks/packets.ts';
import { connectionFlood, garbageStreams, manyConnections, trickle, unreadAnswers } from './attacks/streams.ts';

export const attacks = {
  'query flood': datagramFlood(realName),
  'random names': datagramFlood(randomName),
  'garbage flood': datagramFlood(garbage),
  'many connections': manyConnections,
  'connection flood': connectionFlood,
  'slow senders': trickle,
  'unread answers': unreadAnswers,
  'garbage streams': garbageStreams,
  'half-open': halfOpen,
} as const satisfies Record<string, Attack>;

export type AttackName = keyof typeof attacks;
