import { examinePages } from "./examine-pages.ts";
import { PAGE_STATES } from "./page-states.ts";

examinePages(PAGE_STATES);
