import { type Call, countInSeries } from "@gatehouse/stand-ins";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import { createApp, signUpVerified, turnOnSecondStep } from "../support/authenticator.ts";
import type { Browser, Page } from "../support/browser.ts";
import { enginesAreMissing, type Gatehouse, startGatehouse } from "../support/gatehouse.ts";
import { codeIn, linkIn, type ReceivedMail } from "../support/inbox.ts";
import { Authenticator, addPasskey, passkeyOptions } from "../support/passkey.ts";
import { ADA, signUp } from "../support/people.ts";
import { ageProofs } from "../support/stored.ts";

/**
 * The order of calls is the same on all engines, so it is measured on the embedded ones. On the real engines, the same
 * steps show that MariaDB and Redis accept every statement and every script.
 */
const IS_EMBEDDED = inject("engines") === "embedded";

/** Longer than the pauses between concurrent calls. */
const DELAY_MILLISECONDS = 120;

const VERIFY = "/auth/verify-email";
const ACCOUNT = "/app/account";
const CURRENT = { currentPassword: ADA.password };
const NEW_ADDRESS = "lovelace@example.com";

/** What a visitor has at hand: codes, passkeys for the page that they see, and paths. */
type AtHand = Readonly<Record<string, string>>;

/** Signs Ada up with a verified email, a passkey, an app, and the second step on. */
async function protect(gatehouse: Gatehouse) {
  const owner = await signUpVerified(gatehouse);
  const authenticator = await addPasskey(owner);
  const app = await turnOnSecondStep(gatehouse, owner);
  const [recoveryCode = ""] = app.recoveryCodes;
  return { owner, authenticator, app, recoveryCode };
}

/** Each function brings a visitor into the initial state of a step. `mail` is the newest message to them. */
const VISITORS = {
  /** There is no account. */
  nobody: async (gatehouse: Gatehouse) => ({ browser: gatehouse.browser(), mail: null }),
  /** Ada has an account. This browser has no cookies. */
  guest: async (gatehouse: Gatehouse) => {
    const browser = await signUp(gatehouse);
    browser.cookies.clear();
    return { browser, mail: await gatehouse.inbox.newest(ADA.email) };
  },
  /** Ada has signed up here, and her email is isn't verified yet. */
  member: async (gatehouse: Gatehouse) => ({
    browser: await signUp(gatehouse),
    mail: await gatehouse.inbox.newest(ADA.email),
  }),
  /** Bob is signed in here. Ada has an account, too. */
  neighbour: async (gatehouse: Gatehouse) => {
    await signUp(gatehouse);
    return { browser: await signUp(gatehouse, { ...ADA.signup, email: "bob@example.com" }), mail: null };
  },
  /** Ada's email is verified, she has requested a change of it, and has the message to the new email. */
  moving: async (gatehouse: Gatehouse): Promise<{ browser: Browser; mail: ReceivedMail }> => {
    const browser = await signUp(gatehouse);
    await browser.post(VERIFY, new URLSearchParams({ code: codeIn(await gatehouse.inbox.newest(ADA.email)) }));
    await browser.post(`${ACCOUNT}/email`, new URLSearchParams({ email: NEW_ADDRESS, ...CURRENT }));
    return { browser, mail: await gatehouse.inbox.newest(NEW_ADDRESS) };
  },
  /** Ada has changed her email. This browser has no cookies, but the message to the old email. */
  moved: async (gatehouse: Gatehouse): Promise<{ browser: Browser; mail: ReceivedMail }> => {
    const { browser, mail } = await VISITORS.moving(gatehouse);
    await browser.post(linkIn(mail, "/auth/confirm-email/"), new URLSearchParams());
    return { browser: gatehouse.browser(), mail: await gatehouse.inbox.newest(ADA.email, 2) };
  },
  /** Ada's email is verified. This browser has no cookies. */
  verified: async (gatehouse: Gatehouse) => {
    const browser = await signUp(gatehouse);
    const mail = await gatehouse.inbox.newest(ADA.email);
    await browser.post(VERIFY, new URLSearchParams({ code: codeIn(mail) }));
    await gatehouse.settle();
    return { browser: gatehouse.browser(), mail };
  },
  /** Ada's email is verified, and she has signed out here, so this browser is a known device. */
  returning: async (gatehouse: Gatehouse) => {
    const browser = await signUp(gatehouse);
    const mail = await gatehouse.inbox.newest(ADA.email);
    await browser.post(VERIFY, new URLSearchParams({ code: codeIn(mail) }));
    await browser.post("/auth/signout", new URLSearchParams());
    return { browser, mail };
  },
  /** Like `verified`, and someone else has signed up with Ada's email since. */
  contested: async (gatehouse: Gatehouse) => {
    const { browser } = await VISITORS.verified(gatehouse);
    await gatehouse.browser().post("/auth/signup", new URLSearchParams(TAKEN));
    return { browser, mail: await gatehouse.inbox.newest(ADA.email, 2) };
  },
  /** Ada's email is verified, and she has opened a reset link here. */
  forgetful: async (gatehouse: Gatehouse): Promise<{ browser: Browser; mail: ReceivedMail }> => {
    await VISITORS.verified(gatehouse);
    return VISITORS.opened(gatehouse);
  },
  /** Ada's email is not verified, and she has opened a reset link here. */
  unverified: async (gatehouse: Gatehouse): Promise<{ browser: Browser; mail: ReceivedMail }> => {
    await signUp(gatehouse);
    return VISITORS.opened(gatehouse);
  },
  /** The owner of the account has requested a password reset, and opened the link here. */
  opened: async (gatehouse: Gatehouse): Promise<{ browser: Browser; mail: ReceivedMail }> => {
    const browser = gatehouse.browser();
    await browser.post("/auth/forgot-password", new URLSearchParams({ email: ADA.email }));
    const mail = await gatehouse.inbox.newest(ADA.email, 2);
    await browser.open(linkIn(mail, "/auth/reset-password/"));
    return { browser, mail };
  },
  /** Ada has a passkey, and sees the sign-in page. */
  holder: async (gatehouse: Gatehouse) => {
    const authenticator = await addPasskey(await signUpVerified(gatehouse));
    const browser = gatehouse.browser();
    const page = await browser.open("/auth/signin");
    return { browser, mail: null, atHand: { credential: authenticator.get(passkeyOptions(page, "/auth/passkey")) } };
  },
  /** Ada has entered her password, and sees the page of the second step. */
  halfway: async (gatehouse: Gatehouse) => {
    const { authenticator, app, recoveryCode } = await protect(gatehouse);
    const browser = gatehouse.browser();
    await browser.post("/auth/signin", new URLSearchParams(ADA.signin));
    const options = passkeyOptions(await browser.open("/auth/second-step"), "/auth/second-step");
    const atHand = { code: app.code(), credential: authenticator.get(options), recoveryCode };
    return { browser, mail: null, atHand };
  },
  /** Ada has the second step. This browser has no cookies. */
  protected: async (gatehouse: Gatehouse) => {
    await protect(gatehouse);
    return { browser: gatehouse.browser(), mail: null };
  },
  /** Ada has the second step and signed in long ago. */
  absent: async (gatehouse: Gatehouse) => {
    const { owner, authenticator, app, recoveryCode } = await protect(gatehouse);
    await ageProofs(gatehouse, owner);
    const page = await owner.open(`${ACCOUNT}/confirm`);
    const credential = authenticator.get(passkeyOptions(page, `${ACCOUNT}/confirm`));
    const passkey = (await owner.open(`${ACCOUNT}/sign-in`)).links().find((path) => path.includes("/passkeys/")) ?? "";
    return { browser: owner, mail: null, atHand: { code: app.code(), credential, recoveryCode, passkey } };
  },
  /** Ada has the second step, has just confirmed who she is, and sees the page of a new passkey. */
  present: async (gatehouse: Gatehouse) => {
    const { owner, recoveryCode } = await protect(gatehouse);
    const page = await owner.open(`${ACCOUNT}/passkeys/new`);
    const { excludeCredentials: _, ...options } = JSON.parse(passkeyOptions(page, `${ACCOUNT}/passkeys`));
    const credential = new Authenticator().create(JSON.stringify(options));
    const codes = await owner.open(`${ACCOUNT}/recovery-codes`);
    const sealed = codes.field("sealed").getAttribute("value") ?? "";
    return { browser: owner, mail: null, atHand: { credential, sealed, recoveryCode } };
  },
  /** Ada has recovery codes and sees the page that sets up the app. */
  enrolling: async (gatehouse: Gatehouse) => {
    const owner = await signUpVerified(gatehouse);
    const codes = await owner.open(`${ACCOUNT}/recovery-codes`);
    const setUp = (await owner.submit(codes, `${ACCOUNT}/recovery-codes`, { saved: "yes" })).location ?? "";
    const page = await owner.open(setUp);
    const savedCodes = page.field("codes").getAttribute("value") ?? "";
    const sealed = page.field("sealed").getAttribute("value") ?? "";
    const { code } = createApp(page.texts("main p code")[0]?.replaceAll(" ", "") ?? "");
    return { browser: owner, mail: null, atHand: { sealed, code: code(), codes: savedCodes, setUp } };
  },
  /** Ada has signed up with a passkey and given it up. */
  factorless: async (gatehouse: Gatehouse) => {
    const browser = gatehouse.browser();
    await browser.post("/auth/signup", new URLSearchParams({ email: ADA.email, with: "passkey" }));
    await gatehouse.inbox.newest(ADA.email);
    await gatehouse.settle();
    await ageProofs(gatehouse, browser);
    return { browser, mail: null };
  },
} as const;

type Visitor = keyof typeof VISITORS;

interface Step {
  readonly step: string;
  readonly as: Visitor;
  readonly take: (browser: Browser, mail: ReceivedMail | null, atHand: AtHand) => Promise<Page>;
  readonly status: number;
  /** The calls to the stores before the response, in order. */
  readonly calls: readonly string[];
  /** The length of the longest chain of calls that wait for one another. */
  readonly inSeries: number;
  /** The calls to the stores after the response. */
  readonly after?: readonly string[];
}

const post =
  (path: string, fields: Readonly<Record<string, string>> = {}) =>
  (browser: Browser) =>
    browser.post(path, new URLSearchParams(fields));
const open = (path: string) => (browser: Browser) => browser.open(path);

/** The code or the link in the newest message. An empty string if there is no message. */
const code = (mail: ReceivedMail | null) => (mail ? codeIn(mail) : "");
const link = (mail: ReceivedMail | null, prefix: string) => (mail ? linkIn(mail, prefix) : "");
const RESET = "/auth/reset-password";
const FRESH = { password: "difference engine 1822", passwordConfirmation: "difference engine 1822" };

/**
 * A change of the user's row in a transaction. A marker is stored before the commit, and the snapshot after the
 * response.
 */
const CHANGE_OF_USER = ["BEGIN", "SELECT", "EVAL mark user", "COMMIT"];
const PUBLISH = "EVAL write user";
const READ = "EVAL read session";
const TAKE_ALLOWANCE = "EVAL consume";
/** The limit by ip, if the step has no other limit. */
const COUNT_SOURCE = "EVAL consume";
/** The breach check of a new password. */
const LOOK_UP = "RANGE";

/** After a right password, the attempt is refunded and an event is added to the audit log. */
const FORGIVE = "EVAL remember device";
const RECORD = "INSERT";
/** Outside a transaction, the events of that day are counted first. */
const RECORD_LATER = ["SELECT", RECORD];
const KNOW_DEVICE = "EVAL remember device";
/** A notice is queued in the transaction of its change. After the response it is counted, sent and deleted. */
const QUEUE = "INSERT";
const SEND = [TAKE_ALLOWANCE, "DELETE"];
/** The sign-in on a new device: its event and its notice are stored in one transaction after the response. */
const RECORD_WITH_NOTICE = ["BEGIN", ...RECORD_LATER, QUEUE, "COMMIT", ...SEND];
const END = "HDEL";
const END_ALL = "EVAL end sessions";
const ERASE = "EVAL erase person";
const FORGET = "DEL";

/** The token and those that it revokes are locked, then deleted. */
const CONSUME = ["SELECT", "DELETE"];
const DELETE_FACTORS = ["DELETE", "DELETE", "DELETE", "DELETE"];
const DELETE_USER = ["SELECT", "SELECT", "DELETE", "DELETE", "SELECT", "DELETE", "DELETE", "DELETE", "DELETE"];
const DELETE_ALL = [...DELETE_USER, ...DELETE_FACTORS];
const CREATE = ["BEGIN", "INSERT", "INSERT", "COMMIT"];
const START_SESSION = "EVAL start session";
const WRONG = { email: ADA.email, password: "not the password" };
const TAKEN = { ...ADA.signup, password: "another password", passwordConfirmation: "another password" };

/**
 * The calls of each step. These numbers are promised in the documentation: they are exact, and never raised in passing.
 */
const TABLE: readonly Step[] = [
  { step: "GET /", as: "guest", take: open("/"), status: 200, calls: [], inSeries: 0 },
  { step: "GET /", as: "member", take: open("/"), status: 303, calls: [READ], inSeries: 1 },
  { step: "GET /auth/signin", as: "guest", take: open("/auth/signin"), status: 200, calls: [], inSeries: 0 },
  { step: "GET /auth/signin", as: "member", take: open("/auth/signin"), status: 303, calls: [READ], inSeries: 1 },
  { step: "GET /auth/signup", as: "guest", take: open("/auth/signup"), status: 200, calls: [], inSeries: 0 },
  { step: "GET /auth/session", as: "guest", take: open("/auth/session"), status: 200, calls: [], inSeries: 0 },
  { step: "GET /auth/session", as: "member", take: open("/auth/session"), status: 200, calls: [READ], inSeries: 1 },
  { step: "GET /app", as: "guest", take: open("/app"), status: 303, calls: [], inSeries: 0 },
  { step: "GET /app", as: "member", take: open("/app"), status: 200, calls: [READ], inSeries: 1 },
  { step: "GET /nowhere", as: "member", take: open("/nowhere"), status: 404, calls: [], inSeries: 0 },
  {
    step: "GET /assets/enhance.js",
    as: "member",
    take: open("/assets/enhance.js"),
    status: 200,
    calls: [],
    inSeries: 0,
  },
  {
    step: "GET /healthz",
    as: "guest",
    take: open("/healthz"),
    status: 200,
    calls: [COUNT_SOURCE, "BEGIN", "SELECT", "INSERT", "ROLLBACK"],
    inSeries: 5,
  },
  {
    step: "POST /auth/signout",
    as: "member",
    take: post("/auth/signout"),
    status: 303,
    calls: [END],
    inSeries: 1,
    after: RECORD_LATER,
  },
  { step: "POST /auth/signout", as: "guest", take: post("/auth/signout"), status: 303, calls: [], inSeries: 0 },
  {
    step: "POST /auth/signin",
    as: "guest",
    take: post("/auth/signin", ADA.signin),
    status: 303,
    calls: ["SELECT", TAKE_ALLOWANCE, START_SESSION],
    inSeries: 2,
    after: [FORGIVE, ...RECORD_LATER],
  },
  {
    step: "POST /auth/signin",
    as: "returning",
    take: post("/auth/signin", ADA.signin),
    status: 303,
    calls: ["SELECT", TAKE_ALLOWANCE, START_SESSION],
    inSeries: 2,
    after: [FORGIVE, ...RECORD_LATER],
  },
  {
    step: "POST /auth/signin",
    as: "verified",
    take: post("/auth/signin", ADA.signin),
    status: 303,
    calls: ["SELECT", TAKE_ALLOWANCE, START_SESSION],
    inSeries: 2,
    after: [FORGIVE, ...RECORD_WITH_NOTICE],
  },
  {
    step: "POST /auth/signin, wrong",
    as: "guest",
    take: post("/auth/signin", WRONG),
    status: 401,
    calls: ["SELECT", TAKE_ALLOWANCE],
    inSeries: 1,
    after: [RECORD],
  },
  {
    step: "POST /auth/signin, unknown",
    as: "nobody",
    take: post("/auth/signin", WRONG),
    status: 401,
    calls: ["SELECT", TAKE_ALLOWANCE],
    inSeries: 1,
    after: [RECORD],
  },
  {
    step: "POST /auth/signup",
    as: "nobody",
    take: post("/auth/signup", ADA.signup),
    status: 303,
    calls: [LOOK_UP, COUNT_SOURCE, "SELECT", ...CREATE, START_SESSION],
    inSeries: 6,
    after: [...RECORD_LATER, FORGIVE, TAKE_ALLOWANCE, "INSERT"],
  },
  {
    step: "POST /auth/signup, sent again",
    as: "guest",
    take: post("/auth/signup", ADA.signup),
    status: 303,
    calls: [LOOK_UP, COUNT_SOURCE, "SELECT", TAKE_ALLOWANCE, START_SESSION],
    inSeries: 3,
    after: [FORGIVE, ...RECORD_LATER],
  },
  {
    step: "POST /auth/signup, taken",
    as: "guest",
    take: post("/auth/signup", TAKEN),
    status: 422,
    calls: [LOOK_UP, COUNT_SOURCE, "SELECT", TAKE_ALLOWANCE],
    inSeries: 2,
    after: [RECORD],
  },

  { step: `GET ${VERIFY}`, as: "nobody", take: open(VERIFY), status: 303, calls: [], inSeries: 0 },
  {
    step: `GET ${VERIFY}`,
    as: "member",
    take: open(VERIFY),
    status: 200,
    calls: [READ, COUNT_SOURCE, "SELECT"],
    inSeries: 2,
  },
  {
    step: `POST ${VERIFY}, wrong`,
    as: "member",
    take: post(VERIFY, { code: "00000000" }),
    status: 422,
    calls: [READ, COUNT_SOURCE, "SELECT", TAKE_ALLOWANCE, "UPDATE", "SELECT"],
    inSeries: 5,
  },
  {
    step: `POST ${VERIFY}`,
    as: "member",
    take: (browser, mail) => browser.post(VERIFY, new URLSearchParams({ code: code(mail) })),
    status: 303,
    calls: [
      READ,
      COUNT_SOURCE,
      "SELECT",
      TAKE_ALLOWANCE,
      "UPDATE",
      "SELECT",
      ...CHANGE_OF_USER,
      ...CONSUME,
      "UPDATE",
      RECORD,
      START_SESSION,
    ],
    inSeries: 13,
    after: [PUBLISH, KNOW_DEVICE, END, ...RECORD_LATER],
  },
  {
    step: `POST ${VERIFY}/resend`,
    as: "member",
    take: post(`${VERIFY}/resend`),
    status: 303,
    calls: [COUNT_SOURCE, READ, "SELECT", TAKE_ALLOWANCE, "INSERT"],
    inSeries: 4,
  },
  {
    step: `GET ${VERIFY}/:token`,
    as: "guest",
    take: (browser, mail) => browser.open(link(mail, `${VERIFY}/`)),
    status: 200,
    calls: [COUNT_SOURCE, "SELECT"],
    inSeries: 2,
  },
  {
    step: `POST ${VERIFY}/:token`,
    as: "guest",
    take: (browser, mail) => browser.post(link(mail, `${VERIFY}/`), new URLSearchParams({ password: ADA.password })),
    status: 303,
    calls: [
      COUNT_SOURCE,
      "SELECT",
      "UPDATE",
      "SELECT",
      TAKE_ALLOWANCE,
      ...CHANGE_OF_USER,
      ...CONSUME,
      "UPDATE",
      RECORD,
    ],
    inSeries: 11,
    after: [PUBLISH, FORGIVE],
  },

  {
    step: "GET /auth/forgot-password",
    as: "guest",
    take: open("/auth/forgot-password"),
    status: 200,
    calls: [],
    inSeries: 0,
  },
  {
    step: "POST /auth/forgot-password",
    as: "guest",
    take: post("/auth/forgot-password", { email: ADA.email }),
    status: 303,
    calls: [TAKE_ALLOWANCE, "INSERT"],
    inSeries: 2,
    after: ["SELECT", "INSERT", "SELECT", "UPDATE"],
  },
  {
    step: "POST /auth/forgot-password, unknown",
    as: "nobody",
    take: post("/auth/forgot-password", { email: ADA.email }),
    status: 303,
    calls: [TAKE_ALLOWANCE, "INSERT"],
    inSeries: 2,
    after: ["SELECT", "INSERT", "SELECT", "UPDATE"],
  },
  {
    step: "GET /auth/forgot-password/sent",
    as: "guest",
    take: open("/auth/forgot-password/sent"),
    status: 200,
    calls: [],
    inSeries: 0,
  },
  {
    step: `GET ${RESET}/:token`,
    as: "forgetful",
    take: (browser, mail) => browser.open(link(mail, `${RESET}/`)),
    status: 303,
    calls: [],
    inSeries: 0,
  },
  { step: `GET ${RESET}`, as: "guest", take: open(RESET), status: 410, calls: [], inSeries: 0 },
  {
    step: `GET ${RESET}`,
    as: "forgetful",
    take: open(RESET),
    status: 200,
    // The link, then the account and its passkeys at the same time.
    calls: [COUNT_SOURCE, "SELECT", "SELECT", "SELECT"],
    inSeries: 3,
  },
  {
    step: `POST ${RESET}`,
    as: "forgetful",
    take: post(RESET, FRESH),
    status: 303,
    // The key is read while the breach check runs.
    calls: [
      COUNT_SOURCE,
      "SELECT",
      LOOK_UP,
      "SELECT",
      ...CHANGE_OF_USER,
      ...CONSUME,
      "UPDATE",
      "INSERT",
      "SELECT",
      RECORD,
      QUEUE,
    ],
    inSeries: 13,
    after: [PUBLISH, KNOW_DEVICE, END_ALL, ...SEND],
  },
  {
    step: `POST ${RESET}, never verified`,
    as: "unverified",
    take: post(RESET, FRESH),
    status: 303,
    calls: [
      COUNT_SOURCE,
      "SELECT",
      LOOK_UP,
      "SELECT",
      ...CHANGE_OF_USER,
      ...CONSUME,
      "UPDATE",
      ...DELETE_ALL,
      "INSERT",
      "INSERT",
      RECORD,
      QUEUE,
    ],
    inSeries: 26,
    after: [KNOW_DEVICE, ERASE, ...SEND],
  },
];

/** The calls of the pages of an account. Ada is signed in and has just entered her password. */
const RAISE_EPOCH = [...CHANGE_OF_USER, "UPDATE", RECORD];
const CONFIRM = ["SELECT", "SELECT", "DELETE", "SELECT", "INSERT", "UPDATE", QUEUE];
const UNDO = [
  ...CONSUME,
  "SELECT",
  "DELETE",
  "SELECT",
  "SELECT",
  "DELETE",
  "DELETE",
  "DELETE",
  "UPDATE",
  "UPDATE",
  "INSERT",
  QUEUE,
  QUEUE,
];
const ACCOUNT_TABLE: readonly Step[] = [
  ...["/password", "/data", "/delete"].map((page) => ({
    step: `GET ${ACCOUNT}${page}`,
    as: "member" as const,
    take: open(ACCOUNT + page),
    status: 200,
    calls: [READ],
    inSeries: 1,
  })),
  ...["", "/sessions"].map((page) => ({
    step: `GET ${ACCOUNT}${page}`,
    as: "member" as const,
    take: open(ACCOUNT + page),
    status: 200,
    calls: [COUNT_SOURCE, "EVAL read sessions"],
    inSeries: 1,
  })),
  {
    step: `GET ${ACCOUNT}/security`,
    as: "member",
    take: open(`${ACCOUNT}/security`),
    status: 200,
    calls: [READ, COUNT_SOURCE, "SELECT"],
    inSeries: 2,
  },
  {
    step: `GET ${ACCOUNT}/email`,
    as: "member",
    take: open(`${ACCOUNT}/email`),
    status: 200,
    calls: [READ, COUNT_SOURCE, "SELECT", "SELECT"],
    inSeries: 2,
  },
  {
    step: `GET ${ACCOUNT}/activity`,
    as: "member",
    take: open(`${ACCOUNT}/activity`),
    status: 200,
    calls: [READ, COUNT_SOURCE, "SELECT"],
    inSeries: 2,
  },
  {
    step: `GET ${ACCOUNT}/export`,
    as: "member",
    take: open(`${ACCOUNT}/export`),
    status: 200,
    calls: [READ, COUNT_SOURCE, "EVAL read sessions", ...Array(10).fill("SELECT")],
    inSeries: 2,
    after: [RECORD],
  },
  {
    step: `GET ${ACCOUNT}/sessions`,
    as: "guest",
    take: open(`${ACCOUNT}/sessions`),
    status: 303,
    calls: [],
    inSeries: 0,
  },
  {
    step: `POST ${ACCOUNT}/password`,
    as: "member",
    take: post(`${ACCOUNT}/password`, { ...CURRENT, ...FRESH }),
    status: 303,
    calls: [
      READ,
      COUNT_SOURCE,
      LOOK_UP,
      "SELECT",
      TAKE_ALLOWANCE,
      ...RAISE_EPOCH,
      "DELETE",
      "UPDATE",
      QUEUE,
      START_SESSION,
    ],
    inSeries: 12,
    after: [PUBLISH, KNOW_DEVICE, END, END_ALL, ...SEND],
  },
  {
    step: `POST ${ACCOUNT}/email`,
    as: "member",
    take: post(`${ACCOUNT}/email`, { email: NEW_ADDRESS }),
    status: 303,
    calls: [READ, COUNT_SOURCE, "SELECT", "SELECT", TAKE_ALLOWANCE, "INSERT"],
    inSeries: 3,
    after: [...RECORD_LATER, "SELECT"],
  },
  {
    step: `POST ${ACCOUNT}/email, taken`,
    as: "neighbour",
    take: post(`${ACCOUNT}/email`, { email: ADA.email }),
    status: 303,
    calls: [READ, COUNT_SOURCE, "SELECT", "SELECT", TAKE_ALLOWANCE, "INSERT"],
    inSeries: 3,
    after: [...RECORD_LATER, "SELECT"],
  },
  {
    step: "GET /auth/confirm-email/:token",
    as: "moving",
    take: (browser, mail) => browser.open(link(mail, "/auth/confirm-email/")),
    status: 200,
    calls: [READ, COUNT_SOURCE, "SELECT"],
    inSeries: 2,
  },
  {
    step: "POST /auth/confirm-email/:token",
    as: "moving",
    take: (browser, mail) => browser.post(link(mail, "/auth/confirm-email/"), new URLSearchParams()),
    status: 303,
    calls: [COUNT_SOURCE, READ, "SELECT", ...RAISE_EPOCH, ...CONFIRM, START_SESSION],
    inSeries: 15,
    // The message names the new email, which is read when it is sent.
    after: [PUBLISH, "INSERT", "SELECT", ...SEND, FORGET, FORGIVE, END, END_ALL],
  },
  {
    step: "GET /auth/undo-email/:token",
    as: "moved",
    take: (browser, mail) => browser.open(link(mail, "/auth/undo-email/")),
    status: 200,
    calls: [COUNT_SOURCE, "SELECT"],
    inSeries: 2,
  },
  {
    step: "POST /auth/undo-email/:token",
    as: "moved",
    take: (browser, mail) => browser.post(link(mail, "/auth/undo-email/"), new URLSearchParams()),
    status: 303,
    calls: [COUNT_SOURCE, "SELECT", ...RAISE_EPOCH, ...UNDO, "SELECT", "DELETE", "DELETE", "DELETE"],
    inSeries: 25,
    after: [PUBLISH, FORGET, FORGET, END_ALL, ...SEND, ...SEND],
  },
  {
    step: `POST ${ACCOUNT}/sessions/revoke-others`,
    as: "member",
    take: post(`${ACCOUNT}/sessions/revoke-others`),
    status: 303,
    calls: [READ, COUNT_SOURCE, ...RAISE_EPOCH, "DELETE", START_SESSION],
    inSeries: 8,
    after: [PUBLISH, END, END_ALL],
  },
  {
    step: `POST ${ACCOUNT}/delete`,
    as: "member",
    take: post(`${ACCOUNT}/delete`, { ...CURRENT, confirmation: "yes" }),
    status: 303,
    calls: [READ, COUNT_SOURCE, "SELECT", TAKE_ALLOWANCE, ...CHANGE_OF_USER, ...DELETE_ALL, QUEUE],
    inSeries: 19,
    after: [ERASE, FORGET, ...SEND],
  },
];

/** The steps that differ if emails must be verified. */
const REQUIRED_TABLE: readonly Step[] = [
  {
    step: "POST /auth/signup",
    as: "nobody",
    take: post("/auth/signup", ADA.signup),
    status: 303,
    calls: [LOOK_UP, COUNT_SOURCE, TAKE_ALLOWANCE, "INSERT", "INSERT"],
    inSeries: 3,
    after: ["SELECT"],
  },
  {
    step: `POST ${VERIFY}`,
    as: "member",
    take: (browser, mail) => browser.post(VERIFY, new URLSearchParams({ code: code(mail) })),
    status: 303,
    calls: [
      COUNT_SOURCE,
      "SELECT",
      TAKE_ALLOWANCE,
      "UPDATE",
      "SELECT",
      "SELECT",
      "BEGIN",
      ...CONSUME,
      "DELETE",
      "INSERT",
      "INSERT",
      RECORD,
      "COMMIT",
      "SELECT",
      START_SESSION,
    ],
    inSeries: 16,
    after: [KNOW_DEVICE, ...RECORD_LATER],
  },
  ...(["nobody", "member", "verified", "contested"] as const).map((as) => ({
    step: "POST /auth/signin, wrong",
    as,
    take: post("/auth/signin", WRONG),
    status: 401,
    calls: ["SELECT", "SELECT", TAKE_ALLOWANCE],
    inSeries: 1,
    after: [RECORD],
  })),
  ...(["member", "contested"] as const).map((as) => ({
    step: "POST /auth/signin, with the password of a sign-up that waits",
    as,
    take: post("/auth/signin", as === "member" ? ADA.signin : { email: ADA.email, password: TAKEN.password }),
    status: 303,
    calls: ["SELECT", "SELECT", TAKE_ALLOWANCE, TAKE_ALLOWANCE, "INSERT", "INSERT"],
    inSeries: 3,
    after: [RECORD, "SELECT"],
  })),
  ...(["verified", "contested"] as const).map((as) => ({
    step: "POST /auth/signin",
    as,
    take: post("/auth/signin", ADA.signin),
    status: 303,
    calls: ["SELECT", "SELECT", TAKE_ALLOWANCE, START_SESSION],
    inSeries: 2,
    after: [FORGIVE, ...RECORD_WITH_NOTICE],
  })),
  {
    step: "POST /auth/signin",
    as: "returning",
    take: post("/auth/signin", ADA.signin),
    status: 303,
    calls: ["SELECT", "SELECT", TAKE_ALLOWANCE, START_SESSION],
    inSeries: 2,
    after: [FORGIVE, ...RECORD_LATER],
  },
  ...(["nobody", "member", "verified", "contested"] as const).map((as) => ({
    step: "POST /auth/forgot-password",
    as,
    take: post("/auth/forgot-password", { email: ADA.email }),
    status: 303,
    calls: [TAKE_ALLOWANCE, "INSERT"],
    inSeries: 2,
    after: ["SELECT", "INSERT", "SELECT", "UPDATE"],
  })),
];

/** Posts what the visitor has at hand by these names. */
const give =
  (path: string, names: readonly string[], fields: Readonly<Record<string, string>> = {}) =>
  (browser: Browser, _: ReceivedMail | null, atHand: AtHand) =>
    browser.post(
      path.replace(":passkey", atHand["passkey"] ?? ""),
      new URLSearchParams({ ...fields, ...Object.fromEntries(names.map((name) => [name, atHand[name] ?? ""])) }),
    );
/** Signing in and confirming with further factors, and their pages. */
const FACTOR_TABLE: readonly Step[] = [
  { step: "GET /auth/passkey", as: "guest", take: open("/auth/passkey"), status: 200, calls: [], inSeries: 0 },
  {
    step: "POST /auth/passkey",
    as: "holder",
    take: give("/auth/passkey", ["credential"]),
    status: 303,
    calls: ["SET", "SELECT", COUNT_SOURCE, START_SESSION],
    inSeries: 2,
    after: ["UPDATE", "SELECT", KNOW_DEVICE, "INSERT"],
  },
  {
    step: "POST /auth/passkey, malformed",
    as: "guest",
    take: post("/auth/passkey", { credential: "{}" }),
    status: 401,
    calls: [COUNT_SOURCE],
    inSeries: 1,
  },
  {
    step: "POST /auth/signup, with a passkey",
    as: "nobody",
    take: post("/auth/signup", { email: ADA.email, with: "passkey" }),
    status: 303,
    calls: ["SELECT", COUNT_SOURCE, "BEGIN", "INSERT", "INSERT", "COMMIT", START_SESSION],
    inSeries: 6,
    after: ["SELECT", KNOW_DEVICE, COUNT_SOURCE, "INSERT", "INSERT"],
  },
  {
    step: "POST /auth/signin, two steps",
    as: "protected",
    take: post("/auth/signin", ADA.signin),
    status: 303,
    calls: ["SELECT", COUNT_SOURCE],
    inSeries: 1,
    after: ["EVAL refund"],
  },
  {
    step: "GET /auth/second-step",
    as: "halfway",
    take: open("/auth/second-step"),
    status: 200,
    calls: ["SELECT", "SELECT", "SELECT", "SELECT", COUNT_SOURCE],
    inSeries: 1,
  },
  {
    step: "GET /auth/second-step/recovery",
    as: "halfway",
    take: open("/auth/second-step/recovery"),
    status: 200,
    calls: [],
    inSeries: 0,
  },
  {
    step: "POST /auth/second-step, with a code",
    as: "halfway",
    take: give("/auth/second-step", ["code"]),
    status: 303,
    calls: ["SELECT", "SELECT", COUNT_SOURCE, "UPDATE", START_SESSION],
    inSeries: 3,
    after: ["EVAL refund", "BEGIN", KNOW_DEVICE, "SELECT", "INSERT", "INSERT", "COMMIT", COUNT_SOURCE, "DELETE"],
  },
  {
    step: "POST /auth/second-step, with a code, remembered",
    as: "halfway",
    take: give("/auth/second-step", ["code"], { remember: "yes" }),
    status: 303,
    calls: ["SELECT", "SELECT", COUNT_SOURCE, "UPDATE", START_SESSION],
    inSeries: 3,
    after: [
      "EVAL refund",
      "BEGIN",
      KNOW_DEVICE,
      "SELECT",
      "INSERT",
      "INSERT",
      "COMMIT",
      COUNT_SOURCE,
      "DELETE",
      "INSERT",
      ...RECORD_LATER,
    ],
  },
  {
    step: "POST /auth/second-step, malformed",
    as: "halfway",
    take: post("/auth/second-step", { code: "1" }),
    status: 422,
    calls: ["SELECT", "SELECT", "SELECT", "SELECT", "SELECT", COUNT_SOURCE],
    inSeries: 2,
  },
  {
    step: "POST /auth/second-step/recovery, malformed",
    as: "halfway",
    take: post("/auth/second-step/recovery", { recoveryCode: "" }),
    status: 422,
    calls: ["SELECT", COUNT_SOURCE],
    inSeries: 1,
  },
  {
    step: "POST /auth/second-step, with a passkey",
    as: "halfway",
    take: give("/auth/second-step", ["credential"]),
    status: 303,
    calls: ["SET", "SELECT", COUNT_SOURCE, START_SESSION],
    inSeries: 2,
    after: ["UPDATE", "BEGIN", KNOW_DEVICE, "SELECT", "INSERT", "INSERT", "COMMIT", COUNT_SOURCE, "DELETE"],
  },
  {
    step: "POST /auth/second-step, wrong",
    as: "halfway",
    take: post("/auth/second-step", { code: "000000" }),
    status: 401,
    calls: ["SELECT", "SELECT", COUNT_SOURCE, "SELECT", "SELECT", "SELECT", "SELECT"],
    inSeries: 2,
    after: [COUNT_SOURCE, "BEGIN", "SELECT", "INSERT", "INSERT", "COMMIT", COUNT_SOURCE, "DELETE"],
  },
  {
    step: "POST /auth/second-step/recovery",
    as: "halfway",
    take: give("/auth/second-step/recovery", ["recoveryCode"]),
    status: 303,
    calls: ["SELECT", COUNT_SOURCE, "DELETE", START_SESSION],
    inSeries: 3,
    after: [
      "SELECT",
      "BEGIN",
      KNOW_DEVICE,
      "BEGIN",
      "SELECT",
      "SELECT",
      "INSERT",
      "INSERT",
      "INSERT",
      "COMMIT",
      "INSERT",
      COUNT_SOURCE,
      "COMMIT",
      "DELETE",
      COUNT_SOURCE,
      "DELETE",
    ],
  },
  {
    step: `GET ${ACCOUNT}/sign-in`,
    as: "absent",
    take: open(`${ACCOUNT}/sign-in`),
    status: 200,
    calls: [READ, COUNT_SOURCE, "SELECT", "SELECT", "SELECT", "SELECT", "SELECT"],
    inSeries: 2,
  },
  {
    step: `GET ${ACCOUNT}/confirm`,
    as: "absent",
    take: open(`${ACCOUNT}/confirm`),
    status: 200,
    calls: [READ, COUNT_SOURCE, "SELECT", "SELECT", "SELECT", "SELECT"],
    inSeries: 2,
  },
  {
    step: `GET ${ACCOUNT}/two-step`,
    as: "absent",
    take: open(`${ACCOUNT}/two-step`),
    status: 200,
    calls: [READ, COUNT_SOURCE, "SELECT", "SELECT", "SELECT", "SELECT"],
    inSeries: 2,
  },
  {
    step: `GET ${ACCOUNT}/authenticator`,
    as: "absent",
    take: open(`${ACCOUNT}/authenticator`),
    status: 200,
    calls: [READ, COUNT_SOURCE, "SELECT", "SELECT", "SELECT", "SELECT"],
    inSeries: 2,
  },
  {
    step: `GET ${ACCOUNT}/delete`,
    as: "absent",
    take: open(`${ACCOUNT}/delete`),
    status: 200,
    calls: [READ, "SELECT", "SELECT", "SELECT", "SELECT"],
    inSeries: 2,
  },
  {
    step: `GET ${ACCOUNT}/passkeys/new`,
    as: "present",
    take: open(`${ACCOUNT}/passkeys/new`),
    status: 200,
    calls: [READ, COUNT_SOURCE, "SELECT", "SELECT", "SELECT", "SELECT"],
    inSeries: 2,
  },
  {
    step: `GET ${ACCOUNT}/recovery-codes`,
    as: "present",
    take: open(`${ACCOUNT}/recovery-codes`),
    status: 200,
    calls: [READ, COUNT_SOURCE, "SELECT", "SELECT", "SELECT", "SELECT"],
    inSeries: 2,
  },
  {
    step: `GET ${ACCOUNT}/authenticator`,
    as: "enrolling",
    take: (browser, _, { setUp = "" }) => browser.open(setUp),
    status: 200,
    calls: [READ, COUNT_SOURCE, "SELECT", "SELECT", "SELECT", "SELECT"],
    inSeries: 2,
  },
  {
    step: `GET ${ACCOUNT}/passkeys/:id`,
    as: "absent",
    take: (browser, _, { passkey = "" }) => browser.open(passkey),
    status: 200,
    calls: [READ, COUNT_SOURCE, "SELECT", "SELECT", "SELECT", "SELECT"],
    inSeries: 2,
  },
  {
    step: `GET ${ACCOUNT}/export, not confirmed`,
    as: "absent",
    take: open(`${ACCOUNT}/export`),
    status: 303,
    calls: [READ, COUNT_SOURCE],
    inSeries: 1,
  },
  {
    step: `POST ${ACCOUNT}/confirm, with a passkey`,
    as: "absent",
    take: give(`${ACCOUNT}/confirm`, ["credential"]),
    status: 303,
    calls: [READ, COUNT_SOURCE, "SET", "SELECT", START_SESSION],
    inSeries: 3,
    after: ["UPDATE", END],
  },
  {
    step: `POST ${ACCOUNT}/confirm, with a code`,
    as: "absent",
    take: give(`${ACCOUNT}/confirm`, ["code"], CURRENT),
    status: 303,
    calls: [READ, COUNT_SOURCE, "SELECT", COUNT_SOURCE, "SELECT", COUNT_SOURCE, "UPDATE", START_SESSION],
    inSeries: 5,
    after: ["EVAL refund", "EVAL refund", END],
  },
  {
    step: `POST ${ACCOUNT}/confirm/code`,
    as: "factorless",
    take: post(`${ACCOUNT}/confirm/code`, { from: ACCOUNT }),
    status: 303,
    calls: [READ, COUNT_SOURCE, "SELECT", "SELECT", "SELECT", "SELECT", COUNT_SOURCE, "INSERT"],
    inSeries: 4,
  },
  {
    step: `POST ${ACCOUNT}/passkeys`,
    as: "present",
    take: give(`${ACCOUNT}/passkeys`, ["credential"]),
    status: 303,
    calls: [
      READ,
      COUNT_SOURCE,
      "SELECT",
      "SELECT",
      "SELECT",
      "SELECT",
      "SET",
      "BEGIN",
      "SELECT",
      "SELECT",
      "INSERT",
      "INSERT",
      "INSERT",
      "INSERT",
      "SELECT",
      "EVAL mark user",
      "COMMIT",
      START_SESSION,
    ],
    inSeries: 13,
    after: [PUBLISH, END, COUNT_SOURCE, "DELETE"],
  },
  {
    step: `POST ${ACCOUNT}/passkeys/:id`,
    as: "absent",
    take: give(":passkey", [], { name: "Key" }),
    status: 303,
    calls: [READ, COUNT_SOURCE, "SELECT", "UPDATE"],
    inSeries: 3,
  },
  {
    step: `POST ${ACCOUNT}/passkeys/:id/remove`,
    as: "absent",
    take: give(":passkey/remove", ["code"], CURRENT),
    status: 303,
    calls: [
      READ,
      COUNT_SOURCE,
      COUNT_SOURCE,
      "SELECT",
      "SELECT",
      COUNT_SOURCE,
      "UPDATE",
      "BEGIN",
      "SELECT",
      "DELETE",
      "DELETE",
      "SELECT",
      "INSERT",
      "INSERT",
      "SELECT",
      "UPDATE",
      "SELECT",
      "EVAL mark user",
      "COMMIT",
      START_SESSION,
    ],
    inSeries: 16,
    after: ["EVAL refund", "EVAL refund", PUBLISH, END, END_ALL, COUNT_SOURCE, "DELETE"],
  },
  {
    step: `POST ${ACCOUNT}/recovery-codes`,
    as: "present",
    take: give(`${ACCOUNT}/recovery-codes`, ["sealed"], { saved: "yes" }),
    status: 303,
    calls: [
      READ,
      COUNT_SOURCE,
      "BEGIN",
      "SELECT",
      "DELETE",
      "INSERT",
      "UPDATE",
      "INSERT",
      "INSERT",
      "SELECT",
      "EVAL mark user",
      "COMMIT",
    ],
    inSeries: 10,
    after: [PUBLISH, COUNT_SOURCE, "DELETE"],
  },
  {
    step: `POST ${ACCOUNT}/authenticator`,
    as: "enrolling",
    take: give(`${ACCOUNT}/authenticator`, ["sealed", "code", "codes"]),
    status: 303,
    calls: [
      READ,
      COUNT_SOURCE,
      "SELECT",
      "SELECT",
      "SELECT",
      "SELECT",
      COUNT_SOURCE,
      "BEGIN",
      "DELETE",
      "SELECT",
      "SELECT",
      "INSERT",
      "INSERT",
      "INSERT",
      "UPDATE",
      "UPDATE",
      "INSERT",
      "INSERT",
      "SELECT",
      "EVAL mark user",
      "COMMIT",
      START_SESSION,
    ],
    inSeries: 17,
    after: [PUBLISH, KNOW_DEVICE, END, END_ALL, COUNT_SOURCE, COUNT_SOURCE, "DELETE", "DELETE"],
  },
  {
    step: `POST ${ACCOUNT}/authenticator/remove`,
    as: "absent",
    take: give(`${ACCOUNT}/authenticator/remove`, ["code"], CURRENT),
    status: 303,
    calls: [
      READ,
      COUNT_SOURCE,
      "SELECT",
      COUNT_SOURCE,
      "SELECT",
      COUNT_SOURCE,
      "UPDATE",
      "BEGIN",
      "SELECT",
      "DELETE",
      "INSERT",
      "INSERT",
      "SELECT",
      "SELECT",
      "UPDATE",
      "SELECT",
      "EVAL mark user",
      "COMMIT",
      START_SESSION,
    ],
    inSeries: 15,
    after: ["EVAL refund", "EVAL refund", PUBLISH, END, END_ALL, COUNT_SOURCE, "DELETE"],
  },
  {
    step: `POST ${ACCOUNT}/two-step, off`,
    as: "absent",
    take: give(`${ACCOUNT}/two-step`, ["code"], { ...CURRENT, state: "off" }),
    status: 303,
    calls: [
      READ,
      COUNT_SOURCE,
      COUNT_SOURCE,
      "SELECT",
      "SELECT",
      COUNT_SOURCE,
      "UPDATE",
      "BEGIN",
      "SELECT",
      "DELETE",
      "UPDATE",
      "UPDATE",
      "DELETE",
      "DELETE",
      "INSERT",
      "INSERT",
      "SELECT",
      "EVAL mark user",
      "COMMIT",
      START_SESSION,
    ],
    inSeries: 16,
    after: ["EVAL refund", "EVAL refund", PUBLISH, END, END_ALL, COUNT_SOURCE, "DELETE"],
  },
  {
    step: `POST ${ACCOUNT}/sessions/revoke-others, asked`,
    as: "absent",
    take: post(`${ACCOUNT}/sessions/revoke-others`),
    status: 200,
    calls: [READ, COUNT_SOURCE, "SELECT", "SELECT", "SELECT", "SELECT", "EVAL read sessions"],
    inSeries: 3,
  },
];

describe.skipIf(enginesAreMissing())("upstream calls", () => {
  let gatehouse: Gatehouse;
  beforeAll(async () => {
    gatehouse = await startGatehouse();
  });
  beforeEach(() => gatehouse.reset());
  afterAll(() => gatehouse.close());

  test.each([...TABLE, ...ACCOUNT_TABLE, ...FACTOR_TABLE])("$step as $as: $inSeries in series", (step) =>
    expectCalls(gatehouse, step),
  );

  test("of the page after sign-up or sign-in are a single one", async () => {
    const browser = await signUp(gatehouse);
    const pageCalls = async () => {
      await gatehouse.settle();
      gatehouse.standIns.traffic.clear();
      await browser.open("/app");
      return gatehouse.standIns.traffic.calls.map(({ operation }) => operation);
    };
    expect(await pageCalls()).toEqual([READ]);
    await gatehouse.redis.flushdb();
    browser.cookies.clear();
    await browser.post("/auth/signin", new URLSearchParams(ADA.signin));
    expect(await pageCalls()).toEqual([READ]);
  });
});

/**
 * Upstash bills a script and every command that it calls: https://upstash.com/docs/redis/sdks/ratelimit-ts/costs counts
 * "EVAL, INCR, PEXPIRE" as three. The numbers include commands after the response.
 */
const BILLED: readonly [what: string, visitor: Visitor, take: Step["take"], commands: number][] = [
  ["a page", "member", open("/app"), 2],
  ["the list of devices", "member", open(`${ACCOUNT}/sessions`), 6],
  ["a sign-out", "member", post("/auth/signout"), 1],
  ["a sign-in", "guest", post("/auth/signin", ADA.signin), 20],
  ["a sign-in on a new device", "verified", post("/auth/signin", ADA.signin), 24],
  ["a sign-up", "nobody", post("/auth/signup", ADA.signup), 23],
  ["a change of the password", "member", post(`${ACCOUNT}/password`, { ...CURRENT, ...FRESH }), 42],
];

// A real Redis does not report the commands that its scripts call.
const describeBilledCommands = () => {
  let gatehouse: Gatehouse;
  beforeAll(async () => {
    gatehouse = await startGatehouse();
  });
  beforeEach(() => gatehouse.reset());
  afterAll(() => gatehouse.close());

  test.each(BILLED)("for %s", async (_, visitor, take, commands) => {
    const { browser, mail } = await VISITORS[visitor](gatehouse);
    await gatehouse.settle();
    gatehouse.standIns.traffic.clear();
    await take(browser, mail, {});
    await gatehouse.settle();
    expect(gatehouse.standIns.traffic.calls.reduce((sum, call) => sum + (call.commands ?? 0), 0)).toBe(commands);
  });
};
if (IS_EMBEDDED) describe("commands billed by Upstash", describeBilledCommands);

describe.skipIf(enginesAreMissing())("upstream calls if emails must be verified", () => {
  let gatehouse: Gatehouse;
  beforeAll(async () => {
    gatehouse = await startGatehouse({ EMAIL_VERIFICATION: "required" });
  });
  beforeEach(() => gatehouse.reset());
  afterAll(() => gatehouse.close());

  test.each(REQUIRED_TABLE)("$step as $as: $inSeries in series", (step) => expectCalls(gatehouse, step));
});

async function expectCalls(
  gatehouse: Gatehouse,
  { as, take, status, calls, inSeries, after = [] }: Step,
): Promise<void> {
  const { browser, mail, ...rest } = await VISITORS[as](gatehouse);
  const { atHand = {} } = rest as { atHand?: AtHand };
  await gatehouse.settle();
  // A notice is deleted after it was sent, and sending it can take longer than the pauses between calls.
  const notices = async () => (await gatehouse.database.execute("select id from outbox")).rows.length;
  await expect.poll(notices, { timeout: 5_000 }).toBe(0);
  await gatehouse.settle();
  const { traffic } = gatehouse.standIns;
  traffic.clear();
  if (IS_EMBEDDED) traffic.delayMs = DELAY_MILLISECONDS;
  const page = await take(browser, mail, atHand);
  const answeredAt = performance.now();
  expect(page.status).toBe(status);
  // The longest series after a response takes seven delays.
  await expect.poll(() => traffic.calls.length, { timeout: 5_000 }).toBe(calls.length + after.length);
  await expect.poll(() => traffic.calls.every(({ endedAt }) => endedAt !== Number.POSITIVE_INFINITY)).toBe(true);
  const names = (made: readonly Call[]) => made.map(({ operation }) => operation).toSorted();
  // A script that locks the whole database blocks all others.
  expect(traffic.calls.filter(({ locks }) => locks === "database")).toEqual([]);
  if (!IS_EMBEDDED) return expect(names(traffic.calls)).toEqual([...calls, ...after].toSorted());
  // Calls before the response have ended when it arrives. Calls after it take at least the delay.
  const before = traffic.calls.filter(({ endedAt }) => endedAt <= answeredAt);
  expect(names(before)).toEqual(calls.toSorted());
  expect(countInSeries(before)).toBe(inSeries);
  expect(names(traffic.calls.filter((call) => !before.includes(call)))).toEqual(after.toSorted());
}
