#pragma once
// Events as rows of a table for spreadsheets: RFC 4180, UTF-8, lines that end with CR LF. What callers wrote stands in
// it, so a cell that a spreadsheet would take for a formula gets an apostrophe in front.
#include <cstdint>
#include <string>
#include <string_view>

namespace kms {

std::string csv_cell(std::string_view text);
// The names of the columns. The number comes first: it finds the event in the log.
std::string csv_header();
// Of the text of an event; cells that it has nothing for are empty. VaultDamagedException when it is no record.
std::string csv_row(std::uint64_t number, std::string_view event);

}  // namespace kms
