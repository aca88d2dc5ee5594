-- Count one try, in several counts at once, unless one of them must wait.
--
-- KEYS  the hash of all counts at one thing; each field is count:milliseconds, the time from
--       which the next try is allowed
-- ARGV  1 milliseconds without a try after which all is forgotten; then for each count:
--       its field, the free tries, the first wait and the longest one in milliseconds
-- Returns whether the try was counted (1 or 0), the milliseconds until the next is allowed, and,
-- if it was, what each count came to.
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local counts, answer, wait = {}, {1, 0}, 0
for i = 2, #ARGV, 4 do
  local count, open = string.match(redis.call('HGET', KEYS[1], ARGV[i]) or '0:0', '^(%d+):(%d+)$')
  counts[i] = tonumber(count)
  wait = math.max(wait, tonumber(open) - now)
end
if wait > 0 then return {0, wait} end
for i = 2, #ARGV, 4 do
  local count, open = counts[i] + 1, 0
  local over = count - tonumber(ARGV[i + 1])
  if over >= 0 then
    local pause = math.min(tonumber(ARGV[i + 3]), tonumber(ARGV[i + 2]) * 2 ^ math.min(over, 40))
    open, wait = now + pause, math.max(wait, pause)
  end
  redis.call('HSET', KEYS[1], ARGV[i], string.format('%.0f:%.0f', count, open))
  answer[#answer + 1] = count
end
redis.call('PEXPIRE', KEYS[1], ARGV[1])
answer[2] = wait
return answer
