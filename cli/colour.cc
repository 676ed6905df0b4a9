#include "cli/colour.h"

#include <ostream>
#include <string>

#include "cli/process.h"
#include "cli/terminal_stream.h"

namespace kms::cli {
namespace {

constexpr std::string_view kReset = "\033[0m";

std::string_view sequence_of(Style style) {
  switch (style) {
    case Style::kHeading:
      return "\033[1m";
    case Style::kGood:
      return "\033[32m";
    case Style::kDoubtful:
      return "\033[33m";
    case Style::kBad:
      return "\033[1;31m";
    case Style::kPlain:
      break;
  }
  return {};
}

}  // namespace

bool wants_colour(const GlobalOptions& options, bool to_terminal) {
  if (!options.color.empty() && options.color != "auto") return options.color == "on";
  const std::string kind = environment("TERM");
  return to_terminal && !kind.empty() && kind != "dumb" && environment("NO_COLOR").empty();
}

void write_styled(std::ostream& out, std::string_view text, Style style, bool colour) {
  const std::string_view begin = colour && !text.empty() ? sequence_of(style) : std::string_view();
  if (begin.empty()) {
    out << text;
    return;
  }
  write_control(out, begin);
  out << text;
  write_control(out, kReset);
}

}  // namespace kms::cli
