import { type FieldBinding, openField, sealField } from "../auth/secret-keys.ts";
import type { Session } from "../auth/sessions/session.ts";
import { hashSecret } from "../auth/tokens/secrets.ts";
import type { Context } from "./context.ts";
import { requireSecretKeys } from "./second-factors.ts";

/** The query parameter and form field that name the recovery codes which this session has just saved. */
export const SAVED_CODES = "codes";

const PURPOSE = "saved-codes";
const SEALED_MILLISECONDS = 60 * 60 * 1_000;

/**
 * Names the recovery codes that were created at `createdAt` (epoch milliseconds), for the page that turns the second step
 * on. Somebody who knew the password may have saved others before, which must not become a second factor.
 */
export async function sealSavedCodes(context: Context, session: Session, createdAt: number): Promise<string> {
  const binding = { ...(await bindingOf(session)), expiresAt: context.now + SEALED_MILLISECONDS };
  return sealField(requireSecretKeys(context), binding, createdAt);
}

/** When the recovery codes that this session has saved were created, as epoch milliseconds; null if `sealed` names none. */
export async function openSavedCodes(
  context: Context,
  session: Pick<Session, "id">,
  sealed: string,
): Promise<number | null> {
  return openField<number>(requireSecretKeys(context), await bindingOf(session), sealed, context.now);
}

async function bindingOf({ id }: Pick<Session, "id">): Promise<FieldBinding> {
  return { purpose: PURPOSE, subject: await hashSecret(id) };
}
