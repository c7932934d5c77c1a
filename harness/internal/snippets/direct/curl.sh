curl "http://127.0.0.1:9999PATH?api_key=KEY&nonce=$(date +%s)000000000&req_id=7"
