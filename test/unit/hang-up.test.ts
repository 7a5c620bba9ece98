import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

interface Worker {
  fetch(request: Request, env: object, execution: { waitUntil(work: Promise<unknown>): void }): Promise<Response>;
}

/** The Worker is imported by its path, because its types are those of the Workers runtime. */
const WORKER = fileURLToPath(new URL("../../src/index.ts", import.meta.url));

/**
 * When a client disconnects, workerd cancels its request with all work after the response. An attacker who disconnects
 * at the right moment could change an email without a message to its owner. The harness of wrangler hides disconnects,
 * so this test checks the call to `waitUntil`.
 */
test("the Worker asks the platform to finish a request if the client disconnects", async () => {
  const env = {
    DATABASE_URL: "http://user:password@127.0.0.1:9/gatehouse",
    UPSTASH_REDIS_REST_URL: "http://127.0.0.1:9",
    UPSTASH_REDIS_REST_TOKEN: "token",
    PUBLIC_ORIGIN: "http://localhost:8787",
    EMAIL_VERIFICATION: "optional",
    MAIL_FROM: "Gatehouse <accounts@example.com>",
    MAIL_SENDER: "cloudflare",
    SOURCE_POSTS_MAX: "300",
    SOURCE_POSTS_WINDOW_MINUTES: "15",
    BREACHED_PASSWORDS: "off",
    SEND_EMAIL: { send: () => Promise.resolve() },
  };
  const kept: Promise<unknown>[] = [];
  const execution = { waitUntil: (work: Promise<unknown>) => void kept.push(work) };
  const { default: worker } = (await import(WORKER)) as { readonly default: Worker };
  const answering = worker.fetch(new Request("http://localhost:8787/"), env, execution);
  expect(kept).toHaveLength(1);
  const answer = await answering;
  expect([answer.status, await kept[0]]).toEqual([200, answer]);
});
