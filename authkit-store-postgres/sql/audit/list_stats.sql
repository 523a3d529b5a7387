SELECT hour, metric, n
FROM {schema}.stats_hourly
WHERE hour >= $1 AND hour < $2
ORDER BY hour, metric
LIMIT 20000
