-- Stands before every script: whether a linked list ends where the link was made over.
--
-- Returns nothing if it does, else {moved, head, length, the newest entry where the head cannot be
-- read}: the link must be made anew. The length as well: an entry that somebody else wrote must
-- not stop all that follow. Nor must a head that somebody removed or wrote over.
local function head_moved(list, head, known_length, known_value)
  local length, value = tostring(redis.call('LLEN', list)), redis.pcall('GET', head) or ''
  if type(value) == 'table' then value = 'unreadable' end -- it is no string
  if length == known_length and value == known_value then return nil end
  local link = string.match(value, '^%d+:(%x+):%x+$')
  local newest = not (link and #link == 64) and redis.call('LINDEX', list, -1)
  return {'moved', value, length, newest or ''}
end
