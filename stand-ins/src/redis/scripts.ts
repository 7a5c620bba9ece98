import { createHash } from "node:crypto";
import { COMMANDS } from "./commands.ts";
import type { Bytes } from "./engine.ts";

/** Upstash reads flags only at the very beginning of a script; after a line break they are silently ignored. */
const FLAGS = /^#!lua[^\n]*\bflags=([\w,-]*)/;

const POSITIONS = [...COMMANDS].flatMap(([name, { keys }]) => (keys === "any" ? [] : [`${name}='${keys}'`])).join(",");

/**
 * Refuses keys that are not in KEYS, in Lua, so that every engine applies the same rule. One line, which replaces the
 * `#!lua` line: errors name lines.
 *
 * The first message is Upstash's, from https://upstash.com/docs/redis/features/key-locking. The second one is not
 * documented there, nor is it that `redis.pcall` can catch either.
 */
const KEY_GUARD = `
local redis = (function(redis)
  local declared, positions = {}, {${POSITIONS}}
  for _, key in ipairs(KEYS) do declared[key] = true end
  local function refuse(name, ...)
    if name == nil then return end
    local position = positions[string.upper(tostring(name))]
    if not position then
      return {err = "ERR '" .. tostring(name) .. "' is not allowed in Lua scripts when 'allow-key-locking' flag is set"}
    end
    local count = select('#', ...)
    for index = 1, position == 'first' and math.min(1, count) or count do
      local key = tostring((select(index, ...)))
      if not declared[key] then
        return {err = "ERR Dynamic keys are not allowed in Lua scripts when 'allow-key-locking' flag is set. Key was: " .. key}
      end
    end
  end
  local function call(...)
    local refusal = refuse(...)
    if refusal then error(refusal) end
    return redis.call(...)
  end
  local function pcall(...) return refuse(...) or redis.pcall(...) end
  return setmetatable({call = call, pcall = pcall}, {__index = redis})
end)(redis)
`.replace(/\s*\n\s*/g, " ");

/** Whether a script asks Upstash to lock its KEYS alone. Source: https://upstash.com/docs/redis/features/key-locking */
export function locksOnlyItsKeys(script: Bytes): boolean {
  return FLAGS.exec(script)?.[1]?.split(",").includes("allow-key-locking") ?? false;
}

/**
 * A script as Redis takes it: without the `#!lua` line, whose flag Redis 7.0 refuses, and with the flag's rule in its
 * place. The line break stays: errors name lines.
 */
export function toRedisScript(script: Bytes): Bytes {
  return script.replace(/^\s*#!lua[^\n]*/, () => (locksOnlyItsKeys(script) ? KEY_GUARD : ""));
}

/** The name of a script: its SHA-1, as Redis defines it. */
export function hashScript(script: Bytes): string {
  return createHash("sha1").update(script, "latin1").digest("hex");
}
