#pragma once
// Which of the events of a stretch: a set of numbers from 0 to 1023.
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace kms {

// How many events have an index together (core/audit/stretch_index.h).
inline constexpr std::size_t kStretch = 1024;

class Positions {
 public:
  static constexpr std::size_t kWordBits = 64;
  using Words = std::array<std::uint64_t, kStretch / kWordBits>;  // position p is bit p % 64 of word p / 64

  static Positions all() { return ~Positions(); }
  static Positions first(std::size_t count) {
    Positions positions;
    for (std::size_t position = 0; position < count; ++position) positions.add(position);
    return positions;
  }
  Positions() = default;
  explicit Positions(const Words& words) : words_(words) {}

  const Words& words() const { return words_; }
  void add(std::size_t position) { words_.at(position / kWordBits) |= std::uint64_t{1} << position % kWordBits; }
  bool has(std::size_t position) const { return (words_.at(position / kWordBits) >> position % kWordBits & 1U) != 0; }
  bool empty() const { return words_ == Words{}; }
  std::size_t count() const {
    std::size_t count = 0;
    for (const std::uint64_t word : words_) count += static_cast<std::size_t>(std::popcount(word));
    return count;
  }
  // In ascending order.
  template <class Visit>
  void for_each(const Visit& visit) const {
    for (std::size_t at = 0; at < words_.size(); ++at) {
      for (std::uint64_t word = words_.at(at); word != 0; word &= word - 1) {
        visit(at * kWordBits + static_cast<std::size_t>(std::countr_zero(word)));
      }
    }
  }

  Positions& operator&=(const Positions& other) {
    for (std::size_t at = 0; at < words_.size(); ++at) words_.at(at) &= other.words_.at(at);
    return *this;
  }
  Positions& operator|=(const Positions& other) {
    for (std::size_t at = 0; at < words_.size(); ++at) words_.at(at) |= other.words_.at(at);
    return *this;
  }
  friend Positions operator&(Positions one, const Positions& other) { return one &= other; }
  friend Positions operator~(Positions one) {
    for (std::uint64_t& word : one.words_) word = ~word;
    return one;
  }
  bool operator==(const Positions&) const = default;

 private:
  Words words_{};
};

}  // namespace kms
