import type { Account } from "../../../auth/accounts/account.ts";
import {
  generateRecoveryCodes,
  hashRecoveryCode,
  parseRecoveryCode,
} from "../../../auth/credentials/recovery-codes.ts";
import { replaceRecoveryCodes } from "../../../auth/operations/change-factors.ts";
import { openField, type SecretKeys, sealField } from "../../../auth/secret-keys.ts";
import type { Session } from "../../../auth/sessions/session.ts";
import { html, seeOther } from "../../../http/responses.ts";
import { withReturnPath } from "../../../http/return-path.ts";
import { causeOf } from "../../../request/cause.ts";
import { confirmPath, isOwnerConfirmed } from "../../../request/confirmation.ts";
import type { Context } from "../../../request/context.ts";
import { SAVED_CODES, sealSavedCodes } from "../../../request/saved-codes.ts";
import { readSecondFactors, requireSecretKeys, type SecondFactors } from "../../../request/second-factors.ts";
import { announce } from "../../../request/send-notices.ts";
import { renderDocument } from "../../../views/document.tsx";
import { RecoveryCodesPage, type RecoveryCodesPageProps } from "./page.tsx";

const PATH = "/app/account/recovery-codes";
/** The query parameter of the page that follows a form which was sent after the confirmation had expired. */
const LATE = "late";
const TWO_STEP = "/app/account/two-step";
const PURPOSE = "recovery-codes";
const SEALED_MILLISECONDS = 60 * 60 * 1_000;

/**
 * Shows ten new codes. They are stored only when their owner says that they are saved, so that opening the page
 * never replaces working codes.
 */
export async function showRecoveryCodes(context: Context, session: Session, factors: SecondFactors): Promise<Response> {
  const { returnPath } = context;
  if (!isOwnerConfirmed(context, session)) return seeOther(confirmPath(withReturnPath(PATH, returnPath)));
  const isLate = context.url.searchParams.has(LATE);
  return showNewCodes(context, session.account, factors, returnPath, 200, isLate ? "late" : undefined);
}

export async function submitRecoveryCodes(context: Context, session: Session): Promise<Response> {
  const { account } = session;
  const { services, now, locale } = context;
  const keys = requireSecretKeys(context);
  const fields = await context.form();
  const { returnPath } = fields;
  if (!isOwnerConfirmed(context, session)) {
    const again = `${withReturnPath(PATH, returnPath)}${returnPath === null ? "?" : "&"}${LATE}`;
    return seeOther(confirmPath(again));
  }
  const sealed = fields.text("sealed");
  const codes = await openField<string[]>(keys, { purpose: PURPOSE, subject: subjectOf(account) }, sealed, now);
  if (codes === null || fields.text("saved") !== "yes") {
    const factors = await readSecondFactors(services.database, account.id);
    if (codes === null) return showNewCodes(context, account, factors, returnPath, 422, "expired");
    const replaces = factors.codesLeft > 0;
    const page = (
      <RecoveryCodesPage {...{ locale, account, codes, sealed, replaces, returnPath }} problem="not-saved" />
    );
    return html(renderDocument(page), 422);
  }
  const hashes = await Promise.all(codes.map((code) => hashRecoveryCode(account.id, parseRecoveryCode(code) ?? "")));
  const change = await replaceRecoveryCodes(services.users, account, hashes, causeOf(context));
  if (change.outcome !== "changed") {
    context.cookies.notify("stale");
    return seeOther("/auth/signin");
  }
  for (const event of change.events) announce(context, event);
  context.cookies.notify("recovery-codes-created");
  if (account.twoStepAt !== null) return seeOther("/app/account/sign-in");
  // The second step is turned on after the codes are saved, so that its owner is never left without a way in.
  const next = returnPath === TWO_STEP ? TWO_STEP : "/app/account/authenticator";
  return seeOther(`${next}?${SAVED_CODES}=${await sealSavedCodes(context, session, now)}`);
}

async function showNewCodes(
  context: Context,
  account: Account,
  { codesLeft }: SecondFactors,
  returnPath: string | null,
  status: 200 | 422,
  problem?: RecoveryCodesPageProps["problem"],
): Promise<Response> {
  const codes = generateRecoveryCodes();
  const sealed = await sealCodes(context, requireSecretKeys(context), account, codes);
  const { locale } = context;
  const replaces = codesLeft > 0;
  return html(
    renderDocument(<RecoveryCodesPage {...{ locale, account, codes, sealed, replaces, returnPath, problem }} />),
    status,
  );
}

/** The version rises when codes are stored, so that a form cannot bring used codes back. */
function subjectOf({ id, version }: Account): string {
  return `${id}:${version}`;
}

function sealCodes({ now }: Context, keys: SecretKeys, account: Account, codes: readonly string[]): Promise<string> {
  return sealField(
    keys,
    { purpose: PURPOSE, subject: subjectOf(account), expiresAt: now + SEALED_MILLISECONDS },
    codes,
  );
}
