import { ADA } from "../../support/people.ts";
import type { Lane } from "./lane.ts";
import {
  ACCOUNT,
  AS_BEFORE,
  CONFIRM,
  CURRENT,
  FRESH,
  linkOf,
  NEW_EMAIL,
  NEW_PASSWORD,
  type Operation,
  opens,
  opensLink,
  posts,
  postsLink,
  RESET,
  type Scene,
  UNDO,
} from "./operation.ts";
import { askForReset, forgetful, guest, member, moved, moving, stranger, withTwoDevices } from "./scenes.ts";

const DELETION = { ...CURRENT, confirmation: "yes" };
const BOB = { ...ADA.signup, email: NEW_EMAIL };
const AFTER_MOVE = { email: NEW_EMAIL, password: ADA.password };
const AFTER_CHANGE = { email: ADA.email, password: NEW_PASSWORD, not: [ADA.password] };

/** Confirms the change of the email with the mailed link, and requests another link if the message was lost. */
async function moveHere(lane: Lane, { browser }: Scene): Promise<void> {
  const ask = async () =>
    (await lane.post(browser, `${ACCOUNT}/email`, { email: NEW_EMAIL, ...CURRENT })).status === 303;
  const { text = "" } = (await lane.mailAfter(ask, NEW_EMAIL, `${CONFIRM}/`)) ?? {};
  await lane.post(browser, linkOf(text, `${CONFIRM}/`));
}

/** Undoing a change removes the password. Chooses one in this browser, or through another link. */
async function chooseAfterUndo(lane: Lane, { browser }: Scene): Promise<void> {
  if ((await lane.post(browser, RESET, FRESH)).status === 303) return;
  await browser.open(await askForReset(lane, browser, ADA.email));
  await lane.post(browser, RESET, FRESH);
}

/** Ada is signed in, and Bob has an account with the email that she wants. */
async function neighbour(lane: Lane): Promise<Scene> {
  await lane.post((await stranger(lane)).browser, "/auth/signup", BOB);
  await lane.gatehouse.settle();
  return member(lane);
}

/** Ada is changing to an email that another account has given up and can no longer get back. */
async function givenUp(lane: Lane): Promise<Scene> {
  const scene = await moving(lane);
  const { database } = lane.gatehouse;
  await database.execute(
    "insert into users (id, email, email_verified_at, session_epoch, created_at, updated_at) values ('lovelace0000001', 'countess@example.com', 1, 0, 1, 1)",
  );
  await database.execute("insert into `keys` (id, user_id, hashed_password) values (?, ?, ?)", [
    "email:countess@example.com",
    "lovelace0000001",
    "s2:none",
  ]);
  await database.execute(
    "insert into reserved_emails (email, user_id, created_at, expires_at) values (?, 'lovelace0000001', 1, 1)",
    [NEW_EMAIL],
  );
  return scene;
}

const READING: readonly Operation[] = [
  ...["", "/password", "/email", "/delete", "/activity", "/export"].map((page) => ({
    name: `GET ${ACCOUNT}${page}`,
    arrange: member,
    act: opens(ACCOUNT + page),
    ending: AS_BEFORE,
  })),
  { name: `GET ${ACCOUNT}/sessions`, arrange: withTwoDevices, act: opens(`${ACCOUNT}/sessions`), ending: AS_BEFORE },
  {
    name: `GET ${ACCOUNT}/sessions?end`,
    arrange: withTwoDevices,
    act: opens(`${ACCOUNT}/sessions?end=others`),
    ending: AS_BEFORE,
  },
  ...["revoke", "revoke-others"].map((page) => ({
    name: `GET ${ACCOUNT}/sessions/${page}`,
    arrange: member,
    act: opens(`${ACCOUNT}/sessions/${page}`),
    ending: AS_BEFORE,
  })),
];

const CHANGING: readonly Operation[] = [
  {
    name: `POST ${ACCOUNT}/password`,
    arrange: withTwoDevices,
    act: posts(`${ACCOUNT}/password`, { ...CURRENT, ...FRESH }),
    over: ["other", "own"],
    ending: AFTER_CHANGE,
  },
  {
    name: `POST ${ACCOUNT}/password, wrong`,
    unharmed: [401],
    arrange: member,
    act: posts(`${ACCOUNT}/password`, { ...FRESH, currentPassword: "not the password" }),
    ending: { ...AS_BEFORE, not: [NEW_PASSWORD] },
  },
  {
    name: `POST ${ACCOUNT}/email`,
    arrange: member,
    act: posts(`${ACCOUNT}/email`, { email: NEW_EMAIL }),
    finish: moveHere,
    ending: AFTER_MOVE,
  },
  {
    name: `POST ${ACCOUNT}/email, with the password`,
    arrange: forgetful(member),
    act: posts(`${ACCOUNT}/email`, { email: NEW_EMAIL, ...CURRENT }),
    finish: moveHere,
    ending: AFTER_MOVE,
  },
  {
    name: `POST ${ACCOUNT}/email, taken`,
    arrange: neighbour,
    act: posts(`${ACCOUNT}/email`, { email: NEW_EMAIL }),
    ending: AS_BEFORE,
  },
  { name: `GET ${CONFIRM}/:token`, arrange: moving, act: opensLink, ending: AS_BEFORE },
  { name: `POST ${CONFIRM}/:token`, arrange: moving, act: postsLink(), over: ["own"], ending: AFTER_MOVE },
  {
    name: `POST ${CONFIRM}/:token, elsewhere`,
    arrange: guest(moving),
    act: postsLink(CURRENT),
    over: ["own"],
    ending: AFTER_MOVE,
  },
  {
    name: `POST ${CONFIRM}/:token, an email that was given up`,
    arrange: givenUp,
    act: postsLink(),
    over: ["own"],
    ending: AFTER_MOVE,
  },
  {
    name: `POST ${ACCOUNT}/email/final`,
    arrange: async (lane) => {
      const scene = await moved(lane);
      await lane.gatehouse.database.execute("update reserved_emails set created_at = 1");
      return scene;
    },
    act: posts(`${ACCOUNT}/email/final`, { email: ADA.email }),
    ending: AFTER_MOVE,
  },
  { name: `GET ${UNDO}/:token`, arrange: guest(moved), act: opensLink, ending: AFTER_MOVE },
  {
    name: `POST ${UNDO}/:token`,
    arrange: guest(moved),
    act: postsLink(),
    finish: chooseAfterUndo,
    over: ["own"],
    ending: AFTER_CHANGE,
  },
];

const ENDING: readonly Operation[] = [
  {
    name: `POST ${ACCOUNT}/sessions/revoke`,
    arrange: withTwoDevices,
    act: (lane, scene) => posts(`${ACCOUNT}/sessions/revoke`, { session: scene.facts["handle"] ?? "" })(lane, scene),
    over: ["other"],
    ending: AS_BEFORE,
  },
  {
    name: `POST ${ACCOUNT}/sessions/revoke, with the password`,
    arrange: forgetful(withTwoDevices),
    act: (lane, scene) =>
      posts(`${ACCOUNT}/sessions/revoke`, { session: scene.facts["handle"] ?? "", ...CURRENT })(lane, scene),
    over: ["other"],
    ending: AS_BEFORE,
  },
  {
    name: `POST ${ACCOUNT}/sessions/revoke-others`,
    arrange: withTwoDevices,
    act: posts(`${ACCOUNT}/sessions/revoke-others`),
    over: ["other", "own"],
    ending: AS_BEFORE,
  },
  {
    name: `POST ${ACCOUNT}/delete`,
    arrange: withTwoDevices,
    act: posts(`${ACCOUNT}/delete`, DELETION),
    over: ["other", "own"],
    ending: null,
  },
  {
    name: `POST ${ACCOUNT}/delete, moved`,
    arrange: moved,
    act: posts(`${ACCOUNT}/delete`, DELETION),
    ending: null,
  },
];

export const ACCOUNT_OPERATIONS: readonly Operation[] = [...READING, ...CHANGING, ...ENDING];
