import { HOME_PATH } from "../../access.ts";
import { authenticate } from "../../auth/accounts.ts";
import type { Context } from "../../context.ts";
import { readForm } from "../../http/form-body.ts";
import { html, seeOther } from "../../http/responses.ts";
import { safeReturnPath } from "../../http/return-path.ts";
import { renderDocument } from "../../views/document.tsx";
import { parseSignin, type SigninErrors } from "./form.ts";
import { SigninPage } from "./page.tsx";

export function showSignin(context: Context): Response {
  return html(renderDocument(<SigninPage returnPath={context.returnPath} />));
}

export async function submitSignin(context: Context): Promise<Response> {
  const fields = await readForm(context.request);
  const returnPath = safeReturnPath([fields.text("redirectTo")]);
  const again = (status: number, errors: SigninErrors) =>
    html(renderDocument(<SigninPage email={fields.text("email")} errors={errors} returnPath={returnPath} />), status);

  const form = parseSignin(fields);
  if (!form.ok) return again(422, form.errors);

  const authentication = await authenticate(context.auth, form.email, form.password);
  switch (authentication.outcome) {
    case "wrong-credentials":
      return again(401, { password: "wrong-credentials" });
    case "authenticated":
      await context.signIn(authentication.userId);
      return seeOther(returnPath ?? HOME_PATH);
  }
}
