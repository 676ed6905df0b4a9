#include <nlohmann/json.hpp>

#include "cli/commands/operation_command.h"
#include "cli/commands/registry.h"
#include "cli/output.h"
#include "core/ops/table.h"
#include "core/ops/vault/regions.h"

namespace kms::cli {
namespace {

// A test holds the table against AWS's service model, and fails when one is missing.
void print_coverage(Session& session, const NoOptions& /*none*/) {
  Json names = Json::array();
  for (const Operation& row : operations()) {
    if (row.of_aws_kms()) names.push_back(row.name);
  }
  if (session.options().names_form()) return print_answer(session.out(), {{"Operations", names}}, session.options());
  for (const Json& name : names) session.out() << name.get_ref<const std::string&>() << '\n';
  session.out() << names.size() << " operations\n";
}

void region_rows(Listing& rows, const ListRegionsResponse& answer, Session& /*session*/) {
  for (const RegionDescription& each : answer.regions) rows.add({each.region, each.is_default ? "yes" : ""});
}

}  // namespace

void add_region_commands(Commands& commands) {
  constexpr const char* kGroup = "Multi-Region keys";
  commands.push_back(list_command<kms::list_regions>({"region list", "List the Regions of the vault", kGroup, {}},
                                                     {{"REGION"}, {"MEANT WHERE NONE IS NAMED", 1}}, region_rows));
  commands.push_back(
      operation_command<kms::add_region>({"region add",
                                          "Add a Region: a partition with its own keys, aliases, grants and trail",
                                          kGroup,
                                          {{"name", "Region", Reading::kValue, "Name of the Region, as eu-west-1"}}}));
  commands.push_back(command<NoOptions>("api coverage", "List the operations of AWS KMS, all of which kmsctl has",
                                        "Vault", print_coverage));
}

}  // namespace kms::cli
