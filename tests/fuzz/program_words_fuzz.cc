// The text of --exec is a usage error or gives words; these, each in single quotes, are the same words.
#include <cstdlib>
#include <string>
#include <string_view>

#include "cli/delivery/program_words.h"
#include "core/base/bytes.h"
#include "core/base/error.h"
#include "core/base/text.h"

namespace {

std::string in_quotes(std::string_view word) {
  std::string out = "'";
  for (const char c : word) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  kms::AlertDestination destination;
  try {
    destination = kms::delivery::parse_program(kms::cat("/bin/sh ", kms::as_text({data, size})), "");
  } catch (const kms::Error& error) {
    if (error.code() != kms::ErrorCode::kUsage) std::abort();
    return 0;
  }
  std::string again = destination.target;
  for (const std::string& word : destination.arguments) again += kms::cat(" ", in_quotes(word));
  if (kms::delivery::parse_program(again, "") != destination) std::abort();
  return 0;
}
