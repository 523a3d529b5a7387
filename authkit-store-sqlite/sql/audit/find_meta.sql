SELECT value FROM ak_meta WHERE name = ?1
