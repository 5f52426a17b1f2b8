"""Debian's boto3 against a running member: the health-check operations, and a real endpoint that goes down."""
import http.server
import os
import threading
import time
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


def until(what, seconds=15):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = what()
        if value:
            return value
        time.sleep(0.1)
    raise AssertionError("it did not come to pass")


class Endpoint(http.server.BaseHTTPRequestHandler):
    status = 200

    def do_GET(self):
        self.send_response(Endpoint.status)
        self.end_headers()
        self.wfile.write(b"all is well")

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Endpoint)
threading.Thread(target=server.serve_forever, daemon=True).start()
config = {
    "Type": "HTTP_STR_MATCH", "IPAddress": "127.0.0.1", "Port": server.server_address[1], "SearchString": "well",
    "RequestInterval": 10, "FailureThreshold": 1,
}
made = r53.create_health_check(CallerReference="live", HealthCheckConfig=config)
check = made["HealthCheck"]["Id"]
assert made["ResponseMetadata"]["HTTPStatusCode"] == 201 and made["Location"].endswith(check), made
assert r53.create_health_check(CallerReference="live", HealthCheckConfig=config)["HealthCheck"]["Id"] == check
refused("HealthCheckAlreadyExists", r53.create_health_check, CallerReference="live", HealthCheckConfig={**config, "Port": 1})
refused("InvalidInput", r53.create_health_check, CallerReference="bad", HealthCheckConfig={**config, "IPAddress": "169.254.169.254"})
r53.change_tags_for_resource(ResourceType="healthcheck", ResourceId=check, AddTags=[{"Key": "waypost:interval", "Value": "1"}])


def statuses():
    return [each["StatusReport"]["Status"] for each in r53.get_health_check_status(HealthCheckId=check)["HealthCheckObservations"]]


CHECKERS = 3
until(lambda: statuses() == ["Success: HTTP Status Code 200, OK"] * CHECKERS)
Endpoint.status = 503
until(lambda: statuses() == ["Failure: HTTP Status Code 503, Service Unavailable"] * CHECKERS)
reasons = r53.get_health_check_last_failure_reason(HealthCheckId=check)["HealthCheckObservations"]
assert len(reasons) == CHECKERS and all(each["Region"] and each["IPAddress"] == "127.0.0.1" for each in reasons), reasons

parent = r53.create_health_check(
    CallerReference="parent", HealthCheckConfig={"Type": "CALCULATED", "HealthThreshold": 1, "ChildHealthChecks": [check]}
)["HealthCheck"]["Id"]
refused("InvalidInput", r53.get_health_check_status, HealthCheckId=parent)
listed = [each["Id"] for page in r53.get_paginator("list_health_checks").paginate(PaginationConfig={"PageSize": 1}) for each in page["HealthChecks"]]
assert sorted(listed) == sorted([check, parent]), listed
assert r53.get_health_check_count()["HealthCheckCount"] == 2
assert r53.get_account_limit(Type="MAX_HEALTH_CHECKS_BY_OWNER")["Count"] == 2
updated = r53.update_health_check(HealthCheckId=check, HealthCheckVersion=1, Disabled=True, ResetElements=["Regions"])["HealthCheck"]
assert updated["HealthCheckVersion"] == 2 and updated["HealthCheckConfig"]["Disabled"], updated
refused("HealthCheckVersionMismatch", r53.update_health_check, HealthCheckId=check, HealthCheckVersion=1, Disabled=False)
until(lambda: statuses() == [])
assert all("/" in each for each in r53.get_checker_ip_ranges()["CheckerIpRanges"])
for each in (parent, check):
    r53.delete_health_check(HealthCheckId=each)
refused("NoSuchHealthCheck", r53.get_health_check, HealthCheckId=check)
refused("HealthCheckAlreadyExists", r53.create_health_check, CallerReference="live", HealthCheckConfig=config)
