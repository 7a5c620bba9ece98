import type { Guard } from "./guard.ts";

/** Every promise has one guard, and no two guards change the same text. `npm run test:guards` shows that each test fails. */
export const GUARDS: readonly Guard[] = [
  {
    promise: "No password is hashed before the limiter has counted the attempt at sign-in.",
    file: "src/auth/accounts/accounts.ts",
    from: "const [key] = await Promise.all([read, counted]);",
    to: "const key = await read;\n  await equalizeTiming(password);\n  await counted;",
    project: "embedded",
    test: "test/request/hash-cost.test.ts",
    title: "a password is not hashed at sign-in once the attempts at the account are used up",
  },
];
