const ask = async (id) => {
  const answer = await fetch("http://127.0.0.1:8080PATH?api_key=KEY&req_id=" + id);
  await answer.text();
  return answer.status;
};
for (const status of await Promise.all(Array.from({ length: 25 }, (_, id) => ask(id)))) {
  console.log(status);
}
