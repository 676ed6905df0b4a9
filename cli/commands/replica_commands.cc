#include <sys/stat.h>

#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/ask.h"
#include "cli/commands/operation_command.h"
#include "cli/commands/registry.h"
#include "cli/commands/support.h"
#include "cli/output.h"
#include "cli/process.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/ops/table.h"
#include "core/ops/vault/replica_transfer.h"
#include "formats/replica_bundle.h"

namespace kms::cli {
namespace {

constexpr const char* kReplicaGroup = "Multi-Region keys";

constexpr const char* kPrimaryHelp = "Key id, key ARN or alias of the primary key";

struct ReplicaExport {
  std::string key_id;
  std::string recipient;
  std::string region;
  std::string file;
  bool force = false;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("-k,--key-id", key_id, {.required = true, .help = kPrimaryHelp});
    visit("--recipient", recipient,
          {.required = true,
           .file = true,
           .help = "File with what `kmsctl vault transport-key` printed for the other vault"});
    visit("--replica-region", region,
          {.help = "Region of the replica; the default Region of the other vault when left out"});
    visit("-o", file, {.required = true, .file = true, .help = "Output file; - is standard output"});
    visit("--force", force, {.help = "Replace an output file that exists"});
  }
};

struct ReplicaImport {
  std::string file;
  std::string sender;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("file", file, {.required = true, .file = true, .help = "What replica export wrote; - is standard input"});
    visit("--sender", sender,
          {.file = true,
           .help = "File with the transport key that it must come from. The first replica of a key needs it, or your "
                   "yes to its fingerprint; only that vault may send newer states"});
  }
};

struct TransportKeyOptions {
  bool fingerprint = false;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("--fingerprint", fingerprint, {.help = "Show its fingerprint, to compare by eye"});
  }
};

std::string transport_key_in(Session& session, const std::string& path) {
  constexpr std::size_t kLimit = 1024;
  std::string text(as_text(read_file(session.terminal().streams(), path, kLimit)));
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  return text;
}

void export_replica(Session& session, const ReplicaExport& options) {
  refuse_answer_form(session, "fingerprints, or with -o - the replica");
  Json request{{"KeyId", options.key_id}, {"Recipient", transport_key_in(session, options.recipient)}};
  if (!options.region.empty()) request["ReplicaRegion"] = options.region;
  NamedOutput output(session.terminal().streams(), options.file, options.force, under_umask(S_IRUSR | S_IWUSR));
  if (output.is_standard_output()) refuse_terminal(session.terminal(), "a replica");
  const auto answer = ask<kms::export_replica>(session, std::move(request));
  output.write(answer.bundle);
  output.commit();
  if (output.is_standard_output()) return;
  session.out() << "Sealed state " << answer.sequence << " of " << shown(answer.key_id) << " for "
                << shown(answer.replica_region) << ".\n  to the vault with the fingerprint   "
                << shown(answer.recipient_fingerprint) << "\n  from this vault, whose fingerprint is "
                << shown(answer.sender_fingerprint)
                << "\n`kmsctl vault transport-key --fingerprint` shows both vaults' own: compare before you import.\n";
}

// Of the first replica of a key a person may say at the terminal that it comes from the right vault; what the file
// says of its sender is proven when it is opened.
Json import_from(Session& session, Json request, ByteView bundle) {
  try {
    return session.call(name_of<kms::import_replica>(), request);
  } catch (const Error& error) {
    const auto sender = formats::claimed_sender(bundle);
    const bool is_asked = error.code() == ErrorCode::kValidation && !request.contains("Sender");
    if (!is_asked || !sender || !session.terminal().can_prompt()) throw;
    const std::string question = cat("Sent by a vault with the fingerprint ", formats::fingerprint(*sender),
                                     ". Does `kmsctl vault transport-key --fingerprint` print the same there?");
    if (!session.terminal().confirm(question)) throw;
    request["Sender"] = formats::to_text(*sender);
  }
  return session.call(name_of<kms::import_replica>(), std::move(request));
}

void import_replica(Session& session, const ReplicaImport& options) {
  constexpr std::size_t kLimit = 1U << 20U;
  const Bytes bundle = read_file(session.terminal().streams(), options.file, kLimit);
  Json request{{"Bundle", blob_member(bundle)}};
  if (!options.sender.empty()) request["Sender"] = transport_key_in(session, options.sender);
  print_answer_of(session, row_of<kms::import_replica>(), import_from(session, std::move(request), bundle));
}

void show_transport_key(Session& session, const TransportKeyOptions& options) {
  refuse_answer_form(session, options.fingerprint ? "a fingerprint" : "a key");
  const auto answer = ask<kms::get_transport_key>(session, Json::object());
  session.out() << (options.fingerprint ? answer.fingerprint : answer.transport_key) << "\n";
}

}  // namespace

void add_replica_commands(Commands& commands) {
  constexpr const char* kGroup = kReplicaGroup;
  commands.push_back(command<ReplicaExport>("replica export", "Seal a replica of a multi-Region key for another vault",
                                            kGroup, export_replica));
  commands.push_back(command<ReplicaImport>("replica import", "Take a replica that another vault sealed for this one",
                                            kGroup, import_replica, &row_of<kms::import_replica>()));
  commands.push_back(operation_command<kms::forget_replica>(
      {"replica forget",
       "Know that a replica in another vault is gone",
       kGroup,
       {{"-k,--key-id", "KeyId", Reading::kValue, kPrimaryHelp},
        {"--replica-region", "ReplicaRegion", Reading::kValue, "Region of the replica"}}}));
  commands.push_back(command<TransportKeyOptions>(
      "vault transport-key", "Show the key that replicas for this vault are sealed to", kGroup, show_transport_key));
}

}  // namespace kms::cli
