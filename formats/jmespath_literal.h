#pragma once
// What the quotations of a JMESPath expression mean.
#include <string>

#include "core/base/ordered_json.h"
#include "formats/jmespath_lexer.h"

namespace kms::formats::jmespath {

// "name", with the escapes of JSON.
std::string quoted_name(const Token& token);
// 'text': of escapes, only \' is one.
std::string raw_text(const Token& token);
// `JSON`, where \` is a backtick; what is no JSON is a text, with the escapes of JSON, from its first character that is
// no space.
OrderedJson literal(const Token& token);

}  // namespace kms::formats::jmespath
