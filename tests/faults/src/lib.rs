//! What happens when the database restarts, pauses, fills up or is replaced.
