-- PUT of 64 bytes to 100,000 keys, for wrk: wrk -t1 -c50 -d8 -s tests/bench/http_put.lua --latency http://127.0.0.1:8380
wrk.method = "PUT"
wrk.body = string.rep("x", 64)

local n = 0

request = function()
  n = n + 1
  return wrk.format(nil, "/v1/kv/key:" .. (n % 100000))
end
