import { examinePages } from "./examine-pages.ts";
import { MISCONFIGURED } from "./page-states.ts";

examinePages([MISCONFIGURED], { EMAIL_VERIFICATION: "sometimes" });
