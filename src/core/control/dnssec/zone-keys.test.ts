import { expect, test } from 'vitest';
import { createKeySigningKey, type CreateKeySigningKeyCommand } from './create-key-signing-key.ts';
import { SignedHouse } from './signed-house.ts';

test('a zone is signed with one algorithm', () => {
  const zone = new SignedHouse();
  zone.say('create one ACTIVE');
  const ed25519: CreateKeySigningKeyCommand = {
    hostedZoneId: zone.zoneId,
    callerReference: '1',
    kmsArn: 'arn:aws:kms:us-east-1:000000000000:key/2',
    name: 'two',
    status: 'ACTIVE',
    key: { algorithm: 15, publicKey: 'A'.repeat(43).concat('='), digest: '00' },
  };
  expect(zone.signed(createKeySigningKey, ed25519)).toBe(
    'InvalidKMSArn: The KMS key is for ED25519, but key-signing key one is for ECDSAP256SHA256: a zone is signed with one algorithm, ' +
      'and to have another its signing is disabled and its keys are deleted first',
  );
  zone.say('enable');
  expect(zone.signed(createKeySigningKey, ed25519)).toMatch(/^InvalidKMSArn: /);
  for (const each of ['disable', 'deactivate one', 'delete one']) expect(zone.say(each)).toBe('ok');
  expect(zone.signed(createKeySigningKey, ed25519)).toBe('ok');
  expect(zone.say('delete two')).toMatch(/^InvalidKeySigningKeyStatus/);
  for (const kmsArn of [
    '',
    'arn:aws:kms:us-east-1:000000000000:alias/two',
    'key/2',
    `${ed25519.kmsArn}${'2'.repeat(256)}`,
  ]) {
    expect(zone.signed(createKeySigningKey, { ...ed25519, kmsArn })).toMatch(/^InvalidKMSArn: .* is not the ARN/);
  }
});

test('what is answered tells of the former zone-signing key for as long as it is published', () => {
  const zone = new SignedHouse();
  for (const each of ['create one ACTIVE', 'enable']) zone.say(each);
  const tags = (): unknown[] => [zone.served()?.signer.tag, zone.served()?.formerTag];
  const seen = [tags()];
  for (const step of ['publish', 'sign', 'withdraw', 'publish', 'sign']) {
    zone.house.now(zone.dnssec().signing?.keys.stepAt ?? 0);
    expect(zone.say(`roll ${step}`)).toBe('ok');
    zone.say('renew');
    seen.push(tags());
  }
  expect(seen).toEqual([
    [1, undefined],
    [1, undefined],
    [2, 1],
    [2, undefined],
    [2, undefined],
    [3, 2],
  ]);
});
