#include <memory>
#include <nlohmann/json.hpp>

#include "cli/commands/lists.h"
#include "cli/commands/registry.h"
#include "cli/commands/support.h"
#include "cli/output.h"
#include "core/base/error.h"
#include "core/ops/table.h"
#include "core/ops/vault/credentials.h"
#include "core/ops/vault/quotas.h"

namespace kms::cli {
namespace {

constexpr const char* kCredentialGroup = "Agent";

struct CredentialOptions {
  std::string user;
  std::string id;
  std::string principal;
  std::string request_class;
  std::int32_t uid = 0;
  std::int32_t rate = 0;
  std::int32_t burst = 0;
  bool wide = false;
};

void list_option(ArgumentParser& parser, const OperationInfo& operation, CredentialOptions& options) {
  parser.prints(operation);
  add_wide_option(parser, options.wide);
}

void list_access_keys(Session& session, const CredentialOptions& options) {
  show_list<kms::list_access_keys>(
      session, Json::object(), options.wide, Listing({{"ACCESS KEY"}, {"PRINCIPAL"}, {"CREATED", 1}}),
      [&](Listing& rows, const ListAccessKeysResponse& answer) {
        for (const AccessKeyDescription& key : answer.access_keys) {
          rows.add({key.access_key_id, short_principal(session.home().account, key.principal),
                    shown_time(key.creation_date)});
        }
      });
}

void list_uids(Session& session, const CredentialOptions& options) {
  show_list<kms::list_uid_mappings>(
      session, Json::object(), options.wide, Listing({{"UID"}, {"PRINCIPAL"}}),
      [&](Listing& rows, const ListUidMappingsResponse& answer) {
        for (const UidMappingDescription& each : answer.uid_mappings) {
          rows.add({std::to_string(each.uid), short_principal(session.home().account, each.principal)});
        }
      });
}

void list_quotas(Session& session, const CredentialOptions& options) {
  const auto whose = [&](const std::string& principal) {
    return principal == "*" ? "each principal" : short_principal(session.home().account, principal);
  };
  show_list<kms::list_quotas>(
      session, Json::object(), options.wide, Listing({{"OF"}, {"REQUESTS"}, {"A SECOND"}, {"AT ONCE"}}),
      [&](Listing& rows, const ListQuotasResponse& answer) {
        for (const QuotaDescription& each : answer.quotas) {
          rows.add({whose(each.principal), each.request_class == "*" ? "all" : each.request_class,
                    std::to_string(each.requests_per_second), std::to_string(each.burst)});
        }
      });
}

Command credential_command(const char* path, const char* summary, void (*action)(Session&, const CredentialOptions&),
                           void (*add)(ArgumentParser&, CredentialOptions&)) {
  return {path, summary, kCredentialGroup, [action, add](ArgumentParser& parser, Session& session) {
            auto options = std::make_shared<CredentialOptions>();
            add(parser, *options);
            parser.callback([&session, options, action] { action(session, *options); });
          }};
}

void add_quota_names(ArgumentParser& parser, CredentialOptions& options) {
  parser.add_option("--principal", options.principal,
                    "user/NAME, role/NAME, root or an ARN; each principal when left out");
  parser.add_option(
      "--class", options.request_class,
      "cryptographic-symmetric, cryptographic-rsa, cryptographic-ecc, or an operation as DescribeKey; all "
      "requests when left out");
}

Json quota_request(const CredentialOptions& options) {
  Json request = Json::object();
  if (!options.principal.empty()) request["Principal"] = options.principal;
  if (!options.request_class.empty()) request["RequestClass"] = options.request_class;
  return request;
}

void add_access_keys(Commands& commands) {
  commands.push_back(credential_command(
      "access-key create", "Make an access key of a user, and print its secret once",
      [](Session& s, const CredentialOptions& o) {
        const bool named = o.user == "root" || o.user.find('/') != std::string::npos;
        print_call(s, row_of<kms::create_access_key>(), {{"Principal", named ? o.user : "user/" + o.user}});
      },
      [](ArgumentParser& parser, CredentialOptions& o) {
        parser.prints(row_of<kms::create_access_key>());
        parser.add_option("--user", o.user, "Name of the user; root for the owner of the account").required();
      }));
  commands.push_back(credential_command(
      "access-key list", "List the access keys", list_access_keys,
      [](ArgumentParser& parser, CredentialOptions& o) { list_option(parser, row_of<kms::list_access_keys>(), o); }));
  commands.push_back(credential_command(
      "access-key delete", "Revoke an access key",
      [](Session& s, const CredentialOptions& o) {
        s.call(name_of<kms::delete_access_key>(), {{"AccessKeyId", o.id}});
      },
      [](ArgumentParser& parser, CredentialOptions& o) {
        parser.add_option("access-key-id", o.id, "AKIA...").required();
      }));
}

void add_uids(Commands& commands) {
  commands.push_back(credential_command(
      "principal map-uid", "Let a user of this system call the agent as a principal",
      [](Session& s, const CredentialOptions& o) {
        s.call(name_of<kms::map_uid>(), {{"Uid", o.uid}, {"Principal", o.principal}});
      },
      [](ArgumentParser& parser, CredentialOptions& o) {
        parser.add_option("uid", o.uid, "Number of the user, as `id -u` prints it").required();
        parser.add_option("principal", o.principal, "user/NAME").required();
      }));
  commands.push_back(credential_command(
      "principal unmap-uid", "Let a user of this system call the agent as nobody",
      [](Session& s, const CredentialOptions& o) {
        s.call(name_of<kms::unmap_uid>(), {{"Uid", o.uid}});
      },
      [](ArgumentParser& parser, CredentialOptions& o) {
        parser.add_option("uid", o.uid, "Number of the user").required();
      }));
  commands.push_back(credential_command(
      "principal list-uids", "List which users of this system call the agent as whom", list_uids,
      [](ArgumentParser& parser, CredentialOptions& o) { list_option(parser, row_of<kms::list_uid_mappings>(), o); }));
}

void add_quotas(Commands& commands) {
  commands.push_back(credential_command(
      "quota set", "Limit how often principals may call the agent",
      [](Session& s, const CredentialOptions& o) {
        Json request = quota_request(o);
        request["RequestsPerSecond"] = o.rate;
        if (o.burst != 0) request["Burst"] = o.burst;
        s.call(name_of<kms::put_quota>(), std::move(request));
        if (!s.uses_agent())
          s.err() << "kmsctl: note: an agent counts requests; a command that opens the vault itself is not limited\n";
      },
      [](ArgumentParser& parser, CredentialOptions& o) {
        add_quota_names(parser, o);
        parser.add_option("--rate", o.rate, "Requests a second, in the long run").required();
        parser.add_option("--burst", o.burst, "Requests at once; those of a second when left out");
      }));
  commands.push_back(credential_command(
      "quota delete", "Limit requests no longer",
      [](Session& s, const CredentialOptions& o) { s.call(name_of<kms::delete_quota>(), quota_request(o)); },
      add_quota_names));
  commands.push_back(credential_command(
      "quota list", "List the quotas", list_quotas,
      [](ArgumentParser& parser, CredentialOptions& o) { list_option(parser, row_of<kms::list_quotas>(), o); }));
}

}  // namespace

void add_credential_commands(Commands& commands) {
  add_access_keys(commands);
  add_uids(commands);
  add_quotas(commands);
}

}  // namespace kms::cli
