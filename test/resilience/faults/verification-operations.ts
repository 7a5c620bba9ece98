import { generateLuciaPasswordHash } from "lucia/utils";
import { ADA } from "../../support/people.ts";
import type { Lane } from "./lane.ts";
import {
  AS_BEFORE,
  codeOf,
  FORGOT,
  type Operation,
  OTHER_PASSWORD,
  opens,
  opensLink,
  posts,
  postsLink,
  type Scene,
  TAKEN,
  VERIFY,
} from "./operation.ts";
import { guest, member, newcomer, stranger } from "./scenes.ts";

/** Enters the code, or requests another if the message was lost. */
export async function verifyHere(lane: Lane, { browser }: Scene): Promise<void> {
  if ((await browser.open("/auth/session")).body.includes('"emailVerified":true')) return;
  const resend = async () => (await lane.post(browser, `${VERIFY}/resend`)).location === VERIFY;
  if (!browser.cookies.has("gatehouse-verify")) lane.forgetMails();
  const { text = "" } = (await lane.mailAfter(resend, ADA.email, `${VERIFY}/`)) ?? {};
  await lane.post(browser, VERIFY, { code: codeOf(text) });
}

const codeTyped = async (lane: Lane, scene: Scene) => posts(VERIFY, { code: scene.facts["code"] ?? "" })(lane, scene);

export const VERIFICATION: readonly Operation[] = [
  { name: `GET ${VERIFY}`, arrange: newcomer, act: opens(VERIFY), ending: AS_BEFORE },
  { name: `POST ${VERIFY}`, arrange: newcomer, act: codeTyped, ending: AS_BEFORE },
  {
    name: `POST ${VERIFY}, wrong`,
    unharmed: [422],
    arrange: newcomer,
    act: posts(VERIFY, { code: "00000000" }),
    finish: async (lane, scene) => void (await codeTyped(lane, scene)),
    ending: AS_BEFORE,
  },
  {
    name: `POST ${VERIFY}/resend`,
    arrange: newcomer,
    act: posts(`${VERIFY}/resend`),
    finish: verifyHere,
    ending: AS_BEFORE,
  },
  { name: `GET ${VERIFY}/:token`, arrange: newcomer, act: opensLink, ending: AS_BEFORE },
  { name: `GET ${VERIFY}/:token, elsewhere`, arrange: guest(newcomer), act: opensLink, ending: AS_BEFORE },
  { name: `POST ${VERIFY}/:token`, arrange: newcomer, act: postsLink(), ending: AS_BEFORE },
  {
    name: `POST ${VERIFY}/:token, elsewhere`,
    arrange: guest(newcomer),
    act: postsLink({ password: ADA.password }),
    ending: AS_BEFORE,
  },
  {
    name: `POST ${VERIFY}/:token, elsewhere and wrong`,
    unharmed: [422],
    arrange: guest(newcomer),
    act: postsLink({ password: OTHER_PASSWORD }),
    ending: { ...AS_BEFORE, not: [OTHER_PASSWORD] },
  },
];

/** Without verification there is no account, so a person may have to sign up again after an error. */
async function beginAgain(lane: Lane, scene: Scene): Promise<void> {
  await verifyHere(lane, scene);
  if ((await lane.gatehouse.database.execute("select id from users")).rows.length > 0) return;
  await lane.post(scene.browser, "/auth/signup", ADA.signup);
  await verifyHere(lane, scene);
}

/** Before verification was required, someone else has signed up with the email and never verified it. */
async function afterSquatter(lane: Lane): Promise<Scene> {
  await member(lane);
  const { database, redis } = lane.gatehouse;
  await database.execute("update users set email_verified_at = null");
  await database.execute("update `keys` set hashed_password = ?", [
    await generateLuciaPasswordHash("a squatter's own"),
  ]);
  await redis.flushdb();
  lane.forgetMails();
  return newcomer(lane);
}

async function unverified(lane: Lane): Promise<Scene> {
  await member(lane);
  const { database, redis } = lane.gatehouse;
  await database.execute("update users set email_verified_at = null");
  await redis.flushdb();
  return stranger(lane);
}

/** Ada has an account, and someone else has signed up with her email since. */
async function contested(lane: Lane): Promise<Scene> {
  await member(lane);
  const { browser } = await stranger(lane);
  await lane.post(browser, "/auth/signup", TAKEN);
  await lane.quiet();
  await lane.gatehouse.redis.flushdb();
  return stranger(lane);
}

/** The operations that differ if emails must be verified. */
export const REQUIRED: readonly Operation[] = [
  {
    name: "POST /auth/signup",
    arrange: stranger,
    act: posts("/auth/signup", ADA.signup),
    finish: beginAgain,
    ending: AS_BEFORE,
  },
  {
    name: "POST /auth/signup, taken",
    arrange: guest(member),
    act: posts("/auth/signup", TAKEN),
    ending: { ...AS_BEFORE, waiting: OTHER_PASSWORD },
  },
  {
    name: "POST /auth/signup, same password again",
    arrange: guest(member),
    act: posts("/auth/signup", ADA.signup),
    ending: AS_BEFORE,
  },
  { name: "POST /auth/signin", arrange: guest(member), act: posts("/auth/signin", ADA.signin), ending: AS_BEFORE },
  {
    name: "POST /auth/signin, not verified",
    arrange: unverified,
    act: posts("/auth/signin", ADA.signin),
    finish: verifyHere,
    ending: AS_BEFORE,
  },
  {
    name: "POST /auth/signin, a sign-up that waits",
    arrange: guest(newcomer),
    act: posts("/auth/signin", ADA.signin),
    finish: beginAgain,
    ending: AS_BEFORE,
  },
  {
    name: "POST /auth/signin, a sign-up that waits beside an account",
    arrange: contested,
    act: posts("/auth/signin", { email: ADA.email, password: OTHER_PASSWORD }),
    ending: AS_BEFORE,
  },
  {
    name: "POST /auth/signin, wrong",
    unharmed: [401],
    arrange: contested,
    act: posts("/auth/signin", { email: ADA.email, password: "nobody's own 1843" }),
    ending: { ...AS_BEFORE, not: ["nobody's own 1843"] },
  },
  { name: `GET ${VERIFY}`, arrange: newcomer, act: opens(VERIFY), finish: beginAgain, ending: AS_BEFORE },
  { name: `POST ${VERIFY}`, arrange: newcomer, act: codeTyped, finish: beginAgain, ending: AS_BEFORE },
  {
    name: `POST ${VERIFY}, after a squatter`,
    arrange: afterSquatter,
    act: codeTyped,
    finish: beginAgain,
    ending: { ...AS_BEFORE, not: ["a squatter's own"] },
  },
  {
    name: `POST ${VERIFY}/resend`,
    arrange: newcomer,
    act: posts(`${VERIFY}/resend`),
    finish: beginAgain,
    ending: AS_BEFORE,
  },
  { name: `POST ${VERIFY}/:token`, arrange: newcomer, act: postsLink(), finish: beginAgain, ending: AS_BEFORE },
  {
    name: `POST ${VERIFY}/:token, elsewhere`,
    arrange: guest(newcomer),
    act: postsLink({ password: ADA.password }),
    finish: beginAgain,
    ending: AS_BEFORE,
  },
  { name: `POST ${FORGOT}`, arrange: guest(member), act: posts(FORGOT, { email: ADA.email }), ending: AS_BEFORE },
].map((operation) => ({ ...operation, mode: "required" as const, name: `${operation.name} (required)` }));
