// The SBI calls that KVM leaves to its user: the debug console.
#pragma once
#include "guest.h"

void sbi_start(struct guest *guest);
// Answers the call that KVM_RUN came back with.
void sbi_call(struct guest *guest);
