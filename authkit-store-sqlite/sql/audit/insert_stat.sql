INSERT INTO ak_stats_hourly (hour, metric, n)
VALUES (?1, ?2, ?3)
