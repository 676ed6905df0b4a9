#include "formats/jmespath_literal.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>

#include "core/base/json_text.h"
#include "core/base/text.h"
#include "formats/jmespath_error.h"

namespace kms::formats::jmespath {
namespace {

// What stands between the quotation marks, each \ in front of such a mark left out.
std::string inside_of(std::string_view quotation) {
  const char mark = quotation.front();
  const std::string_view inside = quotation.substr(1, quotation.size() - 2);
  std::string out;
  for (std::size_t at = 0; at < inside.size(); ++at) {
    if (inside[at] == '\\') {
      ++at;  // the lexer saw to it that a character follows
      if (inside[at] != mark) out += '\\';
    }
    out += inside[at];
  }
  return out;
}

OrderedJson parse_or_discard(std::string_view json) {
  return OrderedJson::parse(json, nullptr, /*allow_exceptions=*/false);
}

}  // namespace

std::string quoted_name(const Token& token) {
  const OrderedJson name = parse_or_discard(token.text);
  if (!name.is_string()) fail_at(token.character, "what stands between \"\" is no string of JSON");
  return name.get<std::string>();
}

std::string raw_text(const Token& token) {
  return inside_of(token.text);
}

OrderedJson literal(const Token& token) {
  const std::string inside = inside_of(token.text);
  if (!is_within(inside, JsonLimits{})) fail_at(token.character, "the literal is nested too deep");
  OrderedJson value = parse_or_discard(inside);
  if (!value.is_discarded()) return value;
  const std::size_t start = std::min(inside.find_first_not_of(" \t\n\r"), inside.size());
  value = parse_or_discard(cat("\"", std::string_view(inside).substr(start), "\""));
  if (value.is_discarded()) fail_at(token.character, "what stands between `` is neither JSON nor a text");
  return value;
}

}  // namespace kms::formats::jmespath
