#pragma once
// Asking for an operation and reading its answer as the struct that the operation answers with: for commands that work
// with an answer instead of printing it.
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "cli/pages.h"
#include "cli/session.h"
#include "core/base/error.h"
#include "core/ops/table.h"
#include "core/service/response.h"

namespace kms::cli {

// Wipes `answer`. Throws kInternal when it is none of the operation's.
template <auto kHandler>
ResponseOf<kHandler> answer_as(Json answer) {
  try {
    auto response = read_response<ResponseOf<kHandler>>(answer);
    wipe(answer);
    return response;
  } catch (...) {
    wipe(answer);  // a malformed one may hold plaintext as well
    throw;
  }
}

// What policies have to allow for the operation: kms:Sign.
template <auto kHandler>
std::string permission_of() {
  return row_of<kHandler>().first.text();
}

// Throws Error when the answer is an error.
template <auto kHandler>
ResponseOf<kHandler> ask(Session& session, Json request) {
  const std::string_view operation = name_of<kHandler>();
  return answer_as<kHandler>(session.call(operation, std::move(request)));
}

// The same on behalf of a built-in service.
template <auto kHandler>
ResponseOf<kHandler> ask_through(Session& session, std::string_view service, Json request) {
  const std::string_view operation = name_of<kHandler>();
  return answer_as<kHandler>(session.call_through(service, operation, std::move(request)));
}

// What `question` gives; nothing where the answer is that the caller may not know.
template <class Question>
auto if_allowed(const Question& question) -> std::optional<decltype(question())> {
  try {
    return question();
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kAccessDenied) throw;
    return std::nullopt;
  }
}

// Hands over the answers of a list, page by page, until `look` says false. `truncated` says whether another one comes.
template <auto kHandler, class Look>
void ask_pages(Session& session, Json request, const Look& look) {
  Pages pages(session, row_of<kHandler>(), std::move(request));
  while (pages.more()) {
    Json page = pages.next(kNoBound);
    page["Truncated"] = pages.more();
    if (!look(answer_as<kHandler>(std::move(page)))) return;
  }
}

}  // namespace kms::cli
