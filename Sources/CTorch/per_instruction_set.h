// For plain loops that vectorize: the compiler makes one version per instruction set and picks at load time.
#pragma once
#if defined(__x86_64__) && defined(__linux__)
#define PER_INSTRUCTION_SET __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define PER_INSTRUCTION_SET
#endif
