#pragma once
// Answers and failures as the two protocols of AWS carry them: AWS JSON 1.1 (KMS) and the query protocol (STS, which
// answers in XML).
#include <string>
#include <string_view>

#include "cli/agent/http.h"
#include "core/base/error.h"
#include "core/base/json.h"

namespace kms::agent {

enum class Wire { kJson, kQuery };

// Wipes `answer`, which may be an error of dispatch().
Response answer_of(Wire wire, std::string_view operation, Json& answer, std::string request_id);
Response failure_of(Wire wire, const Error& error, std::string request_id);

// The members of a form (application/x-www-form-urlencoded) as a request.
// Answers the action.
std::string read_query_request(std::string_view form, Json& request);

}  // namespace kms::agent
