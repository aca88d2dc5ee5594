-- Give a day that had left its lists back, all at once.
--
-- KEYS  attendance, seen, last, head, left, then what comes: entries, seen, last (one slot)
-- ARGV  1 the note with which it left   2 how many entries come   3 the head they end with
-- Returns {done}, {changed}: another process was faster, or {written}: a list stands beside the
-- note, which none of this version writes, and which must not be lost.
if redis.call('GET', KEYS[5]) ~= ARGV[1] or tostring(redis.call('LLEN', KEYS[6])) ~= ARGV[2] then
  return {'changed'}
end
if redis.call('EXISTS', KEYS[1]) == 1 then return {'written'} end
for number = 1, 3 do
  if redis.call('EXISTS', KEYS[5 + number]) == 1 then
    redis.call('RENAME', KEYS[5 + number], KEYS[number])
    redis.call('PERSIST', KEYS[number])
  end
end
redis.call('SET', KEYS[4], ARGV[3])
redis.call('DEL', KEYS[5])
return {'done'}
