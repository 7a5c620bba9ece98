import { HOME_PATH, type SignedInContext } from "../../access.ts";
import type { Context } from "../../context.ts";
import { html, seeOther } from "../../http/responses.ts";
import { withReturnPath } from "../../http/return-path.ts";
import { checkPassword } from "../../password-check.ts";
import { requestVerification } from "../../request-verification.ts";
import { renderDocument } from "../../views/document.tsx";
import { parseSignin, type SigninErrors } from "./form.ts";
import { isSigninNotice, SigninPage, SwitchAccountPage } from "./page.tsx";

export function showSignin(context: Context): Response {
  const notice = context.takeNotice(isSigninNotice);
  return html(renderDocument(<SigninPage view={context.view} notice={notice} returnPath={context.returnPath} />));
}

/** Something was done with one account in a browser where another one is signed in; null if nothing was. */
export function showSigninToMember(context: SignedInContext): Response | null {
  const notice = context.takeNotice(isSigninNotice);
  if (notice === undefined) return null;
  const { view, returnPath, currentSession } = context;
  const props = { view, notice, signedInAs: currentSession.user.email, returnPath };
  return html(renderDocument(<SwitchAccountPage {...props} />));
}

export async function submitSignin(context: Context): Promise<Response> {
  const fields = await context.form();
  const { returnPath } = fields;
  const again = (status: number, errors: SigninErrors) =>
    html(
      renderDocument(
        <SigninPage view={context.view} email={fields.text("email")} errors={errors} returnPath={returnPath} />,
      ),
      status,
    );

  const form = parseSignin(fields);
  if (!form.ok) return again(422, form.errors);

  const authentication = await checkPassword(context, form.email, form.password);
  switch (authentication.outcome) {
    case "wrong-credentials":
      return again(401, { password: "wrong-credentials" });
    case "authenticated":
      return enter(context, authentication.userId, returnPath);
  }
}

/** Where verified addresses are required, the way in leads past the mailbox. */
async function enter(context: Context, userId: string, returnPath: string | null): Promise<Response> {
  const { email, emailVerified } = await context.auth.getUser(userId);
  if (context.config.emailVerification === "required" && !emailVerified) {
    await requestVerification(context, { email, userId, hashedPassword: null }, returnPath);
    return seeOther(withReturnPath("/auth/verify-email", returnPath));
  }
  await context.signIn(userId, context.now);
  context.record(userId, "signed-in");
  return seeOther(returnPath ?? HOME_PATH);
}
