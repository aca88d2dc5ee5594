-- Give a day that had left its lists back, all at once.
--
-- KEYS  attendance, seen, last, head, left, then what comes: entries, seen, last (one slot)
-- ARGV  1 the head with which it left   2 how many entries come
-- Returns {done}, or {changed}: another process was faster.
if redis.call('GET', KEYS[5]) ~= ARGV[1] or tostring(redis.call('LLEN', KEYS[6])) ~= ARGV[2] then
  return {'changed'}
end
for number = 1, 3 do
  if redis.call('EXISTS', KEYS[5 + number]) == 1 then
    redis.call('RENAME', KEYS[5 + number], KEYS[number])
    redis.call('PERSIST', KEYS[number])
  end
end
redis.call('SET', KEYS[4], ARGV[1])
redis.call('DEL', KEYS[5])
return {'done'}
