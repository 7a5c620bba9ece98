/**
 * The scripts of a person's hash. Each is sent flagged and touches one key, KEYS[1]. The first line names the script,
 * in slow logs and for tests that inject faults.
 */

/** The text of the marker of a deleted account. Nothing replaces it while it is valid. */
export const DELETED = "deleted";

export const READ = `-- read session
return redis.call('HMGET', KEYS[1], ARGV[1], ARGV[2])`;

/**
 * ARGV: a field that must exist, if any; otherwise the answer is empty, so that a made-up cookie transfers no sessions.
 */
export const READ_ALL = `-- read sessions
local all = redis.call('HGETALL', KEYS[1])
if not ARGV[1] then return all end
for at = 1, #all, 2 do
  if all[at] == ARGV[1] then return all end
end
return {}`;

/** Makes the key live at least until then. KEYS: person. `now`: epoch milliseconds. (`end` is a keyword of Lua.) */
const KEEP = `
local function keep(ending)
  if redis.call('PTTL', KEYS[1]) < ending - now then redis.call('PEXPIREAT', KEYS[1], ending) end
end`;

/**
 * ARGV: now (ms), field of the user, field of the session, its value, its end (ms), the snapshot, its version, prefix of
 * sessions, fields before pruning, most sessions.
 */
export const START = `-- start session
local now = tonumber(ARGV[1])
${KEEP}
local user = redis.call('HGET', KEYS[1], ARGV[2])
local ending, version, text
if user then ending, version, text = string.match(user, '^(%d+)|(%d+)|(.*)$') end
local stands = ending and tonumber(ending) > now
if stands and text == '${DELETED}' then return 0 end
local isSnapshot = stands and string.sub(text, 1, 1) == '{'
if not stands or (isSnapshot and tonumber(version) < tonumber(ARGV[7])) then
  redis.call('HSET', KEYS[1], ARGV[2], ARGV[6])
end
redis.call('HSET', KEYS[1], ARGV[3], ARGV[4])
if redis.call('HLEN', KEYS[1]) > tonumber(ARGV[9]) then
  local all = redis.call('HGETALL', KEYS[1])
  local sessions, dropped = {}, {}
  for at = 1, #all, 2 do
    if string.sub(all[at], 1, #ARGV[8]) == ARGV[8] then
      local sessionEnd, created = string.match(all[at + 1], '^(%d+)|(%d+)|')
      if not sessionEnd or tonumber(sessionEnd) <= now then
        dropped[#dropped + 1] = all[at]
      else
        sessions[#sessions + 1] = {all[at], tonumber(created)}
      end
    end
  end
  table.sort(sessions, function(one, other) return one[2] < other[2] end)
  for number = 1, #sessions - tonumber(ARGV[10]) do dropped[#dropped + 1] = sessions[number][1] end
  if #dropped > 0 then redis.call('HDEL', KEYS[1], unpack(dropped)) end
end
keep(tonumber(ARGV[5]))
return 1`;

/** ARGV: now (ms), field, expected value, new value, its end (ms). */
export const REPLACE = `-- replace session
local now = tonumber(ARGV[1])
${KEEP}
if redis.call('HGET', KEYS[1], ARGV[2]) ~= ARGV[3] then return 0 end
redis.call('HSET', KEYS[1], ARGV[2], ARGV[4])
keep(tonumber(ARGV[5]))
return 1`;

/** ARGV: prefix of sessions, field of the session that stays, or nothing. */
export const END_OTHERS = `-- end sessions
local ended = {}
for _, field in ipairs(redis.call('HKEYS', KEYS[1])) do
  if string.sub(field, 1, #ARGV[1]) == ARGV[1] and field ~= ARGV[2] then ended[#ended + 1] = field end
end
if #ended > 0 then redis.call('HDEL', KEYS[1], unpack(ended)) end
return #ended`;

/** ARGV: now (ms), field of the user, marker, its end (ms). */
export const MARK = `-- mark user
local now = tonumber(ARGV[1])
${KEEP}
redis.call('HSET', KEYS[1], ARGV[2], ARGV[3])
keep(tonumber(ARGV[4]))
return 1`;

/** ARGV: field of the user, expected value (empty: no field), new value. */
export const EXCHANGE = `-- write user
if (redis.call('HGET', KEYS[1], ARGV[1]) or '') ~= ARGV[2] or redis.call('PTTL', KEYS[1]) < 0 then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
return 1`;

/** ARGV: field of the user, new value, its version. */
export const REFRESH = `-- refresh user
local user = redis.call('HGET', KEYS[1], ARGV[1])
local version, kind
if user then version, kind = string.match(user, '^%d+|(%d+)|(.)') end
if kind ~= '{' or tonumber(version) >= tonumber(ARGV[3]) then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
return 1`;

/** ARGV: field of the user, marker, its end (ms). */
export const ERASE = `-- erase person
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('PEXPIREAT', KEYS[1], ARGV[3])
return 1`;
