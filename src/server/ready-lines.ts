import { printAddress } from '../edge/address.ts';
import type { Config } from './config.ts';
import type { AccessKey } from './credentials.ts';
import { urlOf } from './setting-values.ts';

/** What a person reads when a member is ready; `made` is the access key on the start that made it. */
export function readyLines(config: Config, made: AccessKey | undefined): string {
  const url = urlOf(config.http);
  const dns = config.dns[0] ?? { host: '127.0.0.1', port: 53 };
  const lines = [
    '',
    '  Waypost is ready.',
    '',
    `  API   ${url}`,
    `  DNS   ${config.dns.map(printAddress).join(', ')} (UDP and TCP)`,
    `  Data  ${config.data}`,
  ];
  if (made !== undefined) {
    lines.push('', '  A new access key; its secret is shown only now (and kept in the data directory):', '');
    lines.push(`    export AWS_ACCESS_KEY_ID=${made.id} AWS_SECRET_ACCESS_KEY=${made.secret} AWS_REGION=us-east-1`);
  }
  lines.push('', '  Try:', '');
  lines.push(`    aws --endpoint-url ${url} route53 create-hosted-zone --name example.com --caller-reference 1`);
  lines.push(`    aws --endpoint-url ${url} route53 list-hosted-zones`);
  lines.push(`    dig @${dns.host} -p ${dns.port} example.com SOA`, '', '');
  return lines.join('\n');
}
