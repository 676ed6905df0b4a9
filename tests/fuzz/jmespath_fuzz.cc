// Any text as an expression over a small document: it is refused as wrong usage, or it selects the same twice, and the
// same in parentheses. The limits on the time and the memory of one input are what finds a blow-up.
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <optional>

#include "core/base/error.h"
#include "core/base/ordered_json.h"
#include "core/base/text.h"
#include "formats/jmespath.h"
#include "tests/fuzz/start.h"

namespace {

using namespace kms;

const OrderedJson& document() {
  static const OrderedJson parsed = OrderedJson::parse(R"({
    "Keys": [{"KeyId": "1", "Tags": [{"TagKey": "a", "TagValue": "b"}]}, {"KeyId": "2", "Size": 2.5, "Tags": []}, 7, null],
    "KeyMetadata": {"Enabled": true, "CreationDate": "2026-01-02T03:04:05+00:00", "Description": "größe", "": [[1], [2, [3]]]},
    "Numbers": [3, -1, 18446744073709551615, 0.5], "Texts": ["b", "a", ""], "Truncated": false})");
  return parsed;
}

// Nothing where it is refused.
std::optional<std::string> answer(const std::string& expression) {
  try {
    return formats::jmespath::Expression(expression).search(document()).dump();
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kUsage || std::string_view(error.what()).empty()) std::abort();
    return std::nullopt;
  }
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  return start_fuzzing();
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string expression(data, data + size);
  const auto first = answer(expression);
  if (first != answer(expression)) std::abort();
  const auto within = answer(cat("(", expression, ")"));
  if (first && within && first != within) std::abort();  // it may be nested too deep in parentheses
  return 0;
}
