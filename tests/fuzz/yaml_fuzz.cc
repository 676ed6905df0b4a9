// YAML is refused as a usage error or read; what was read is written as YAML that is read as the same.
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "core/base/bytes.h"
#include "core/base/error.h"
#include "core/base/json_text.h"
#include "core/base/ordered_json.h"
#include "core/base/terminal_text.h"
#include "formats/yaml.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  kms::Json value;
  try {
    value = kms::formats::read_yaml(kms::as_text({data, size}), "text");
  } catch (const kms::Error& error) {
    if (error.code() != kms::ErrorCode::kUsage) std::abort();
    return 0;
  }
  kms::encode_blobs(value);
  const std::string text = kms::formats::write_yaml(kms::OrderedJson(value));
  if (kms::formats::read_yaml(text, "text") != value) std::abort();
  const std::string shown = kms::escape_controls(text, kms::LineEnds::kKept);
  if (kms::formats::read_yaml(shown, "text") != value) std::abort();
  return 0;
}
