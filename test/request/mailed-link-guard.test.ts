import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Browser } from "../support/browser.ts";
import { enginesAreMissing, type Gatehouse, startGatehouse } from "../support/gatehouse.ts";
import { codeIn, linkIn } from "../support/inbox.ts";
import { ADA, signUp } from "../support/people.ts";

const VERIFY = "/auth/verify-email";
const RESET = "/auth/reset-password";
const CONFIRM = "/auth/confirm-email";
const UNDO = "/auth/undo-email";
const NEW_EMAIL = "lovelace@example.com";
const CURRENT = { currentPassword: ADA.password };
const FRESH = { password: "difference engine 1822", passwordConfirmation: "difference engine 1822" };

const post = (browser: Browser, path: string, fields: Readonly<Record<string, string>> = {}) =>
  browser.post(path, new URLSearchParams(fields));

/** The page that a link shows, after the redirect that moves its token into a cookie if there is one. */
async function open(browser: Browser, link: string) {
  const page = await browser.open(link);
  return page.location === null ? page : browser.follow(page);
}

/** Creates Ada's account, verifies its email, and resolves to her browser. */
async function verified(gatehouse: Gatehouse): Promise<Browser> {
  const owner = await signUp(gatehouse);
  await post(owner, VERIFY, { code: codeIn(await gatehouse.inbox.newest(ADA.email)) });
  return owner;
}

async function confirmLink(gatehouse: Gatehouse): Promise<string> {
  await post(await verified(gatehouse), "/app/account/email", { email: NEW_EMAIL, ...CURRENT });
  return linkIn(await gatehouse.inbox.newest(NEW_EMAIL), `${CONFIRM}/`);
}

/** How each kind of link is created, and the fields that its form needs in a browser without cookies. */
const LINKS: readonly (readonly [
  prefix: string,
  mailed: (gatehouse: Gatehouse) => Promise<string>,
  fields: Readonly<Record<string, string>>,
])[] = [
  [
    VERIFY,
    async (gatehouse) => {
      await signUp(gatehouse);
      return linkIn(await gatehouse.inbox.newest(ADA.email), `${VERIFY}/`);
    },
    { password: ADA.password },
  ],
  [
    RESET,
    async (gatehouse) => {
      await verified(gatehouse);
      await post(gatehouse.browser(), "/auth/forgot-password", { email: ADA.email });
      return linkIn(await gatehouse.inbox.newest(ADA.email, 2), `${RESET}/`);
    },
    FRESH,
  ],
  [CONFIRM, confirmLink, CURRENT],
  [
    UNDO,
    async (gatehouse) => {
      await post(gatehouse.browser(), await confirmLink(gatehouse), CURRENT);
      return linkIn(await gatehouse.inbox.newest(ADA.email, 2), `${UNDO}/`);
    },
    {},
  ],
];

describe.skipIf(enginesAreMissing())("a mailed link", () => {
  let gatehouse: Gatehouse;
  beforeAll(async () => {
    gatehouse = await startGatehouse();
  });
  beforeEach(() => gatehouse.reset());
  afterAll(() => gatehouse.close());

  const tokens = async () =>
    (await gatehouse.database.execute("select * from one_time_tokens order by token_hash")).rows;
  /** The calls to MySQL other than reads. */
  const writes = () =>
    gatehouse.standIns.traffic.calls
      .filter(({ service, operation }) => service === "database" && operation !== "SELECT")
      .map(({ operation }) => operation);

  test.each(LINKS)(
    "to %s writes nothing when it is opened twice, and its form then works exactly once",
    async (prefix, mailed, fields) => {
      const link = await mailed(gatehouse);
      await gatehouse.settle();
      const before = await tokens();
      const browser = gatehouse.browser();
      gatehouse.standIns.traffic.clear();
      for (let times = 0; times < 2; times += 1) {
        expect((await open(browser, link)).status).toBe(200);
      }
      expect((await gatehouse.browser().request(link, { method: "HEAD" })).status).toBeLessThan(400);
      await gatehouse.settle();
      expect(gatehouse.standIns.traffic.calls.filter(({ operation }) => operation === "SELECT")).not.toEqual([]);
      expect(writes()).toEqual([]);
      expect(await tokens()).toEqual(before);

      const action = prefix === RESET ? RESET : link;
      const answers = [await post(browser, action, fields)];
      expect(writes()).toContain("DELETE");
      await gatehouse.settle();
      gatehouse.standIns.traffic.clear();
      const again = gatehouse.browser();
      await again.open(link);
      answers.push(await post(again, action, fields));
      expect(answers.map(({ status }) => status)).toEqual([303, 410]);
      expect(writes()).toEqual([]);
    },
  );

  test.each(LINKS)(
    "to %s that is expired or damaged gets the same response on its page and its form",
    async (prefix) => {
      const action = (token: string) => `${prefix}/${token}`;
      const texts = new Set<string>();
      for (const token of ["a".repeat(40), "a".repeat(39)]) {
        const browser = gatehouse.browser();
        const page = await open(browser, action(token));
        const form = prefix === RESET ? page : await post(gatehouse.browser(), action(token));
        expect([page.status, form.status]).toEqual([410, 410]);
        for (const { text } of [page, form]) texts.add(text);
      }
      expect([...texts]).toHaveLength(1);
    },
  );
});
