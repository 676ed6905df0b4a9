#include "cli/commands/many_files.h"

#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <ostream>
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

bool is_directory(const std::string& path) {
  struct stat info {};
  return stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
}

// The name that an output has beside its file, in the directory.
std::string in_directory(const std::string& directory, const std::string& output) {
  if (names_standard_output(output)) {
    throw Error(ErrorCode::kUsage, cat("-o ", directory, ": standard input has no name to give the output there"));
  }
  const std::string base = output.substr(output.rfind('/') + 1);
  return cat(directory, directory.ends_with('/') ? "" : "/", base);
}

// One of two files would be lost.
void require_distinct(const std::vector<std::string>& files, const std::vector<std::string>& outputs) {
  std::map<std::string_view, std::string_view> file_of;
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (names_standard_output(outputs[i])) continue;
    const auto [other, is_new] = file_of.emplace(outputs[i], files[i]);
    if (is_new) continue;
    throw Error(ErrorCode::kUsage, cat(other->second, " and ", files[i], " would both become ", outputs[i]));
  }
}

}  // namespace

std::vector<std::string> outputs_of(const OutputOptions& options, const std::vector<std::string>& files,
                                    const std::function<std::string(const std::string&)>& name) {
  const std::string& target = options.output;
  if (options.force && options.skip_existing) {
    throw Error(ErrorCode::kUsage, "--force replaces what exists, --skip-existing leaves it: give one");
  }
  const bool into_directory = is_directory(target);
  if (target.ends_with('/') && !into_directory) {
    throw Error(ErrorCode::kFile, cat(target, ": there is no such directory (mkdir ", target, ")"));
  }
  if (!target.empty() && !into_directory && files.size() > 1) {
    throw Error(ErrorCode::kUsage, cat("-o ", target, ": several files need a directory that is there"));
  }
  std::vector<std::string> outputs;
  outputs.reserve(files.size());
  for (const std::string& file : files) {
    outputs.push_back(target.empty() ? name(file) : into_directory ? in_directory(target, name(file)) : target);
  }
  require_distinct(files, outputs);
  return outputs;
}

bool is_skipped(const OutputOptions& options, const std::string& output) {
  struct stat info {};
  return options.skip_existing && !names_standard_output(output) && lstat(output.c_str(), &info) == 0;
}

void for_each_file(Session& session, const std::vector<std::string>& files,
                   const std::function<Done(std::size_t)>& one) {
  if (std::count_if(files.begin(), files.end(), names_standard_input) > 1) {
    throw Error(ErrorCode::kUsage, "standard input is one of the files, not several");
  }
  std::size_t failed = 0;
  std::size_t skipped = 0;
  for (std::size_t i = 0; i < files.size(); ++i) {
    try {
      if (one(i) == Done::kSkipped) ++skipped;
    } catch (const Error& error) {
      if (files.size() == 1 || concerns_all(error)) {
        session.end_with(EXIT_SUCCESS);  // its own code says more than that of a file before
        throw;
      }
      const int code = report(under_name(files[i], error), session.err(), reader_of_errors(session.options()));
      if (failed++ == 0) session.end_with(code);
    }
  }
  if (failed == 0 && skipped == 0) return;
  session.err() << "kmsctl: " << files.size() - failed - skipped << " done";
  if (skipped > 0) session.err() << ", " << skipped << " skipped";
  if (failed > 0) session.err() << ", " << failed << " failed";
  session.err() << '\n';
}

}  // namespace kms::cli
