"""Debian's boto3 against a running member: the key service, as KMS."""
import hashlib
import json
import os
import boto3
from botocore.exceptions import ClientError
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

kms = boto3.client("kms", endpoint_url=os.environ["WAYPOST_URL"], region_name="us-east-1")


def refused(code, call, **parameters):
    try:
        call(**parameters)
    except ClientError as error:
        assert error.response["Error"]["Code"] == code, error.response
        return error.response["Error"]["Message"]
    raise AssertionError(f"{code} expected")


key = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY", Description="ksk", Tags=[{"TagKey": "a", "TagValue": "b"}])
metadata = key["KeyMetadata"]
arn, key_id = metadata["Arn"], metadata["KeyId"]
assert metadata["KeyState"] == "Enabled" and metadata["SigningAlgorithms"] == ["ECDSA_SHA_256"], metadata
assert kms.describe_key(KeyId=arn)["KeyMetadata"] == metadata

message = b"an RRset"
signed = kms.sign(KeyId=key_id, Message=message, SigningAlgorithm="ECDSA_SHA_256")
assert signed["KeyId"] == arn and signed["Signature"][0] == 0x30
verified = kms.verify(KeyId=arn, Message=message, Signature=signed["Signature"], SigningAlgorithm="ECDSA_SHA_256")
assert verified["SignatureValid"] is True
refused("KMSInvalidSignatureException", kms.verify, KeyId=arn, Message=b"other", Signature=signed["Signature"], SigningAlgorithm="ECDSA_SHA_256")
info = kms.get_public_key(KeyId=arn)["PublicKey"]
assert len(info) == 91

public_key = load_der_public_key(info)
large = b"more than KMS takes as RAW" * 1000
digest = hashlib.sha256(large).digest()
by_digest = {"KeyId": arn, "MessageType": "DIGEST", "SigningAlgorithm": "ECDSA_SHA_256"}
of_large = kms.sign(Message=digest, **by_digest)["Signature"]
public_key.verify(of_large, large, ECDSA(SHA256()))
assert kms.verify(Message=digest, Signature=of_large, **by_digest)["SignatureValid"] is True
refused("KMSInvalidSignatureException", kms.verify, KeyId=arn, Message=digest, Signature=of_large, SigningAlgorithm="ECDSA_SHA_256")
refused("KMSInvalidSignatureException", kms.verify, Message=hashlib.sha256(b"other").digest(), Signature=of_large, **by_digest)
# Who verifies need not do it as it was signed.
of_digest = kms.sign(Message=hashlib.sha256(message).digest(), **by_digest)["Signature"]
assert kms.verify(KeyId=arn, Message=message, Signature=of_digest, SigningAlgorithm="ECDSA_SHA_256")["SignatureValid"] is True
assert kms.verify(Message=hashlib.sha256(message).digest(), Signature=signed["Signature"], **by_digest)["SignatureValid"] is True
for wrong in [hashlib.sha1(large).digest(), hashlib.sha512(large).digest(), digest[:-1], digest + b"\0"]:
    said = refused("ValidationException", kms.sign, Message=wrong, **by_digest)
    assert said == "Digest is invalid length for algorithm ECDSA_SHA_256.", said
    refused("ValidationException", kms.verify, Message=wrong, Signature=of_large, **by_digest)

kms.create_alias(AliasName="alias/ksk", TargetKeyId=key_id)
refused("AlreadyExistsException", kms.create_alias, AliasName="alias/ksk", TargetKeyId=key_id)
assert kms.describe_key(KeyId="alias/ksk")["KeyMetadata"]["KeyId"] == key_id
assert [alias["AliasName"] for page in kms.get_paginator("list_aliases").paginate() for alias in page["Aliases"]] == ["alias/ksk"]
other = kms.create_key(KeySpec="ECC_NIST_EDWARDS25519", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
kms.update_alias(AliasName="alias/ksk", TargetKeyId=other)
kms.delete_alias(AliasName="alias/ksk")
pages = kms.get_paginator("list_keys").paginate(PaginationConfig={"PageSize": 1})
assert sorted(key["KeyId"] for page in pages for key in page["Keys"]) == sorted([key_id, other])

policy = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{metadata['AWSAccountId']}:root"}, "Action": "kms:*", "Resource": "*"},
        {"Effect": "Allow", "Principal": {"Service": "dnssec-route53.amazonaws.com"}, "Action": ["kms:DescribeKey", "kms:GetPublicKey", "kms:Sign"], "Resource": "*"},
    ],
}
kms.put_key_policy(KeyId=key_id, PolicyName="default", Policy=json.dumps(policy))
assert json.loads(kms.get_key_policy(KeyId=key_id, PolicyName="default")["Policy"]) == policy
assert kms.list_key_policies(KeyId=key_id)["PolicyNames"] == ["default"]
refused("MalformedPolicyDocumentException", kms.put_key_policy, KeyId=key_id, PolicyName="default", Policy="{}")

kms.tag_resource(KeyId=key_id, Tags=[{"TagKey": "c", "TagValue": "d"}])
kms.untag_resource(KeyId=key_id, TagKeys=["a"])
assert kms.list_resource_tags(KeyId=key_id)["Tags"] == [{"TagKey": "c", "TagValue": "d"}]
kms.update_key_description(KeyId=key_id, Description="of example.com")
assert kms.get_key_rotation_status(KeyId=key_id)["KeyRotationEnabled"] is False

kms.disable_key(KeyId=key_id)
refused("DisabledException", kms.sign, KeyId=key_id, Message=message, SigningAlgorithm="ECDSA_SHA_256")
kms.enable_key(KeyId=key_id)
scheduled = kms.schedule_key_deletion(KeyId=key_id, PendingWindowInDays=7)
assert scheduled["KeyState"] == "PendingDeletion", scheduled
refused("KMSInvalidStateException", kms.sign, KeyId=key_id, Message=message, SigningAlgorithm="ECDSA_SHA_256")
kms.cancel_key_deletion(KeyId=key_id)
assert kms.describe_key(KeyId=key_id)["KeyMetadata"]["KeyState"] == "Disabled"
refused("NotFoundException", kms.describe_key, KeyId="11111111-2222-4333-8444-555555555555")
refused("UnsupportedOperationException", kms.create_key)
refused("ValidationException", kms.create_key, KeySpec="ECC_NIST_P256")
