import * as kms from '@aws-sdk/client-kms';
import { expect, onTestFinished, test } from 'vitest';

test('where OpenSSL cannot be called, digests are refused and messages are signed', async () => {
  const { versions } = process;
  onTestFinished(() => void Object.defineProperty(process, 'versions', { value: versions }));
  // The one whose symbols the program has is another than Node was made of.
  Object.defineProperty(process, 'versions', { value: { ...versions, openssl: '1.1.1' } });
  const { KEY, startTestMember } = await import('./member.ts');
  const member = await startTestMember();
  onTestFinished(() => member.close());
  const client = new kms.KMSClient({ endpoint: member.url, region: 'us-east-1', credentials: KEY, maxAttempts: 1 });
  onTestFinished(() => client.destroy());
  const made = await client.send(new kms.CreateKeyCommand({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' }));
  const asked = {
    KeyId: made.KeyMetadata?.KeyId,
    SigningAlgorithm: 'ECDSA_SHA_256',
    Message: new Uint8Array(32),
  } as const;
  const { Signature } = await client.send(new kms.SignCommand(asked));
  expect(await client.send(new kms.VerifyCommand({ ...asked, Signature }))).toMatchObject({ SignatureValid: true });
  const digest = { ...asked, MessageType: 'DIGEST' } as const;
  const refused = {
    name: 'UnsupportedOperationException',
    message:
      'MessageType DIGEST is not supported by this version of Waypost. Send the message itself, up to 4096 octets, as RAW.',
  };
  await expect(client.send(new kms.SignCommand(digest))).rejects.toMatchObject(refused);
  await expect(client.send(new kms.VerifyCommand({ ...digest, Signature }))).rejects.toMatchObject(refused);
});
