#pragma once
// Samples of requests and answers, for --generate-cli-skeleton: every member, with a value of its type.
#include <string>
#include <vector>

#include "core/base/json.h"
#include "core/service/field.h"

namespace kms::cli {

// A request as indented JSON, its members in the order of the fields, which is that of AWS. Texts are empty, or the
// first value that the member may have.
std::string request_skeleton(const std::vector<Field>& fields);
// The same as YAML, where a comment says of each member what it is for.
std::string yaml_request_skeleton(const std::vector<Field>& fields);
// An answer whose texts are the names of their members.
Json answer_skeleton(const std::vector<Field>& fields);

}  // namespace kms::cli
