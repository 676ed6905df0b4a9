#include "cli/query.h"

#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/base/text.h"
#include "formats/jmespath.h"

namespace kms::cli {

OrderedJson query(const OrderedJson& document, std::string_view expression) {
  try {
    return formats::jmespath::Expression(expression).search(document);
  } catch (const Error& error) {
    throw Error(error.code(), cat("--query: ", error.what()));
  }
}

}  // namespace kms::cli
