-- Change entries of the rules and raise their version, unless somebody else was faster.
--
-- KEYS  1 the rules' version   2 ... the hash of each entry
-- ARGV  1 the version that was seen, or ''   then for each entry: its id, and its text or ''
-- Returns the new version, or 0 if the version is not the one that was seen. An empty text
-- removes the entry.
local version = tonumber(redis.call('HGET', KEYS[1], 'version') or '0')
if ARGV[1] ~= '' and tonumber(ARGV[1]) ~= version then return 0 end

for place = 2, #KEYS do
  local id, text = ARGV[2 * place - 2], ARGV[2 * place - 1]
  if text == '' then
    redis.call('HDEL', KEYS[place], id)
  else
    redis.call('HSET', KEYS[place], id, text)
  end
end
return redis.call('HINCRBY', KEYS[1], 'version', 1)
