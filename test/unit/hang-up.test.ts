import { expect, test } from "vitest";
import worker from "../../src/index.ts";

/**
 * workerd drops a request whose client has gone, and with it what was to follow the answer: a thief who hangs up at the
 * right moment would change an address without a mail to its owner. The front of wrangler's harness hides hang-ups, so
 * this asks what the platform is told.
 */
test("the platform is told to finish a request, whoever hangs up", async () => {
  const env = {
    DATABASE_URL: "http://user:password@127.0.0.1:9/gatehouse",
    UPSTASH_REDIS_REST_URL: "http://127.0.0.1:9",
    UPSTASH_REDIS_REST_TOKEN: "token",
    PUBLIC_ORIGIN: "http://localhost:8787",
    EMAIL_VERIFICATION: "optional",
    MAIL_FROM: "Gatehouse <accounts@example.com>",
    MAIL_SENDER: "cloudflare",
    SEND_EMAIL: { send: () => Promise.resolve() },
  };
  const kept: Promise<unknown>[] = [];
  const execution = { waitUntil: (work: Promise<unknown>) => void kept.push(work) };
  const fetchHandler = worker.fetch as unknown as (...args: readonly unknown[]) => Promise<Response>;
  const answering = fetchHandler(new Request("http://localhost:8787/"), env, execution);
  expect(kept).toHaveLength(1);
  const answer = await answering;
  expect([answer.status, await kept[0]]).toEqual([200, answer]);
});
