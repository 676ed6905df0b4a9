#pragma once
// Names for what is remembered of the records (Transaction::remembered).
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace kms {

// A kind of thing that is remembered, and what type it has. Constants of static lifetime. Memos of different types
// never meet, whatever they are called; those of one type are told apart by their names.
template <class T>
class Memo {
 public:
  explicit constexpr Memo(std::string_view name) : name_(name) {}
  Memo(const Memo&) = delete;
  Memo& operator=(const Memo&) = delete;
  Memo(Memo&&) = delete;
  Memo& operator=(Memo&&) = delete;
  ~Memo() = default;

  // The key of one thing of the kind. `parts` say which; they may be any text, and none runs into the next one.
  std::string key(std::initializer_list<std::string_view> parts) const {
    const auto type = reinterpret_cast<std::uintptr_t>(&kType);  // its address stands for T
    std::size_t size = sizeof(type) + sizeof(std::uint64_t) + name_.size();
    for (const std::string_view part : parts) size += sizeof(std::uint64_t) + part.size();
    std::string out(size, '\0');
    std::memcpy(out.data(), &type, sizeof(type));
    char* at = put(out.data() + sizeof(type), name_);
    for (const std::string_view part : parts) at = put(at, part);
    return out;
  }

 private:
  static char* put(char* at, std::string_view part) {
    const std::uint64_t size = part.size();
    std::memcpy(at, &size, sizeof(size));
    part.copy(at + sizeof(size), part.size());
    return at + sizeof(size) + part.size();
  }
  static inline const char kType = 0;
  std::string_view name_;
};

// What was remembered, as the caller's own value; nothing where there was none.
template <class T>
std::optional<T> copy_of(const std::shared_ptr<const T>& remembered) {
  if (!remembered) return std::nullopt;
  return *remembered;
}

}  // namespace kms
