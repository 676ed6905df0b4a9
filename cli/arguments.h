#pragma once
// From the text of an option to the member of a request.
#include <string>
#include <vector>

#include "core/base/json.h"
#include "core/service/field.h"

namespace kms::cli {

std::string option_name(const Field& field);  // "--key-id"

// `arguments` holds what the option was given, at least one text. Forms: file://PATH for the text of a file, and for a
// blob fileb://PATH for its bytes; lists as several texts or JSON; maps and structures in shorthand (shorthand.h) or
// JSON. A blob given inline is base64 unless `raw_binary`. Throws kUsage that names the option and the member, kFile
// when a file cannot be read.
Json request_member(const Field& field, const std::vector<std::string>& arguments, bool raw_binary);

}  // namespace kms::cli
