#include "core/base/json.h"

#include <nlohmann/json.hpp>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/ordered_json.h"

namespace kms {
namespace {

void wipe_blob(Json::binary_t& blob) {
  wipe(MutableBytes(blob));
  blob.clear();
}

// Without recursion: a document may be nested as deep as its sender likes.
template <class Document>
void wipe_all(Document& document) {
  std::vector<Document*> pending{&document};
  const auto look_at = [&](Document& value) {
    if (value.is_structured()) pending.push_back(&value);
    if (value.is_string()) wipe(value.template get_ref<std::string&>());
    if (value.is_binary()) wipe_blob(value.get_binary());
  };
  while (!pending.empty()) {
    Document& next = *pending.back();
    pending.pop_back();
    if (next.is_object()) {
      for (auto& [name, value] : next.template get_ref<typename Document::object_t&>()) look_at(value);
    } else if (next.is_array()) {
      for (Document& value : next.template get_ref<typename Document::array_t&>()) look_at(value);
    } else {
      look_at(next);
    }
  }
  document = nullptr;
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

void wipe(Json& document) {
  wipe_all(document);
}

void wipe(OrderedJson& document) {
  wipe_all(document);
}

}  // namespace kms
