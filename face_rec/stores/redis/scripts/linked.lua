-- Do some writes and append the linked entry that speaks of them, or nothing.
--
-- KEYS  list of entries, its head, then the keys that are written (one slot)
-- ARGV  1 the entry   2 the head it makes   3 length and 4 head that the link was made over
--       5 guard: number of a key, its 6 field and 7 value ('' for none); '0' if there is none
--       then the commands: for each how many words it has, its name, the number of its key,
--       and its other words
-- Returns {done}, {changed} where the guard has another value, or what head_moved returns.
if ARGV[5] ~= '0' and (redis.call('HGET', KEYS[tonumber(ARGV[5])], ARGV[6]) or '') ~= ARGV[7] then
  return {'changed'}
end
local moved = head_moved(KEYS[1], KEYS[2], ARGV[3], ARGV[4])
if moved then return moved end

-- Nothing is written above this line.
local at = 8
while at <= #ARGV do
  local words = tonumber(ARGV[at])
  redis.call(ARGV[at + 1], KEYS[tonumber(ARGV[at + 2])], unpack(ARGV, at + 3, at + words))
  at = at + words + 1
end
redis.call('RPUSH', KEYS[1], ARGV[1])
redis.call('SET', KEYS[2], ARGV[2])
return {'done'}
