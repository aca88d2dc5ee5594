-- Change unknown people, all that was asked for or nothing.
--
-- KEYS  people, visits, faces, ended, changes, revision (one slot)
-- ARGV  1 about how many entries of changes are kept
--       2 how many people, then of each: id, the version that was read, JSON ('' : they go)
--       how many visits, then of each: id, JSON, embedding ('' : as it is), when it ended
--       how many visits go, then their ids
-- Returns the revision that this makes; -1 where somebody else was faster.
local place = 2
local function take()
  place = place + 1
  return ARGV[place - 1]
end

local people, changed = {}, {}
for number = 1, tonumber(take()) do
  local one = {id = take(), version = tonumber(take()), text = take()}
  local stored = redis.call('HGET', KEYS[1], one.id)
  local stands = stored and cjson.decode(stored).version or 0
  if stands ~= one.version then return -1 end
  people[number], changed[number] = one, one.id
end

-- Nothing is written above this line.
for _, one in ipairs(people) do
  if one.text == '' then
    redis.call('HDEL', KEYS[1], one.id)
  else
    redis.call('HSET', KEYS[1], one.id, one.text)
  end
end
for _ = 1, tonumber(take()) do
  local id, text, face, ended = take(), take(), take(), take()
  redis.call('HSET', KEYS[2], id, text)
  if face ~= '' then redis.call('HSET', KEYS[3], id, face) end
  redis.call('ZADD', KEYS[4], ended, id)
end
for _ = 1, tonumber(take()) do
  local id = take()
  redis.call('HDEL', KEYS[2], id)
  redis.call('HDEL', KEYS[3], id)
  redis.call('ZREM', KEYS[4], id)
end
local revision = redis.call('INCR', KEYS[6])
redis.call(
  'XADD', KEYS[5], 'MAXLEN', '~', ARGV[1], revision .. '-0', 'ids', table.concat(changed, ' ')
)
return revision
