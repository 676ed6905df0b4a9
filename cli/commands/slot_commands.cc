#include <memory>
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/ask.h"
#include "cli/commands/registry.h"
#include "cli/commands/slot_options.h"
#include "cli/commands/support.h"
#include "cli/credentials.h"
#include "cli/output.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/ops/table.h"
#include "core/ops/vault/slots.h"
#include "formats/credential_text.h"

namespace kms::cli {
namespace {

constexpr const char* kSlotGroup = "Vault";

struct AddOptions {
  std::string principal = "root";
  NewCredentialOptions credential;
  bool recovery_code = false;
};

Json add_request(std::string_view principal, SlotKind kind, const SecretBytes& credential) {
  return {{"Principal", principal}, {"Kind", to_text(kind)}, {"Credential", blob_member(credential)}};
}

void add_slot_command(ServiceSession& session, const AddOptions& options) {
  require_one_source(options.credential, options.recovery_code);
  if (options.recovery_code) {
    const SecretBytes secret = session.random().secret(formats::kCredentialSize);
    session.call(name_of<kms::add_slot>(), add_request(options.principal, SlotKind::kRecoveryCode, secret));
    const SecretBytes code = formats::encode_recovery_code(secret);
    session.out() << as_text(code.reveal()) << '\n';
    return;
  }
  session.require_open();  // whoever cannot unlock the vault is not asked for a new passphrase first
  const vault::Credential credential = new_credential(options.credential, session.terminal(), session.random());
  Json answer;
  use_new_credential(options.credential, [&] {
    answer = session.call(name_of<kms::add_slot>(), add_request(options.principal, credential.kind, credential.secret));
  });
  print_answer_of(session, row_of<kms::add_slot>(), std::move(answer));
}

// Of the slot that opened the vault, in this process or in the agent.
SlotKind unlocking_kind(ServiceSession& session) {
  if (session.agent() != nullptr) {
    const auto answer = ask<kms::list_slots>(session, Json::object());
    for (const ListedSlot& slot : answer.slots) {
      if (slot.unlocking) return slot.kind;
    }
  }
  return session.vault().unlocking_kind();
}

void change_passphrase(ServiceSession& session, const NewCredentialOptions& options) {
  if (unlocking_kind(session) != SlotKind::kPassphrase) {
    throw Error(ErrorCode::kUsage,
                "the vault was unlocked with a keyfile or recovery code; unlock it with the passphrase to change it, "
                "or use slot add and slot remove");
  }
  const vault::Credential credential = new_credential(options, session.terminal(), session.random());
  use_new_credential(options, [&] {
    if (credential.kind != SlotKind::kPassphrase) {
      throw Error(ErrorCode::kUsage, "give a passphrase, not a keyfile or recovery code");
    }
    session.call(name_of<kms::replace_slot>(), {{"Credential", blob_member(credential.secret)}});
  });
}

}  // namespace

void add_slot_commands(Commands& commands, ServiceSession& session) {
  commands.push_back({"slot list", "List the credentials that open the vault", kSlotGroup,
                      [&session](ArgumentParser& parser, Session&) {
                        parser.prints(row_of<kms::list_slots>());
                        parser.callback([&session] { print_call(session, row_of<kms::list_slots>(), Json::object()); });
                      }});
  commands.push_back(
      {"slot add", "Add a credential that opens the vault", kSlotGroup, [&session](ArgumentParser& parser, Session&) {
         parser.prints(row_of<kms::add_slot>());
         auto options = std::make_shared<AddOptions>();
         parser.add_option("--principal", options->principal,
                           "Whom the credential unlocks as: user/NAME or root; root when left out");
         add_new_credential_options(parser, options->credential);
         parser.add_flag("--recovery-code", options->recovery_code, "Make a recovery code and print it once");
         parser.callback([&session, options] { add_slot_command(session, *options); });
       }});
  commands.push_back(
      {"slot remove", "Revoke a credential: it opens nothing that is written from now on", kSlotGroup,
       [&session](ArgumentParser& parser, Session&) {
         auto id = std::make_shared<std::string>();
         parser.add_option("slot-id", *id, "Id of the slot, from slot list").required();
         parser.callback([&session, id] { session.call(name_of<kms::remove_slot>(), {{"SlotId", *id}}); });
       }});
  commands.push_back(
      {"passphrase change", "Change the passphrase and revoke the old one", kSlotGroup,
       [&session](ArgumentParser& parser, Session&) {
         auto options = std::make_shared<NewCredentialOptions>();
         parser.add_option("--new-passphrase-fd", options->fd, "Read the new passphrase from this descriptor");
         parser.add_option("--new-passphrase-file", options->file, "Read it from this private file").names_file();
         parser.callback([&session, options] { change_passphrase(session, *options); });
       }});
}

}  // namespace kms::cli
