// Loaded before every TypeScript command, by any version of Node. Explains what to do if this version cannot run the
// command.
"use strict";

const { existsSync } = require("node:fs");
const { join } = require("node:path");

/** The first version that runs TypeScript and has node:sqlite and `import.meta.main`. */
const MAJOR = 24;
const MINOR = 2;

const [major, minor] = process.versions.node.split(".").map(Number);
if (!existsSync(join(__dirname, "../node_modules/wrangler/package.json"))) {
  end("The packages are not installed: run `npm ci` first.");
}
if (major < MAJOR || (major === MAJOR && minor < MINOR)) {
  end(
    `This needs Node ${MAJOR}.${MINOR} or later and runs on ${process.versions.node}: install that, or let npm fetch it ` +
      "into node_modules with `npm rebuild node --ignore-scripts=false`, which `npm ci` does unless install scripts are switched off.",
  );
}

function end(message) {
  console.error(message);
  process.exit(1);
}
