#include "cli/roff.h"

#include "core/base/text.h"

namespace kms::cli {

std::string roff(std::string_view text) {
  std::string out;
  if (text.starts_with('.') || text.starts_with('\'')) out += "\\&";
  for (const char c : text) {
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else if (c == '\'') {
      out += "\\(aq";
    } else {
      out += c == '\n' ? ' ' : c;
    }
  }
  return out;
}

std::string page_head(std::string_view name, char section, std::string_view summary) {
  const std::string_view number(&section, 1);
  return cat(".TH ", roff(upper_ascii(name)), " ", number, " \"\" \"kmsctl " KMSCTL_VERSION "\" \"",
             section == '1' ? "User Commands" : "Miscellaneous", "\"\n", heading("Name"), roff(name), " \\- ",
             roff(summary), "\n");
}

std::string heading(std::string_view name) {
  return cat(".SH ", roff(upper_ascii(name)), "\n");
}

std::string subheading(std::string_view name) {
  return cat(".SS ", roff(name), "\n");
}

std::string paragraph(std::string_view text) {
  return cat(".PP\n", roff(text), "\n");
}

std::string item(std::string_view tag, std::string_view text) {
  return cat(".TP\n.B ", roff(tag), "\n", roff(text), "\n");
}

std::string compact(std::string_view items) {
  return cat(".PD 0\n", items, ".PD\n");
}

std::string compact_item(std::string_view tag, std::string_view text, std::size_t column) {
  return cat(".TP ", std::to_string(column), "\n.B ", roff(tag), "\n", roff(text), "\n");
}

std::string code_lines(std::string_view text) {
  std::string out = ".PP\n.RS 4\n.nf\n";
  for (const std::string_view line : split(text, '\n')) out += cat(roff(line), "\n");
  return out + ".fi\n.RE\n";
}

std::string page_name(std::string_view name, char section) {
  return cat(".BR ", roff(name), " (", std::string_view(&section, 1), ")\n");
}

}  // namespace kms::cli
