#include "cli/commands/support.h"

#include <nlohmann/json.hpp>

#include "cli/ask.h"
#include "cli/output.h"
#include "cli/pages.h"
#include "core/base/encoding.h"
#include "core/base/error.h"
#include "core/base/terminal_text.h"
#include "core/base/text.h"
#include "core/model/alias.h"
#include "core/ops/kms/keys.h"
#include "core/ops/table.h"

namespace kms::cli {

Json tag_members(const TextMap& tags) {
  Json members = Json::array();
  for (const auto& [key, value] : tags) members.push_back({{"TagKey", key}, {"TagValue", value}});
  return members;
}

Json blob_member(ByteView bytes) {
  return Json::binary({bytes.begin(), bytes.end()});
}

Json blob_member(const SecretBytes& bytes) {
  return blob_member(bytes.reveal());
}

void print(Session& session, Json answer) {
  print_answer(session.out(), std::move(answer), session.options());
}

std::string key_of(Session& session, const std::string& name) {
  const bool is_alias = name.starts_with(kAliasPrefix) || name.find(":alias/") != std::string::npos;
  if (!is_alias) return name;
  return ask<kms::describe_key>(session, {{"KeyId", name}}).key_metadata.arn;
}

void print_pages(Session& session, const OperationInfo& operation, Json request) {
  Pages pages(session, operation, std::move(request));
  print_pages(session, pages);
}

std::string alias_name(const std::string& name) {
  const bool complete = name.starts_with(kAliasPrefix) || name.starts_with("arn:");
  return complete ? name : cat(kAliasPrefix, name);
}

bool confirmed(Session& session, bool yes, std::string_view question) {
  if (yes) return true;
  if (!session.terminal().can_prompt()) {
    throw Error(ErrorCode::kUsage, "there is no terminal to ask at: --yes says that you mean it");
  }
  return session.terminal().confirm(question);
}

std::string shown(const Json& text) {
  return escape_controls(text.get_ref<const std::string&>(), LineEnds::kEscaped);
}

std::string file_text(Session& session, const std::string& path) {
  constexpr std::size_t kLimit = 1U << 20U;
  return std::string(as_text(read_file(session.terminal().streams(), path, kLimit)));
}

std::string pretty_policy(const std::string& policy) {
  const Json json = Json::parse(policy, nullptr, /*allow_exceptions=*/false);
  return json.is_discarded() ? policy : cat(escape_controls(json.dump(2), LineEnds::kKept), "\n");
}

void print_policy(Session& session, const OperationInfo& operation, Json request) {
  if (session.options().names_form()) return print_call(session, operation, std::move(request));
  const Json answer = session.call(operation.name, std::move(request));
  session.out() << pretty_policy(answer.at("Policy").get_ref<const std::string&>());
}

void note_short_passphrase(Session& session, SlotKind kind, const SecretBytes& secret) {
  constexpr std::size_t kFew = 12;
  if (kind != SlotKind::kPassphrase || secret.size() >= kFew || !session.terminal().error_is_terminal()) return;
  session.err() << "kmsctl: note: that passphrase is short: whoever copies the vault can try thousands an hour; four "
                   "words by chance, or more, are safe\n";
}

void refuse_answer_form(const Session& session, std::string_view what) {
  if (!session.options().names_form()) return;
  throw Error(ErrorCode::kUsage, cat("--output and --query choose the form of an answer; this prints ", what));
}

void refuse_terminal(Terminal& terminal, std::string_view what, bool armored) {
  if (!terminal.output_is_terminal()) return;
  throw Error(ErrorCode::kFile, cat(what, " is not written to a terminal: redirect the output or use -o FILE",
                                    armored ? ", or -a for text" : ""));
}

}  // namespace kms::cli
