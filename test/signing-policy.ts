const DNSSEC_SERVICE = 'dnssec-route53.amazonaws.com';

/** The policy of a KMS key for zones, as AWS's guide has it: who owns the key may do everything, DNSSEC signing may sign. */
export function signingPolicy(accountId: string, service = DNSSEC_SERVICE): string {
  const Principal = { Service: service };
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${accountId}:root` }, Action: 'kms:*', Resource: '*' },
      { Effect: 'Allow', Principal, Action: ['kms:DescribeKey', 'kms:GetPublicKey', 'kms:Sign'], Resource: '*' },
      {
        Effect: 'Allow',
        Principal,
        Action: ['kms:CreateGrant'],
        Resource: '*',
        Condition: { Bool: { 'kms:GrantIsForAWSResource': true } },
      },
    ],
  });
}
