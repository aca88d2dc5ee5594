-- Puts vectors into a set, with a digest of each beside it; who was erased is left out.
-- KEYS: the set, the digests, who was erased, the token of this index
-- ARGV: the token, seconds that all of it is kept, EF, M, then member, digest, vector in turn
-- Returns -1 where the index is another one by now, else how many were put.
if redis.call('GET', KEYS[4]) ~= ARGV[1] then return -1 end
local put, now = 0, tonumber(redis.call('TIME')[1])
for i = 5, #ARGV, 3 do
  local member, digest = ARGV[i], ARGV[i + 1]
  local erased = redis.call('ZSCORE', KEYS[3], member)
  if tonumber(erased or 0) <= now and redis.call('HGET', KEYS[2], member) ~= digest then
    redis.call('VADD', KEYS[1], 'FP32', ARGV[i + 2], member, 'Q8', 'EF', ARGV[3], 'M', ARGV[4])
    redis.call('HSET', KEYS[2], member, digest)
    put = put + 1
  end
end
for i = 1, 4 do redis.call('EXPIRE', KEYS[i], ARGV[2]) end
return put
