// Loaded into wrangler by `npm run dev`. Ends wrangler and its child processes when the parent process is gone. A parent
// that was killed cannot end them itself, and they would keep the port in use.
"use strict";

const parent = process.ppid;
const CHECK_MILLISECONDS = 1_000;

setInterval(() => {
  if (process.ppid !== parent) process.kill(0, "SIGTERM");
}, CHECK_MILLISECONDS).unref();
