// A client made of the server's own description: searches, matches and says "I am interested". contract_test.go runs it.
import createClient from "openapi-fetch";
import type { paths } from "./schema.js";

declare const process: { argv: string[]; exit(code: number): never };

const [, , baseUrl, key] = process.argv;
const client = createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${key}` } });

function must<T>(what: string, r: { data?: T; error?: { detail: string }; response: Response }): T {
  if (r.data === undefined) {
    console.error(`${what}: ${r.response.status} ${r.error?.detail}`);
    process.exit(1);
  }
  return r.data;
}

const found = must("search", await client.GET("/v1/search", { params: { query: { q: "秸秆", kind: ["achievement"], limit: 3 } } }));
const list = must("match", await client.POST("/v1/match", { body: { need: "N001", limit: 3 } }));
const best = list.matches[0];
const lead = must(
  "create lead",
  await client.POST("/v1/leads", {
    params: { header: { "Idempotency-Key": "from-typescript" } },
    body: { need: "N001", achievement: best.id, message: "想谈谈" },
  }),
);
const { error, response } = await client.GET("/v1/needs/{id}", { params: { path: { id: "none" } } });
if (response.status !== 404 || error?.type !== "/problems/not_found") {
  console.error("an unknown need gives", response.status, error);
  process.exit(1);
}
console.log(found.total > 0, list.matches.length, best.reasons.length > 0, lead.state);
