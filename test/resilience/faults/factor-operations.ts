import { createApp, forgetUsedCodes, turnOnSecondStep } from "../../support/authenticator.ts";
import type { Browser } from "../../support/browser.ts";
import { Authenticator, addPasskey, passkeyOptions } from "../../support/passkey.ts";
import { ADA } from "../../support/people.ts";
import { ageProofs, cookieOf } from "../../support/stored.ts";
import { AFTER_RESET, resetHere } from "./auth-operations.ts";
import type { Lane } from "./lane.ts";
import {
  ACCOUNT,
  AS_BEFORE,
  CURRENT,
  type Factors,
  FRESH,
  type Operation,
  opens,
  posts,
  RESET,
  type Scene,
  toAnswer,
} from "./operation.ts";
import { askForReset, member, stranger } from "./scenes.ts";

const PASSKEY = "/auth/passkey";
const SECOND_STEP = "/auth/second-step";
const PASSKEYS = `${ACCOUNT}/passkeys`;

/** What `holder`, `protectedOwner` and `withCodes` have. */
const KEY: Factors = { passkeys: 1 };
const CODES: Factors = { recovery_codes: 10 };
const ALL: Factors = { ...KEY, ...CODES, authenticators: 1 };

const FRESH_WITHOUT_PASSKEYS = { ...FRESH, removePasskeys: "yes" };

/** The authenticators of all scenes. A fact names one by its place. */
const authenticators: Authenticator[] = [];
const authenticatorOf = ({ facts }: Scene) => authenticators[Number(facts["authenticator"])] ?? new Authenticator();
const codeOf = ({ facts }: Scene, steps = 0) => createApp(facts["secret"] ?? "").code(steps);

/** Ada is signed in and has a passkey. */
async function holder(lane: Lane): Promise<Scene> {
  const { browser } = await member(lane);
  const place = authenticators.push(await addPasskey(browser)) - 1;
  const page = await browser.open(`${ACCOUNT}/sign-in`);
  const link = page.links().find((path) => /passkeys\/[0-9a-f]{64}$/.test(path)) ?? "";
  return { browser, facts: { authenticator: String(place), link } };
}

/** Ada is signed in, and has a passkey, recovery codes and an app. */
async function protectedOwner(lane: Lane): Promise<Scene> {
  const { browser, facts } = await holder(lane);
  const { secret, recoveryCodes } = await turnOnSecondStep(lane.gatehouse, browser);
  return { browser, facts: { ...facts, secret, recoveryCode: recoveryCodes[0] ?? "" } };
}

/** Ada has recovery codes and no app yet. */
async function withCodes(lane: Lane, arrange: (lane: Lane) => Promise<Scene> = member): Promise<Scene> {
  const scene = await arrange(lane);
  const page = await scene.browser.open(`${ACCOUNT}/recovery-codes`);
  const saved = await scene.browser.submit(page, `${ACCOUNT}/recovery-codes`, { saved: "yes" });
  const savedCodes = new URL(saved.location ?? "", saved.url).searchParams.get("codes") ?? "";
  return { ...scene, facts: { ...scene.facts, savedCodes } };
}

/** Ada has entered her password in a new browser. */
async function halfway(lane: Lane): Promise<Scene> {
  const { facts } = await protectedOwner(lane);
  const browser = lane.gatehouse.browser();
  await lane.post(browser, "/auth/signin", ADA.signin);
  return { browser, facts };
}

/** Ada's phone is remembered, and she has signed out there. She is signed in on another device. */
async function rememberPhone(lane: Lane): Promise<{ scene: Scene; phone: Browser }> {
  const scene = await protectedOwner(lane);
  const phone = lane.gatehouse.browser();
  await lane.post(phone, "/auth/signin", ADA.signin);
  await lane.post(phone, SECOND_STEP, { code: codeOf(scene), remember: "yes" });
  await lane.quiet();
  await lane.post(phone, "/auth/signout");
  await forgetUsedCodes(lane.gatehouse);
  return { scene, phone };
}

/** Ada is signed in on her phone, because it is remembered, and on another device. */
async function withRememberedDevice(lane: Lane): Promise<Scene> {
  const { scene, phone } = await rememberPhone(lane);
  await lane.post(phone, "/auth/signin", ADA.signin);
  return { ...scene, facts: { ...scene.facts, phone: cookieOf(phone) } };
}

/** Ada has signed out on her phone, which is remembered. */
async function onRememberedDevice(lane: Lane): Promise<Scene> {
  const { scene, phone } = await rememberPhone(lane);
  return { ...scene, browser: phone };
}

/** Ada has requested a password reset, and opened the link. */
const recovering =
  (arrange: (lane: Lane) => Promise<Scene>) =>
  async (lane: Lane): Promise<Scene> => {
    const { facts } = await arrange(lane);
    const browser = lane.gatehouse.browser();
    await browser.open(await askForReset(lane, browser, ADA.email));
    return { browser, facts };
  };

/** Ada has signed up with a passkey and given it up. */
async function factorless(lane: Lane): Promise<Scene> {
  const scene = await stranger(lane);
  await lane.post(scene.browser, "/auth/signup", { email: ADA.email, with: "passkey" });
  await lane.quiet();
  await ageProofs(lane.gatehouse, scene.browser);
  return scene;
}

/** Chooses a password with a mailed link, after another sign-up if the first one failed. */
async function chooseByMail(lane: Lane): Promise<void> {
  const { browser } = await stranger(lane);
  await lane.post(lane.gatehouse.browser(), "/auth/signup", { email: ADA.email, with: "passkey" });
  await browser.open(await askForReset(lane, browser, ADA.email));
  await lane.post(browser, RESET, ADA.signup);
}

const long =
  (arrange: (lane: Lane) => Promise<Scene>) =>
  async (lane: Lane): Promise<Scene> => {
    const scene = await arrange(lane);
    await ageProofs(lane.gatehouse, scene.browser);
    return scene;
  };
const elsewhere =
  (arrange: (lane: Lane) => Promise<Scene>) =>
  async (lane: Lane): Promise<Scene> => ({ ...(await arrange(lane)), browser: lane.gatehouse.browser() });

/** Opens a page, and sends its form with the passkey that the page asks for. */
const usesPasskey =
  (path: (scene: Scene) => string, action: (scene: Scene) => string, make: "create" | "get") =>
  async (lane: Lane, scene: Scene) => {
    const page = await scene.browser.open(path(scene));
    if (page.status !== 200) return toAnswer(page);
    const { excludeCredentials = [], ...options } = JSON.parse(passkeyOptions(page, action(scene)));
    // The first attempt has added the passkey, and no authenticator makes another one for the same account.
    if (excludeCredentials.length > 0) return toAnswer(page);
    const credential = authenticatorOf(scene)[make](JSON.stringify(options));
    return toAnswer(await lane.post(scene.browser, action(scene), { credential }));
  };
const at = (path: string) => () => path;

/** Posts the password and a code of the app, the next one if the first may be used up. */
const confirms = (path: string | ((scene: Scene) => string), fields: Readonly<Record<string, string>> = {}) => {
  const send = (steps: number) => async (lane: Lane, scene: Scene) => {
    const action = typeof path === "string" ? path : path(scene);
    const typed = { ...CURRENT, ...fields, code: codeOf(scene, steps) };
    return toAnswer(await lane.post(scene.browser, action, typed));
  };
  return { act: send(0), again: send(1) };
};

/** Opens the page of a form with a sealed field, and sends it. */
const sendsSealed =
  (path: string, fill: (page: Awaited<ReturnType<Browser["open"]>>) => Readonly<Record<string, string>>) =>
  async (_: Lane, { browser, facts }: Scene) => {
    const { savedCodes } = facts;
    const page = await browser.open(savedCodes === undefined ? path : `${path}?codes=${savedCodes}`);
    if (page.find('input[name="sealed"]') === null) return toAnswer(page);
    return toAnswer(await browser.submit(page, path, fill(page)));
  };

export const FACTOR_OPERATIONS: readonly Operation[] = [
  {
    name: `POST ${PASSKEY}`,
    arrange: elsewhere(holder),
    act: usesPasskey(at("/auth/signin"), at(PASSKEY), "get"),
    ending: AS_BEFORE,
    factors: KEY,
  },
  {
    name: `POST ${PASSKEY}, unknown`,
    unharmed: [401],
    arrange: async (lane) => {
      const scene = await elsewhere(holder)(lane);
      await lane.gatehouse.database.execute("delete from passkeys");
      await lane.gatehouse.database.execute("delete from `keys` where id like 'passkey:%'");
      return scene;
    },
    act: usesPasskey(at("/auth/signin"), at(PASSKEY), "get"),
    ending: AS_BEFORE,
  },
  {
    name: "POST /auth/signin, two steps",
    arrange: elsewhere(protectedOwner),
    act: posts("/auth/signin", ADA.signin),
    ending: AS_BEFORE,
    factors: ALL,
  },
  {
    name: "POST /auth/signin, remembered device",
    arrange: onRememberedDevice,
    act: posts("/auth/signin", ADA.signin),
    leadsTo: "/app",
    ending: AS_BEFORE,
    factors: { ...ALL, trusted_devices: 1 },
  },
  {
    name: `POST ${RESET}, without passkeys`,
    arrange: recovering(holder),
    act: posts(RESET, FRESH_WITHOUT_PASSKEYS),
    finish: (lane, scene) => resetHere(lane, scene, FRESH_WITHOUT_PASSKEYS),
    ending: AFTER_RESET,
  },
  {
    name: `POST ${RESET}, without passkeys, two steps`,
    arrange: recovering(protectedOwner),
    act: posts(RESET, FRESH_WITHOUT_PASSKEYS),
    finish: (lane, scene) => resetHere(lane, scene, FRESH_WITHOUT_PASSKEYS),
    ending: AFTER_RESET,
    factors: ALL,
  },
  { name: `GET ${SECOND_STEP}`, arrange: halfway, act: opens(SECOND_STEP), ending: AS_BEFORE, factors: ALL },
  {
    name: `POST ${SECOND_STEP}, with a code`,
    arrange: halfway,
    act: async (lane, scene) => posts(SECOND_STEP, { code: codeOf(scene), remember: "yes" })(lane, scene),
    again: async (lane, scene) => posts(SECOND_STEP, { code: codeOf(scene, 1), remember: "yes" })(lane, scene),
    ending: AS_BEFORE,
    // Whether the device is remembered does not delay or change the response. If that fails, it is asked again.
    factors: { ...ALL, trusted_devices: [1, 0] },
  },
  {
    name: `POST ${SECOND_STEP}, with a wrong code`,
    unharmed: [401],
    arrange: halfway,
    act: posts(SECOND_STEP, { code: "000000" }),
    ending: AS_BEFORE,
    factors: ALL,
  },
  {
    name: `POST ${SECOND_STEP}, with a passkey`,
    arrange: halfway,
    leadsTo: "/app",
    act: usesPasskey(at(SECOND_STEP), at(SECOND_STEP), "get"),
    ending: AS_BEFORE,
    factors: ALL,
  },
  {
    name: `POST ${SECOND_STEP}/recovery`,
    arrange: halfway,
    act: async (lane, scene) =>
      posts(`${SECOND_STEP}/recovery`, { recoveryCode: scene.facts["recoveryCode"] ?? "" })(lane, scene),
    ending: AS_BEFORE,
    factors: { ...ALL, recovery_codes: 9 },
  },
  ...["/sign-in", "/confirm", "/two-step", "/authenticator"].map((page) => ({
    name: `GET ${ACCOUNT}${page}`,
    arrange: long(protectedOwner),
    act: opens(ACCOUNT + page),
    ending: AS_BEFORE,
    factors: ALL,
  })),
  {
    name: `POST ${ACCOUNT}/confirm`,
    arrange: long(protectedOwner),
    ...confirms(`${ACCOUNT}/confirm`),
    ending: AS_BEFORE,
    factors: ALL,
  },
  {
    name: `POST ${ACCOUNT}/confirm, with a passkey`,
    arrange: long(protectedOwner),
    act: usesPasskey(at(`${ACCOUNT}/confirm`), at(`${ACCOUNT}/confirm`), "get"),
    ending: AS_BEFORE,
    factors: ALL,
  },
  {
    name: `POST ${PASSKEYS}`,
    arrange: async (lane) => {
      const { browser } = await member(lane);
      return { browser, facts: { authenticator: String(authenticators.push(new Authenticator()) - 1) } };
    },
    act: usesPasskey(at(`${PASSKEYS}/new`), at(PASSKEYS), "create"),
    ending: AS_BEFORE,
    factors: KEY,
  },
  {
    name: `POST ${PASSKEYS}/:id`,
    arrange: holder,
    act: (lane, scene) => posts(scene.facts["link"] ?? "", { name: "Key" })(lane, scene),
    ending: AS_BEFORE,
    factors: KEY,
  },
  {
    name: `POST ${PASSKEYS}/:id/remove`,
    arrange: protectedOwner,
    ...confirms(({ facts }) => `${facts["link"]}/remove`),
    ending: AS_BEFORE,
    factors: { ...ALL, passkeys: 0 },
  },
  {
    name: `POST ${ACCOUNT}/recovery-codes`,
    arrange: protectedOwner,
    act: sendsSealed(`${ACCOUNT}/recovery-codes`, () => ({ saved: "yes" })),
    ending: AS_BEFORE,
    factors: ALL,
  },
  {
    name: `POST ${ACCOUNT}/authenticator/remove`,
    arrange: protectedOwner,
    ...confirms(`${ACCOUNT}/authenticator/remove`),
    ending: AS_BEFORE,
    factors: { ...ALL, authenticators: 0 },
  },
  {
    name: `POST ${ACCOUNT}/two-step, on`,
    arrange: (lane) => withCodes(lane, holder),
    act: async (lane, scene) =>
      posts(`${ACCOUNT}/two-step`, { state: "on", codes: scene.facts["savedCodes"] ?? "" })(lane, scene),
    ending: AS_BEFORE,
    factors: { ...KEY, ...CODES },
  },
  {
    name: `POST ${ACCOUNT}/two-step, off`,
    arrange: withRememberedDevice,
    ...confirms(`${ACCOUNT}/two-step`, { state: "off" }),
    over: ["phone"],
    ending: AS_BEFORE,
    factors: KEY,
  },
  {
    name: `POST ${ACCOUNT}/trusted-devices/forget`,
    arrange: withRememberedDevice,
    act: posts(`${ACCOUNT}/trusted-devices/forget`, { device: "all" }),
    over: ["phone"],
    ending: AS_BEFORE,
    factors: ALL,
  },
  {
    name: `POST ${ACCOUNT}/delete, two steps`,
    arrange: withRememberedDevice,
    ...confirms(`${ACCOUNT}/delete`, { confirmation: "yes" }),
    over: ["phone"],
    ending: null,
  },
  {
    name: `POST ${ACCOUNT}/authenticator`,
    arrange: withCodes,
    act: sendsSealed(`${ACCOUNT}/authenticator`, (page) => ({
      code: createApp(page.texts("main p code")[0]?.replaceAll(" ", "") ?? "").code(),
    })),
    ending: AS_BEFORE,
    factors: { ...CODES, authenticators: 1 },
  },
  {
    name: "POST /auth/signup, with a passkey",
    arrange: stranger,
    act: posts("/auth/signup", { email: ADA.email, with: "passkey" }),
    finish: chooseByMail,
    ending: AS_BEFORE,
  },
  {
    name: `POST ${ACCOUNT}/confirm/code`,
    arrange: factorless,
    act: posts(`${ACCOUNT}/confirm/code`, { from: ACCOUNT }),
    finish: chooseByMail,
    ending: AS_BEFORE,
  },
];
