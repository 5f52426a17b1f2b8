import { AwsError, escapeXml } from '../aws-error.ts';
import type { Caller } from '../signature/verify.ts';

/**
 * Security Token Service, as far as clients ask it who they are before they begin (Terraform, cert-manager, the CLI).
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
 */
export const STS_NAMESPACE = 'https://sts.amazonaws.com/doc/2011-06-15/';

export function answerSts(parameters: URLSearchParams, caller: Caller, accountId: string, requestId: string): string {
  const action = parameters.get('Action');
  if (action !== 'GetCallerIdentity') {
    throw new AwsError(
      'InvalidAction',
      `Could not find operation ${action ?? '(none)'} for version ${parameters.get('Version') ?? '2011-06-15'}`,
    );
  }
  const arn = `arn:aws:iam::${accountId}:user/${caller.principal}`;
  return (
    `<GetCallerIdentityResponse xmlns="${STS_NAMESPACE}"><GetCallerIdentityResult><Arn>${escapeXml(arn)}</Arn>` +
    `<UserId>${escapeXml(caller.accessKeyId)}</UserId><Account>${accountId}</Account></GetCallerIdentityResult>` +
    `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></GetCallerIdentityResponse>`
  );
}
