import { ACCOUNT_STATES } from "./account-states.ts";
import { examinePages } from "./examine-pages.ts";

examinePages(ACCOUNT_STATES);
