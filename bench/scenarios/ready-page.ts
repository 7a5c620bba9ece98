import { gzipSync } from "node:zlib";
import type { Browser } from "../../test/support/browser.ts";
import type { Deployment } from "../deployment.ts";
import { getRequest } from "../load/connection.ts";
import { saturate, type Target } from "../load/saturate.ts";
import type { Measurements } from "../measurements.ts";
import { cookieOf, emailOf, startSessions, waitUntilIdle } from "../people.ts";
import { type CannedUpstream, startCannedUpstream } from "../upstream/canned.ts";
import type { WorkerProcess } from "../worker-process.ts";

/** A Worker that shows the protected page to signed-in people, with stores that cost nothing. */
export interface ReadyPage {
  readonly deployment: Deployment;
  readonly worker: WorkerProcess;
  readonly upstream: CannedUpstream;
  /** The requests for the page of each person. */
  readonly target: Target;
  /** The same requests for another process of this variant, which listens on `port`. */
  targetAt(port: number): Target;
}

/**
 * Starts a Worker with one signed-in person per connection and fills the cache of its upstream. Measures the calls and
 * the size of a page. Rejects if a page is not the expected one.
 */
export async function makeReady(
  deployment: Deployment,
  connections: number,
  expected: ExpectedPage,
  measurements: Measurements,
): Promise<ReadyPage> {
  const upstream = await startCannedUpstream(deployment.standIns.port);
  const worker = await deployment.start({ upstreamPort: upstream.port });
  const people = await startSessions(deployment, worker.origin, connections);
  await waitUntilIdle(deployment);
  const bytes = await readPages(deployment, people, expected, measurements);
  const cookies = people.map(cookieOf);
  const targetAt = (port: number): Target => ({
    port,
    bytes,
    requests: cookies.map((cookie) => getRequest(port, "/app", cookie)),
  });
  const target = targetAt(worker.port);
  upstream.isCaching = true;
  const before = upstream.calls;
  // With a duration of 0, each page is requested once. The responses of the stand-ins are cached.
  const { responses } = await saturate(target, 0);
  await waitUntilIdle(deployment);
  measurements.add("page.calls", deployment.variant, (upstream.calls - before) / responses);
  return { deployment, worker, upstream, target, targetAt };
}

/** The page of the first variant, with `{email}` in place of the email. All variants must show the same page. */
export interface ExpectedPage {
  text?: string;
}

/** Checks the page of each person and measures its size. Resolves with its length in bytes. */
async function readPages(
  { variant }: Deployment,
  people: readonly Browser[],
  expected: ExpectedPage,
  measurements: Measurements,
): Promise<number> {
  let bytes = 0;
  for (const [index, browser] of people.entries()) {
    const page = await browser.open("/app");
    const email = emailOf(variant === "floor" ? 0 : index);
    if (page.status !== 200 || !page.body.includes(email)) {
      throw new Error(`${variant} shows no page to ${email}: ${page.status} ${page.body.slice(0, 400)}`);
    }
    const text = page.body.replaceAll(email, "{email}");
    expected.text ??= text;
    if (text !== expected.text) throw new Error(`${variant} shows another page than the one before:\n${page.body}`);
    bytes = Buffer.byteLength(page.body);
    if (index > 0) continue;
    measurements.add("size.page", variant, bytes);
    measurements.add("size.compressedPage", variant, gzipSync(page.body).length);
  }
  return bytes;
}
