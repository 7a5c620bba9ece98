import { examinePages } from "./examine-pages.ts";
import { FACTOR_STATES } from "./factor-states.ts";

examinePages(FACTOR_STATES);
