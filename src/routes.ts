import { listActivity, showActivity } from "./flows/account/activity/handlers.tsx";
import { showDelete, submitDelete } from "./flows/account/delete/handlers.tsx";
import { showEmail, submitEmail } from "./flows/account/email/handlers.tsx";
import { readHoldings, sendExport } from "./flows/account/export/handlers.ts";
import { leadToChangePassword, showAccount } from "./flows/account/overview/handlers.tsx";
import { showPassword, submitPassword } from "./flows/account/password/handlers.tsx";
import {
  leadToSessions,
  listSessions,
  showSessions,
  submitRevoke,
  submitRevokeOthers,
} from "./flows/account/sessions/handlers.tsx";
import { showConfirmEmail, submitConfirmEmail } from "./flows/change-email/confirm/handlers.tsx";
import { showUndoEmail, submitUndoEmail } from "./flows/change-email/undo/handlers.tsx";
import { showHome } from "./flows/front-page/handlers.tsx";
import { showApp } from "./flows/home/handlers.tsx";
import {
  moveTokenIntoCookie,
  showResetPassword,
  submitResetPassword,
} from "./flows/recover-password/new-password/handlers.tsx";
import {
  showForgotPassword,
  showMailSent,
  submitForgotPassword,
} from "./flows/recover-password/request-link/handlers.tsx";
import { showSession } from "./flows/session/handlers.ts";
import { showSignin, showSigninToMember, submitSignin } from "./flows/signin/handlers.tsx";
import { submitSignout } from "./flows/signout/handlers.ts";
import { showSignup, submitSignup } from "./flows/signup/handlers.tsx";
import {
  redirectToVerifyEmail,
  showVerifyEmail,
  showVerifyLink,
  submitResend,
  submitVerifyEmail,
  submitVerifyLink,
} from "./flows/verify-email/handlers.tsx";
import { anyone, type GuardedHandler, guestOnly, rateLimited, signedIn, signedInWith } from "./request/access.ts";
import { showHealth } from "./server/health-handlers.ts";
import type { Route } from "./server/router.tsx";
import { showScript } from "./server/script-handlers.ts";
import { ENHANCE_PATH } from "./views/document.tsx";

/**
 * The site map: method, path, who may enter, what happens. Paths are tried in this order: what is asked for most first,
 * and a fixed one before a pattern that it fits, as `/auth/verify-email/resend` fits `/auth/verify-email/:token`.
 */
export const routes: readonly Route[] = [
  get("/app", signedIn(showApp)),
  get("/auth/session", anyone(showSession)),
  get("/", anyone(showHome)),

  get("/auth/signup", guestOnly(showSignup)),
  post("/auth/signup", guestOnly(submitSignup)),
  get("/auth/signin", guestOnly(showSignin, showSigninToMember)),
  post("/auth/signin", guestOnly(submitSignin)),
  post("/auth/signout", anyone(submitSignout)),

  get("/auth/verify-email", anyone(showVerifyEmail)),
  post("/auth/verify-email", rateLimited(submitVerifyEmail)),
  get("/auth/verify-email/resend", anyone(redirectToVerifyEmail)),
  post("/auth/verify-email/resend", rateLimited(submitResend)),
  get("/auth/verify-email/:token", anyone(showVerifyLink)),
  post("/auth/verify-email/:token", rateLimited(submitVerifyLink)),

  get("/auth/forgot-password", anyone(showForgotPassword)),
  post("/auth/forgot-password", anyone(submitForgotPassword)),
  get("/auth/forgot-password/sent", anyone(showMailSent)),
  get("/auth/reset-password/:token", anyone(moveTokenIntoCookie)),
  get("/auth/reset-password", anyone(showResetPassword)),
  post("/auth/reset-password", rateLimited(submitResetPassword)),

  get("/auth/confirm-email/:token", anyone(showConfirmEmail)),
  post("/auth/confirm-email/:token", rateLimited(submitConfirmEmail)),
  get("/auth/undo-email/:token", anyone(showUndoEmail)),
  post("/auth/undo-email/:token", rateLimited(submitUndoEmail)),

  get("/app/account", signedIn(showAccount)),
  get("/app/account/password", signedIn(showPassword)),
  post("/app/account/password", signedIn(submitPassword)),
  get("/app/account/email", signedIn(showEmail)),
  post("/app/account/email", signedIn(submitEmail)),
  get("/app/account/sessions", signedInWith(listSessions, showSessions)),
  get("/app/account/sessions/revoke", signedIn(leadToSessions)),
  post("/app/account/sessions/revoke", signedIn(submitRevoke)),
  get("/app/account/sessions/revoke-others", signedIn(leadToSessions)),
  post("/app/account/sessions/revoke-others", signedIn(submitRevokeOthers)),
  get("/app/account/activity", signedInWith(listActivity, showActivity)),
  get("/app/account/export", signedInWith(readHoldings, sendExport)),
  get("/app/account/delete", signedIn(showDelete)),
  post("/app/account/delete", signedIn(submitDelete)),
  get("/.well-known/change-password", anyone(leadToChangePassword)),

  get("/healthz", anyone(showHealth)),
  get(ENHANCE_PATH, anyone(showScript)),
];

function get(path: string, handler: GuardedHandler): Route {
  return { method: "GET", path, handler };
}

function post(path: string, handler: GuardedHandler): Route {
  return { method: "POST", path, handler };
}
