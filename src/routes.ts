import { listActivity, showActivity } from "./flows/account/activity/handlers.tsx";
import {
  redirectToAuthenticator,
  showAuthenticator,
  showRemoveAgain,
  submitAuthenticator,
  submitRemoveAuthenticator,
} from "./flows/account/authenticator/handlers.tsx";
import {
  loadFactors,
  redirectToConfirmPage,
  showConfirm,
  showConfirmAgain,
  submitConfirm,
  submitSendCode,
} from "./flows/account/confirm/handlers.tsx";
import { showData } from "./flows/account/data/handlers.tsx";
import { showDelete, showDeleteAgain, submitDelete } from "./flows/account/delete/handlers.tsx";
import {
  redirectToEmail,
  showEmail,
  showEmailAgain,
  showFinalEmailAgain,
  submitCancelEmail,
  submitEmail,
  submitFinalEmail,
} from "./flows/account/email/handlers.tsx";
import { readAccountData, sendExport } from "./flows/account/export/handlers.ts";
import { redirectToChangePassword, showAccount } from "./flows/account/overview/handlers.tsx";
import {
  redirectToMethods,
  redirectToPasskey,
  showPasskey as showAccountPasskey,
  showNewPasskey,
  showNewPasskeyAgain,
  submitPasskey as submitNewPasskey,
  submitRemove,
  submitRename,
} from "./flows/account/passkeys/handlers.tsx";
import { showPassword, showPasswordAgain, submitPassword } from "./flows/account/password/handlers.tsx";
import { showRecoveryCodes, submitRecoveryCodes } from "./flows/account/recovery-codes/handlers.tsx";
import { showSecurity } from "./flows/account/security/handlers.tsx";
import {
  redirectToSessions,
  showSessions,
  submitRevoke,
  submitRevokeOthers,
} from "./flows/account/sessions/handlers.tsx";
import {
  readSignInMethods,
  redirectToSignInMethods,
  showSignInMethods,
  showTwoStep,
  showTwoStepAgain,
  submitForgetDevice,
  submitTwoStep,
} from "./flows/account/sign-in/handlers.tsx";
import { showConfirmEmail, submitConfirmEmail } from "./flows/change-email/confirm/handlers.tsx";
import { CONFIRM_LINK } from "./flows/change-email/confirm/link.ts";
import { showUndoEmail, submitUndoEmail } from "./flows/change-email/undo/handlers.tsx";
import { UNDO_LINK } from "./flows/change-email/undo/link.ts";
import { showFrontPage } from "./flows/front-page/handlers.tsx";
import { showApp } from "./flows/home/handlers.tsx";
import { showResetPassword, submitResetPassword } from "./flows/recover-password/new-password/handlers.tsx";
import { RESET_LINK } from "./flows/recover-password/new-password/link.ts";
import {
  showForgotPassword,
  showForgotPasswordAgain,
  showMailSent,
  submitForgotPassword,
} from "./flows/recover-password/request-link/handlers.tsx";
import { showSession } from "./flows/session/handlers.ts";
import { showSignin, showSigninAgain, showSigninToMember, submitSignin } from "./flows/signin/handlers.tsx";
import { showPasskey, showPasskeyAgain, submitPasskey } from "./flows/signin/passkey/handlers.tsx";
import {
  showRecovery,
  showRecoveryAgain,
  showSecondStep,
  showSecondStepAgain,
  submitRecovery,
  submitSecondStep,
} from "./flows/signin/second-step/handlers.tsx";
import { submitSignout } from "./flows/signout/handlers.ts";
import { showSignup, showSignupAgain, submitSignup } from "./flows/signup/handlers.tsx";
import {
  redirectToVerifyEmail,
  showVerifyEmail,
  showVerifyEmailAgain,
  showVerifyLink,
  submitResend,
  submitVerifyEmail,
  submitVerifyLink,
} from "./flows/verify-email/handlers.tsx";
import { VERIFY_LINK } from "./flows/verify-email/link.ts";
import { showPasskeyEndpoints, showRelatedOrigins } from "./flows/well-known/handlers.ts";
import { anyone, guestOnly, rateLimited, signedIn, signedInWith, signedInWithSessions } from "./request/access.ts";
import { carriesLink, showsLink, usesLink } from "./request/mailed-link.tsx";
import { readEmailChanges, readPendingEmail } from "./request/pending-email.ts";
import { serve } from "./server/asset-handlers.ts";
import { showHealth } from "./server/health-handlers.ts";
import { get, post, type Route } from "./server/route.ts";
import { SCRIPT, STYLES } from "./views/assets.ts";

/**
 * The route table: method, path, access rule and handler. Paths are matched in this order. The most requested paths
 * come first, and a fixed path comes before a pattern that also matches it: `/auth/verify-email/resend` before
 * `/auth/verify-email/:token`.
 */
export const routes: readonly Route[] = [
  get("/app", signedIn(showApp)),
  get("/auth/session", anyone(showSession)),
  get("/", anyone(showFrontPage)),

  get("/auth/signup", guestOnly(showSignup)),
  post("/auth/signup", guestOnly(submitSignup), showSignupAgain),
  get("/auth/signin", guestOnly(showSignin, showSigninToMember)),
  post("/auth/signin", guestOnly(submitSignin), showSigninAgain),
  get("/auth/passkey", guestOnly(showPasskey)),
  post("/auth/passkey", guestOnly(submitPasskey), showPasskeyAgain),
  get("/auth/second-step", guestOnly(showSecondStep)),
  post("/auth/second-step", guestOnly(submitSecondStep), showSecondStepAgain),
  get("/auth/second-step/recovery", guestOnly(showRecovery)),
  post("/auth/second-step/recovery", guestOnly(submitRecovery), showRecoveryAgain),
  post("/auth/signout", anyone(submitSignout)),

  get("/auth/verify-email", anyone(showVerifyEmail)),
  post("/auth/verify-email", rateLimited(submitVerifyEmail), showVerifyEmailAgain),
  get("/auth/verify-email/resend", anyone(redirectToVerifyEmail)),
  post("/auth/verify-email/resend", rateLimited(submitResend), showVerifyEmailAgain),
  get("/auth/verify-email/:token", showsLink(VERIFY_LINK, showVerifyLink)),
  post("/auth/verify-email/:token", usesLink(VERIFY_LINK, submitVerifyLink)),

  get("/auth/forgot-password", anyone(showForgotPassword)),
  post("/auth/forgot-password", anyone(submitForgotPassword), showForgotPasswordAgain),
  get("/auth/forgot-password/sent", anyone(showMailSent)),
  get("/auth/reset-password/:token", carriesLink(RESET_LINK)),
  get("/auth/reset-password", showsLink(RESET_LINK, showResetPassword)),
  post("/auth/reset-password", usesLink(RESET_LINK, submitResetPassword)),

  get("/auth/confirm-email/:token", showsLink(CONFIRM_LINK, showConfirmEmail)),
  post("/auth/confirm-email/:token", usesLink(CONFIRM_LINK, submitConfirmEmail)),
  get("/auth/undo-email/:token", showsLink(UNDO_LINK, showUndoEmail)),
  post("/auth/undo-email/:token", usesLink(UNDO_LINK, submitUndoEmail)),

  get("/app/account", signedInWithSessions(showAccount)),
  get("/app/account/security", signedInWith(readPendingEmail, showSecurity)),
  get("/app/account/password", signedIn(showPassword)),
  post("/app/account/password", signedIn(submitPassword), showPasswordAgain),
  get("/app/account/email", signedInWith(readEmailChanges, showEmail)),
  post("/app/account/email", signedIn(submitEmail), showEmailAgain),
  get("/app/account/email/cancel", signedIn(redirectToEmail)),
  post("/app/account/email/cancel", signedIn(submitCancelEmail)),
  get("/app/account/email/final", signedIn(redirectToEmail)),
  post("/app/account/email/final", signedIn(submitFinalEmail), showFinalEmailAgain),
  get("/app/account/sign-in", signedInWith(readSignInMethods, showSignInMethods)),
  get("/app/account/confirm", signedInWith(loadFactors, showConfirm)),
  post("/app/account/confirm", signedIn(submitConfirm), showConfirmAgain),
  get("/app/account/confirm/code", signedIn(redirectToConfirmPage)),
  post("/app/account/confirm/code", signedIn(submitSendCode), showConfirmAgain),
  get("/app/account/passkeys/new", signedInWith(loadFactors, showNewPasskey)),
  get("/app/account/passkeys", signedIn(redirectToMethods)),
  post("/app/account/passkeys", signedIn(submitNewPasskey), showNewPasskeyAgain),
  get("/app/account/passkeys/:id", signedInWith(loadFactors, showAccountPasskey)),
  post("/app/account/passkeys/:id", signedIn(submitRename)),
  get("/app/account/passkeys/:id/remove", signedIn(redirectToPasskey)),
  post("/app/account/passkeys/:id/remove", signedIn(submitRemove)),
  get("/app/account/recovery-codes", signedInWith(loadFactors, showRecoveryCodes)),
  post("/app/account/recovery-codes", signedIn(submitRecoveryCodes)),
  get("/app/account/authenticator", signedInWith(loadFactors, showAuthenticator)),
  post("/app/account/authenticator", signedIn(submitAuthenticator)),
  get("/app/account/authenticator/remove", signedIn(redirectToAuthenticator)),
  post("/app/account/authenticator/remove", signedIn(submitRemoveAuthenticator), showRemoveAgain),
  get("/app/account/two-step", signedInWith(loadFactors, showTwoStep)),
  post("/app/account/two-step", signedIn(submitTwoStep), showTwoStepAgain),
  get("/app/account/trusted-devices/forget", signedIn(redirectToSignInMethods)),
  post("/app/account/trusted-devices/forget", signedIn(submitForgetDevice)),
  get("/app/account/sessions", signedInWithSessions(showSessions)),
  get("/app/account/sessions/revoke", signedIn(redirectToSessions)),
  post("/app/account/sessions/revoke", signedIn(submitRevoke)),
  get("/app/account/sessions/revoke-others", signedIn(redirectToSessions)),
  post("/app/account/sessions/revoke-others", signedIn(submitRevokeOthers)),
  get("/app/account/activity", signedInWith(listActivity, showActivity)),
  get("/app/account/data", signedIn(showData)),
  get("/app/account/export", signedInWith(readAccountData, sendExport)),
  get("/app/account/delete", signedIn(showDelete)),
  post("/app/account/delete", signedIn(submitDelete), showDeleteAgain),
  get("/.well-known/passkey-endpoints", anyone(showPasskeyEndpoints)),
  get("/.well-known/webauthn", anyone(showRelatedOrigins)),
  get("/.well-known/change-password", anyone(redirectToChangePassword)),

  get("/healthz", anyone(showHealth)),
  get(SCRIPT.path, anyone(serve(SCRIPT))),
  get(STYLES.path, anyone(serve(STYLES))),
];
