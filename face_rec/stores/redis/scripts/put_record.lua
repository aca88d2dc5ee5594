-- Write one versioned record of a hash, if nobody else has written it meanwhile.
--
-- KEYS  the hash
-- ARGV  1 id   2 version it must have (0: there must be none)   3 JSON   4 "1": only as the first
--       5 fields, as JSON, that some record must have afterwards ('' : not asked)
-- Returns 1 if written, else 0; 2 if no record with these fields would be left.
local found = redis.call('HGET', KEYS[1], ARGV[1])
local version = found and cjson.decode(found)['version'] or 0
if version ~= tonumber(ARGV[2]) then return 0 end
if ARGV[4] == '1' and redis.call('HLEN', KEYS[1]) > 0 then return 0 end

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
  if not left then return 2 end
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
return 1
