-- Write one versioned record of a hash, if nobody else has written it meanwhile.
--
-- KEYS  the hash; list and head of the chain's stream, where the write is linked (one slot)
-- ARGV  1 id   2 version it must have (0: there must be none; <=2: that or an earlier one, but
--       there must be one; 0<=2: the same, or none; >2: any, for what stands is known to be older)
--       3 JSON
--       4 "1": only as the first
--       5 fields, as JSON, that some record must have afterwards ('' : not asked)
--       6 the linked entry ('' : not linked)   7 the head it makes
--       8 length and 9 head that the link was made over
-- Returns {done}; {changed} if somebody else was faster; {last} if no record with these fields
-- would be left; or what head_moved returns.
local found = redis.call('HGET', KEYS[1], ARGV[1])
local version = found and cjson.decode(found)['version'] or 0
-- Offered again: a change of which nobody was told may be lost for good, and this was made over it.
local most = tonumber(string.match(ARGV[2], '^<=(%d+)$'))
local good = version == tonumber(ARGV[2])
if most then good = version > 0 and version <= most end
local most_or_none = tonumber(string.match(ARGV[2], '^0<=(%d+)$'))
if most_or_none then good = version <= most_or_none end
if string.find(ARGV[2], '^>') then good = version > 0 end
if not good then return {'changed'} end
if ARGV[4] == '1' and redis.call('HLEN', KEYS[1]) > 0 then return {'changed'} end

local function fits(text, wanted)
  local good, record = pcall(cjson.decode, text)
  if not good or type(record) ~= 'table' then return false end
  for name, value in pairs(wanted) do
    if record[name] ~= value then return false end
  end
  return true
end

if ARGV[5] ~= '' then
  local wanted = cjson.decode(ARGV[5])
  local left, all = fits(ARGV[3], wanted), redis.call('HGETALL', KEYS[1])
  for place = 1, #all, 2 do
    left = left or (all[place] ~= ARGV[1] and fits(all[place + 1], wanted))
  end
  if not left then return {'last'} end
end

local moved = ARGV[6] ~= '' and head_moved(KEYS[2], KEYS[3], ARGV[8], ARGV[9])
if moved then return moved end

-- Nothing is written above this line.
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
if ARGV[6] ~= '' then
  redis.call('RPUSH', KEYS[2], ARGV[6])
  redis.call('SET', KEYS[3], ARGV[7])
end
return {'done'}
