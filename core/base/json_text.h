#pragma once
// Json as text: what dump() writes without indentation, with what is no UTF-8 replaced, and binary values in base64.
// Texts of plain ASCII, which are nearly all of those in the API, are copied instead of being looked at byte by byte:
// several times as fast.
#include <memory>
#include <string>
#include <string_view>

#include "core/base/bytes.h"
#include "core/base/json.h"

namespace kms {

// Wipes what it gives back: for texts that hold plaintext and grow.
template <class T>
struct WipingAllocator {
  using value_type = T;
  WipingAllocator() = default;
  template <class U>
  WipingAllocator(const WipingAllocator<U>& /*other*/) {}  // NOLINT(google-explicit-constructor): as allocators do
  T* allocate(std::size_t count) { return std::allocator<T>().allocate(count); }
  void deallocate(T* memory, std::size_t count) noexcept {
    wipe(MutableBytes(reinterpret_cast<std::uint8_t*>(memory), count * sizeof(T)));
    std::allocator<T>().deallocate(memory, count);
  }
  bool operator==(const WipingAllocator&) const = default;
};
using WipingText = std::basic_string<char, std::char_traits<char>, WipingAllocator<char>>;

void append_json(std::string& out, const Json& value);
void append_json(WipingText& out, const Json& value);

// Lays a text that is JSON out, one member or element a line, as dump(4) does, for a place that is `depth` levels deep.
// Nothing but white space between tokens changes: what is no JSON stays none.
void append_indented(std::string& out, std::string_view json, std::size_t depth);

// Makes base64 of the binary values of a document, at any depth.
void encode_blobs(Json& document);

// As much of a text as fits into `most` bytes, and no part of a character of UTF-8.
std::string_view beginning_of(std::string_view text, std::size_t most);

// What a document may ask of whoever reads it: Json takes some ten times the bytes of a text that is all brackets.
struct JsonLimits {
  std::size_t depth = 16;      // of objects and arrays in one another
  std::size_t values = 32768;  // at most that many commas, objects and arrays
};
// Looks at each byte once, before anything is parsed. What is no JSON at all is for the parser to refuse.
bool is_within(std::string_view json, const JsonLimits& limits);

// Writes an object, its members in the order of the calls. Names are written as they are: they need no escapes.
class JsonObjectWriter {
 public:
  explicit JsonObjectWriter(std::string& out) : out_(out) { out_ += '{'; }  // `out` outlives it
  JsonObjectWriter& text(std::string_view name, std::string_view value);
  JsonObjectWriter& plain(std::string_view name, std::string_view value);  // which needs no escapes
  JsonObjectWriter& flag(std::string_view name, bool value);
  JsonObjectWriter& json(std::string_view name, const Json& value);
  // For what the caller writes to `out` itself.
  JsonObjectWriter& name(std::string_view name);
  void end() { out_ += '}'; }

 private:
  std::string& out_;
  bool first_ = true;
};

}  // namespace kms
