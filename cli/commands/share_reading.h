#pragma once
// Recovery shares that people bring: in files, or typed at the terminal.
#include <string>
#include <vector>

#include "cli/session.h"
#include "formats/recovery_shares.h"

namespace kms::cli {

// One or several shares a file; - is standard input. They go together then, and may still be too few or too many.
// Throws kFile, and as formats::decode_recovery_share() with the file in front, and the number of the share where there
// are several; kUsage for one that is of another set, or there twice.
std::vector<formats::RecoveryShare> read_share_files(Session& session, const std::vector<std::string>& files);

// As many as they say are needed. Each is checked as soon as it is there, and asked for again where it is none. kUsage
// when nobody is there to type, or gives up.
std::vector<formats::RecoveryShare> type_shares(Session& session);

}  // namespace kms::cli
