// The console's one script. Every page works without it: it only adds.
