import type * as sdk from '@aws-sdk/client-route-53';
import type { ConfigInput } from '../../core/control/health-checks/config-members.ts';
import type {
  CreateHealthCheckCommand,
  HealthCheckCreated,
} from '../../core/control/health-checks/create-health-check.ts';
import { getHealthCheckCount } from '../../core/control/health-checks/get-health-check-count.ts';
import { getHealthCheck } from '../../core/control/health-checks/get-health-check.ts';
import { healthCheckAsCreated } from '../../core/control/health-checks/health-check-as-created.ts';
import { listHealthChecks } from '../../core/control/health-checks/list-health-checks.ts';
import { observedHealthCheck } from '../../core/control/health-checks/observed-health-check.ts';
import type {
  HealthCheckUpdated,
  UpdateHealthCheckCommand,
} from '../../core/control/health-checks/update-health-check.ts';
import { isRefusal } from '../../core/control/operation.ts';
import type { HealthCheck } from '../../core/control/tables.ts';
import type { HealthReports } from '../../feed/health-reports.ts';
import type { Observation } from '../../feed/observation.ts';
import { errorOf } from '../aws-error.ts';
import { optional, pageSize, read, write, type Desk, type Door } from './door.ts';

const PAGE = 100;
const PAGE_MAX = 1000;

export const createHealthCheckDoor: Door<sdk.CreateHealthCheckRequest, sdk.CreateHealthCheckResponse> = {
  operation: 'CreateHealthCheck',
  async handle(input, desk) {
    const config = input.HealthCheckConfig;
    const command: CreateHealthCheckCommand = {
      callerReference: input.CallerReference ?? '',
      config: {
        ...changeable(config ?? {}),
        type: config?.Type ?? '',
        ...optional('requestIntervalSeconds', config?.RequestInterval),
        ...optional('measureLatency', config?.MeasureLatency),
        ...optional('routingControlArn', config?.RoutingControlArn),
      },
    };
    const check = await create(desk, command);
    return {
      HealthCheck: healthCheckShape(check, desk.health),
      Location: `https://route53.amazonaws.com/2013-04-01/healthcheck/${check.id}`,
    };
  },
};

/** A repeated request gets what the first one made, even when both were on their way at once. */
async function create(desk: Desk, command: CreateHealthCheckCommand): Promise<HealthCheck> {
  const outcome = await desk.log.submit('CreateHealthCheck', command, desk.principal);
  if (!isRefusal(outcome)) return (outcome.change as HealthCheckCreated).check;
  const taken = outcome.refused === 'HealthCheckAlreadyExists';
  const made = taken ? healthCheckAsCreated(desk.log.view(), command) : undefined;
  if (made === undefined) throw errorOf(outcome);
  return made;
}

export const getHealthCheckDoor: Door<sdk.GetHealthCheckRequest, sdk.GetHealthCheckResponse> = {
  operation: 'GetHealthCheck',
  handle: (input, desk) => ({
    HealthCheck: healthCheckShape(read(desk, getHealthCheck, { id: input.HealthCheckId ?? '' }), desk.health),
  }),
};

export const listHealthChecksDoor: Door<sdk.ListHealthChecksRequest, sdk.ListHealthChecksResponse> = {
  operation: 'ListHealthChecks',
  handle(input, desk) {
    const maxItems = pageSize(input.MaxItems, PAGE, PAGE_MAX);
    const listed = read(desk, listHealthChecks, { maxItems, ...optional('marker', input.Marker) });
    return {
      HealthChecks: listed.checks.map((check) => healthCheckShape(check, desk.health)),
      Marker: input.Marker ?? '',
      IsTruncated: listed.nextMarker !== undefined,
      ...optional('NextMarker', listed.nextMarker),
      MaxItems: maxItems,
    };
  },
};

export const getHealthCheckCountDoor: Door<sdk.GetHealthCheckCountRequest, sdk.GetHealthCheckCountResponse> = {
  operation: 'GetHealthCheckCount',
  handle: (_input, desk) => ({ HealthCheckCount: read(desk, getHealthCheckCount, {}) }),
};

export const updateHealthCheckDoor: Door<sdk.UpdateHealthCheckRequest, sdk.UpdateHealthCheckResponse> = {
  operation: 'UpdateHealthCheck',
  async handle(input, desk) {
    const command: UpdateHealthCheckCommand = {
      id: input.HealthCheckId ?? '',
      ...optional('version', input.HealthCheckVersion),
      brought: changeable(input),
      ...optional('resetElements', input.ResetElements as readonly string[] | undefined),
    };
    const { check } = await write<HealthCheckUpdated>(desk, 'UpdateHealthCheck', command);
    return { HealthCheck: healthCheckShape(check, desk.health) };
  },
};

export const deleteHealthCheckDoor: Door<sdk.DeleteHealthCheckRequest, sdk.DeleteHealthCheckResponse> = {
  operation: 'DeleteHealthCheck',
  async handle(input, desk) {
    await write(desk, 'DeleteHealthCheck', { id: input.HealthCheckId ?? '' });
    return {};
  },
};

export const getHealthCheckStatusDoor: Door<sdk.GetHealthCheckStatusRequest, sdk.GetHealthCheckStatusResponse> = {
  operation: 'GetHealthCheckStatus',
  async handle(input, desk) {
    const check = read(desk, observedHealthCheck, { id: input.HealthCheckId ?? '' });
    return { HealthCheckObservations: (await desk.health.observed(check.id)).last.map(observationShape) };
  },
};

export const getHealthCheckLastFailureReasonDoor: Door<
  sdk.GetHealthCheckLastFailureReasonRequest,
  sdk.GetHealthCheckLastFailureReasonResponse
> = {
  operation: 'GetHealthCheckLastFailureReason',
  async handle(input, desk) {
    const check = read(desk, observedHealthCheck, { id: input.HealthCheckId ?? '' });
    return { HealthCheckObservations: (await desk.health.observed(check.id)).failures.map(observationShape) };
  },
};

export const getCheckerIpRangesDoor: Door<sdk.GetCheckerIpRangesRequest, sdk.GetCheckerIpRangesResponse> = {
  operation: 'GetCheckerIpRanges',
  handle: (_input, desk) => ({ CheckerIpRanges: [...desk.health.checkerRanges()] }),
};

/** The members that CreateHealthCheck and UpdateHealthCheck have in common. */
function changeable(
  config: Omit<sdk.HealthCheckConfig, 'Type'>,
): Omit<ConfigInput, 'type' | 'requestIntervalSeconds' | 'measureLatency' | 'routingControlArn'> {
  const alarm = config.AlarmIdentifier;
  return {
    ...optional('ipAddress', config.IPAddress),
    ...optional('port', config.Port),
    ...optional('resourcePath', config.ResourcePath),
    ...optional('fullyQualifiedDomainName', config.FullyQualifiedDomainName),
    ...optional('searchString', config.SearchString),
    ...optional('failureThreshold', config.FailureThreshold),
    ...optional('inverted', config.Inverted),
    ...optional('disabled', config.Disabled),
    ...optional('healthThreshold', config.HealthThreshold),
    ...optional('childHealthChecks', config.ChildHealthChecks),
    ...optional('enableSni', config.EnableSNI),
    ...optional('regions', config.Regions),
    ...optional('alarm', alarm === undefined ? undefined : { region: alarm.Region ?? '', name: alarm.Name ?? '' }),
    ...optional('insufficientDataHealthStatus', config.InsufficientDataHealthStatus as string | undefined),
  };
}

function healthCheckShape(check: HealthCheck, reports: HealthReports): sdk.HealthCheck {
  const alarm = check.config.alarm === undefined ? undefined : reports.alarmConfiguration(check.config.alarm);
  return {
    Id: check.id,
    CallerReference: check.callerReference,
    HealthCheckConfig: configShape(check),
    HealthCheckVersion: check.version,
    ...optional(
      'CloudWatchAlarmConfiguration',
      alarm === undefined
        ? undefined
        : {
            EvaluationPeriods: alarm.evaluationPeriods,
            Threshold: alarm.threshold,
            ComparisonOperator: alarm.comparisonOperator,
            Period: alarm.periodSeconds,
            MetricName: alarm.metricName,
            Namespace: alarm.namespace,
            Statistic: alarm.statistic,
            Dimensions: alarm.dimensions.map(({ name, value }) => ({ Name: name, Value: value })),
          },
    ),
  };
}

function configShape({ config }: HealthCheck): sdk.HealthCheckConfig {
  return {
    ...optional('IPAddress', config.ipAddress),
    ...optional('Port', config.port),
    Type: config.type,
    ...optional('ResourcePath', config.resourcePath),
    ...optional('FullyQualifiedDomainName', config.fullyQualifiedDomainName),
    ...optional('SearchString', config.searchString),
    ...optional('RequestInterval', config.requestIntervalSeconds),
    ...optional('FailureThreshold', config.failureThreshold),
    ...optional('MeasureLatency', config.measureLatency),
    Inverted: config.inverted,
    Disabled: config.disabled,
    ...optional('HealthThreshold', config.healthThreshold),
    ...optional(
      'ChildHealthChecks',
      config.childHealthChecks === undefined ? undefined : [...config.childHealthChecks],
    ),
    ...optional('EnableSNI', config.enableSni),
    ...optional('Regions', config.regions === undefined ? undefined : ([...config.regions] as sdk.HealthCheckRegion[])),
    ...optional(
      'AlarmIdentifier',
      config.alarm === undefined
        ? undefined
        : { Region: config.alarm.region as sdk.CloudWatchRegion, Name: config.alarm.name },
    ),
    ...optional('InsufficientDataHealthStatus', config.insufficientDataHealthStatus),
  };
}

function observationShape(observation: Observation): sdk.HealthCheckObservation {
  return {
    Region: observation.region as sdk.HealthCheckRegion,
    ...optional('IPAddress', observation.ipAddress),
    StatusReport: { Status: observation.status, CheckedTime: new Date(observation.checkedAt) },
  };
}
