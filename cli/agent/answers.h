#pragma once
// Answers and failures as the protocols of AWS carry them: AWS JSON 1.1 (KMS) and the query protocol (STS, which
// answers in XML). Smithy's rpc-v2-cbor is not spoken, but refused so that its clients can read it.
#include <string>
#include <string_view>

#include "cli/agent/http.h"
#include "core/base/error.h"
#include "core/base/json.h"

namespace kms::agent {

enum class Wire { kJson, kQuery, kCbor };

// What the client speaks, by its header. On the unix socket that is JSON where nothing says otherwise.
Wire wire_of(const Request& request, bool unix_socket);

// Wipes `answer`, which may be an error of dispatch(). In the query protocol its times are texts (spell_times()).
Response answer_of(Wire wire, std::string_view operation, Json& answer, std::string request_id);
Response failure_of(Wire wire, const Error& error, std::string request_id);
Response refusal_of(Wire wire, const Refusal& refusal, std::string request_id);

// The form (application/x-www-form-urlencoded) of a request in the query protocol: the query of a GET or HEAD, the body
// of a POST. Views `request`.
std::string_view form_of(const Request& request);
// The members of a form as a request. Answers the action. Throws ValidationException for a form that two readers could
// read differently: a name twice, a percent sign that begins no byte.
std::string read_query_request(std::string_view form, Json& request);

// VaultLockedException.
[[noreturn]] void throw_locked();

}  // namespace kms::agent
