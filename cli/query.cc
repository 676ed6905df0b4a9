#include "cli/query.h"

#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/base/text.h"
#include "formats/jmespath.h"

namespace kms::cli {

namespace {

template <class Work>
auto of_option(const Work& work) {
  try {
    return work();
  } catch (const Error& error) {
    throw Error(error.code(), cat("--query: ", error.what()));
  }
}

}  // namespace

void check_query(std::string_view expression) {
  of_option([&] { formats::jmespath::Expression{expression}; });
}

OrderedJson query(const OrderedJson& document, std::string_view expression) {
  return of_option([&] { return formats::jmespath::Expression(expression).search(document); });
}

}  // namespace kms::cli
