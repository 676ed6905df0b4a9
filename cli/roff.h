#pragma once
// Parts of manual pages, in man(7) macros. Each is text as it is: no escape, no request, and hyphens that can be
// copied.
#include <cstddef>
#include <string>
#include <string_view>

namespace kms::cli {

std::string roff(std::string_view text);  // within a line
std::string page_head(std::string_view name, char section, std::string_view summary);
std::string heading(std::string_view name);
std::string subheading(std::string_view name);
std::string paragraph(std::string_view text);
std::string item(std::string_view tag, std::string_view text);
// Items without lines between them, whose texts begin at `column` where the tags are shorter.
std::string compact(std::string_view items);
std::string compact_item(std::string_view tag, std::string_view text, std::size_t column);
std::string code_lines(std::string_view text);               // as they are, indented
std::string page_name(std::string_view name, char section);  // for SEE ALSO: in bold, a line

}  // namespace kms::cli
