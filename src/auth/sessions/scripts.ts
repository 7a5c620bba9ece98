/**
 * What must happen at once, or not at all, in Redis. Keys that a script derives (`session:<hash>`) are those of one
 * person; all are on one server, for Upstash does not shard.
 */

/**
 * Stores a session, lists it, and ends the oldest beyond the bound. Writes the user's snapshot only where there is
 * nothing: what is there is newer, or a mark that the row is changing.
 * KEYS: session, index, user. ARGV: session JSON, its end (ms), its hash, its birth (ms), births before this are over
 * (ms), most sessions, end of the index (ms), user JSON, life of the snapshot (s).
 */
export const START_SESSION = `
redis.call('SET', KEYS[1], ARGV[1], 'PXAT', ARGV[2])
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', '(' .. ARGV[5])
redis.call('ZADD', KEYS[2], ARGV[4], ARGV[3])
for _, hash in ipairs(redis.call('ZRANGE', KEYS[2], 0, -1 - ARGV[6])) do
  redis.call('DEL', 'session:' .. hash)
  redis.call('ZREM', KEYS[2], hash)
end
redis.call('PEXPIREAT', KEYS[2], ARGV[7])
redis.call('SET', KEYS[3], ARGV[8], 'NX', 'EX', ARGV[9])
return 1`;

/** Reads every listed session and unlists the ones that are over. KEYS: index. */
export const LIST_SESSIONS = `
local sessions = {}
for _, hash in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  local session = redis.call('GET', 'session:' .. hash)
  if session then sessions[#sessions + 1] = session else redis.call('ZREM', KEYS[1], hash) end
end
return sessions`;

/** Ends one session and says whether there was one. KEYS: session, index. ARGV: its hash. */
export const END_SESSION = `
redis.call('ZREM', KEYS[2], ARGV[1])
return redis.call('DEL', KEYS[1])`;

/** The same only if the index lists it: a hash that somebody has seen ends nobody else's. KEYS: session, index. ARGV: its hash. */
export const END_LISTED_SESSION = `
if redis.call('ZREM', KEYS[2], ARGV[1]) == 0 then return 0 end
return redis.call('DEL', KEYS[1])`;

/** Ends every listed session but one. KEYS: index. ARGV: the hash of the one that stays, or nothing. */
export const END_OTHER_SESSIONS = `
for _, hash in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  if hash ~= ARGV[1] then
    redis.call('DEL', 'session:' .. hash)
    redis.call('ZREM', KEYS[1], hash)
  end
end
return 1`;

/** Replaces the mark that this very change left; a later change's mark stays. KEYS: user. ARGV: mark, user JSON, life (s). */
export const PUBLISH_SNAPSHOT = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
return 1`;
