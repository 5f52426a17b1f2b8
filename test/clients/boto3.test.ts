import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { test } from 'vitest';
import { lacks, run, startMember } from './member.ts';

const PYTHON = '/usr/bin/python3';
const skip = lacks('python3-boto3', spawnSync(PYTHON, ['-c', 'import boto3']).status === 0);

test.skipIf(skip)('boto3: paginators of one item, the waiter and error codes', async () => {
  const member = await startMember();
  try {
    run(PYTHON, [fileURLToPath(new URL('./boto3_client.py', import.meta.url))], member.environment);
  } finally {
    await member.stop();
  }
});
