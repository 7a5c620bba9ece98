import type { FormFields } from "../../../http/form-body.ts";
import { html } from "../../../http/responses.ts";
import type { Context } from "../../../request/context.ts";
import { limitByIp } from "../../../request/limits/ip.ts";
import { checkPasskey, passkeyRequest, SIGN_IN_CEREMONY } from "../../../request/passkeys.ts";
import { signIn } from "../../../request/sign-in.ts";
import { renderDocument } from "../../../views/document.tsx";
import type { Refusal } from "../../../views/feedback.tsx";
import type { Markup } from "../../../views/jsx-runtime.ts";
import { PasskeyPage, type PasskeyPageProps } from "./page.tsx";

/** Says how to sign in with a passkey, and which other ways there are. Calls no store. */
export async function showPasskey(context: Context): Promise<Response> {
  return html(renderDocument(await render(context, {})));
}

/** Shows the form again after a refusal. */
export function showPasskeyAgain(context: Context, _fields: FormFields, refusal: Refusal): Promise<Markup> {
  return render(context, { refusal });
}

/**
 * Signs in with a passkey, which is both factors. An unknown, a removed and a wrong passkey get the same answer. A passkey
 * whose credential id is known is bound to its account, so no email is typed.
 */
export async function submitPasskey(context: Context): Promise<Response> {
  const fields = await context.form();
  const credential = fields.text("credential");
  if (credential === "") await limitByIp(context);
  if (credential === "") return html(renderDocument(await render(context, { problem: "missing" })), 422);
  const check = await checkPasskey(context, credential, SIGN_IN_CEREMONY, null);
  if (check.outcome === "refused") {
    const { signals } = check;
    return html(renderDocument(await render(context, { problem: "refused", signals })), 401);
  }
  const { account, proof } = check;
  const { returnPath } = fields;
  context.devices.trustThisDevice(account.email, null);
  return signIn(context, { account, evidence: [proof], event: "signed-in", isNewDevice: false, returnPath });
}

async function render(
  context: Context,
  again: Pick<PasskeyPageProps, "problem" | "refusal" | "signals">,
): Promise<Markup> {
  const { locale, returnPath } = context;
  const options = await passkeyRequest(context, SIGN_IN_CEREMONY);
  return <PasskeyPage {...{ locale, options, returnPath, ...again }} />;
}
