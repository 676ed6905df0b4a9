#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/ask.h"
#include "cli/commands/operation_command.h"
#include "cli/commands/registry.h"
#include "cli/commands/support.h"
#include "cli/credentials.h"
#include "cli/output.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/ops/vault/slots.h"
#include "formats/credential_text.h"

namespace kms::cli {
namespace {

constexpr const char* kSlotGroup = "Vault";

struct AddOptions {
  std::string principal = "root";
  NewCredentialOptions credential;
  bool recovery_code = false;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("--principal", principal, {.help = "Whom the credential unlocks as: user/NAME or root; root when left out"});
    credential.fields(visit);
    visit("--recovery-code", recovery_code, {.help = "Make a recovery code and print it once"});
  }
};

struct ChangeOptions {
  std::string slot;
  NewCredentialOptions credential;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("--slot", slot,
          {.help = "Id of the slot, from slot list; your only passphrase, or the one that unlocked, when left out"});
    credential.source_fields(visit);
  }
};

Json add_request(const AddOptions& options, SlotKind kind, const SecretBytes& credential) {
  Json request{{"Principal", options.principal}, {"Kind", to_text(kind)}, {"Credential", blob_member(credential)}};
  if (!options.credential.label.empty()) request["Label"] = options.credential.label;
  return request;
}

void add_slot_command(Session& session, const AddOptions& options) {
  require_one_source(options.credential, options.recovery_code);
  if (options.recovery_code) {
    const SecretBytes secret = session.random().secret(formats::kCredentialSize);
    session.call(name_of<kms::add_slot>(), add_request(options, SlotKind::kRecoveryCode, secret));
    const SecretBytes code = formats::encode_recovery_code(secret);
    session.out() << as_text(code.reveal()) << '\n';
    return;
  }
  session.require_open();  // whoever cannot unlock the vault is not asked for a new passphrase first
  const vault::Credential credential = new_credential(options.credential, session.terminal(), session.random());
  note_short_passphrase(session, credential.kind, credential.secret);
  Json answer;
  use_new_credential(options.credential, [&] {
    answer = session.call(name_of<kms::add_slot>(), add_request(options, credential.kind, credential.secret));
  });
  print_answer_of(session, row_of<kms::add_slot>(), std::move(answer));
}

// Nothing for who may not see them.
std::vector<ListedSlot> listed_slots(Session& session) {
  try {
    return ask<kms::list_slots>(session, Json::object()).slots;
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kAccessDenied) throw;
    return {};
  }
}

// The slot that opened the vault, unless that was another kind of credential: then the one that the caller forgot.
// Empty where the vault has to say which one opened it.
std::string changed_slot(Session& session, const std::string& named) {
  if (!named.empty()) return named;
  const auto slots = listed_slots(session);
  if (slots.empty()) return {};
  std::vector<std::string> passphrases;
  for (const ListedSlot& slot : slots) {
    if (slot.kind != SlotKind::kPassphrase) continue;
    if (slot.unlocking) return slot.slot_id;
    if (slot.principal == session.principal()) passphrases.push_back(slot.slot_id);
  }
  if (passphrases.size() == 1) return passphrases.front();
  if (passphrases.empty()) {
    throw Error(ErrorCode::kUsage,
                cat("no passphrase unlocks as ", session.principal(), ": kmsctl slot add makes one"));
  }
  std::string list;
  for (const std::string& id : passphrases) list += cat(list.empty() ? "" : ", ", id);
  throw Error(ErrorCode::kUsage,
              cat("several passphrases unlock as ", session.principal(), ": say which with --slot: ", list));
}

// An agent answers whoever sits at the keyboard: so who sits there has to know what opens the vault.
void require_presence(Session& session) {
  if (!session.uses_agent() || !session.terminal().can_prompt()) return;
  with_unlocking_credential(session.options(), session.terminal(), true, [&](const vault::Credential& credential) {
    std::string opens_as;
    noting_failure(session.options(), session.terminal(), credential,
                   [&] { opens_as = vault::principal_of(session.options().vault, credential, {}); });
    if (opens_as == session.principal()) return;
    throw Error(ErrorCode::kAccessDenied, cat("that unlocks as somebody else than ", session.principal()));
  });
}

void change_passphrase(Session& session, const ChangeOptions& options) {
  const std::string slot = changed_slot(session, options.slot);
  require_presence(session);
  const vault::Credential credential = new_credential(options.credential, session.terminal(), session.random());
  if (credential.kind != SlotKind::kPassphrase) {
    throw Error(ErrorCode::kUsage, "give a passphrase, not a keyfile or recovery code");
  }
  note_short_passphrase(session, credential.kind, credential.secret);
  Json request{{"Credential", blob_member(credential.secret)}};
  if (!slot.empty()) request["SlotId"] = slot;
  session.call(name_of<kms::replace_slot>(), std::move(request));
}

void slot_rows(Listing& rows, const ListSlotsResponse& answer, Session& session) {
  for (const ListedSlot& slot : answer.slots) {
    rows.add({slot.slot_id, std::string(to_text(slot.kind)), short_principal(session.home().account, slot.principal),
              slot.label.value_or(""), slot.last_used ? shown_time(*slot.last_used) : "never",
              shown_time(slot.creation_date), slot.unlocking ? "yes" : ""});
  }
}

}  // namespace

void add_slot_commands(Commands& commands) {
  commands.push_back(
      list_command<kms::list_slots>({"slot list", "List the credentials that open the vault", kSlotGroup, {}},
                                    {{"SLOT"},
                                     {"KIND"},
                                     {"PRINCIPAL"},
                                     {"LABEL", 1, Cut::kAsNeeded, 10},
                                     {"LAST USED", 2},
                                     {"CREATED", 3},
                                     {"OPENED THE VAULT", 4}},
                                    slot_rows));
  commands.push_back(command<AddOptions>("slot add", "Add a credential that opens the vault", kSlotGroup,
                                         add_slot_command, &row_of<kms::add_slot>()));
  commands.push_back(
      operation_command<kms::remove_slot>({"slot remove",
                                           "Revoke a credential: it opens nothing that is written from now on",
                                           kSlotGroup,
                                           {{"slot-id", "SlotId"}}}));
  commands.push_back(command<ChangeOptions>("passphrase change", "Change the passphrase, also a forgotten one",
                                            kSlotGroup, change_passphrase));
}

}  // namespace kms::cli
