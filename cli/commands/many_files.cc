#include "cli/commands/many_files.h"

#include <algorithm>
#include <iostream>
#include <string_view>

#include "cli/error_report.h"
#include "cli/named_files.h"
#include "cli/standard_streams.h"
#include "core/base/error.h"
#include "core/base/text.h"

namespace kms::cli {
namespace {

bool concerns_all(const Error& error) {
  return has_lost_reader() || error.code() == ErrorCode::kVaultLocked || error.code() == ErrorCode::kWrongPassphrase ||
         error.code() == ErrorCode::kVaultDamaged;
}

Error under_name(const std::string& file, const Error& error) {
  const std::string_view what = error.what();
  if (what.starts_with(file)) return error;
  return Error(error.code(), what.empty() ? file : cat(file, ": ", what));
}

}  // namespace

void for_each_file(Session& session, const std::vector<std::string>& files,
                   const std::function<void(std::size_t)>& one) {
  if (std::count_if(files.begin(), files.end(), names_standard_input) > 1) {
    throw Error(ErrorCode::kUsage, "standard input is one of the files, not several");
  }
  std::size_t failed = 0;
  for (std::size_t i = 0; i < files.size(); ++i) {
    try {
      one(i);
    } catch (const Error& error) {
      if (files.size() == 1 || concerns_all(error)) {
        session.end_with(EXIT_SUCCESS);  // its own code says more than that of a file before
        throw;
      }
      const int code = report(under_name(files[i], error), session.err(), reader_of_errors(session.options()));
      if (failed++ == 0) session.end_with(code);
    }
  }
  if (failed == 0) return;
  session.err() << "kmsctl: " << files.size() - failed << " done, " << failed << " failed\n";
}

}  // namespace kms::cli
