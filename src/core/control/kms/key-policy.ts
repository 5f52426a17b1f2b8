import { policyAllows, readPolicy, type Policy } from './policy-document.ts';

/** What a key has whose maker says nothing: the account may do anything with it, and zones cannot be signed. */
export function defaultKeyPolicy(accountId: string): string {
  const statement = {
    Sid: 'Enable IAM User Permissions',
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${accountId}:root` },
    Action: 'kms:*',
    Resource: '*',
  };
  return JSON.stringify({ Version: '2012-10-17', Id: 'key-default-1', Statement: [statement] }, null, 2);
}

/** What signing zones takes. */
const SIGNING_ACTIONS = ['kms:DescribeKey', 'kms:GetPublicKey', 'kms:Sign'];
const SIGNING_SERVICE = 'Service:dnssec-route53.amazonaws.com';

/** Of a key that is made for a zone: the account may do anything with it, and this zone alone can be signed. */
export function zoneSigningPolicy(accountId: string, zoneId: string): string {
  const account = {
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${accountId}:root` },
    Action: 'kms:*',
    Resource: '*',
  };
  const signing = {
    Effect: 'Allow',
    Principal: { Service: 'dnssec-route53.amazonaws.com' },
    Action: SIGNING_ACTIONS,
    Resource: '*',
    Condition: {
      StringEquals: { 'aws:SourceAccount': accountId },
      ArnEquals: { 'aws:SourceArn': `arn:aws:route53:::hostedzone/${zoneId}` },
    },
  };
  return JSON.stringify({ Version: '2012-10-17', Statement: [account, signing] }, null, 2);
}

/**
 * Whether zones may be signed with the key.
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/access-control-managing-permissions.html#KMS-key-policy-for-DNSSEC
 */
export function allowsZoneSigning(policy: string, keyArn: string, accountId: string, zoneId?: string): boolean {
  const read = readPolicy(policy);
  if ('refused' in read) return false;
  const context: Record<string, string> = { 'aws:sourceaccount': accountId, 'aws:securetransport': 'true' };
  if (zoneId !== undefined) context['aws:sourcearn'] = `arn:aws:route53:::hostedzone/${zoneId}`;
  return SIGNING_ACTIONS.every((action) =>
    policyAllows(read, { principals: [SIGNING_SERVICE], action, keyArn, context }),
  );
}

/** Whether the account can ever put another policy in this one's place. */
export function allowsPolicyChange(policy: Policy, keyArn: string, accountId: string, principal: string): boolean {
  const principals = [accountId, `arn:aws:iam::${accountId}:root`, `arn:aws:iam::${accountId}:user/${principal}`];
  return policyAllows(policy, {
    principals: principals.map((each) => `AWS:${each}`),
    action: 'kms:PutKeyPolicy',
    keyArn,
    context: { 'aws:principalaccount': accountId, 'aws:securetransport': 'true' },
  });
}
