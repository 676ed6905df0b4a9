#include <algorithm>
#include <array>
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

// The operations of AWS KMS (API version 2014-11-01, as of November 2026).
constexpr std::array<std::string_view, 56> kModelOperations = {"CancelKeyDeletion",
                                                               "ConnectCustomKeyStore",
                                                               "CreateAlias",
                                                               "CreateCustomKeyStore",
                                                               "CreateGrant",
                                                               "CreateKey",
                                                               "Decapsulate",
                                                               "Decrypt",
                                                               "DeleteAlias",
                                                               "DeleteCustomKeyStore",
                                                               "DeleteImportedKeyMaterial",
                                                               "DeriveSharedSecret",
                                                               "DescribeCustomKeyStores",
                                                               "DescribeKey",
                                                               "DisableKey",
                                                               "DisableKeyRotation",
                                                               "DisconnectCustomKeyStore",
                                                               "EnableKey",
                                                               "EnableKeyRotation",
                                                               "Encapsulate",
                                                               "Encrypt",
                                                               "GenerateDataKey",
                                                               "GenerateDataKeyPair",
                                                               "GenerateDataKeyPairWithoutPlaintext",
                                                               "GenerateDataKeyWithoutPlaintext",
                                                               "GenerateMac",
                                                               "GenerateRandom",
                                                               "GetKeyLastUsage",
                                                               "GetKeyPolicy",
                                                               "GetKeyRotationStatus",
                                                               "GetParametersForImport",
                                                               "GetPublicKey",
                                                               "ImportKeyMaterial",
                                                               "ListAliases",
                                                               "ListGrants",
                                                               "ListKeyPolicies",
                                                               "ListKeyRotations",
                                                               "ListKeys",
                                                               "ListResourceTags",
                                                               "ListRetirableGrants",
                                                               "PutKeyPolicy",
                                                               "ReEncrypt",
                                                               "ReplicateKey",
                                                               "RetireGrant",
                                                               "RevokeGrant",
                                                               "RotateKeyOnDemand",
                                                               "ScheduleKeyDeletion",
                                                               "Sign",
                                                               "TagResource",
                                                               "UntagResource",
                                                               "UpdateAlias",
                                                               "UpdateCustomKeyStore",
                                                               "UpdateKeyDescription",
                                                               "UpdatePrimaryRegion",
                                                               "Verify",
                                                               "VerifyMac"};

void print_coverage(std::ostream& out) {
  std::size_t covered = 0;
  for (const std::string_view name : kModelOperations) {
    const auto rows = operations();
    const bool here = std::any_of(rows.begin(), rows.end(), [&](const Operation& row) { return row.name == name; });
    covered += here ? 1 : 0;
    out << (here ? "yes  " : "no   ") << name << '\n';
  }
  out << covered << " of " << kModelOperations.size() << " operations\n";
  if (covered < kModelOperations.size()) throw Error(ErrorCode::kInternal, "operations are missing");
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
