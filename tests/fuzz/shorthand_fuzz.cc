// Shorthand is refused as a usage error or gives an object; the object, written with quotes, means the same.
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "cli/shorthand.h"
#include "core/base/bytes.h"
#include "core/base/error.h"

namespace {

using kms::Json;

Json read(std::string_view text) {
  return kms::cli::parse_shorthand(text, "text", [](const std::string& /*item*/) { return std::nullopt; });
}

std::string written(const Json& value) {
  std::string out;
  if (value.is_object()) {
    for (const auto& [name, member] : value.items()) out += name + "=" + written(member) + ",";
    return "{" + out + "}";
  }
  if (value.is_array()) {
    for (const Json& element : value) out += written(element) + ",";
    return "[" + out + "]";
  }
  for (const char c : value.get_ref<const std::string&>()) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return "\"" + out + "\"";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Json value;
  try {
    value = read(kms::as_text({data, size}));
  } catch (const kms::Error& error) {
    if (error.code() != kms::ErrorCode::kUsage) std::abort();
    return 0;
  }
  for (const auto& [name, member] : value.items()) {
    Json wanted = Json::object();
    wanted[name] = member;
    if (read(name + "=" + written(member)) != wanted) std::abort();
  }
  return 0;
}
