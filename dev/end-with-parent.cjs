// Loaded into wrangler by `npm run dev`: ends it, and all that it has started, when whoever started it is gone. A process
// that is killed hard cannot do that itself, and would leave its port taken.
"use strict";

const parent = process.ppid;
const CHECK_MILLISECONDS = 1_000;

setInterval(() => {
  if (process.ppid !== parent) process.kill(0, "SIGTERM");
}, CHECK_MILLISECONDS).unref();
