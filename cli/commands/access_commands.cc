#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/ask.h"
#include "cli/colour.h"
#include "cli/command_of.h"
#include "cli/commands/hints.h"
#include "cli/commands/operation_command.h"
#include "cli/commands/registry.h"
#include "cli/commands/support.h"
#include "cli/input_lines.h"
#include "cli/output.h"
#include "cli/principal_option.h"
#include "core/base/error.h"
#include "core/base/terminal_text.h"
#include "core/base/text.h"
#include "core/model/principal.h"
#include "core/ops/table.h"
#include "core/ops/vault/access.h"
#include "core/policy/lint.h"
#include "core/policy/simulation.h"

namespace kms::cli {
namespace {

constexpr const char* kAccessGroup = "Key policies";

// What a request that is asked about is: all but who makes it.
std::vector<OptionRow> circumstances() {
  return {{"--action", "Action"},
          {"-k,--key-id", "KeyId", Reading::kValue, kKeyHelp},
          {"--resource", "Resource", Reading::kValue, "ARN of what is no key"},
          {"-c,--encryption-context", "EncryptionContext", Reading::kPairs,
           "Pair of the encryption context of the request: KEY=VALUE; may be repeated"},
          {"--context", "Context", Reading::kPairs, "Another condition key: KEY=VALUE; may be repeated"},
          {"--via-service", "ViaService"},
          {"--listener", "Listener"}};
}

std::vector<OptionRow> whole_question() {
  std::vector<OptionRow> rows = circumstances();
  rows.insert(rows.begin(), {"--principal", "Principal"});
  rows.push_back({"--grant-token", "GrantTokens", Reading::kValue, "Token of a grant; may be repeated"});
  return rows;
}

struct ExplainOptions {
  OperationOptions question = {row_of<kms::explain_access>(), whole_question()};
  bool verbose = false;
  AccessDecision expect = AccessDecision::kAllow;

  template <class Visitor>
  void fields(Visitor& visit) {
    question.fields(visit);
    visit("-v,--verbose", verbose, {.help = "All policies that were looked at, and each change that would allow it"});
    visit("--expect", expect, {.help = "allow or deny: fail with 4 unless it is so"});
  }
};

struct SimulateOptions {
  std::string cases;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("--cases", cases, {.required = true, .file = true, .help = "The file; - is standard input"});
  }
};

struct LintOptions {
  std::string file;
  std::string kind = "key";
  bool strict = false;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("file", file, {.required = true, .file = true, .help = "The policy; - is standard input"});
    visit("--kind", kind,
          {.among = {"key", "identity", "trust", "scp", "rcp", "endpoint"},
           .help = "key, identity, trust, scp, rcp or endpoint; key"});
    visit("--strict", strict, {.help = "Fail for warnings too"});
  }
};

std::string joined(const std::vector<std::string>& values) {
  std::string out;
  for (const std::string& value : values) out += cat(out.empty() ? "" : ", ", "\"", shown(value), "\"");
  return out.empty() ? "(empty)" : out;
}

std::string statement_name(const ExplainedStatement& statement) {
  std::string out = shown(statement.policy);
  if (statement.statement) out += cat("#", std::to_string(*statement.statement));
  if (statement.sid) out += cat(" (", shown(*statement.sid), ")");
  return out;
}

void print_condition(std::ostream& out, const ExplainedCondition& condition) {
  out << "      " << shown(condition.condition_operator) << ' ' << shown(condition.key) << ": wants "
      << joined(condition.values);
  if (condition.values != condition.resolved_values) out << " = " << joined(condition.resolved_values);
  out << ", request has " << (condition.requested ? joined(*condition.requested) : "absent") << '\n';
}

void print_statement(std::ostream& out, const ExplainedStatement& statement) {
  out << "    " << to_text(statement.effect) << ' ' << statement_name(statement)
      << (statement.applies ? "  applies" : "  does not apply") << '\n';
  if (statement.applies) return;
  const auto part = [&](const char* name, bool matches) { out << name << (matches ? " ok   " : " DIFFERS   "); };
  out << "      ";
  part("principal", statement.principal);
  part("action", statement.action);
  part("resource", statement.resource);
  part("condition", statement.condition);
  out << '\n';
  if (!statement.conditions) return;
  for (const ExplainedCondition& condition : *statement.conditions) {
    if (!condition.holds) print_condition(out, condition);
  }
}

void print_layer(std::ostream& out, const ExplainedLayer& layer) {
  out << "  " << shown(layer.layer) << ": " << shown(layer.verdict) << '\n';
  if (!layer.statements) {
    out << "    (you may not see the statements)\n";
    return;
  }
  for (const ExplainedStatement& statement : *layer.statements) print_statement(out, statement);
}

std::string_view verdict_of(const ExplainAccessResponse& answer) {
  if (answer.decision == AccessDecision::kAllow) return "ALLOW";
  return answer.explicit_deny ? "DENY (explicit)" : "DENY (implicit)";
}

std::string shell_word(const std::string& text) {
  constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:=@,+";
  if (!text.empty() && text.find_first_not_of(kPlain) == std::string::npos) return text;
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

bool is_action(std::string_view name) {
  return find_action(operations(), name).operation != nullptr || policy::find_action(key_actions(), name) != nullptr;
}

// A line for a shell that allows it, where one Allow does.
std::string command_that_allows(const ExplainAccessResponse& answer, const Json& question, std::string_view account) {
  if (!is_action(answer.action)) return {};
  const bool own = account_of(answer.principal) == account;
  const std::string principal = own ? principal_option(answer.principal) : answer.principal;
  const auto way = [&](WayToAllow wanted) {
    const auto ways = answer.ways_to_allow.value_or(std::vector<WayToAllow>());
    return std::find(ways.begin(), ways.end(), wanted) != ways.end();
  };
  if (way(WayToAllow::kKeyPolicy)) {
    std::string line = cat("kmsctl policy allow -k ", shell_word(question.at("KeyId")), " --principal ",
                           shell_word(principal), " --actions ", shell_word(answer.action));
    for (const auto& [key, value] : question.value("EncryptionContext", TextMap())) {
      line += cat(" -c ", shell_word(cat(key, "=", value)));
    }
    return line;
  }
  if (!way(WayToAllow::kPrincipalPolicy)) return {};
  const Json policy{{"Version", "2012-10-17"},
                    {"Statement", {{"Effect", "Allow"}, {"Action", answer.action}, {"Resource", answer.resource}}}};
  return cat("echo ", shell_word(policy.dump()), " | kmsctl principal policy put ", shell_word(principal), " NAME -");
}

void print_all(std::ostream& out, const ExplainAccessResponse& answer) {
  for (const ExplainedLayer& layer : answer.layers) print_layer(out, layer);
  if (answer.changes_that_would_allow && !answer.changes_that_would_allow->empty()) {
    out << "  each of these alone would allow it (not advice):\n";
    for (const std::string& change : *answer.changes_that_would_allow) out << "    - " << shown(change) << '\n';
  }
  if (answer.absent_keys && !answer.absent_keys->empty()) {
    out << "  condition keys that policies ask for and the request lacks: " << joined(*answer.absent_keys) << '\n';
  }
}

// The verdict and its reason, what comes nearest, and what would change it; all that was looked at with -v alone.
void print_explanation(Session& session, const ExplainAccessResponse& answer, const Json& question, bool verbose) {
  std::ostream& out = session.out();
  const bool allowed = answer.decision == AccessDecision::kAllow;
  const std::string principal = short_principal(session.home().account, answer.principal);
  write_styled(out, verdict_of(answer), allowed ? Style::kGood : Style::kBad,
               screen_of(session.options(), false).colour);
  out << "   " << shown(principal) << " -> " << shown(answer.action) << " on " << shown(answer.resource) << "\n  "
      << shown(answer.reason) << "\n  policies here are " << session.mode() << '\n';
  if (answer.decided_by && (verbose || answer.explicit_deny)) {
    out << "  decided by:\n";
    print_statement(out, *answer.decided_by);
  }
  if (answer.nearest_miss && !answer.explicit_deny) {
    out << "  nearest miss:\n";
    print_statement(out, *answer.nearest_miss);
  }
  if (const std::string line = command_that_allows(answer, question, session.home().account); !line.empty()) {
    out << "  this would allow it:\n    " << shown(line) << '\n';
  }
  if (verbose) print_all(out, answer);
}

bool is_for_programs(const GlobalOptions& options) {
  return !options.output.empty() || !options.query.empty();
}

// What is misspelt is decided like any other action, and tells nothing of what was meant.
void note_unknown_action(Session& session, const std::string& name) {
  if (is_action(name)) return;
  session.err() << "kmsctl: note: no operation asks for " << escape_controls(name, LineEnds::kEscaped)
                << ": is it misspelt? Actions are as kms:Decrypt or kmsctl:ListSlots\n";
}

void explain(Session& session, const ExplainOptions& options) {
  const Json question = options.question.request(session);
  auto answer = ask<kms::explain_access>(session, question);
  const AccessDecision decision = answer.decision;
  note_unknown_action(session, answer.action);
  if (!is_for_programs(session.options())) {
    print_explanation(session, answer, question, options.verbose);
  } else {
    Json document = write_response(std::move(answer));
    document["Mode"] = session.mode();
    print(session, std::move(document));
  }
  if (decision != options.expect) session.end_with(exit_code(ErrorCode::kAccessDenied));
}

void access_rows(Listing& rows, const ListPrincipalsWithAccessResponse& answer, Session& session) {
  for (const PrincipalWithAccess& each : answer.principals) {
    rows.add({short_principal(session.home().account, each.principal), each.reason});
  }
}

policy::SimulationCase case_of(const std::string& line) {
  if (const std::string place = place_of_json_error(line); !place.empty()) {
    throw Error(ErrorCode::kValidation, cat("no JSON from ", place.substr(place.find("column")), " on"));
  }
  return policy::read_case(Json::parse(line), key_actions());
}

// One case a line, one answer a line; a line that is no case ends it. There may be any number of lines.
void simulate(Session& session, const SimulateOptions& options) {
  refuse_answer_form(session, "a decision a line");
  InputLines lines(session.terminal().streams(), options.cases);
  std::size_t number = 0;
  for (std::string line; lines.next(line);) {
    ++number;
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    try {
      const policy::SimulationCase test = case_of(line);
      const policy::Decision decision = policy::evaluate(test.request, test.policies);
      session.out() << "{\"id\":" << Json(test.id).dump() << R"(,"decision":")" << (decision.allowed ? "allow" : "deny")
                    << R"(","explicitDeny":)" << (decision.explicit_deny ? "true" : "false") << "}\n";
    } catch (const Error& error) {
      throw Error(error.code(), cat(lines.name(), ", line ", std::to_string(number), ": ", error.what()));
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
  const std::string text = file_text(session, options.file);
  const std::string place = place_of_json_error(text);
  if (!place.empty()) {
    session.set_hint(cat("the text is no JSON from ", place, " on"));
  } else if (options.kind == "key") {
    session.set_hint("it was read as a key policy; that of a user, group or role is --kind identity");
  }
  const auto findings = policy::lint(policy::parse(kind_of(options.kind), text), key_actions());
  const bool for_programs = is_for_programs(session.options());
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
    if (for_programs) continue;
    session.out() << (error ? "error" : "warning") << ": statement " << each.statement
                  << (each.sid.empty() ? "" : cat(" (", shown(each.sid), ")")) << ": " << shown(each.message) << " ["
                  << each.code << "]\n";
  }
  if (for_programs) print_answer(session.out(), {{"Findings", std::move(listed)}}, session.options());
  if (bad) session.end_with(exit_code(ErrorCode::kMalformedPolicy));
}

}  // namespace

void add_access_commands(Commands& commands) {
  constexpr const char* kGroup = kAccessGroup;
  commands.push_back(command<ExplainOptions>("policy explain", "Explain why a principal may or may not do something",
                                             kGroup, explain));
  commands.push_back(list_command<kms::list_principals_with_access>(
      {"policy who-can", "List the principals that may do something", kGroup, circumstances()},
      {{"PRINCIPAL"}, {"REASON", 1, Cut::kAsNeeded, 20}}, access_rows));
  commands.push_back(command<SimulateOptions>(
      "policy simulate", "Decide cases from a file, one JSON object a line, without a vault", kGroup, simulate));
  commands.push_back(command<LintOptions>(
      "policy lint", "Find what is most likely not meant in a policy file, without a vault", kGroup, lint));
}

}  // namespace kms::cli
