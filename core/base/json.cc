#include "core/base/json.h"

#include <nlohmann/json.hpp>
#include <vector>

#include "core/base/bytes.h"

namespace kms {
namespace {

void wipe_blob(Json::binary_t& blob) {
  wipe(MutableBytes(blob));
  blob.clear();
}

}  // namespace

JsonBox::JsonBox() : value_(std::make_unique<Json>()) {}
JsonBox::JsonBox(const JsonBox& other) : value_(std::make_unique<Json>(*other)) {}
JsonBox::JsonBox(JsonBox&& other) noexcept = default;
JsonBox& JsonBox::operator=(const JsonBox& other) {
  value_ = std::make_unique<Json>(*other);
  return *this;
}
JsonBox& JsonBox::operator=(JsonBox&& other) noexcept = default;
JsonBox::~JsonBox() = default;

// Without recursion: a document may be nested as deep as its sender likes.
void wipe(Json& document) {
  std::vector<Json*> pending{&document};
  const auto look_at = [&](Json& value) {
    if (value.is_structured()) pending.push_back(&value);
    if (value.is_string()) wipe(value.get_ref<std::string&>());
    if (value.is_binary()) wipe_blob(value.get_binary());
  };
  while (!pending.empty()) {
    Json& next = *pending.back();
    pending.pop_back();
    if (next.is_object()) {
      for (auto& [name, value] : next.get_ref<Json::object_t&>()) look_at(value);
    } else if (next.is_array()) {
      for (Json& value : next.get_ref<Json::array_t&>()) look_at(value);
    } else {
      look_at(next);
    }
  }
  document = nullptr;
}

}  // namespace kms
