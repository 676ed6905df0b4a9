#include <fstream>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/commands/registry.h"
#include "cli/commands/support.h"
#include "cli/output.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/ops/table.h"
#include "core/ops/vault/access.h"
#include "core/policy/lint.h"
#include "core/policy/simulation.h"

namespace kms::cli {
namespace {

constexpr const char* kGroup = "Key policies";

struct Options {
  std::string principal;
  std::string action;
  std::string key_id;
  std::string resource;
  std::vector<std::string> encryption_context;
  std::vector<std::string> context;
  std::string via_service;
  std::string listener;
  std::string expect;
  std::string cases;
  std::vector<std::string> grant_tokens;
};

struct LintOptions {
  std::string file;
  std::string kind = "key";
  bool strict = false;
};

Json request_of(const Options& options) {
  Json request{{"Action", options.action}};
  if (!options.principal.empty()) request["Principal"] = options.principal;
  if (!options.key_id.empty()) request["KeyId"] = options.key_id;
  if (!options.resource.empty()) request["Resource"] = options.resource;
  if (!options.encryption_context.empty()) request["EncryptionContext"] = parse_context(options.encryption_context);
  if (!options.context.empty()) request["Context"] = parse_context(options.context);
  if (!options.via_service.empty()) request["ViaService"] = options.via_service;
  if (!options.listener.empty()) request["Listener"] = options.listener;
  if (!options.grant_tokens.empty()) request["GrantTokens"] = options.grant_tokens;
  return request;
}

std::string joined(const Json& values) {
  if (values.is_null()) return "absent";
  std::string out;
  for (const Json& value : values) out += cat(out.empty() ? "" : ", ", "\"", shown(value), "\"");
  return out.empty() ? "(empty)" : out;
}

std::string statement_name(const Json& statement) {
  std::string out = shown(statement.at("Policy"));
  if (statement.contains("Statement")) out += cat("#", std::to_string(statement.at("Statement").get<int>()));
  if (statement.contains("Sid")) out += cat(" (", shown(statement.at("Sid")), ")");
  return out;
}

void print_statement(std::ostream& out, const Json& statement) {
  const bool applies = statement.at("Applies");
  out << "    " << shown(statement.at("Effect")) << ' ' << statement_name(statement)
      << (applies ? "  applies" : "  does not apply") << '\n';
  if (applies) return;
  out << "      ";
  for (const char* part : {"Principal", "Action", "Resource", "Condition"}) {
    out << lower_ascii(part) << (statement.at(part).get<bool>() ? " ok   " : " DIFFERS   ");
  }
  out << '\n';
  if (!statement.contains("Conditions")) return;
  for (const Json& condition : statement.at("Conditions")) {
    if (condition.at("Holds").get<bool>()) continue;
    out << "      " << shown(condition.at("Operator")) << ' ' << shown(condition.at("Key")) << ": wants "
        << joined(condition.at("Values"));
    if (condition.at("Values") != condition.at("ResolvedValues")) {
      out << " = " << joined(condition.at("ResolvedValues"));
    }
    out << ", request has " << joined(condition.at("Requested")) << '\n';
  }
}

void print_explanation(std::ostream& out, const Json& answer) {
  const bool allowed = answer.at("Decision") == "allow";
  const bool by_deny = answer.at("ExplicitDeny");
  out << (allowed   ? "ALLOW"
          : by_deny ? "DENY (explicit)"
                    : "DENY (implicit)")
      << "   " << shown(answer.at("Principal")) << " -> " << shown(answer.at("Action")) << " on "
      << shown(answer.at("Resource")) << '\n'
      << "  " << shown(answer.at("Reason")) << "\n  policies here are " << shown(answer.at("Mode")) << '\n';
  for (const Json& layer : answer.at("Layers")) {
    out << "  " << shown(layer.at("Layer")) << ": " << shown(layer.at("Verdict")) << '\n';
    if (!layer.contains("Statements")) {
      out << "    (you may not see the statements)\n";
      continue;
    }
    for (const Json& statement : layer.at("Statements")) print_statement(out, statement);
  }
  if (answer.contains("NearestMiss")) {
    out << "  nearest miss:\n";
    print_statement(out, answer.at("NearestMiss"));
  }
  const Json changes = answer.value("ChangesThatWouldAllow", Json::array());
  if (!changes.empty()) out << "  each of these alone would allow it (not advice):\n";
  for (const Json& change : changes) out << "    - " << shown(change) << '\n';
  const Json absent = answer.value("AbsentKeys", Json::array());
  if (!absent.empty())
    out << "  condition keys that policies ask for and the request lacks: " << joined(absent) << '\n';
}

void explain(ServiceSession& session, const Options& options) {
  Json answer = session.call(name_of<kms::explain_access>(), request_of(options));
  answer["Mode"] = session.mode();
  const std::string decision = answer.at("Decision");
  if (session.options().output.empty() && session.options().query.empty()) {
    print_explanation(session.out(), answer);
  } else {
    print(session, std::move(answer));
  }
  if (decision != (options.expect.empty() ? "allow" : options.expect)) {
    session.end_with(exit_code(ErrorCode::kAccessDenied));
  }
}

void who_can(ServiceSession& session, const Options& options) {
  print_call(session, row_of<kms::list_principals_with_access>(), request_of(options));
}

// One case a line, one answer a line; a line that is no case ends it. There may be any number of lines.
void simulate(Session& session, const Options& options) {
  std::ifstream file;
  const bool piped = options.cases == kStandardStream;
  if (!piped) file.open(options.cases);
  if (!piped && !file) throw Error(ErrorCode::kFile, cat(options.cases, ": cannot be read"));
  std::istream& lines = piped ? std::cin : file;
  std::size_t number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    try {
      const Json json = Json::parse(line, nullptr, /*allow_exceptions=*/false);
      const policy::SimulationCase test = policy::read_case(json, key_actions());
      const policy::Decision decision = policy::evaluate(test.request, test.policies);
      session.out() << "{\"id\":" << Json(test.id).dump() << R"(,"decision":")" << (decision.allowed ? "allow" : "deny")
                    << R"(","explicitDeny":)" << (decision.explicit_deny ? "true" : "false") << "}\n";
    } catch (const Error& error) {
      throw Error(error.code(), cat(options.cases, ", line ", std::to_string(number), ": ", error.what()));
    }
  }
}

policy::DocumentKind kind_of(const std::string& text) {
  if (text == "identity") return policy::DocumentKind::kIdentity;
  if (text == "trust") return policy::DocumentKind::kTrust;
  if (text == "scp") return policy::DocumentKind::kServiceControl;
  if (text == "rcp" || text == "endpoint") return policy::DocumentKind::kResource;
  return policy::DocumentKind::kKeyPolicy;
}

// A line for each finding; errors end with the exit code of a malformed policy.
void lint(Session& session, const LintOptions& options) {
  const auto findings = policy::lint(policy::parse(kind_of(options.kind), file_text(options.file)), key_actions());
  Json listed = Json::array();
  bool bad = false;
  for (const policy::Finding& each : findings) {
    const bool error = each.severity == policy::Severity::kError;
    bad = bad || error || options.strict;
    listed.push_back({{"Severity", error ? "error" : "warning"},
                      {"Statement", each.statement},
                      {"Sid", each.sid},
                      {"Code", each.code},
                      {"Message", each.message}});
    if (!session.options().output.empty()) continue;
    session.out() << (error ? "error" : "warning") << ": statement " << each.statement
                  << (each.sid.empty() ? "" : cat(" (", shown(each.sid), ")")) << ": " << shown(each.message) << " ["
                  << each.code << "]\n";
  }
  if (!session.options().output.empty())
    print_answer(session.out(), {{"Findings", std::move(listed)}}, session.options());
  if (bad) session.end_with(exit_code(ErrorCode::kMalformedPolicy));
}

void add_circumstances(ArgumentParser& parser, Options& options) {
  const auto pairs = [&](const std::string& name, std::vector<std::string>& variable, const std::string& help) {
    parser.add_option(name, variable, help).repeatable();
  };
  parser.add_option("--action", options.action, "As policies spell it: kms:Decrypt").required();
  parser.add_option("-k,--key-id", options.key_id, kKeyHelp);
  parser.add_option("--resource", options.resource, "ARN of what is no key");
  pairs("-c,--encryption-context", options.encryption_context,
        "Pair of the encryption context of the request: KEY=VALUE; may be repeated");
  pairs("--context", options.context, "Another condition key: KEY=VALUE; may be repeated");
  parser.add_option("--via-service", options.via_service, "The built-in service that calls: file, secrets or signing");
  parser.add_option("--listener", options.listener, "Of the agent: unix or loopback; its endpoint policy counts then");
}

}  // namespace

void add_access_commands(Commands& commands, ServiceSession& session) {
  commands.push_back(
      {"policy explain", "Explain why a principal may or may not do something", kGroup,
       [&session](ArgumentParser& parser, Session&) {
         auto options = std::make_shared<Options>();
         parser.add_option("--principal", options->principal,
                           "user/NAME, role/NAME, root or an ARN; yourself when left out");
         add_circumstances(parser, *options);
         parser.add_option("--grant-token", options->grant_tokens, "Token of a grant; may be repeated").repeatable();
         parser.add_option("--expect", options->expect, "allow or deny: fail with 4 unless it is so")
             .among({"allow", "deny"});
         parser.callback([&session, options] { explain(session, *options); });
       }});
  commands.push_back({"policy who-can", "List the principals that may do something", kGroup,
                      [&session](ArgumentParser& parser, Session&) {
                        auto options = std::make_shared<Options>();
                        add_circumstances(parser, *options);
                        parser.callback([&session, options] { who_can(session, *options); });
                      }});
  commands.push_back({"policy simulate", "Decide cases from a file, one JSON object a line, without a vault", kGroup,
                      [](ArgumentParser& parser, Session& any) {
                        auto options = std::make_shared<Options>();
                        parser.add_option("--cases", options->cases, "The file; - is standard input").required();
                        parser.callback([&any, options] { simulate(any, *options); });
                      }});
  commands.push_back({"policy lint", "Find what is most likely not meant in a policy file, without a vault", kGroup,
                      [](ArgumentParser& parser, Session& any) {
                        auto options = std::make_shared<LintOptions>();
                        parser.add_option("file", options->file, "The policy; - is standard input").required();
                        parser.add_option("--kind", options->kind, "key, identity, trust, scp, rcp or endpoint; key")
                            .among({"key", "identity", "trust", "scp", "rcp", "endpoint"});
                        parser.add_flag("--strict", options->strict, "Fail for warnings too");
                        parser.callback([&any, options] { lint(any, *options); });
                      }});
}

}  // namespace kms::cli
