#include <memory>
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/commands/lists.h"
#include "cli/commands/registry.h"
#include "cli/output.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/ops/table.h"
#include "core/ops/vault/regions.h"

namespace kms::cli {
namespace {

// A test holds the table against AWS's service model, and fails when one is missing.
void print_coverage(std::ostream& out) {
  std::size_t count = 0;
  for (const Operation& row : operations()) {
    if (!row.of_aws_kms()) continue;
    ++count;
    out << row.name << '\n';
  }
  out << count << " operations\n";
}

void list_regions(Session& session, bool wide) {
  show_list<kms::list_regions>(session, Json::object(), wide, Listing({{"REGION"}, {"MEANT WHERE NONE IS NAMED", 1}}),
                               [](Listing& rows, const ListRegionsResponse& answer) {
                                 for (const RegionDescription& each : answer.regions) {
                                   rows.add({each.region, each.is_default ? "yes" : ""});
                                 }
                               });
}

}  // namespace

void add_region_commands(Commands& commands) {
  constexpr const char* kGroup = "Multi-Region keys";
  commands.push_back(
      {"region list", "List the Regions of the vault", kGroup, [](ArgumentParser& parser, Session& session) {
         parser.prints(row_of<kms::list_regions>());
         auto wide = std::make_shared<bool>(false);
         add_wide_option(parser, *wide);
         parser.callback([&session, wide] { list_regions(session, *wide); });
       }});
  commands.push_back(
      {"region add", "Add a Region: a partition with its own keys, aliases, grants and trail", kGroup,
       [](ArgumentParser& parser, Session& session) {
         auto name = std::make_shared<std::string>();
         parser.add_option("name", *name, "Name of the Region, as eu-west-1").required();
         parser.callback([&session, name] { session.call(name_of<kms::add_region>(), {{"Region", *name}}); });
       }});
  commands.push_back(
      {"api coverage", "List the operations of AWS KMS, all of which kmsctl has", "Vault",
       [](ArgumentParser& parser, Session& any) { parser.callback([&any] { print_coverage(any.out()); }); }});
}

}  // namespace kms::cli
