DELETE FROM ak_meta WHERE name = ?1
