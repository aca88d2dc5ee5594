-- Begin deliveries, and what waits to be acknowledged, and be done with the entries of the outbox
-- that they come from; of those that are done the oldest go.
--
-- KEYS  the outbox; deliveries; when each is due; what is not told again before; what waits; when
--       it goes on (one slot)
-- ARGV  1 group   2 now, in ms   3 how many entries stay   4 number of entries
--       5 number of deliveries   6 how many may wait
--       then the entries' numbers
--       then of each delivery, and of each that waits: id, JSON, due in ms, what is cooled
--       ('' : nothing), until in ms
redis.call('ZREMRANGEBYSCORE', KEYS[4], '-inf', ARGV[2])
local first = 7 + tonumber(ARGV[4])
local waits = first + 5 * tonumber(ARGV[5])
for place = first, #ARGV, 5 do
  local id, text, due, cooled, til = unpack(ARGV, place, place + 4)
  local kept, when = KEYS[2], KEYS[3]
  if place >= waits then kept, when = KEYS[5], KEYS[6] end
  local known = redis.call('HEXISTS', kept, id) == 1
  local cold = cooled ~= '' and redis.call('ZSCORE', KEYS[4], cooled)
  local full = place >= waits and redis.call('HLEN', kept) >= tonumber(ARGV[6])
  if not known and not cold and not full then
    redis.call('HSET', kept, id, text)
    redis.call('ZADD', when, due, id)
    if cooled ~= '' then redis.call('ZADD', KEYS[4], til, cooled) end
  end
end
for entry = 7, 6 + tonumber(ARGV[4]) do
  redis.call('XACK', KEYS[1], ARGV[1], ARGV[entry])
end

-- Oldest first and only what is sorted: of 100,000 people who are absent none is pushed out.
local STEP = 1000
if redis.call('XLEN', KEYS[1]) < tonumber(ARGV[3]) + STEP then return 1 end
local oldest = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', STEP)
local last = oldest[#oldest][1]
if #redis.call('XPENDING', KEYS[1], ARGV[1], '-', last, 1) > 0 then return 1 end
for _, group in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
  for field = 1, #group, 2 do
    if group[field] == 'last-delivered-id' then
      if #redis.call('XRANGE', KEYS[1], '(' .. group[field + 1], last, 'COUNT', 1) > 0 then
        return 1
      end
    end
  end
end
redis.call('XTRIM', KEYS[1], 'MINID', last)
return 1
