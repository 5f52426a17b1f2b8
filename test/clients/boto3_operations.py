"""Debian's boto3 against a running member: every operation that is built, its values and one of its errors; one line for each."""
import os
import boto3
from botocore.exceptions import ClientError

url = os.environ["WAYPOST_URL"]
r53 = boto3.client("route53", endpoint_url=url)
zone_id = None
set_id = None


def refused(code, call, **parameters):
    try:
        call(**parameters)
    except ClientError as error:
        assert error.response["Error"]["Code"] == code, error.response
        return
    raise AssertionError(f"{code} expected")


def create_hosted_zone():
    global zone_id
    made = r53.create_hosted_zone(Name="Ops.Test", CallerReference="ops", HostedZoneConfig={"Comment": "one"})
    assert made["Location"].endswith(made["HostedZone"]["Id"].split("/")[-1]), made
    assert made["HostedZone"]["Name"] == "ops.test.", made
    assert made["HostedZone"]["ResourceRecordSetCount"] == 2, made
    assert made["DelegationSet"]["NameServers"], made
    zone_id = made["HostedZone"]["Id"].split("/")[-1]
    refused("HostedZoneAlreadyExists", r53.create_hosted_zone, Name="ops.test", CallerReference="ops")
    refused("InvalidDomainName", r53.create_hosted_zone, Name="a..test", CallerReference="bad")


def get_hosted_zone():
    assert r53.get_hosted_zone(Id=zone_id)["HostedZone"]["CallerReference"] == "ops"
    refused("NoSuchHostedZone", r53.get_hosted_zone, Id="ZNOTTHERE")


def list_hosted_zones():
    more = [r53.create_hosted_zone(Name=f"more{n}.test", CallerReference=f"m{n}")["HostedZone"]["Id"] for n in range(2)]
    pages = r53.get_paginator("list_hosted_zones").paginate(PaginationConfig={"PageSize": 1})
    found = [zone["Name"] for page in pages for zone in page["HostedZones"]]
    assert sorted(found) == ["more0.test.", "more1.test.", "ops.test."], found
    for each in more:
        r53.delete_hosted_zone(Id=each)
    refused("InvalidInput", r53.list_hosted_zones, MaxItems="many")


def list_hosted_zones_by_name():
    other = r53.create_hosted_zone(Name="a.ops.test", CallerReference="below")["HostedZone"]["Id"]
    found, start = [], {}
    while True:
        page = r53.list_hosted_zones_by_name(MaxItems="1", **start)
        found += [zone["Name"] for zone in page["HostedZones"]]
        if not page["IsTruncated"]:
            break
        start = {"DNSName": page["NextDNSName"], "HostedZoneId": page["NextHostedZoneId"]}
    assert found == ["ops.test.", "a.ops.test."], found
    r53.delete_hosted_zone(Id=other)
    refused("InvalidDomainName", r53.list_hosted_zones_by_name, DNSName="a..test")


def get_hosted_zone_count():
    assert r53.get_hosted_zone_count()["HostedZoneCount"] == 1


def update_hosted_zone_comment():
    assert r53.update_hosted_zone_comment(Id=zone_id, Comment="two")["HostedZone"]["Config"]["Comment"] == "two"
    refused("NoSuchHostedZone", r53.update_hosted_zone_comment, Id="ZNOTTHERE", Comment="x")


def change(action, name, kind, values):
    record_set = {"Name": name, "Type": kind, "TTL": 60, "ResourceRecords": [{"Value": value} for value in values]}
    batch = {"Comment": "why", "Changes": [{"Action": action, "ResourceRecordSet": record_set}]}
    return r53.change_resource_record_sets(HostedZoneId=zone_id, ChangeBatch=batch)["ChangeInfo"]


def change_resource_record_sets():
    for action, value in (("CREATE", "192.0.2.1"), ("UPSERT", "192.0.2.2")):
        info = change(action, "www.ops.test", "A", [value])
        assert info["Status"] in ("PENDING", "INSYNC") and info["Comment"] == "why", info
    change("CREATE", "*.ops.test", "TXT", ['"a" "b"'])
    refused("InvalidChangeBatch", lambda **_: change("CREATE", "www.ops.test", "A", ["192.0.2.3"]))
    refused("InvalidChangeBatch", lambda **_: change("CREATE", "bad.ops.test", "A", ["not an address"]))


def list_resource_record_sets():
    pages = r53.get_paginator("list_resource_record_sets").paginate(HostedZoneId=zone_id, PaginationConfig={"PageSize": 1})
    found = [(each["Name"], each["Type"]) for page in pages for each in page["ResourceRecordSets"]]
    assert found == [
        ("ops.test.", "NS"),
        ("ops.test.", "SOA"),
        ("\\052.ops.test.", "TXT"),
        ("www.ops.test.", "A"),
    ], found
    refused("InvalidInput", r53.list_resource_record_sets, HostedZoneId=zone_id, StartRecordType="A")


def get_change():
    info = change("DELETE", "www.ops.test", "A", ["192.0.2.2"])
    change_id = info["Id"].split("/")[-1]
    r53.get_waiter("resource_record_sets_changed").wait(Id=change_id, WaiterConfig={"Delay": 1, "MaxAttempts": 10})
    assert r53.get_change(Id=change_id)["ChangeInfo"]["Status"] == "INSYNC"
    refused("NoSuchChange", r53.get_change, Id="CNOTTHERE")


def change_tags_for_resource():
    tag = {"ResourceType": "hostedzone", "ResourceId": zone_id}
    r53.change_tags_for_resource(**tag, AddTags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
    r53.change_tags_for_resource(**tag, RemoveTagKeys=["b"])
    refused("NoSuchHostedZone", r53.change_tags_for_resource, ResourceType="hostedzone", ResourceId="ZNOT", RemoveTagKeys=["b"])


def list_tags_for_resource():
    tags = r53.list_tags_for_resource(ResourceType="hostedzone", ResourceId=zone_id)["ResourceTagSet"]["Tags"]
    assert tags == [{"Key": "a", "Value": "1"}], tags
    refused("NoSuchHostedZone", r53.list_tags_for_resource, ResourceType="hostedzone", ResourceId="ZNOT")


def list_tags_for_resources():
    sets = r53.list_tags_for_resources(ResourceType="hostedzone", ResourceIds=[zone_id])["ResourceTagSets"]
    assert [each["Tags"] for each in sets] == [[{"Key": "a", "Value": "1"}]], sets
    refused("NoSuchHostedZone", r53.list_tags_for_resources, ResourceType="hostedzone", ResourceIds=["ZNOT"])


def create_reusable_delegation_set():
    global set_id
    made = r53.create_reusable_delegation_set(CallerReference="set")["DelegationSet"]
    assert made["NameServers"] and made["CallerReference"] == "set", made
    set_id = made["Id"].split("/")[-1]
    refused("DelegationSetAlreadyCreated", r53.create_reusable_delegation_set, CallerReference="set")


def get_reusable_delegation_set():
    assert r53.get_reusable_delegation_set(Id=set_id)["DelegationSet"]["CallerReference"] == "set"
    refused("NoSuchDelegationSet", r53.get_reusable_delegation_set, Id="NNOTTHERE")


def list_reusable_delegation_sets():
    other = r53.create_reusable_delegation_set(CallerReference="other")["DelegationSet"]["Id"]
    found, start = [], {}
    while True:
        page = r53.list_reusable_delegation_sets(MaxItems="1", **start)
        found += [each["CallerReference"] for each in page["DelegationSets"]]
        if not page["IsTruncated"]:
            break
        start = {"Marker": page["NextMarker"]}
    assert sorted(found) == ["other", "set"], found
    r53.delete_reusable_delegation_set(Id=other)


def get_reusable_delegation_set_limit():
    limit = r53.get_reusable_delegation_set_limit(DelegationSetId=set_id, Type="MAX_ZONES_BY_REUSABLE_DELEGATION_SET")
    assert limit["Count"] == 0 and limit["Limit"]["Value"] > 0, limit
    refused("NoSuchDelegationSet", r53.get_reusable_delegation_set_limit, DelegationSetId="NNOT", Type=limit["Limit"]["Type"])


def delete_reusable_delegation_set():
    used = r53.create_hosted_zone(Name="uses.example", CallerReference="uses", DelegationSetId=set_id)["HostedZone"]["Id"]
    refused("DelegationSetInUse", r53.delete_reusable_delegation_set, Id=set_id)
    r53.delete_hosted_zone(Id=used)
    r53.delete_reusable_delegation_set(Id=set_id)
    refused("NoSuchDelegationSet", r53.delete_reusable_delegation_set, Id=set_id)


def get_hosted_zone_limit():
    limit = r53.get_hosted_zone_limit(HostedZoneId=zone_id, Type="MAX_RRSETS_BY_ZONE")
    assert limit["Count"] == 3 and limit["Limit"]["Value"] >= 10_000, limit
    refused("NoSuchHostedZone", r53.get_hosted_zone_limit, HostedZoneId="ZNOT", Type="MAX_RRSETS_BY_ZONE")


def get_account_limit():
    limit = r53.get_account_limit(Type="MAX_HOSTED_ZONES_BY_OWNER")
    assert limit["Count"] == 1 and limit["Limit"]["Value"] >= 500, limit


def get_caller_identity():
    identity = boto3.client("sts", endpoint_url=url).get_caller_identity()
    assert identity["Account"] == "000000000000" and identity["Arn"].startswith("arn:aws:"), identity


def delete_hosted_zone():
    refused("HostedZoneNotEmpty", r53.delete_hosted_zone, Id=zone_id)
    change("DELETE", "*.ops.test", "TXT", ['"a" "b"'])
    r53.delete_hosted_zone(Id=zone_id)
    refused("NoSuchHostedZone", r53.delete_hosted_zone, Id=zone_id)


for operation in (
    create_hosted_zone, get_hosted_zone, list_hosted_zones, list_hosted_zones_by_name, get_hosted_zone_count,
    update_hosted_zone_comment, change_resource_record_sets, list_resource_record_sets, get_change, change_tags_for_resource,
    list_tags_for_resource, list_tags_for_resources, create_reusable_delegation_set, get_reusable_delegation_set,
    list_reusable_delegation_sets, get_reusable_delegation_set_limit, delete_reusable_delegation_set, get_hosted_zone_limit,
    get_account_limit, get_caller_identity, delete_hosted_zone,
):
    try:
        operation()
    except Exception as problem:
        raise SystemExit(f"{operation.__name__}: {problem!r}")
    print(operation.__name__)
