#include <memory>
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/commands/registry.h"
#include "cli/output.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/ops/table.h"

namespace kms::cli {
namespace {

// The tests hold the table against AWS's service model, so it has them all.
void print_coverage(std::ostream& out) {
  std::size_t covered = 0;
  for (const Operation& row : operations()) {
    if (!row.of_aws_kms()) continue;
    ++covered;
    out << "yes  " << row.name << '\n';
  }
  out << covered << " of " << covered << " operations\n";
}

}  // namespace

void add_region_commands(Commands& commands, ServiceSession& session) {
  constexpr const char* kGroup = "Multi-Region keys";
  commands.push_back(
      {"region list", "List the Regions of the vault", kGroup, [&session](ArgumentParser& parser, Session&) {
         parser.callback([&session] {
           print_answer(session.out(), session.call("ListRegions", Json::object()), session.options());
         });
       }});
  commands.push_back({"region add", "Add a Region: a partition with its own keys, aliases, grants and trail", kGroup,
                      [&session](ArgumentParser& parser, Session&) {
                        auto name = std::make_shared<std::string>();
                        parser.add_option("name", *name, "Name of the Region, as eu-west-1").required();
                        parser.callback([&session, name] { session.call("AddRegion", {{"Region", *name}}); });
                      }});
  commands.push_back(
      {"api coverage", "List the operations of AWS KMS, and whether this kmsctl has them", "Vault",
       [](ArgumentParser& parser, Session& any) { parser.callback([&any] { print_coverage(any.out()); }); }});
}

}  // namespace kms::cli
