"""Signs requests with botocore, AWS's own implementation, for the tests of the signature check.

    sign.py vectors    writes vectors/signature.json, made from a fixed seed
    sign.py            signs what comes in: one request a line in, one signed request a line out, as JSON
"""

import datetime
import json
import os
import random
import sys
import urllib.parse

import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

VECTORS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "vectors", "signature.json")


def freeze(moment):
    """Makes botocore sign at this time; where it asks for the time depends on its version."""
    if hasattr(botocore.auth, "get_current_datetime"):
        botocore.auth.get_current_datetime = lambda *_arguments, **_options: moment
        return

    class Frozen(datetime.datetime):
        @classmethod
        def utcnow(cls):
            return moment

    class Module:
        datetime = Frozen

    botocore.auth.datetime = Module


def sign(wanted):
    """The request as it would go over the wire: target, headers and body."""
    freeze(datetime.datetime.fromtimestamp(wanted["time"], datetime.timezone.utc).replace(tzinfo=None))
    request = AWSRequest(
        method=wanted["method"],
        url=f"http://{wanted['host']}{wanted['target']}",
        headers=dict(wanted["headers"]),
        data=wanted["body"].encode("utf-8"),
    )
    credentials = Credentials(wanted["accessKeyId"], wanted["secret"])
    scope = (credentials, wanted["service"], wanted["region"])
    if "expires" in wanted:
        botocore.auth.SigV4QueryAuth(*scope, expires=wanted["expires"]).add_auth(request)
    else:
        botocore.auth.SigV4Auth(*scope).add_auth(request)
    parts = urllib.parse.urlsplit(request.url)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    headers = {name.lower(): str(value) for name, value in request.headers.items()}
    headers.setdefault("host", wanted["host"])
    # A presigned address carries the form in its query, and no body.
    body = wanted["body"] if request.data else ""
    return {**wanted, "target": target, "headers": headers, "body": body}


def random_request(chance):
    """A request that exercises one or several rules of the canonical form."""
    text = lambda longest: "".join(chance.choice("aZ09-_.~ +/=&%:;,@é漢😀'\"") for _ in range(chance.randint(0, longest)))
    encode = lambda value: urllib.parse.quote(value, safe="-_.~")
    path = chance.choice(["/", "/", "/a/b", "/a//b/", "/a/./b/../c", "/%20x/é".encode().decode(), f"/{encode(text(8))}"])
    path = urllib.parse.quote(path, safe="/%~")
    pairs = [f"{encode(text(6) or 'k')}={encode(text(8))}" for _ in range(chance.randint(0, 4))]
    headers = {"x-amz-meta-note": chance.choice(["  a   b ", "one", "a,b", "x  y\tz"])} if chance.random() < 0.4 else {}
    request = {
        "method": chance.choice(["GET", "POST", "POST", "PUT", "DELETE"]),
        "host": chance.choice(["ec2.us-east-1.amazonaws.com", "127.0.0.1:8080", "weft.example:443"]),
        "target": path + (f"?{'&'.join(pairs)}" if pairs else ""),
        "headers": headers,
        "body": "",
        "accessKeyId": "AKIA" + "".join(chance.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") for _ in range(16)),
        "secret": "".join(chance.choice("ABCxyz0189+/") for _ in range(40)),
        "region": chance.choice(["us-east-1", "eu-central-1", "ap-southeast-2"]),
        "service": chance.choice(["ec2", "sts"]),
        "time": chance.randint(1_500_000_000, 2_000_000_000),
    }
    if chance.random() < 0.3:
        request["expires"] = chance.randint(1, 604_800)
    elif request["method"] in ("POST", "PUT"):
        headers["content-type"] = "application/x-www-form-urlencoded; charset=utf-8"
        request["body"] = f"Action=DescribeVpcs&Version=2016-11-15&Filter.1.Value.1={encode(text(12))}"
    return request


def main():
    if sys.argv[1:] == ["vectors"]:
        chance = random.Random(20161115)
        vectors = [sign(random_request(chance)) for _ in range(80)]
        with open(VECTORS, "w", encoding="utf-8") as file:
            file.write("[\n  " + ",\n  ".join(json.dumps(vector, ensure_ascii=False) for vector in vectors) + "\n]\n")
        return
    for line in sys.stdin:
        print(json.dumps(sign(json.loads(line))), flush=True)


main()
