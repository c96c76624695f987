#pragma once

// Says why the kernel cannot go on, and ends the machine with a failure.
__attribute__((noreturn, format(printf, 1, 2))) void panic(const char *template, ...);
