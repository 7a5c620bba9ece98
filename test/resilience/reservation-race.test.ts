import { afterAll, beforeAll, beforeEach, describe, expect } from "vitest";
import { enginesAreMissing, type Gatehouse, startGatehouse } from "../support/gatehouse.ts";
import { codeIn, linkIn } from "../support/inbox.ts";
import { ADA, signUp } from "../support/people.ts";
import { inRounds, ROUNDS } from "./rounds.ts";

const NEW = "lovelace@example.com";
const CONFIRM = "/auth/confirm-email/";

describe.skipIf(enginesAreMissing())(`an email that is given up, ${ROUNDS} rounds`, () => {
  let gatehouse: Gatehouse;
  beforeAll(async () => {
    gatehouse = await startGatehouse({ SOURCE_POSTS_MAX: "1000000" });
  });
  beforeEach(() => gatehouse.reset());
  afterAll(() => gatehouse.close());

  const post = (browser: ReturnType<Gatehouse["browser"]>, path: string, fields = {}) =>
    browser.post(path, new URLSearchParams(fields));
  const rows = async (sql: string) => (await gatehouse.database.execute(sql)).rows;

  inRounds(
    "a change of the email and sign-ups with the email that is given up: no sign-up gets it",
    () => gatehouse,
    async () => {
      const owner = await signUp(gatehouse);
      await post(owner, "/auth/verify-email", { code: codeIn(await gatehouse.inbox.newest(ADA.email)) });
      await post(owner, "/app/account/email", { email: NEW, currentPassword: ADA.password });
      return { owner, fact: linkIn(await gatehouse.inbox.newest(NEW), CONFIRM) };
    },
    async ({ owner, fact: link, race }) => {
      const stranger = { ...ADA.signup, password: "jacquard loom 1804", passwordConfirmation: "jacquard loom 1804" };
      let isChanged = false;
      const confirm = async () => {
        const answer = await post(owner, link);
        isChanged = true;
        return answer;
      };
      // Repeat the sign-up, so that one is running when the email becomes free.
      const signUpUntilChanged = async () => {
        let answer = await post(gatehouse.browser(), "/auth/signup", stranger);
        while (!isChanged && answer.status === 422) answer = await post(gatehouse.browser(), "/auth/signup", stranger);
        return answer;
      };
      const [change, ...signups] = await race([confirm, signUpUntilChanged, signUpUntilChanged, signUpUntilChanged]);
      expect(change?.notice, gatehouse.logs()).toBe("email-changed");
      // An email is limited to ten password attempts.
      expect(signups.filter(({ status }) => status !== 422 && status !== 429)).toEqual([]);
      expect(await rows("select email from users")).toEqual([{ email: NEW }]);
      expect(await rows("select email from reserved_emails")).toEqual([{ email: ADA.email }]);
    },
  );
});
