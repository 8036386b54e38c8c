#pragma once
// Functions whose vector width pays are compiled for the baseline, AVX2 and AVX-512, and bound at load time. Left out
// under the sanitizers, whose run-time is not up when the choice is made.

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__)
#define NONZERO_VECTOR_CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define NONZERO_VECTOR_CLONES
#endif
