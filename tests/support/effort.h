#pragma once
// How often a test repeats what it draws at random.

namespace kms {

// `times`; a quarter of it under a sanitizer, where each costs many times as much.
constexpr int repetitions(int times) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return times / 4;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
  return times / 4;
#else
  return times;
#endif
#else
  return times;
#endif
}

}  // namespace kms
