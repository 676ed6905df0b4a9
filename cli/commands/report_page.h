#pragma once
// A report as one page for people: HTML and XML at once, with nothing from elsewhere and nothing that runs, which its
// own Content-Security-Policy says too. Days and times are in UTC, since whoever reads it may be anywhere.
#include <string>

#include "cli/commands/report_data.h"

namespace kms::cli {

std::string report_page(const ReportData& data);

}  // namespace kms::cli
