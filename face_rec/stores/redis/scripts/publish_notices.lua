-- Append notices to the outbox, each once.
--
-- KEYS  the outbox; places of its readers; ids told for a day ('' : not asked) (one slot)
-- ARGV  1 reader   2 where it must stand ('' : nowhere)   3 where it stands then
--       4 about how many entries are kept whatever becomes of them (0: only note the ids as told)
--       5 seconds that the ids of a day are kept
--       then id and JSON of each notice
-- Returns how many were appended; -1 where the reader stands elsewhere.
if ARGV[1] ~= '' then
  local stands = redis.call('HGET', KEYS[2], ARGV[1]) or ''
  if stands ~= ARGV[2] then return -1 end
  redis.call('HSET', KEYS[2], ARGV[1], ARGV[3])
end
local count = 0
for place = 6, #ARGV, 2 do
  if #KEYS < 3 or redis.call('SADD', KEYS[3], ARGV[place]) == 1 then
    if ARGV[4] ~= '0' then
      redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[4], '*', 'notice', ARGV[place + 1])
    end
    count = count + 1
  end
end
if #KEYS > 2 and count > 0 then redis.call('EXPIRE', KEYS[3], ARGV[5]) end
return count
