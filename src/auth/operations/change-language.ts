import type { Language } from "../../i18n/language.ts";
import { setLanguage } from "../../store/users.ts";
import type { UserCache } from "../accounts/user-cache.ts";

/** Sets the language of an account's notices. `now` is epoch milliseconds. */
export async function changeLanguage(users: UserCache, userId: string, language: Language, now: number): Promise<void> {
  await users.mutate(userId, (transaction) => setLanguage(transaction, userId, language, now));
}
