import { passkeyKeyId, passkeyKeyIdOf } from "../../../auth/credentials/passkey/key-id.ts";
import { defaultPasskeyName, readPasskeyName } from "../../../auth/credentials/passkey/names.ts";
import { addPasskey, removePasskey } from "../../../auth/operations/change-factors.ts";
import { prove, withProof } from "../../../auth/sessions/evidence.ts";
import type { Session } from "../../../auth/sessions/session.ts";
import { hashSecret } from "../../../auth/tokens/secrets.ts";
import { brand } from "../../../brand.ts";
import type { FormFields } from "../../../http/form-body.ts";
import { HttpError } from "../../../http/refusals.ts";
import { html, seeOther } from "../../../http/responses.ts";
import { causeOf } from "../../../request/cause.ts";
import { confirmOwner, type OwnerFactors, readOwnerFactors } from "../../../request/confirm-owner.ts";
import { confirmPath, isOwnerConfirmed } from "../../../request/confirmation.ts";
import type { Context } from "../../../request/context.ts";
import { checkRegistration, firstPasskeyPath, passkeyCreation, requirePasskeys } from "../../../request/passkeys.ts";
import { announce } from "../../../request/send-notices.ts";
import { confirmSession, renewSession } from "../../../request/sign-in.ts";
import { listPasskeys, renamePasskey } from "../../../store/passkeys.ts";
import type { PasskeyRow } from "../../../store/schema.ts";
import { nameDevice } from "../../../views/client.tsx";
import { renderDocument } from "../../../views/document.tsx";
import type { Refusal } from "../../../views/feedback.tsx";
import type { Markup } from "../../../views/jsx-runtime.ts";
import { NewPasskeyPage, type NewPasskeyPageProps, PasskeyPage, type PasskeyPageProps, pathOf } from "./page.tsx";

const HOME = "/app/account/sign-in";

export async function showNewPasskey(context: Context, session: Session, factors: OwnerFactors): Promise<Response> {
  requirePasskeys(context);
  const { returnPath } = context;
  if (!isOwnerConfirmed(context, session)) return seeOther(confirmPath(firstPasskeyPath(returnPath)));
  return html(renderDocument(await renderNew(context, session, factors, { returnPath })));
}

/** A GET of the list leads to the page of all methods. */
export function redirectToMethods(): Response {
  return seeOther(HOME);
}

/** Shows the form again after a refusal. Null if there is no session. */
export async function showNewPasskeyAgain(
  context: Context,
  fields: FormFields,
  refusal: Refusal,
): Promise<Markup | null> {
  const session = await context.session.read();
  if (session === null) return null;
  const factors = await readOwnerFactors(context, session);
  const { returnPath } = fields;
  return renderNew(context, session, factors, { refusal, returnPath, name: fields.text("name") });
}

export async function submitPasskey(context: Context, session: Session): Promise<Response> {
  requirePasskeys(context);
  const { account } = session;
  const { services, client, locale, now } = context;
  const fields = await context.form();
  const { returnPath } = fields;
  if (!isOwnerConfirmed(context, session)) return seeOther(confirmPath(firstPasskeyPath(returnPath)));
  const factors = await readOwnerFactors(context, session);
  const typedName = fields.text("name");
  const again = async (problem: NewPasskeyPageProps["problem"], status: 401 | 422) => {
    const page = await renderNew(context, session, factors, { problem, returnPath, name: typedName });
    return html(renderDocument(page), status);
  };

  const credential = fields.text("credential");
  const chosenName = typedName.trim() === "" ? "" : readPasskeyName(typedName);
  if (chosenName === null) return again("name-malformed", 422);
  if (credential === "") return again("missing", 422);
  const check = await checkRegistration(context, credential, await hashSecret(session.id));
  if (check.outcome === "refused") return again("refused", 401);
  const { passkey } = check;
  const row = {
    id: await passkeyKeyId(passkey.credentialId),
    credential_id: Buffer.from(passkey.credentialId).toString("base64url"),
    public_key: Buffer.from(passkey.publicKey).toString("base64url"),
    algorithm: passkey.algorithm,
    sign_count: passkey.signCount,
    transports: passkey.transports.join(","),
    aaguid: passkey.aaguid,
    backup_eligible: passkey.backupEligible,
    backed_up: passkey.backedUp,
    name: chosenName || defaultPasskeyName(passkey.aaguid, nameDevice(locale.language, client)),
    browser: client.browser,
    platform: client.platform,
  };
  const change = await addPasskey(services.users, account, row, causeOf(context));
  switch (change.outcome) {
    case "duplicate":
    case "too-many":
      return again(change.outcome, 422);
    case "stale":
      return showStale(context);
    case "changed":
      for (const event of change.events) announce(context, event);
      context.cookies.notify("passkey-added");
      // Creating a passkey proves its possession and its user as signing in with it does.
      return confirmSession(
        context,
        session,
        withProof(session.evidence, prove("passkey", now)),
        (isWithoutWayIn(factors) ? returnPath : null) ?? HOME,
      );
  }
}

export async function showPasskey(context: Context, session: Session, factors: OwnerFactors): Promise<Response> {
  const passkey = findPasskey(context, factors.passkeys);
  return html(renderDocument(render(context, session, factors, passkey, {})));
}

export async function submitRename(context: Context, session: Session): Promise<Response> {
  requirePasskeys(context);
  const typed = (await context.form()).text("name");
  const name = readPasskeyName(typed);
  if (name === null) {
    const factors = await readOwnerFactors(context, session);
    const passkey = findPasskey(context, factors.passkeys);
    const page = render(context, session, factors, passkey, { name: typed, nameProblem: "name-malformed" });
    return html(renderDocument(page), 422);
  }
  const id = passkeyIdOf(context);
  if (!(await renamePasskey(context.services.database, session.account.id, id, name))) {
    throw new HttpError("no-such-page");
  }
  context.cookies.notify("passkey-renamed");
  return seeOther(HOME);
}

/** Asks for the factors again, because the last second factor may be removed. */
export async function submitRemove(context: Context, session: Session): Promise<Response> {
  requirePasskeys(context);
  const { account } = session;
  const id = passkeyIdOf(context);
  const owner = await confirmOwner(context, session, await context.form());
  if (owner.outcome === "gone") return seeOther("/auth/signin");
  if (owner.outcome === "refused") return showAgain(context, session, { errors: owner.errors }, owner.status);
  const change = await removePasskey(context.services.users, account, id, causeOf(context));
  switch (change.outcome) {
    case "gone":
      return seeOther(HOME);
    case "last-way-in":
      return showAgain(context, session, { isLastWayIn: true }, 422);
    case "stale":
      return showStale(context);
    case "changed":
      for (const event of change.events) announce(context, event);
      context.cookies.notify("passkey-removed");
      return (await renewSession(context, change.account, owner.evidence, HOME)) ?? seeOther("/auth/signin");
  }
}

/** A GET of the form that removes a passkey leads to its page. */
export async function redirectToPasskey(context: Context, { account }: Session): Promise<Response> {
  const passkeys = await listPasskeys(context.services.database, account.id);
  return seeOther(pathOf(findPasskey(context, passkeys)));
}

function isWithoutWayIn({ hasPassword, passkeys }: OwnerFactors): boolean {
  return !hasPassword && passkeys.length === 0;
}

/** The passkey of the path. Throws HttpError 404 if the account has none with that id. */
function findPasskey(context: Context, passkeys: readonly PasskeyRow[]): PasskeyRow {
  requirePasskeys(context);
  const id = passkeyIdOf(context);
  const passkey = passkeys.find((row) => row.id === id);
  if (passkey === undefined) throw new HttpError("no-such-page");
  return passkey;
}

function passkeyIdOf({ route }: Context): string {
  const hash = route?.params["id"] ?? "";
  if (!/^[0-9a-f]{64}$/.test(hash)) throw new HttpError("no-such-page");
  return passkeyKeyIdOf(hash);
}

async function renderNew(
  context: Context,
  session: Session,
  factors: OwnerFactors,
  again: Pick<NewPasskeyPageProps, "problem" | "refusal" | "name" | "returnPath">,
): Promise<Markup> {
  const { account } = session;
  const ceremony = { serviceName: brand.name, subject: await hashSecret(session.id) };
  const options = await passkeyCreation(context, ceremony, account, factors.passkeys);
  const isNew = isWithoutWayIn(factors);
  return <NewPasskeyPage {...{ account, options, isNew, ...again }} locale={context.locale} />;
}

function render(
  { locale }: Context,
  { account }: Session,
  factors: OwnerFactors,
  passkey: PasskeyRow,
  again: Pick<PasskeyPageProps, "name" | "nameProblem" | "errors" | "isLastWayIn" | "refusal">,
): Markup {
  return <PasskeyPage {...{ locale, account, factors, passkey, ...again }} />;
}

async function showAgain(
  context: Context,
  session: Session,
  again: Pick<PasskeyPageProps, "errors" | "isLastWayIn">,
  status: 401 | 422,
): Promise<Response> {
  const factors = await readOwnerFactors(context, session);
  const passkey = findPasskey(context, factors.passkeys);
  return html(renderDocument(render(context, session, factors, passkey, again)), status);
}

function showStale(context: Context): Response {
  context.cookies.notify("stale");
  return seeOther("/auth/signin");
}
