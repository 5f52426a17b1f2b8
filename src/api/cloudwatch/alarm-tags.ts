import type * as sdk from '@aws-sdk/client-cloudwatch';
import { alarmTags, noSuchAlarm } from '../../core/control/alarms/change-alarm-tags.ts';
import { tables } from '../../core/control/tables.ts';
import { AwsError, errorOf } from '../aws-error.ts';
import { optional } from '../route53/door.ts';
import { required, submit, type MetricDesk, type MetricDoor } from './door.ts';
import { alarmNameIn } from './shapes.ts';

/** Alarms are all that has tags here. */

export const tagResourceDoor: MetricDoor<sdk.TagResourceInput, object> = {
  operation: 'TagResource',
  async handle(input, desk) {
    const name = nameOf(input.ResourceARN, desk);
    const add = required(input.Tags, 'Tags').map(({ Key, Value }) => ({
      ...optional('key', Key),
      ...optional('value', Value),
    }));
    await submit(desk, 'ChangeAlarmTags', { region: desk.region, name, add });
    return {};
  },
};

export const untagResourceDoor: MetricDoor<sdk.UntagResourceInput, object> = {
  operation: 'UntagResource',
  async handle(input, desk) {
    const name = nameOf(input.ResourceARN, desk);
    await submit(desk, 'ChangeAlarmTags', {
      region: desk.region,
      name,
      remove: required(input.TagKeys, 'TagKeys'),
    });
    return {};
  },
};

export const listTagsForResourceDoor: MetricDoor<sdk.ListTagsForResourceInput, sdk.ListTagsForResourceOutput> = {
  operation: 'ListTagsForResource',
  handle(input, desk) {
    const { region } = desk;
    const name = nameOf(input.ResourceARN, desk);
    const view = desk.log.view();
    if (view.get(tables.metricAlarms, [region, name]) === undefined) throw errorOf(noSuchAlarm(region, name));
    return { Tags: alarmTags(view, region, name).map(({ key, value }) => ({ Key: key, Value: value })) };
  },
};

const ARN = /^arn:[^:]+:cloudwatch:[^:]*:[^:]*:.+/;

function nameOf(resourceArn: string | undefined, desk: MetricDesk): string {
  const arn = required(resourceArn, 'ResourceARN');
  if (!ARN.test(arn)) {
    throw new AwsError('InvalidParameterValue', `The value ${arn} for parameter ResourceARN is no ARN of CloudWatch.`);
  }
  const name = alarmNameIn(arn, desk);
  if (name !== undefined) return name;
  throw new AwsError('ResourceNotFoundException', `There is no ${arn}: of CloudWatch's resources Waypost has alarms.`);
}
