-- Take a day out of Redis that lies in the archive, if it is still as it was compared.
--
-- KEYS  attendance, seen, last, head, left (one slot)
-- ARGV  1 length and 2 head of the day when it was compared   3 when it may leave, Unix seconds
--       4 the note that takes its place
-- Returns {done}, {changed}: it has grown, or has left before, or {young}: by the clock of Redis
-- marks still come to it, whatever the clock of who asks has jumped to.
if tonumber(redis.call('TIME')[1]) < tonumber(ARGV[3]) then return {'young'} end
if tostring(redis.call('LLEN', KEYS[1])) ~= ARGV[1] or redis.call('GET', KEYS[4]) ~= ARGV[2] then
  return {'changed'}
end
redis.call('SET', KEYS[5], ARGV[4])
redis.call('DEL', KEYS[1], KEYS[2], KEYS[3], KEYS[4])
return {'done'}
