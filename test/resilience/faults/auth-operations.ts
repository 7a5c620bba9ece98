import { generateLuciaPasswordHash } from "lucia/utils";
import { ADA } from "../../support/people.ts";
import { changeSession, cookieOf, dropSnapshots, storeMarker, userIdOf } from "../../support/stored.ts";
import type { Lane } from "./lane.ts";
import {
  AS_BEFORE,
  FORGOT,
  FRESH,
  linkOf,
  NEW_EMAIL,
  NEW_PASSWORD,
  type Operation,
  OTHER_PASSWORD,
  opens,
  posts,
  RESET,
  type Scene,
  TAKEN,
  UNDO,
} from "./operation.ts";
import { askForReset, guest, member, moved, newcomer, recovering, stranger } from "./scenes.ts";
import { verifyHere } from "./verification-operations.ts";

const WRONG = { email: ADA.email, password: OTHER_PASSWORD };
export const AFTER_RESET = { email: ADA.email, password: NEW_PASSWORD, not: [ADA.password] };

/** Resets the password through the mailed link, or through another one if that link was lost or revoked. */
export async function resetHere(
  lane: Lane,
  { browser }: Pick<Scene, "browser">,
  fields: Readonly<Record<string, string>> = FRESH,
): Promise<void> {
  const ask = async () => (await lane.post(browser, FORGOT, { email: ADA.email })).status === 303;
  const { text = "" } = (await lane.mailAfter(ask, ADA.email, `${RESET}/`)) ?? {};
  await browser.open(linkOf(text, `${RESET}/`));
  if ((await lane.post(browser, RESET, fields)).status === 303) return;
  await browser.open(await askForReset(lane, browser, ADA.email));
  await lane.post(browser, RESET, fields);
}

/** Someone else has a pending sign-up with the email. Its owner has opened a reset link. */
async function afterStranger(lane: Lane): Promise<Scene> {
  await newcomer(lane);
  const { browser } = await stranger(lane);
  await browser.open(await askForReset(lane, browser, ADA.email));
  return { browser, facts: {} };
}

/**
 * Someone else is signed in to an account with the email that was never verified. Its owner has opened a reset link.
 */
async function neverVerified(lane: Lane): Promise<Scene> {
  const other = (await newcomer(lane)).browser;
  const { browser } = await stranger(lane);
  await browser.open(await askForReset(lane, browser, ADA.email));
  return { browser, facts: { other: cookieOf(other) } };
}

/** An account has given the email up and can no longer get it back. */
async function expired(lane: Lane): Promise<Scene> {
  await moved(lane);
  for (const table of ["one_time_tokens", "reserved_emails"]) {
    await lane.gatehouse.database.execute(`update ${table} set expires_at = 1`);
  }
  lane.forgetMails();
  return stranger(lane);
}

/** A signed-in person whose session or snapshot is in a state that makes a page call the stores more often. */
const memberWith = (change: (lane: Lane, scene: Scene) => Promise<unknown>) => async (lane: Lane) => {
  const scene = await member(lane);
  await change(lane, scene);
  return scene;
};
const isDue = ({ gatehouse }: Lane, { browser }: Scene) =>
  changeSession(gatehouse, browser, { renewAt: Date.now() - 1 });
const wasSeenLongAgo = ({ gatehouse }: Lane, { browser }: Scene) =>
  changeSession(gatehouse, browser, { seenAt: Date.now() - 11 * 60_000 });
const hasNoSnapshot = ({ gatehouse }: Lane) => dropSnapshots(gatehouse);
const isChanging = ({ gatehouse }: Lane, { browser }: Scene) => storeMarker(gatehouse, userIdOf(browser));
const hasOldHash = async ({ gatehouse: { database } }: Lane) =>
  database.execute("update `keys` set hashed_password = ?", [await generateLuciaPasswordHash(ADA.password)]);

const PAGES: readonly Operation[] = [
  ...["/", "/auth/session", "/app", "/auth/signin", "/auth/signup"].map((path) => ({
    name: `GET ${path}`,
    arrange: member,
    act: opens(path),
    ending: AS_BEFORE,
  })),
  { name: "GET /app, renewal due", arrange: memberWith(isDue), act: opens("/app"), ending: AS_BEFORE },
  { name: "GET /app, seen long ago", arrange: memberWith(wasSeenLongAgo), act: opens("/app"), ending: AS_BEFORE },
  { name: "GET /app, no snapshot", arrange: memberWith(hasNoSnapshot), act: opens("/app"), ending: AS_BEFORE },
  { name: "GET /app, row changing", arrange: memberWith(isChanging), act: opens("/app"), ending: AS_BEFORE },
];

const ENTERING: readonly Operation[] = [
  {
    name: "POST /auth/signup",
    arrange: stranger,
    act: posts("/auth/signup", ADA.signup),
    finish: verifyHere,
    ending: AS_BEFORE,
  },
  {
    name: "POST /auth/signup, an email that was given up",
    arrange: expired,
    act: posts("/auth/signup", ADA.signup),
    finish: verifyHere,
    ending: AS_BEFORE,
  },
  {
    name: "POST /auth/signup, taken",
    unharmed: [422],
    arrange: guest(member),
    act: posts("/auth/signup", TAKEN),
    ending: { ...AS_BEFORE, not: [OTHER_PASSWORD] },
  },
  {
    name: "POST /auth/signup, same password again",
    arrange: guest(member),
    act: posts("/auth/signup", ADA.signup),
    ending: AS_BEFORE,
  },
  { name: "POST /auth/signin", arrange: guest(member), act: posts("/auth/signin", ADA.signin), ending: AS_BEFORE },
  {
    name: "POST /auth/signin, wrong",
    unharmed: [401],
    arrange: guest(member),
    act: posts("/auth/signin", WRONG),
    ending: { ...AS_BEFORE, not: [OTHER_PASSWORD] },
  },
  {
    name: "POST /auth/signin, unknown",
    unharmed: [401],
    arrange: stranger,
    act: posts("/auth/signin", WRONG),
    ending: null,
  },
  {
    name: "POST /auth/signin, outdated hash",
    arrange: guest(memberWith(hasOldHash)),
    act: posts("/auth/signin", ADA.signin),
    ending: AS_BEFORE,
  },
  {
    name: "POST /auth/signout",
    arrange: async (lane) => {
      const { browser } = await member(lane);
      return { browser, facts: { own: cookieOf(browser) } };
    },
    act: posts("/auth/signout"),
    over: ["own"],
    ending: AS_BEFORE,
  },
];

const RECOVERY: readonly Operation[] = [
  {
    name: `POST ${FORGOT}`,
    arrange: guest(member),
    act: posts(FORGOT, { email: ADA.email }),
    finish: resetHere,
    ending: AFTER_RESET,
  },
  { name: `POST ${FORGOT}, unknown`, arrange: stranger, act: posts(FORGOT, { email: ADA.email }), ending: null },
  {
    name: `POST ${FORGOT}, moved away`,
    arrange: guest(moved),
    act: posts(FORGOT, { email: ADA.email }),
    finish: async (lane, { browser }) => {
      const ask = async () => (await lane.post(browser, FORGOT, { email: ADA.email })).status === 303;
      const { text = "" } = (await lane.mailAfter(ask, ADA.email, `${UNDO}/`)) ?? {};
      await lane.post(browser, linkOf(text, `${UNDO}/`));
      await lane.post(browser, RESET, FRESH);
    },
    ending: AFTER_RESET,
  },
  {
    name: `POST ${FORGOT}, unknown (required)`,
    mode: "required",
    arrange: stranger,
    act: posts(FORGOT, { email: ADA.email }),
    finish: resetHere,
    ending: AFTER_RESET,
  },
  {
    name: `POST ${RESET}, no account (required)`,
    mode: "required",
    arrange: afterStranger,
    act: posts(RESET, FRESH),
    finish: resetHere,
    ending: AFTER_RESET,
  },
  {
    name: `POST ${RESET}, never verified`,
    arrange: neverVerified,
    act: posts(RESET, FRESH),
    finish: resetHere,
    over: ["other"],
    ending: AFTER_RESET,
  },
  { name: `GET ${RESET}`, arrange: recovering, act: opens(RESET), ending: AS_BEFORE },
  { name: `POST ${RESET}`, arrange: recovering, act: posts(RESET, FRESH), finish: resetHere, ending: AFTER_RESET },
];

/** The scheduled run, which removes expired links, audit log entries and reserved emails. */
const SCHEDULED: Operation = {
  name: "scheduled run",
  arrange: async (lane) => {
    await moved(lane);
    for (const table of ["one_time_tokens", "reserved_emails"]) {
      await lane.gatehouse.database.execute(`update ${table} set expires_at = 1`);
    }
    await lane.gatehouse.database.execute("update account_events set occurred_at = 1 where type = 'signed-up'");
    return stranger(lane);
  },
  act: async ({ gatehouse }) => {
    const outcome = await gatehouse.runScheduled(Date.now());
    return { status: outcome === "ok" ? 200 : 503, body: outcome, location: null, requestId: null, retryAfter: "5" };
  },
  ending: { email: NEW_EMAIL, password: ADA.password },
};

/** The checks of `/healthz`, which reuses a result for longer than a fault lasts. */
const SELF_CHECK: Operation = {
  name: "self-check",
  arrange: member,
  act: async ({ gatehouse }) => {
    const outcome = await gatehouse.runScheduled(Date.now(), "*/5 * * * *");
    return { status: outcome === "ok" ? 200 : 503, body: outcome, location: null, requestId: null, retryAfter: "5" };
  },
  ending: AS_BEFORE,
};

export const AUTH_OPERATIONS: readonly Operation[] = [...PAGES, ...ENTERING, ...RECOVERY, SCHEDULED, SELF_CHECK];
