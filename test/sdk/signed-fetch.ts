import { SignatureV4 } from '@smithy/signature-v4';
import { KEY } from './member.ts';
import { Sha256 } from './sha256.ts';

/** A POST as a client signs it that no SDK would send. */
export async function signedFetch(
  url: string,
  sent: {
    readonly service: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string | Uint8Array;
  },
): Promise<Response> {
  const { protocol, host, hostname, port, pathname } = new URL(url);
  const signer = new SignatureV4({
    credentials: KEY,
    region: 'us-east-1',
    service: sent.service,
    sha256: Sha256 as never,
  });
  const { headers } = await signer.sign({
    method: 'POST',
    protocol,
    hostname,
    port: Number(port),
    path: pathname,
    headers: { host, ...sent.headers },
    body: sent.body,
  });
  return fetch(url, { method: 'POST', headers, body: sent.body as string });
}
