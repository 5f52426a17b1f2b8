import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { SignatureV4 } from '@smithy/signature-v4';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { KEY, startTestMember, type TestMember } from './member.ts';
import { Sha256 } from './sha256.ts';

let member: TestMember;
beforeAll(async () => {
  member = await startTestMember();
});
afterAll(async () => {
  await member.close();
  // Nothing a client sends is a defect of ours.
  expect(member.failures).toEqual([]);
});

interface Sent {
  method: string;
  path: string;
  query: Record<string, string>;
  headers: Record<string, string>;
  body: string;
}

interface Signing {
  readonly key?: { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string };
  readonly service?: string;
  readonly region?: string;
  /** How long ago it was signed. */
  readonly ageSeconds?: number;
  /** What is changed after signing. */
  readonly after?: (sent: Sent) => void;
  readonly presign?: number;
}

interface Answer {
  readonly status: number;
  readonly code: string | undefined;
  readonly text: string;
}

async function send(method: string, target: string, body: string, signing: Signing = {}): Promise<Answer> {
  const [path = '', search = ''] = target.split('?');
  const signer = new SignatureV4({
    credentials: signing.key ?? KEY,
    region: signing.region ?? 'us-east-1',
    service: signing.service ?? 'route53',
    sha256: Sha256 as never,
  });
  const plain = {
    method,
    protocol: 'http:',
    hostname: '127.0.0.1',
    port: member.port,
    path,
    query: Object.fromEntries(new URLSearchParams(search)),
    headers: { host: `127.0.0.1:${member.port}` },
    body,
  };
  const at = { signingDate: new Date(Date.now() - (signing.ageSeconds ?? 0) * 1000) };
  const signed = (signing.presign === undefined
    ? await signer.sign(plain as never, at)
    : await signer.presign(plain as never, { ...at, expiresIn: signing.presign })) as unknown as Sent;
  const sent: Sent = { method, path, query: { ...signed.query }, headers: { ...signed.headers }, body };
  signing.after?.(sent);
  const query = Object.entries(sent.query)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join('&');
  return exchange(sent, query === '' ? sent.path : `${sent.path}?${query}`);
}

function exchange(sent: Sent, target: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { ...sent.headers, 'content-length': String(Buffer.byteLength(sent.body)) };
    const call = httpRequest(
      { port: member.port, host: '127.0.0.1', method: sent.method, path: target, headers },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('end', () => {
          resolve({ status: response.statusCode ?? 0, code: /<Code>([^<]*)<\/Code>/.exec(text)?.[1], text });
        });
      },
    );
    call.on('error', reject);
    call.end(sent.body);
  });
}

const V = '/2013-04-01';
const COUNT = `${V}/hostedzonecount`;

describe('signatures', () => {
  const rows: [string, Signing, number, string | undefined][] = [
    ['good', {}, 200, undefined],
    ['any region', { region: 'us-gov-west-1' }, 200, undefined],
    ['a session token', { key: { ...KEY, sessionToken: 'token' } }, 200, undefined],
    ['presigned', { presign: 60 }, 200, undefined],
    ['presigned, expired', { presign: 60, ageSeconds: 61 }, 403, 'RequestExpired'],
    ['six minutes old', { ageSeconds: 360 }, 403, 'SignatureDoesNotMatch'],
    ['six minutes ahead', { ageSeconds: -360 }, 403, 'SignatureDoesNotMatch'],
    ['four minutes old', { ageSeconds: 240 }, 200, undefined],
    ['another secret', { key: { ...KEY, secretAccessKey: 'x' } }, 403, 'SignatureDoesNotMatch'],
    ['an unknown key', { key: { ...KEY, accessKeyId: 'AKIDNOBODY' } }, 403, 'InvalidClientTokenId'],
    ['another service', { service: 's3' }, 403, 'SignatureDoesNotMatch'],
    [
      'no signature',
      {
        after: (sent) => {
          delete sent.headers.authorization;
        },
      },
      403,
      'MissingAuthenticationToken',
    ],
    [
      'half a header',
      {
        after: (sent) => {
          sent.headers.authorization = 'AWS4-HMAC-SHA256 Credential=a';
        },
      },
      400,
      'IncompleteSignature',
    ],
    [
      'an unsigned x-amz header',
      {
        after: (sent) => {
          sent.headers['x-amz-target'] = 'x';
        },
      },
      403,
      'SignatureDoesNotMatch',
    ],
    [
      'a changed query',
      {
        after: (sent) => {
          sent.query.a = 'b';
        },
      },
      403,
      'SignatureDoesNotMatch',
    ],
    [
      'a changed body',
      {
        after: (sent) => {
          sent.body = 'x';
        },
      },
      403,
      'SignatureDoesNotMatch',
    ],
  ];
  test.each(rows)('%s', async (_, signing, status, code) => {
    expect(await send('GET', COUNT, '', signing)).toMatchObject({ status, code });
  });
});

const N = 'xmlns="https://route53.amazonaws.com/doc/2013-04-01/"';
const create = (inside: string): string => `<CreateHostedZoneRequest ${N}>${inside}</CreateHostedZoneRequest>`;
const NAME = '<Name>bad.example</Name><CallerReference>r</CallerReference>';
const config = (inside: string): string => create(`${NAME}<HostedZoneConfig>${inside}</HostedZoneConfig>`);

describe('bodies', () => {
  const rows: [string, string, number, string][] = [
    ['nothing', '', 400, 'InvalidInput'],
    ['no XML', 'hello', 400, 'MalformedInput'],
    ['not closed', `<CreateHostedZoneRequest>${NAME}`, 400, 'MalformedInput'],
    ['wrong root', '<ChangeBatch/>', 400, 'MalformedInput'],
    ['two roots', `${create(NAME)}${create(NAME)}`, 400, 'MalformedInput'],
    ['a DTD', `<!DOCTYPE a [<!ENTITY b "c">]>${create(NAME)}`, 400, 'MalformedInput'],
    ['an unknown entity', create(NAME.replace('bad', '&bad;')), 400, 'MalformedInput'],
    ['a reference to no character', create(NAME.replace('bad', '&#0;')), 400, 'MalformedInput'],
    ['a bare ampersand', create(NAME.replace('bad', 'a&b')), 400, 'MalformedInput'],
    ['an unknown element', create(`${NAME}<Size>1</Size>`), 400, 'InvalidInput'],
    ['__proto__', create(`${NAME}<__proto__>1</__proto__>`), 400, 'MalformedInput'],
    ['an element twice', create(`${NAME}<Name>b.example</Name>`), 400, 'InvalidInput'],
    ['a required one missing', create('<Name>bad.example</Name>'), 400, 'InvalidInput'],
    ['no boolean', config('<PrivateZone>yes</PrivateZone>'), 400, 'InvalidInput'],
    ['text for elements', create(`${NAME}<HostedZoneConfig>x</HostedZoneConfig>`), 400, 'InvalidInput'],
    ['deep nesting', create('<a>'.repeat(5000) + '</a>'.repeat(5000)), 400, 'MalformedInput'],
    ['5 MB', create(`<Name>${'a'.repeat(5 * 2 ** 20)}</Name>`), 413, 'RequestEntityTooLarge'],
  ];
  test.each(rows)('%s', async (_, body, status, code) => {
    expect(await send('POST', `${V}/hostedzone`, body)).toMatchObject({ status, code });
  });

  test('elements in another order and character references are fine', async () => {
    const body = create('<CallerReference>&#x72;1</CallerReference><Name><![CDATA[order]]>&#46;example</Name>');
    const made = await send('POST', `${V}/hostedzone`, body);
    expect(made).toMatchObject({ status: 201 });
    expect(made.text).toMatch(/<HostedZone><Id>[^<]*<\/Id><Name>order\.example\.<\/Name><CallerReference>r1</);
    const id = /\/hostedzone\/(Z\w+)/.exec(made.text)?.[1] as string;
    expect(await send('GET', `${V}/hostedzone/%2Fhostedzone%2F${id}`, '')).toMatchObject({ status: 200 });
    const change = (ttl: string, values: string): string =>
      `<ChangeResourceRecordSetsRequest ${N}><ChangeBatch><Changes><Change><Action>CREATE</Action><ResourceRecordSet>` +
      `<Name>www.order.example</Name><Type>A</Type><TTL>${ttl}</TTL><ResourceRecords>${values}</ResourceRecords>` +
      '</ResourceRecordSet></Change></Changes></ChangeBatch></ChangeResourceRecordSetsRequest>';
    const value = '<ResourceRecord><Value>192.0.2.1</Value></ResourceRecord>';
    for (const ttl of ['1.5', '1e3', 'abc', '', '1e20', '0x10', '99999999999999999999']) {
      expect(await send('POST', `${V}/hostedzone/${id}/rrset/`, change(ttl, value)), ttl).toMatchObject({
        status: 400,
        code: 'InvalidInput',
      });
    }
    expect(await send('POST', `${V}/hostedzone/${id}/rrset`, change('60', ''))).toMatchObject({
      status: 400,
      code: 'InvalidInput',
    });
    expect(await send('POST', `${V}/hostedzone/${id}/rrset`, change('60', value))).toMatchObject({ status: 200 });
  });
});

test('a client that reads only once it has sent all five megabytes gets its refusal', async () => {
  const socket = connect(member.port, '127.0.0.1').setEncoding('utf8');
  const length = 5 * 2 ** 20;
  socket.pause();
  socket.write(`POST /2013-04-01/hostedzone HTTP/1.1\r\nHost: a\r\nContent-Length: ${length}\r\n\r\n`);
  await new Promise((resolve) => socket.write('x'.repeat(length), resolve));
  let text = '';
  for await (const chunk of socket) text += chunk as string;
  expect(text).toMatch(/^HTTP\/1\.1 413 [\s\S]*RequestEntityTooLarge/);
});

test('large bodies are bounded together, and leave room for small ones', async () => {
  const head = 'POST /2013-04-01/hostedzone HTTP/1.1\r\nHost: a\r\nContent-Length: 2000000\r\n\r\n';
  const others = await Promise.all(
    Array.from({ length: 34 }, async () => {
      const socket = connect(member.port, '127.0.0.1');
      // The last of them may be turned away already.
      socket.on('error', () => {});
      socket.write(head);
      await new Promise((resolve) => socket.write('x'.repeat(1_900_000), resolve));
      return socket;
    }),
  );
  const large = (): Promise<Answer> => send('POST', `${V}/hostedzone`, create(`<Name>${'a'.repeat(1_900_000)}</Name>`));
  // One of them may find the last free place.
  const several = async (): Promise<(string | undefined)[]> =>
    (await Promise.all([large(), large(), large()])).map((answer) => answer.code);
  await expect.poll(several).toContain('ServiceUnavailable');
  expect(await send('GET', COUNT, '')).toMatchObject({ status: 200 });
  expect(await send('POST', `${V}/hostedzone`, create('<Name>bad.example</Name>'))).toMatchObject({ status: 400 });
  for (const socket of others) socket.destroy();
  await expect.poll(large).toMatchObject({ status: 400 });
});

describe('targets', () => {
  const rows: [string, string, number, string][] = [
    ['GET', `${V}/hostedzone?maxitems=x`, 400, 'InvalidInput'],
    ['GET', `${V}/hostedzone?maxitems=0`, 400, 'InvalidInput'],
    ['GET', `${V}/hostedzone/ZNOTHERE`, 404, 'NoSuchHostedZone'],
    ['GET', `${V}/change/CNOTHERE`, 404, 'NoSuchChange'],
    ['GET', `${V}/hostedzone/%ff`, 400, 'InvalidInput'],
    ...['x'.repeat(65), 'x'.repeat(6501)].flatMap((id): [string, string, number, string][] => [
      ['GET', `${V}/change/${id}`, 400, 'InvalidInput'],
      ['GET', `${V}/hostedzone/${id}/rrset`, 400, 'InvalidInput'],
      ['GET', `${V}/hostedzone?marker=${id}`, 400, 'InvalidInput'],
      ['GET', `${V}/hostedzone?delegationsetid=${id}`, 400, 'InvalidInput'],
      ['GET', `${V}/hostedzonesbyname?dnsname=a.b&hostedzoneid=${id}`, 400, 'InvalidInput'],
      ['GET', `${V}/delegationset/${id}`, 400, 'InvalidInput'],
      ['GET', `${V}/delegationset?marker=${id}`, 400, 'InvalidInput'],
      ['GET', `${V}/tags/hostedzone/${id}`, 400, 'InvalidInput'],
    ]),
    ['POST', `${V}/hostedzone/ZNOTHERE`, 400, 'InvalidInput'],
    ['GET', `${V}/nothing`, 404, 'UnknownOperation'],
    ['PATCH', `${V}/hostedzone`, 404, 'UnknownOperation'],
    ['GET', `${V}/trafficpolicies`, 400, 'UnsupportedOperation'],
  ];
  test.each(rows)('%s %s', async (method, target, status, code) => {
    expect(await send(method, target, '')).toMatchObject({ status, code });
  });
});

describe('sts', () => {
  const sts = { service: 'sts' };
  test('says who the caller is', async () => {
    const answer = await send('POST', '/', 'Action=GetCallerIdentity&Version=2011-06-15', sts);
    expect(answer).toMatchObject({ status: 200 });
    expect(answer.text).toContain('<Arn>arn:aws:iam::123456789012:user/tester</Arn>');
    expect(await send('GET', '/?Action=GetCallerIdentity&Version=2011-06-15', '', sts)).toMatchObject({ status: 200 });
  });
  test('knows no other action', async () => {
    expect(await send('POST', '/', 'Action=AssumeRole', sts)).toMatchObject({ status: 400, code: 'InvalidAction' });
  });
});
