import { anyone, type Entrance, guestOnly, signedIn } from "./access.ts";
import { showApp } from "./flows/app/handlers.tsx";
import { showForgotPassword, showMailSent, submitForgotPassword } from "./flows/forgot-password/handlers.tsx";
import { showHealth } from "./flows/health/handlers.ts";
import { showHome } from "./flows/home/handlers.tsx";
import { moveTokenIntoCookie, showResetPassword, submitResetPassword } from "./flows/reset-password/handlers.tsx";
import { showScript } from "./flows/script/handlers.ts";
import { showSession } from "./flows/session/handlers.ts";
import { showSignin, submitSignin } from "./flows/signin/handlers.tsx";
import { submitSignout } from "./flows/signout/handlers.ts";
import { showSignup, submitSignup } from "./flows/signup/handlers.tsx";
import {
  showVerifyEmail,
  showVerifyLink,
  submitResend,
  submitVerifyEmail,
  submitVerifyLink,
} from "./flows/verify-email/handlers.tsx";
import type { Route } from "./router.tsx";
import { ENHANCE_PATH } from "./views/document.tsx";

/** The site map: method, path, who may enter, what happens. */
export const routes: readonly Route[] = [
  get("/", anyone(showHome)),

  get("/auth/signup", guestOnly(showSignup)),
  post("/auth/signup", guestOnly(submitSignup)),
  get("/auth/signin", guestOnly(showSignin)),
  post("/auth/signin", guestOnly(submitSignin)),
  post("/auth/signout", anyone(submitSignout)),
  get("/auth/session", anyone(showSession)),

  get("/auth/verify-email", anyone(showVerifyEmail)),
  post("/auth/verify-email", anyone(submitVerifyEmail)),
  post("/auth/verify-email/resend", anyone(submitResend)),
  get("/auth/verify-email/:token", anyone(showVerifyLink)),
  post("/auth/verify-email/:token", anyone(submitVerifyLink)),

  get("/auth/forgot-password", anyone(showForgotPassword)),
  post("/auth/forgot-password", anyone(submitForgotPassword)),
  get("/auth/forgot-password/sent", anyone(showMailSent)),
  get("/auth/reset-password/:token", anyone(moveTokenIntoCookie)),
  get("/auth/reset-password", anyone(showResetPassword)),
  post("/auth/reset-password", anyone(submitResetPassword)),

  get("/app", signedIn(showApp)),

  get("/healthz", anyone(showHealth)),
  get(ENHANCE_PATH, anyone(showScript)),
];

function get(path: string, entrance: Entrance): Route {
  return { method: "GET", path, entrance };
}

function post(path: string, entrance: Entrance): Route {
  return { method: "POST", path, entrance };
}
