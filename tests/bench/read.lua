-- What wrk measured, as one line that a program reads.
function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    "measured %d %d %.0f %.0f %d\n", summary.requests, summary.duration, latency:percentile(50),
    latency:percentile(99), errors.connect + errors.read + errors.write + errors.status + errors.timeout
  ))
end
