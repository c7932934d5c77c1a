import time, urllib.error, urllib.parse, urllib.request

for id in range(3):
    query = urllib.parse.urlencode({
        "api_key": "KEY",
        "nonce": time.time_ns(),
        "req_id": id,
    })
    try:
        answer = urllib.request.urlopen("http://127.0.0.1:9999PATH?" + query)
    except urllib.error.HTTPError as refusal:
        answer = refusal
    with answer:
        print(answer.status, answer.read().decode(), end="")
