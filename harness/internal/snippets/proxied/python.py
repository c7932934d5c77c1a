import concurrent.futures, urllib.request

def ask(id):
    with urllib.request.urlopen(f"http://127.0.0.1:8080PATH?api_key=KEY&req_id={id}") as answer:
        return answer.status

with concurrent.futures.ThreadPoolExecutor(25) as pool:
    for status in pool.map(ask, range(25)):
        print(status)
