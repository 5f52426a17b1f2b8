"""Debian's boto3 against a running member: CloudWatch, which it speaks in the Query protocol."""
import datetime
import os
import boto3
from botocore.exceptions import ClientError

cw = boto3.client("cloudwatch", endpoint_url=os.environ["WAYPOST_URL"])


def refused(code, call, **parameters):
    try:
        call(**parameters)
    except ClientError as error:
        assert error.response["Error"]["Code"] == code, error.response
        return
    raise AssertionError(f"{code} expected")


started = datetime.datetime.now(datetime.timezone.utc).replace(second=0, microsecond=0)


def minute(ago):
    return started - datetime.timedelta(minutes=ago)


def datum(ago, **more):
    return {"MetricName": "Latency", "Dimensions": host, "Timestamp": minute(ago), "Unit": "Milliseconds", **more}


host = [{"Name": "Host", "Value": "a&b=c"}]
cw.put_metric_data(
    Namespace="Shop/Web",
    MetricData=[
        datum(4, Value=2.5),
        datum(4, Values=[1, 4.5], Counts=[2, 1]),
        datum(3, StatisticValues={"SampleCount": 2, "Sum": 3, "Minimum": 1, "Maximum": 2}, StorageResolution=1),
    ],
)
many = [{"MetricName": f"M{n}", "Value": n, "Dimensions": host} for n in range(600)]
cw.put_metric_data(Namespace="Many", MetricData=many)

asked = {"Namespace": "Shop/Web", "MetricName": "Latency", "Dimensions": host, "StartTime": minute(10), "EndTime": minute(0)}
got = cw.get_metric_statistics(Period=60, Statistics=["Sum", "Average", "SampleCount", "Minimum", "Maximum"], **asked)
points = sorted(got["Datapoints"], key=lambda point: point["Timestamp"])
assert points == [
    {"Timestamp": minute(4), "Sum": 9.0, "Average": 2.25, "SampleCount": 4.0, "Minimum": 1.0, "Maximum": 4.5, "Unit": "Milliseconds"},
    {"Timestamp": minute(3), "Sum": 3.0, "Average": 1.5, "SampleCount": 2.0, "Minimum": 1.0, "Maximum": 2.0, "Unit": "Milliseconds"},
], points
assert cw.get_metric_statistics(Period=600, Statistics=["Sum"], **asked)["Datapoints"][0]["Sum"] == 12.0

query = {
    "Id": "sums",
    "MetricStat": {"Metric": {"Namespace": "Shop/Web", "MetricName": "Latency", "Dimensions": host}, "Period": 60, "Stat": "Sum"},
}
data = cw.get_metric_data(MetricDataQueries=[query], StartTime=minute(10), EndTime=minute(0))["MetricDataResults"]
assert [(r["Id"], r["Timestamps"], r["Values"], r["StatusCode"]) for r in data] == [
    ("sums", [minute(3), minute(4)], [3.0, 9.0], "Complete")
], data

pages = list(cw.get_paginator("list_metrics").paginate(Namespace="Many"))
assert [len(page["Metrics"]) for page in pages] == [500, 100]
assert cw.list_metrics(MetricName="Latency")["Metrics"] == [{"Namespace": "Shop/Web", "MetricName": "Latency", "Dimensions": host}]

alarm = dict(
    AlarmDescription="slow",
    Namespace="Shop/Web",
    MetricName="Latency",
    Dimensions=host,
    Statistic="Average",
    Period=60,
    EvaluationPeriods=1,
    ComparisonOperator="GreaterThanThreshold",
)
for n in range(3):
    cw.put_metric_alarm(AlarmName=f"slow-{n}", Threshold=n + 0.5, TreatMissingData="notBreaching", **alarm)
cw.put_metric_data(Namespace="Shop/Web", MetricData=[datum(1, Value=2)])
states = {
    each["AlarmName"]: each["StateValue"]
    for page in cw.get_paginator("describe_alarms").paginate(AlarmNamePrefix="slow-", PaginationConfig={"PageSize": 2})
    for each in page["MetricAlarms"]
}
assert states == {"slow-0": "ALARM", "slow-1": "ALARM", "slow-2": "OK"}, states
described = cw.describe_alarms(AlarmNames=["slow-1"])["MetricAlarms"][0]
assert described["StateReason"].startswith("Threshold Crossed: 1 out of the last 1 datapoint [2.0 ("), described
assert described["Dimensions"] == host and described["Threshold"] == 1.5 and described["ActionsEnabled"] is True, described
cw.get_waiter("alarm_exists").wait(AlarmNames=["slow-1"], WaiterConfig={"Delay": 1, "MaxAttempts": 2})

arn = described["AlarmArn"]
cw.tag_resource(ResourceARN=arn, Tags=[{"Key": "team", "Value": "a&b"}, {"Key": "gone", "Value": ""}])
cw.untag_resource(ResourceARN=arn, TagKeys=["gone"])
assert cw.list_tags_for_resource(ResourceARN=arn)["Tags"] == [{"Key": "team", "Value": "a&b"}]
refused("ResourceNotFoundException", cw.list_tags_for_resource, ResourceARN=arn + "-none")
cw.disable_alarm_actions(AlarmNames=["slow-1"])
cw.set_alarm_state(AlarmName="slow-1", StateValue="OK", StateReason="a rehearsal")
told = cw.describe_alarms_for_metric(Namespace="Shop/Web", MetricName="Latency", Dimensions=host)["MetricAlarms"]
assert [(each["AlarmName"], each["StateValue"], each["ActionsEnabled"]) for each in told][1] == ("slow-1", "OK", False), told
history = cw.describe_alarm_history(AlarmName="slow-1", HistoryItemType="StateUpdate")["AlarmHistoryItems"]
assert history[0]["HistorySummary"] == "Alarm updated from ALARM to OK", history
refused("InvalidFormat", cw.set_alarm_state, AlarmName="slow-1", StateValue="OK", StateReason="", StateReasonData="{")
refused("ResourceNotFound", cw.set_alarm_state, AlarmName="none", StateValue="OK", StateReason="")

refused("InvalidParameterValue", cw.put_metric_data, Namespace="AWS/EC2", MetricData=[datum(0, Value=1)])
refused("InvalidParameterCombination", cw.put_metric_data, Namespace="x", MetricData=[datum(0, Value=1, Values=[1])])
refused("MissingParameter", cw.put_metric_data, Namespace="x", MetricData=[datum(0)])
refused("ValidationError", cw.put_metric_alarm, AlarmName="odd", Threshold=1, **{**alarm, "Period": 45})
refused("ResourceNotFound", cw.delete_alarms, AlarmNames=["slow-1", "none"])
refused("UnsupportedOperation", cw.list_dashboards)
cw.delete_alarms(AlarmNames=["slow-0", "slow-1", "slow-2"])
assert cw.describe_alarms()["MetricAlarms"] == []
