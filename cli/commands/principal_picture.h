#pragma once
// `principal show`: all that can be known of one user, group or role.
#include <string>

#include "cli/session.h"

namespace kms::cli {

// To a person on one screen, with what opens the vault as it and what it did last; else what DescribePrincipal answers.
// Throws Error when the principal itself may not be seen.
void show_principal(Session& session, const std::string& principal, bool wide);

}  // namespace kms::cli
