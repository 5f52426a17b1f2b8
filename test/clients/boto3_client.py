"""Debian's boto3 against a running member: paginators, the waiter and the codes of errors."""
import os
import boto3
from botocore.exceptions import ClientError

r53 = boto3.client("route53", endpoint_url=os.environ["WAYPOST_URL"])


def refused(code, call, **parameters):
    try:
        call(**parameters)
    except ClientError as error:
        assert error.response["Error"]["Code"] == code, error.response
        return
    raise AssertionError(f"{code} expected")


ids = [r53.create_hosted_zone(Name=f"z{n}.test", CallerReference=f"b{n}")["HostedZone"]["Id"] for n in range(3)]
records = [
    {"Action": "CREATE", "ResourceRecordSet": {"Name": f"n{n}.z0.test", "Type": "TXT", "TTL": 5, "ResourceRecords": [{"Value": '"x"'}]}}
    for n in range(4)
]
change = r53.change_resource_record_sets(HostedZoneId=ids[0], ChangeBatch={"Changes": records})
r53.get_waiter("resource_record_sets_changed").wait(Id=change["ChangeInfo"]["Id"], WaiterConfig={"Delay": 1, "MaxAttempts": 10})
one = {"PaginationConfig": {"PageSize": 1}}
zones = [z["Id"] for page in r53.get_paginator("list_hosted_zones").paginate(**one) for z in page["HostedZones"]]
assert sorted(zones) == sorted(ids), zones
sets = [s for page in r53.get_paginator("list_resource_record_sets").paginate(HostedZoneId=ids[0], **one) for s in page["ResourceRecordSets"]]
assert len(sets) == 6, sets
refused("NoSuchHostedZone", r53.get_hosted_zone, Id="ZNOTTHERE")
refused("HostedZoneAlreadyExists", r53.create_hosted_zone, Name="other.test", CallerReference="b0")
refused("HostedZoneNotEmpty", r53.delete_hosted_zone, Id=ids[0])
refused("InvalidChangeBatch", r53.change_resource_record_sets, HostedZoneId=ids[0], ChangeBatch={"Changes": records})
refused("NoSuchChange", r53.get_change, Id="CNOTTHERE")
