import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { formatValue } from "../../../src/store/person.ts";
import { brotliBytes } from "../../support/brotli.ts";
import type { Browser } from "../../support/browser.ts";
import { enginesAreMissing, type Gatehouse, startGatehouse } from "../../support/gatehouse.ts";
import { signUp } from "../../support/people.ts";
import { handleOf, personKey, readSession, userIdOf } from "../../support/stored.ts";

const PAGE_MAX_BROTLI_BYTES = 6_000;
const DAY = 24 * 60 * 60 * 1_000;

const BROWSERS = ["Samsung Internet", "Firefox", "Yandex Browser", "Chrome", "DuckDuckGo", "Safari", null];
const PLATFORMS = ["Windows", "iPhone", "Android", "macOS", "ChromeOS", null];
const COUNTRIES = ["BA", "CD", "GS", "VC", "DE", "US", null];

/** The heaviest possible pages: all values differ, so that compression removes nothing. */
describe.skipIf(enginesAreMissing())("a full list", () => {
  let gatehouse: Gatehouse;
  beforeAll(async () => {
    gatehouse = await startGatehouse();
  });
  beforeEach(() => gatehouse.reset());
  afterAll(() => gatehouse.close());

  const pick = <T>(values: readonly T[], index: number) => values[index % values.length] as T;
  const originOf = (index: number) => ({
    browser: pick(BROWSERS, index),
    platform: pick(PLATFORMS, index * 5 + 1),
    country: pick(COUNTRIES, index * 3 + 2),
  });
  const before = (days: number) => Date.now() - Math.floor(Math.random() * days * DAY);

  const walk = async (browser: Browser, path: string, older: string) => {
    const bodies: string[] = [];
    for (let at = path; ; ) {
      const page = await browser.open(at);
      expect(page.status).toBe(200);
      bodies.push(page.body);
      if (!page.body.includes(`>${older}</a>`)) return bodies;
      at = page.link(older);
    }
  };

  test.each([
    ["en", "Older"],
    ["de", "Ältere anzeigen"],
  ])("of a hundred sessions comes in parts that weigh no more than any page, in %s", async (language, older) => {
    const browser = await signUp(gatehouse);
    await browser.open(`/?lang=${language}`);
    const own = await readSession(gatehouse, browser);
    const handles = Array.from({ length: 99 }, () => randomBytes(32).toString("hex"));
    for (const [index, handle] of handles.entries()) {
      const text = JSON.stringify({ ...own, ...originOf(index), seenAt: before(12) });
      const value = formatValue({ end: Date.now() + DAY, rank: before(13), text });
      await gatehouse.redis.hset(personKey(browser), { [`s:${handle}`]: value });
    }
    const bodies = await walk(browser, "/app/account/sessions", older);
    const listed = bodies.flatMap((body) => [...body.matchAll(/value="([0-9a-f]{64})"/g)].map(([, handle]) => handle));
    expect(listed.toSorted()).toEqual(handles.toSorted());
    expect(listed).not.toContain(handleOf(browser));
    expect(bodies.map(brotliBytes).filter((bytes) => bytes > PAGE_MAX_BROTLI_BYTES)).toEqual([]);
    expect((await browser.open("/app/account/sessions?part=99")).status).toBe(200);
  });

  test.each([
    ["en", "Older"],
    ["de", "Ältere anzeigen"],
  ])("of activity does as well, in %s", async (language, older) => {
    const browser = await signUp(gatehouse);
    await browser.open(`/?lang=${language}`);
    const types = ["signed-in", "signed-out", "sign-in-failed", "password-changed", "email-change-undone", "exported"];
    const columns = "id, user_id, type, occurred_at, occurrences, address, country, browser, platform";
    for (let index = 0; index < 90; index += 1) {
      const origin = originOf(index);
      const address = randomBytes(16)
        .toString("hex")
        .replace(/(.{4})(?=.)/g, "$1:");
      const id = randomBytes(12).toString("hex");
      const what = [id, userIdOf(browser), pick(types, index), before(300), 1 + (index % 3) * 17];
      await gatehouse.database.execute(`insert into account_events (${columns}) values (?, ?, ?, ?, ?, ?, ?, ?, ?)`, [
        ...what,
        address,
        origin.country,
        origin.browser,
        origin.platform,
      ]);
    }
    const bodies = await walk(browser, "/app/account/activity", older);
    expect(bodies.length).toBeGreaterThan(3);
    expect(bodies.map(brotliBytes).filter((bytes) => bytes > PAGE_MAX_BROTLI_BYTES)).toEqual([]);
  });
});
