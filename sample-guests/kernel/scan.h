// The guest that does not behave: searches all physical memory it can reach for someone else's secret.
#pragma once

// Maps physical addresses from 0 to 8 GiB, reads whatever answers, and reports whether the secret was there.
// The secret comes in ROT13, so that the search does not find what it is looking for in its own memory.
void scan_for(const char *secret_in_rot13);
