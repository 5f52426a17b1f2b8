import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { test } from 'vitest';
import { lacks, run, startMember } from './member.ts';

const PYTHON = '/usr/bin/python3';
const skip = lacks('python3-boto3', spawnSync(PYTHON, ['-c', 'import boto3']).status === 0);

test.skipIf(skip).each([
  ['paginators of one item, the waiter and error codes', 'boto3_client.py'],
  ['every operation that is built, and one of its errors', 'boto3_operations.py'],
  ['health checks, and an endpoint that goes down', 'boto3_health_checks.py'],
  ['CloudWatch: metrics, alarms and error codes', 'boto3_cloudwatch.py'],
  ['KMS: keys, signatures, aliases, policies and error codes', 'boto3_kms.py'],
])('boto3: %s', async (_, script) => {
  const member = await startMember();
  try {
    run(PYTHON, [fileURLToPath(new URL(`./${script}`, import.meta.url))], member.environment);
  } finally {
    await member.stop();
  }
});
