#pragma once
// Bars of days as SVG inside of a page. They have no text that would shrink with them: the scale stands around them in
// HTML. Each bar has a title, and the whole a text that says the same to whoever does not see it.
#include <cstddef>
#include <string>

#include "cli/commands/html_text.h"
#include "cli/commands/report_data.h"

namespace kms::cli {

// The last `count` days, with what failed on top of what did not.
void add_day_bars(Html& html, const DailyUse& use, std::size_t count);
// A share of a whole as a bar of its length. Nothing is told that the number beside it does not tell.
void add_share_bar(Html& html, std::int64_t part, std::int64_t whole);

}  // namespace kms::cli
