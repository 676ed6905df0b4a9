#include "cli/commands/usage_question.h"

#include <nlohmann/json.hpp>
#include <ostream>
#include <utility>

#include "core/ops/table.h"

namespace kms::cli {
namespace {

std::int64_t unread_in(const Json& answer) {
  return answer.value("Unread", std::int64_t{0});
}

}  // namespace

Json call_usage(Session& session, const Json& request) {
  Json answer = session.call(name_of<kms::get_audit_usage>(), request);
  while (unread_in(answer) > 0) {
    Json next = session.call(name_of<kms::get_audit_usage>(), request);
    const bool further = unread_in(next) < unread_in(answer);
    answer = std::move(next);
    if (!further) break;
  }
  return answer;
}

void note_unread(Session& session, const Json& answer) {
  if (unread_in(answer) == 0) return;
  session.err() << "kmsctl: note: " << unread_in(answer)
                << " older events have no index yet and are not counted: kmsctl maintain makes it\n";
}

}  // namespace kms::cli
