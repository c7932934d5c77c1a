-- Grants in a sliding log, as most libraries keep one.
--
-- KEYS[1]  sorted set: a member for each request granted, scored with when, in µs
-- ARGV     most requests, window in µs, requests wanted, a name no other call has
--
-- Returns 0, or in how many µs there can be a grant.
local most, window, cost, name = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4]
local time = redis.call('TIME')
local t = tonumber(time[1]) * 1000000 + tonumber(time[2])

redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', t - window))
local over = redis.call('ZCARD', KEYS[1]) + cost - most
if over > 0 then
  local last = redis.call('ZRANGE', KEYS[1], over - 1, over - 1, 'WITHSCORES')
  return math.max(1, tonumber(last[2]) + window - t)
end
for i = 1, cost do
  redis.call('ZADD', KEYS[1], string.format('%.0f', t), name .. ':' .. i)
end
redis.call('PEXPIRE', KEYS[1], math.ceil(window / 1000))
return 0
