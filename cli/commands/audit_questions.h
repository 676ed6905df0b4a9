#pragma once
// Questions about the audit trail, as words of a command line ask them.
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "cli/field_values.h"
#include "cli/session.h"
#include "core/base/json.h"

namespace kms::cli {

// Shorter names of the filters of ListAuditEvents: --key, --event, --since, --until.
const OtherNames& names_of_filters();

// A time that is said back from now, as 30m, 2h or 7d, as the operation takes it; every other text as it is.
std::string time_or_back(const Session& session, const std::string& text);

// A request of ListAuditEvents as its options say, with times for what is said back from now: 30m, 2h, 7d. Throws
// kUsage for a name that no event can have. `otherwise` is said by what is not given.
Json audit_request(const Session& session, const FieldValues& given, const Json& otherwise = Json::object());

// Alias, else key, that an event is about, as people read it; empty when it is about none.
std::string subject_of(const Json& event, std::string_view account);
// The name of the error without what AWS has behind each; ok where there is none.
std::string short_result(std::string result);

}  // namespace kms::cli
