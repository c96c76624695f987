// The types that the kernel and its programs share. No header of the compiler is used, so that the
// debugging information names only files of this folder.
#pragma once

typedef unsigned char uint8_t;
typedef unsigned short uint16_t;
typedef unsigned int uint32_t;
typedef unsigned long uint64_t;
typedef unsigned long size_t;

#define NULL ((void *)0)
#define bool _Bool
#define true 1
#define false 0

#define countof(array) (sizeof(array) / sizeof((array)[0]))
