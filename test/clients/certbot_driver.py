"""Answers two DNS-01 challenges of one name through certbot's Route 53 plugin: a domain and its wildcard.

Prints the TXT record's name and both validations as one line of JSON after perform, waits for a line, then cleans up.
"""
import json
import socket
import sys
from types import SimpleNamespace

import josepy
from acme import challenges, messages
from certbot.achallenges import KeyAuthorizationAnnotatedChallenge
from certbot_dns_route53._internal.dns_route53 import Authenticator
from cryptography.hazmat.primitives.asymmetric import rsa

ENDPOINT = "route53.amazonaws.com"

# The plugin has no endpoint option: before its first call, prove that the name leads to loopback only.
found = {address[4][0] for address in socket.getaddrinfo(ENDPOINT, 443)}
assert found and all(address.startswith("127.") for address in found), f"{ENDPOINT} is {found}"

account_key = josepy.JWKRSA(key=rsa.generate_private_key(public_exponent=65537, key_size=2048))


def challenge(token: bytes) -> KeyAuthorizationAnnotatedChallenge:
    body = messages.ChallengeBody(
        chall=challenges.DNS01(token=token), uri="https://acme.invalid/challenge", status=messages.STATUS_PENDING
    )
    return KeyAuthorizationAnnotatedChallenge(challb=body, domain=sys.argv[1], account_key=account_key)


asked = [challenge(b"the domain itself".ljust(32)), challenge(b"its wildcard".ljust(32))]
authenticator = Authenticator(SimpleNamespace(), "dns-route53")
answers = authenticator.perform(asked)
assert len(answers) == len(asked)
print(
    json.dumps(
        {
            "name": asked[0].validation_domain_name(asked[0].domain),
            "validations": [each.validation(account_key) for each in asked],
        }
    ),
    flush=True,
)
sys.stdin.readline()
authenticator.cleanup(asked)
