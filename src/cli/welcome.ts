import { join } from 'node:path';
import { printAddress } from '../edge/address.ts';
import type { Config } from '../server/config.ts';
import { CREDENTIALS_FILE } from '../server/credentials.ts';
import type { Member } from '../server/start.ts';

/** What a person reads when the member serves. */
export function welcome(config: Config, member: Member): string {
  const endpoint = `http://${printAddress(member.http)}`;
  const dns = config.dns[0] as { host: string; port: number };
  const { credential } = member;
  const key = {
    made: [
      '  Access key  made just now, shown only this once:',
      '',
      `    export AWS_ACCESS_KEY_ID=${credential.accessKeyId} AWS_SECRET_ACCESS_KEY=${credential.secretAccessKey} AWS_REGION=us-east-1 AWS_DEFAULT_REGION=us-east-1`,
    ],
    kept: [
      `  Access key  ${credential.accessKeyId} (its secret is in ${join(config.dataDirectory, CREDENTIALS_FILE)})`,
    ],
    settings: [`  Access key  ${credential.accessKeyId}`],
  }[credential.from];
  return [
    'Waypost is ready.',
    '',
    `  API         ${endpoint}`,
    `  DNS         ${config.dns.map(printAddress).join(', ')} (UDP and TCP)`,
    ...(config.tls?.dot ?? []).map((address) => `  DNS         ${printAddress(address)} (TLS)`),
    ...(config.tls?.doh ?? []).map((address) => `  DNS         https://${printAddress(address)}/dns-query`),
    ...key,
    ...masterKeyLines(member.master),
    '',
    'Try:',
    '',
    `    aws --endpoint-url ${endpoint} route53 create-hosted-zone --name example.com --caller-reference 1`,
    `    aws --endpoint-url ${endpoint} route53 list-hosted-zones`,
    `    dig @${dns.host} -p ${dns.port} example.com SOA`,
    '',
  ].join('\n');
}

function masterKeyLines({ from, file }: Member['master']): string[] {
  if (file === undefined) return [];
  const about = from === 'made' ? 'made just now: private keys are wrapped with it, and backups do not hold it' : '';
  return [`  Master key  ${file}${about === '' ? '' : ` (${about})`}`];
}
