"""Writes reference.txt: raw requests, and what the reference answers to them.

    python3 reference.py >reference.txt

The reference is a Flask application. What its answers depend on is Python's:
int, json.dumps, the replacement of broken UTF-8. So they are worked out with
these, and with a model of the rest that remembers everything and counts. This
needs Python 3.11 or later (for the limit on digits) and nothing else.

A case begins with its name and a server that has just been started, without
latencies. ">" is a request, "<" the status and body it is answered with, and
"wait" lets milliseconds pass. Text in quotes is in the syntax of Go and of
Python.
"""

import json
import re
from urllib.parse import unquote_to_bytes

KEYS = [
    "UT4NHL1J796WCHULA1750MXYF9F5JYA6",
    "8TY2F3KIL38T741G1UCBMCAQ75XU9F5O",
    "954IXKJN28CBDKHSKHURQIVLQHZIEEM9",
    "EUU46ID478HOO7GOXFASKPOZ9P91XGYS",
    "46V5EZ5K2DFAGW85J18L50SGO25WJ5JE",
]
KEY = KEYS[0]
PATH = b"/api/request"
FORM = "application/x-www-form-urlencoded"


class Key:
    def __init__(self):
        self.accepted, self.rejected, self.nonce = [], 0, 0

    def judge(self, now, nonce):
        if self.rejected >= 10:
            return 429, "too many rate limit errors: blocked"
        if sum(now - t <= 1000 for t in self.accepted) >= 20:
            self.rejected += 1
            return 429, "exceeded rate limit"
        self.accepted.append(now)
        try:
            n = int(nonce)
        except (TypeError, ValueError):
            return 400, "invalid nonce"
        if n <= self.nonce:
            return 400, "invalid nonce"
        self.nonce = n
        return 200, None


def dumps(answer):
    return json.dumps(answer, sort_keys=True, separators=(",", ":")) + "\n"


def refusal(message):
    return dumps({"status": "error", "error_msg": message})


def decode(raw):
    return unquote_to_bytes(raw.replace(b"+", b" ")).decode("utf-8", "replace")


def parse(raw):
    values = {}
    for pair in raw.split(b"&"):
        name, _, value = pair.partition(b"=")
        values.setdefault(decode(name), decode(value))
    return values


class Server:
    def __init__(self):
        self.now, self.keys = 0, {key: Key() for key in KEYS}

    def answer(self, method, target, content_type, body):
        path, _, query = target.partition(b"?")
        if path != PATH:
            return 404, refusal("not found")  # the reference sends HTML
        if method == "OPTIONS":
            return 200, ""
        if method not in ("GET", "HEAD"):
            return 405, refusal("method not allowed")  # the reference sends HTML
        form = {}
        if (content_type or "").partition(";")[0].strip().lower() == FORM:
            form = parse(body)
        values = {**form, **parse(query)}
        key = self.keys.get(values.get("api_key"))
        if key is None:
            return 401, refusal("invalid api key")
        status, message = key.judge(self.now, values.get("nonce"))
        if message:
            return status, refusal(message)
        return status, dumps({"status": "OK", "req_id": values.get("req_id")})


def quoted(raw):
    out = []
    for c in raw:
        if chr(c) in '"\\':
            out.append("\\" + chr(c))
        elif c == 10:
            out.append("\\n")
        elif c == 13:
            out.append("\\r")
        elif 32 <= c <= 126:
            out.append(chr(c))
        else:
            out.append("\\x%02x" % c)
    return '"' + "".join(out) + '"'


server = None


def case(name):
    global server
    server = Server()
    print("\ncase: " + name)


def wait(ms):
    server.now += ms
    print("wait %d" % ms)


def raw(text):
    return text if isinstance(text, bytes) else text.encode("utf-8")


def send(query=None, body=None, method="GET", path=PATH, content_type=FORM, header="", chunked=False):
    target = raw(path) + (b"" if query is None else b"?" + raw(query))
    head = method.encode() + b" " + target + b" HTTP/1.1\r\nHost: 127.0.0.1:9999\r\n" + header.encode()
    if body is None:
        content_type, body, wire = None, b"", b""
    else:
        body = raw(body)
        if content_type is not None:
            head += b"Content-Type: " + content_type.encode() + b"\r\n"
        if chunked:
            head += b"Transfer-Encoding: chunked\r\n"
            wire = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
        else:
            head += b"Content-Length: %d\r\n" % len(body)
            wire = body
    status, answer = server.answer(method, target, content_type, body)
    print("> " + quoted(head + b"\r\n" + wire))
    print("< %d %s" % (status, quoted(b"" if method == "HEAD" else answer.encode())))


def short(text):
    text = quoted(raw(text))
    return text if len(text) <= 60 else "%s...%s, %d characters" % (text[:40], text[-4:], len(text) - 2)


def one(name, *args, **kwargs):
    case(name)
    send(*args, **kwargs)


def params(nonce="1", req_id="7", key=KEY):
    pairs = [("api_key", key), ("nonce", nonce), ("req_id", req_id)]
    return b"&".join(raw(k) + b"=" + raw(v) for k, v in pairs if v is not None)


GOOD = params()


def where_parameters_stand():
    one("the query", GOOD)
    one("the body of a GET", None, GOOD)
    one("the body, with an empty query", "", GOOD)
    one("half and half", "req_id=7&nonce=1", "api_key=" + KEY)
    one("half and half, the other way", "api_key=" + KEY, "req_id=7&nonce=1")
    one("the key of the query wins", "api_key=x", GOOD)
    one("a good key of the query wins", "api_key=" + KEY, "api_key=x&nonce=1&req_id=7")
    one("the nonce of the query wins", "nonce=x", GOOD)
    one("a good nonce of the query wins", "nonce=3", params(nonce="x"))
    one("the req_id of the query wins", "req_id=8", GOOD)
    one("an empty req_id of the query wins", "req_id=", GOOD)
    one("an empty key of the query wins", "api_key", GOOD)
    one("an empty nonce of the query wins", "nonce=", GOOD)
    one("the same in both", GOOD, GOOD)
    one("the first of two keys counts", "api_key=" + KEY + "&api_key=x&nonce=1")
    one("the first of two keys counts, be it wrong", "api_key=x&api_key=" + KEY + "&nonce=1")
    one("the first of two nonces counts", "api_key=" + KEY + "&nonce=x&nonce=1")
    one("the first of two req_ids counts", GOOD + b"&req_id=8")
    one("the first of two req_ids counts, be it empty", "req_id&" + GOOD.decode())
    one("the first of two in the body", None, GOOD + b"&nonce=x&req_id=8")
    one("nothing", None)
    one("an empty query", "")
    one("an empty body", None, "")
    one("separators only", "&&&=&=&")
    one("parameters that nobody asked for", b"x=1&" + GOOD + b"&y=2")
    one("two thousand other parameters", b"x&" * 2000 + GOOD)
    one("two thousand other parameters in the body", None, b"x=1&" * 2000 + GOOD)
    one("a chunked body", None, GOOD, chunked=True)
    for name, content_type in [
        ("a charset", FORM + "; charset=UTF-8"),
        ("a foreign charset, which does not count", FORM + "; charset=latin-1"),
        ("a broken parameter", FORM + "; charset"),
        ("a semicolon alone", FORM + ";"),
        ("capitals", FORM.upper()),
        ("blanks", " " + FORM + " ;x"),
        ("text", "text/plain"),
        ("JSON", "application/json"),
        ("a longer name", FORM + "2"),
        ("a malformed one", "/"),
        ("another malformed one", ";" + FORM),
        ("none", None),
    ]:
        one("content type: " + name, None, GOOD, content_type=content_type)
    one("a body that is no form is left alone", GOOD, "req_id=8", content_type="text/plain")


def how_they_are_decoded():
    for name, query in [
        ("an escaped name", GOOD.replace(b"_", b"%5F")),
        ("an escaped name in small letters", GOOD.replace(b"_", b"%5f")),
        ("an escaped key", GOOD.replace(b"UT4N", b"%55%54%34%4e")),
        ("an escaped separator is none", GOOD.replace(b"&", b"%26")),
        ("an escaped equals sign is none", GOOD.replace(b"=", b"%3D")),
        ("a name in capitals", GOOD.upper()),
        ("a name with a blank", b"+" + GOOD),
        ("a name with brackets", GOOD.replace(b"api_key", b"api_key[]")),
        ("two equals signs", params(req_id="=7=")),
        ("a semicolon separates nothing", GOOD.replace(b"&req_id=7", b";req_id=7")),
        ("a semicolon behind another parameter", GOOD + b"&x=1;y=2"),
        ("a stray percent sign elsewhere", GOOD + b"&x=%"),
        ("a malformed escape elsewhere", GOOD + b"&x=%zz"),
        ("a malformed name", GOOD + b"&%=1"),
        ("broken UTF-8 in a name", b"\xffapi_key=x&" + GOOD),
        ("a question mark", GOOD + b"?"),
        ("a slash", GOOD + b"/"),
    ]:
        one(name, query)
        one(name + ", in the body", None, query)


def req_ids():
    ids = [
        "", "0", "7", "007", "-1", "1.5", "null", "true", "[]", "{}", "a", "a+b", "a%20b", "a%2Bb", "+", "%2B",
        "100%", "%", "%%", "%2", "%2g", "%g2", "%zz", "%%41", "%41%", "a%4", "%25", "%2541",
        "a;b", ";", "a=b", "=", "a%26b", "%22", "%27", "'", "%5C", "\\", "/", "%2F", "a/b", "%3C/script%3E", "<b>", "&amp;",
        "%00", "%01", "%08", "%09", "%0A", "%0B", "%0C", "%0D", "%0D%0A", "%1B", "%1F", "%7F", "~", "!$'()*,-.:@_",
        "%C3%A9", "%c3%a9", "%E2%82%AC", "%E2%80%A8", "%EF%BB%BF", "%EF%BF%BD", "%EF%BF%BF", "%F0%90%80%80", "%F0%9F%98%80", "%F4%8F%BF%BF",
        "\u00e9", "\u20ac", "\U0001F600", "%C2%80", "%DF%BF", "%E0%A0%80", "%ED%9F%BF", "%EE%80%80",
        "%FF", "%FF%FE", "%80", "%BF", "%C0%AF", "%C1%BF", "%C3", "%C3(", "%C3%28", "%C3%C3%A9", "%E2", "%E2%82", "%E2%82a", "%E2(%A1",
        "%E0%80%AF", "%E0%9F%BF", "%ED%A0%80", "%ED%A0%BD%ED%B8%80", "%F0%9F", "%F0%9F%98", "%F0%9F%98a", "%F0%80%80%80", "%F0%8F%BF%BF",
        "%F4%90%80%80", "%F5%80%80%80", "%F8%88%80%80%80", "a%80b%FFc", "%E2%82%E2%82%AC", "%F0%9F%98%F0%9F%98%80", "%E9",
        b"\xff", b"\xe2\x82", b"\xed\xa0\x80", b"\xf0\x9f\x98z", b"\xc3\xa9\xc3",
        "x" * 1000, "%C3%A9" * 300,
    ]
    for id in ids:
        one("req_id " + short(id), params(req_id=id))
    for id in ["", "a%20b+c", "100%", "%22%5C%0A", "%FF", "%F0%9F%98", "%F0%9F%98%80"]:
        one("req_id in the body " + short(id), None, params(req_id=id))
    one("no req_id", params(req_id=None))
    one("no req_id in the body", None, params(req_id=None))


def nonces():
    values = [
        "1", "0", "-0", "%2B0", "-1", "%2B1", "+1", "1+", "--1", "%2B%2B1", "-%2B1", "%2B-1", "-", "%2B", "", "+", "++",
        "00", "01", "007", "1.0", "1.", ".1", "1e3", "1E3", "Inf", "NaN", "nan", "None", "True", "0x10", "0b1", "0o7", "1L", "1j", "abc", "1a", "a1",
        "_1", "1_", "1_0", "1__0", "1_0_0", "0_1", "%2B_1", "_", "1,000",
        "%201", "1%20", "%20%201%20", "1%202", "%2B%201", "%091", "%0A1", "%0B1", "%0C1", "%0D1", "1%0D%0A", "%1C1", "%1F1", "%001", "1%00", "%7F1",
        "%C2%A01", "1%C2%A0", "%C2%A0", "%E3%80%801", "%E3%80%801%E3%80%80", "%C2%851", "%E1%9A%801", "%E2%80%801", "%E2%80%8A1", "%E2%80%A81", "%E2%80%A91",
        "%E2%80%AF1", "%E2%81%9F1", "%E2%80%8B1", "%EF%BB%BF1", "%E2%81%A01", "%C2%A0%1C1",
        "%D9%A1", "%D9%A0", "%DB%B7", "%D9%A1%D9%A2", "1%D9%A2", "%E0%A5%A7", "%EF%BC%91", "%EF%BC%8B1", "%EF%BC%8D1", "%E2%88%921", "%F0%9D%9F%8E", "%F0%9D%9F%8F", "%F0%9D%9F%BF",
        "%C2%B2", "%E2%85%A7", "%E2%91%A0", "%E4%B8%80", "%C2%BD", "%FF", "1%FF", "%D9",
        "9223372036854775807", "9223372036854775808", "9999999999999999999", "10000000000000000000", "18446744073709551615", "18446744073709551616",
        "-9223372036854775808", "-9223372036854775809", "1" + "0" * 30, "1" * 4300, "1" * 4301, "0" * 4299 + "1", "0" * 4300 + "1", "0" * 4300, "1_" * 4299 + "1",
        "-" + "1" * 4300, "0" * 100 + "5", "1751364000000", "1751364000000000000",
    ]
    for n in values:
        one("nonce " + short(n), params(nonce=n))
    one("no nonce", params(nonce=None))
    for name, sequence in [
        ("rising", ["1", "2", "3", "10"]),
        ("equal", ["5", "5", "6"]),
        ("falling", ["5", "4", "0", "6"]),
        ("a refused one is not remembered", ["5", "x", "9.0", "6"]),
        ("of two sizes", ["9223372036854775807", "9223372036854775808", "9223372036854775807", "18446744073709551616", "18446744073709551615", "18446744073709551617"]),
        ("large and small", ["1" + "0" * 30, "7", "1" + "0" * 30, "1" + "0" * 29 + "1", "2" + "0" * 30, "1" + "0" * 31, "9" * 31]),
        ("leading zeros are no size", ["100", "0" * 40 + "99", "0" * 40 + "101", "101"]),
        ("19 and 20 digits", ["9999999999999999999", "10000000000000000000", "9999999999999999999", "0010000000000000000001"]),
        ("the same number in other words", ["%D9%A7", "7", "%C2%A07", "+0_7+", "8"]),
        ("digits of two scripts", ["1%D9%A0", "9", "%DB%B1%DB%B1"]),
        ("large ones in other words", ["1" + "_0" * 30, "1" + "0" * 30, "%D9%A1" + "%D9%A0" * 31]),
    ]:
        case("nonces: " + name)
        for n in sequence:
            send(params(nonce=n))
    case("nonces of two keys")
    send(params(nonce="5"))
    send(params(nonce="4", key=KEYS[1]))
    send(params(nonce="5", key=KEYS[1]))
    send(params(nonce="4"))


def keys():
    for i, key in enumerate(KEYS):
        one("key %d" % i, params(key=key))
    for key in [
        "", "x", KEY.lower(), KEY[:-1], KEY + "A", KEY + "%20", "%20" + KEY, KEY + "%00", KEY + "+", KEYS[0] + "," + KEYS[1], "%F0%9F%94%91", "%FF%FE", "a" * 2000,
    ]:
        one("unknown key " + short(key), params(key=key))
    one("no key", params(key=None))
    one("no key, and a bad nonce", "nonce=x")
    case("an unknown key spends nothing of anybody")
    for _ in range(40):
        send(params(key="x"))
    send(GOOD)


def methods():
    for method in ["POST", "PUT", "PATCH", "DELETE", "TRACE", "BREW", "get", "Get"]:
        one(method, GOOD, method=method)
    one("POST of a form", None, GOOD, method="POST")
    one("OPTIONS", GOOD, method="OPTIONS")
    one("OPTIONS of nothing", None, method="OPTIONS")
    one("OPTIONS of another path", None, method="OPTIONS", path="/")
    one("HEAD", GOOD, method="HEAD")
    one("HEAD with a form", None, GOOD, method="HEAD")
    one("HEAD with an unknown key", "nonce=1", method="HEAD")
    one("HEAD with a bad nonce", params(nonce="0"), method="HEAD")
    one("HEAD of another path", GOOD, method="HEAD", path="/")
    case("HEAD takes the nonce")
    send(GOOD, method="HEAD")
    send(GOOD)
    send(params(nonce="2"))
    case("HEAD takes the slot")
    for n in range(1, 21):
        send(params(nonce=str(n)), method="HEAD")
    send(params(nonce="21"))
    send(params(nonce="21"), method="HEAD")
    case("OPTIONS and POST take nothing")
    for method in ["OPTIONS", "POST"] * 15:
        send(params(nonce="9"), method=method)
    for n in range(1, 21):
        send(params(nonce=str(n)))
    for path in ["/", "/api", "/api/", "/api/request/", "/api/requests", "/API/request", "/api//request", "/api/request%00", "/api/./request"]:
        one("another path: " + path, GOOD, path=path)
    one("another path and method", GOOD, path="/x", method="POST")


def limits():
    case("20 in a second")
    for n in range(1, 22):
        send(params(nonce=str(n)))
    wait(1000)
    send(params(nonce="21"))
    wait(1)
    send(params(nonce="21"))
    case("the window slides")
    for n in range(1, 21):
        send(params(nonce=str(n)))
        wait(10)
    wait(800)
    send(params(nonce="21"))
    wait(1)
    send(params(nonce="21"))
    send(params(nonce="22"))
    wait(10)
    send(params(nonce="22"))
    case("blocked for ever after ten rejections")
    for n in range(1, 33):
        send(params(nonce=str(n)))
    wait(5000)
    send(params(nonce="40"))
    send(params(nonce="x"))
    send(params(nonce="1", key=KEYS[1]))
    wait(86400000)
    send(params(nonce="41"))
    case("a bad nonce costs quota")
    for n in range(20):
        send(params(nonce="x"))
    send(params(nonce="1"))
    wait(1001)
    send(params(nonce="1"))
    case("a rejection takes no slot and no nonce")
    for n in range(1, 26):
        send(params(nonce=str(n)))
    wait(1001)
    send(params(nonce="21"))
    case("each key has a limit of its own")
    for key in KEYS:
        for n in range(1, 22):
            send(params(nonce=str(n), key=key, req_id=None))


print("# Written by reference.py, which says what this is.")
where_parameters_stand()
how_they_are_decoded()
req_ids()
nonces()
keys()
methods()
limits()
