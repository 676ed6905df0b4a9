#pragma once
// The parts of a report's page. Each says what there is, that there is nothing, or what its reader may not know.
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/commands/html_text.h"
#include "cli/commands/report_data.h"

namespace kms::cli {

// What stands in several of them: report_cells.cc.
void add_left_out(Html& html, std::string_view action);               // that the maker may not `action`
void add_more(Html& html, std::int64_t more, std::string_view what);  // "and 3 more keys", if there are more
void add_key_cell(Html& html, const KeyName& key, const std::optional<std::vector<Tag>>& tags = {});
void add_cell(Html& html, std::string_view text, std::string_view kind = {});
void add_when_cell(Html& html, std::string_view text);  // as utc_minutes() has it: may break behind the day
void add_number_cell(Html& html, std::int64_t number);
void open_table(Html& html, std::initializer_list<std::string_view> headers);  // `#` in front: of numbers
void close_table(Html& html);
std::string utc_minutes(Time time);                   // 2026-11-27 18:44
std::string utc_minutes_of(const std::string& text);  // the same of a time as events have it; else as it is

void add_keys_section(Html& html, const ReportData& data);
void add_calendar_section(Html& html, const ReportData& data);
void add_use_section(Html& html, const ReportData& data);
void add_denials_section(Html& html, const ReportData& data);
void add_pending_section(Html& html, const ReportData& data);
void add_access_section(Html& html, const ReportData& data);
void add_slots_section(Html& html, const ReportData& data);
void add_checkpoint_section(Html& html, const ReportData& data);

}  // namespace kms::cli
