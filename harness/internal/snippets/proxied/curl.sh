for id in $(seq 25); do
  curl -s -o /dev/null -w '%{http_code}\n' "http://127.0.0.1:8080PATH?api_key=KEY&req_id=$id" &
done
wait
