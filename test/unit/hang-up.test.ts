import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

interface Worker {
  fetch(request: Request, env: object, execution: { waitUntil(work: Promise<unknown>): void }): Promise<Response>;
}

/** By its path, because its types are those of the Workers runtime. */
const WORKER = fileURLToPath(new URL("../../src/index.ts", import.meta.url));

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
