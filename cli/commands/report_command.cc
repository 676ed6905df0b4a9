// report: what there is to know of a vault, as a page for people.
#include <nlohmann/json.hpp>
#include <string>

#include "cli/command_of.h"
#include "cli/commands/log_files.h"
#include "cli/commands/registry.h"
#include "cli/commands/report_data.h"
#include "cli/commands/report_page.h"
#include "cli/commands/support.h"

namespace kms::cli {
namespace {

struct ReportOptions {
  std::string output;
  bool force = false;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("-o", output, {.file = true, .help = "Output file, as report.html; standard output when left out"});
    visit("--force", force, {.help = "Replace an output file that exists"});
  }
};

void write_report(Session& session, const ReportOptions& options) {
  refuse_answer_form(session, "a page");
  LogOutput output(session, options.output, options.force);
  output.write(report_page(gather_report(session)));
}

}  // namespace

void add_report_command(Commands& commands) {
  commands.push_back(command<ReportOptions>("report", "Write a page that shows keys, their use and who may use them",
                                            "Audit", write_report));
}

}  // namespace kms::cli
