let nonce = BigInt(Date.now()) * 1_000_000n;
for (let id = 0; id < 3; id++) {
  const query = new URLSearchParams({
    api_key: "KEY",
    nonce: ++nonce,
    req_id: id,
  });
  const answer = await fetch("http://127.0.0.1:9999PATH?" + query);
  process.stdout.write(answer.status + " " + await answer.text());
}
