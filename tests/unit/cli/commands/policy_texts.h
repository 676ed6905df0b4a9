#pragma once
// Policies that tests of commands give, and what they look for in what a command says.
#include <string>
#include <string_view>

#include "core/base/text.h"

namespace kms::test {

// Whether a person reads `words` in what was printed.
inline bool speaks_of(std::string_view printed, std::string_view words) {
  return printed.find(words) != std::string_view::npos;
}

// Of a user, group or role, or above an account.
inline std::string policy_text(std::string_view effect, std::string_view action) {
  return cat(R"({"Version":"2012-10-17","Statement":{"Effect":")", effect, R"(","Action":")", action,
             R"(","Resource":"*"}})");
}

// Of a resource: of a key, a role, a listener.
inline std::string resource_policy_text(std::string_view principal, std::string_view action) {
  return cat(R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":)", principal, R"(,"Action":")",
             action, R"(","Resource":"*"}})");
}

inline const std::string& trust_in_x() {
  static const std::string text = R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sts:AssumeRole",)"
                                  R"("Principal":{"AWS":"arn:aws:iam::111122223333:user/x"}}})";
  return text;
}

}  // namespace kms::test
