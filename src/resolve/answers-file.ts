import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AddressType } from './host-resolver.ts';

/**
 * The last good answers, kept in the data directory, so that a member that starts while its resolvers are down answers at once. Written
 * soon after a change, at most every few seconds, and not synced.
 */
export const ANSWERS_FILE = 'outside.json';

export interface KeptAnswer {
  readonly name: string;
  readonly type: AddressType;
  readonly addresses: readonly string[];
  readonly ttlSeconds: number;
  /** When it was told. Milliseconds since the epoch. */
  readonly at: number;
}

export function answersPath(directory: string): string {
  return join(directory, ANSWERS_FILE);
}

export function printAnswers(answers: Iterable<KeptAnswer>): string {
  return `${JSON.stringify({ answers: [...answers] })}\n`;
}

/** None when there is no file. Throws for one that is not ours. */
export function readAnswers(directory: string): readonly KeptAnswer[] {
  let text: string;
  try {
    text = readFileSync(answersPath(directory), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  const { answers } = JSON.parse(text) as { answers?: unknown };
  if (!Array.isArray(answers) || !answers.every(isKeptAnswer)) throw new Error(`${ANSWERS_FILE} does not hold answers`);
  return answers;
}

function isKeptAnswer(value: unknown): value is KeptAnswer {
  const { name, type, addresses, ttlSeconds, at } = (value ?? {}) as Partial<Record<keyof KeptAnswer, unknown>>;
  return (
    typeof name === 'string' &&
    (type === 'A' || type === 'AAAA') &&
    Array.isArray(addresses) &&
    addresses.every((each) => typeof each === 'string') &&
    typeof ttlSeconds === 'number' &&
    typeof at === 'number'
  );
}
