#pragma once
// Randomness that repeats: 00, 01, 02, ... For known answers alone.
#include "core/base/random.h"

class CountingRandom final : public kms::Random {
 public:
  void fill(kms::MutableBytes out) override {
    for (std::uint8_t& byte : out) byte = next_++;
  }

 private:
  std::uint8_t next_ = 0;
};
