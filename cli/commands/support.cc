#include "cli/commands/support.h"

#include <nlohmann/json.hpp>

#include "core/base/encoding.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/ops/table.h"

namespace kms::cli {

TextMap parse_context(const std::vector<std::string>& pairs) {
  TextMap context;
  for (const std::string& pair : pairs) {
    const auto equals = pair.find('=');
    if (equals == std::string::npos || equals == 0) {
      throw Error(ErrorCode::kUsage, cat("-c '", pair, "': an encryption context pair has the form KEY=VALUE"));
    }
    if (!context.emplace(pair.substr(0, equals), pair.substr(equals + 1)).second) {
      throw Error(ErrorCode::kUsage, cat("-c '", pair, "': the key was given twice"));
    }
  }
  return context;
}

Bytes blob_of(const Json& answer, std::string_view member) {
  auto bytes = decode_base64(answer.at(std::string(member)).get_ref<const std::string&>());
  if (!bytes) throw Error(ErrorCode::kInternal, "the answer holds no valid blob");
  return *std::move(bytes);
}

SecretBytes secret_blob_of(const Json& answer, std::string_view member) {
  const auto& text = answer.at(std::string(member)).get_ref<const std::string&>();
  SecretBytes secret(base64_decoded_size(text));
  if (!decode_base64(text, secret.reveal())) throw Error(ErrorCode::kInternal, "the answer holds no valid blob");
  return secret;
}

const std::vector<Field>& fields_of(std::string_view operation) {
  for (const Operation& row : operations()) {
    if (row.name == operation) return row.fields;
  }
  throw Error(ErrorCode::kInternal, "no such operation");
}

void refuse_terminal(Terminal& terminal, std::string_view what) {
  if (!terminal.output_is_terminal()) return;
  throw Error(ErrorCode::kFile, cat(what, " is not written to a terminal: redirect the output or use -o FILE"));
}

}  // namespace kms::cli
