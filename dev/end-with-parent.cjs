// Loaded into wrangler by `npm run dev`. Ends wrangler and its processes when their parent is gone. A parent that was
// killed cannot do that itself, and its port would stay in use.
"use strict";

const parent = process.ppid;
const CHECK_MILLISECONDS = 1_000;

setInterval(() => {
  if (process.ppid !== parent) process.kill(0, "SIGTERM");
}, CHECK_MILLISECONDS).unref();
