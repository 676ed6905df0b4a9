#pragma once
// From the text of an option to the member of a request.
#include <string>
#include <string_view>
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

// An argument, or the text of the file that file://PATH names. Throws kFile when it cannot be read.
std::string text_of(const std::string& argument);

// Of a document that holds the members of `fields`: makes times and blobs of their texts. Throws kUsage, which begins
// with `option`, for what is no object, a member that there is not, and a value of another type.
void fit_document(const std::vector<Field>& fields, std::string_view option, Json& document, bool raw_binary);

}  // namespace kms::cli
