import { anyone, type Entrance, guestOnly, signedIn } from "./access.ts";
import { showApp } from "./flows/app/handlers.tsx";
import { showHealth } from "./flows/health/handlers.ts";
import { showHome } from "./flows/home/handlers.tsx";
import { showScript } from "./flows/script/handlers.ts";
import { showSession } from "./flows/session/handlers.ts";
import { showSignin, submitSignin } from "./flows/signin/handlers.tsx";
import { submitSignout } from "./flows/signout/handlers.ts";
import { showSignup, submitSignup } from "./flows/signup/handlers.tsx";
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
