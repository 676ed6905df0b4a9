#pragma once
// A command that takes several files, and where its outputs go.
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/session.h"

namespace kms::cli {

// A part of the options of a command (cli/option_fields.h).
struct OutputOptions {
  std::string output;  // a file, or a directory for the outputs of all files; empty: beside each file
  bool force = false;
  bool skip_existing = false;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("-o", output,
          {.file = true,
           .help = "Output file, - is standard output; or a directory: each output gets its usual name there"});
    visit("--force", force, {.help = "Replace an output file that exists"});
    visit("--skip-existing", skip_existing, {.help = "Leave out what has its output file already"});
  }
};

// The output of each file, which `name` gives one beside it. UsageException where two files would share an output;
// FileException where -o is a directory that is not there.
std::vector<std::string> outputs_of(const OutputOptions& options, const std::vector<std::string>& files,
                                    const std::function<std::string(const std::string& file)>& name);
// Whether it is there, and to be left alone.
bool is_skipped(const OutputOptions& options, const std::string& output);

enum class Done : std::uint8_t { kDone, kSkipped };

// Does `one` for the number of each file. What fails for one file alone is thrown; of several files each failure is
// told on stderr under the name of its file, the others are done, and a summary ends it: then the process ends with the
// code of the first failure. What would fail for each of them (a vault that does not open) is thrown at once.
// UsageException where standard input is named twice.
void for_each_file(Session& session, const std::vector<std::string>& files,
                   const std::function<Done(std::size_t)>& one);

}  // namespace kms::cli
