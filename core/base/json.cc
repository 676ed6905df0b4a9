#include "core/base/json.h"

#include <nlohmann/json.hpp>
#include <vector>

#include "core/base/bytes.h"

namespace kms {

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
  std::vector<Json*> pending;
  pending.reserve(32);
  pending.push_back(&document);
  while (!pending.empty()) {
    Json* next = pending.back();
    pending.pop_back();
    if (next->is_string()) wipe(next->get_ref<std::string&>());
    if (next->is_binary()) {
      wipe(MutableBytes(next->get_binary()));
      next->get_binary().clear();
    }
    if (next->is_structured()) {
      for (Json& child : *next) pending.push_back(&child);
    }
  }
  document = nullptr;
}

}  // namespace kms
