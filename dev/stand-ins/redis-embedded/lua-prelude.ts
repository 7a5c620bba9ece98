/**
 * What Redis gives a script, written in Lua. Called with the host's functions; returns what runs a compiled script.
 *
 * The environment refuses new globals and unknown names as Redis does, and hides what reaches outside (`os`, `io`,
 * `debug`). An error becomes `{err = …, at = "@user_script:<line>"}`.
 */
export const LUA_PRELUDE = `
local call, tryCall, sha1hex = ...
local raise, protect, getinfo = error, pcall, debug.getinfo

local redis = {
  call = call,
  pcall = tryCall,
  sha1hex = sha1hex,
  status_reply = function(text) return {ok = text} end,
  error_reply = function(text)
    local message = string.gsub(text, "^%-", "")
    if not string.find(message, " ", 1, true) then message = "ERR " .. message end
    return {err = message}
  end,
  log = function() end,
  LOG_DEBUG = 0, LOG_VERBOSE = 1, LOG_NOTICE = 2, LOG_WARNING = 3,
}

local function flatten(ok, problem, ...)
  if not ok and type(problem) == "table" and type(problem.err) == "string" then return ok, problem.err end
  return ok, problem, ...
end

local visible = {redis = redis, pcall = function(...) return flatten(protect(...)) end}
for _, name in ipairs {
  "_VERSION", "assert", "collectgarbage", "coroutine", "error", "gcinfo", "getmetatable", "ipairs", "load",
  "loadstring", "math", "next", "pairs", "rawequal", "rawget", "rawset", "select", "setmetatable", "string", "table",
  "tonumber", "tostring", "type", "unpack", "xpcall",
} do visible[name] = _G[name] end

local environment = setmetatable({}, {
  __index = function(_, name)
    local value = visible[name]
    if value == nil then
      raise("Script attempted to access nonexistent global variable '" .. tostring(name) .. "'", 2)
    end
    return value
  end,
  __newindex = function() raise("Attempt to modify a readonly table", 2) end,
})
visible._G = environment

local function locate(problem)
  local message = type(problem) == "table" and problem.err or "ERR " .. tostring(problem)
  for level = 2, 50 do
    local info = getinfo(level, "Sl")
    if not info then break end
    if info.source == "@user_script" then return {err = message, at = info.source .. ":" .. info.currentline} end
  end
  return {err = message}
end

return function(script, keys, arguments)
  visible.KEYS, visible.ARGV = keys, arguments
  setfenv(script, environment)
  return xpcall(script, locate)
end
`;
