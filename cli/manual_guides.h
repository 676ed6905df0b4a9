#pragma once
// Manual pages and parts of them that are written, not made from the commands.
#include <string>
#include <string_view>

namespace kms::cli {

// Of kmsctl(1).
std::string start_section();
std::string unlocking_section();
std::string environment_section();
std::string exit_status_section();
// Of kmsctl-agent(1) and kmsctl-api(7).
std::string agent_section();
std::string value_section();
// Whole pages.
std::string scripting_manual();
std::string security_manual();

}  // namespace kms::cli
