#include <sys/stat.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/ask.h"
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

struct ReplicaOptions {
  std::string key_id;
  std::string recipient;
  std::string region;
  std::string file;
  std::string sender;
  bool force = false;
};

std::string transport_key_in(const std::string& path) {
  constexpr std::size_t kLimit = 1024;
  std::string text(as_text(read_file(path, kLimit)));
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  return text;
}

void export_replica(Session& session, const ReplicaOptions& options) {
  Json request{{"KeyId", options.key_id}, {"Recipient", transport_key_in(options.recipient)}};
  if (!options.region.empty()) request["ReplicaRegion"] = options.region;
  NamedOutput output(options.file, options.force, under_umask(S_IRUSR | S_IWUSR));
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

void import_replica(Session& session, const ReplicaOptions& options) {
  constexpr std::size_t kLimit = 1U << 20U;
  const Bytes bundle = read_file(options.file, kLimit);
  Json request{{"Bundle", blob_member(bundle)}};
  if (!options.sender.empty()) request["Sender"] = transport_key_in(options.sender);
  print_answer_of(session, row_of<kms::import_replica>(), import_from(session, std::move(request), bundle));
}

void show_transport_key(Session& session, bool fingerprint) {
  const auto answer = ask<kms::get_transport_key>(session, Json::object());
  session.out() << (fingerprint ? answer.fingerprint : answer.transport_key) << "\n";
}

}  // namespace

void add_replica_commands(Commands& commands) {
  commands.push_back(
      {"replica export", "Seal a replica of a multi-Region key for another vault", kReplicaGroup,
       [](ArgumentParser& parser, Session& session) {
         auto options = std::make_shared<ReplicaOptions>();
         parser.add_option("-k,--key-id", options->key_id, "Key id, key ARN or alias of the primary key").required();
         parser
             .add_option("--recipient", options->recipient,
                         "File with what `kmsctl vault transport-key` printed for the other vault")
             .names_file()
             .required();
         parser.add_option("--replica-region", options->region,
                           "Region of the replica; the default Region of the other vault when left out");
         parser.add_option("-o", options->file, "Output file; - is standard output").names_file().required();
         parser.add_flag("--force", options->force, "Replace an output file that exists");
         parser.callback([&session, options] { export_replica(session, *options); });
       }});
  commands.push_back(
      {"replica import", "Take a replica that another vault sealed for this one", kReplicaGroup,
       [](ArgumentParser& parser, Session& session) {
         parser.prints(row_of<kms::import_replica>());
         auto options = std::make_shared<ReplicaOptions>();
         parser.add_option("file", options->file, "What replica export wrote; - is standard input")
             .names_file()
             .required();
         parser
             .add_option("--sender", options->sender,
                         "File with the transport key that it must come from. The first replica of a key needs it, "
                         "or your yes to its fingerprint; only that vault may send newer states")
             .names_file();
         parser.callback([&session, options] { import_replica(session, *options); });
       }});
  commands.push_back(
      {"replica forget", "Know that a replica in another vault is gone", kReplicaGroup,
       [](ArgumentParser& parser, Session& session) {
         auto options = std::make_shared<ReplicaOptions>();
         parser.add_option("-k,--key-id", options->key_id, "Key id, key ARN or alias of the primary key").required();
         parser.add_option("--replica-region", options->region, "Region of the replica").required();
         parser.callback([&session, options] {
           session.call(name_of<kms::forget_replica>(),
                        {{"KeyId", options->key_id}, {"ReplicaRegion", options->region}});
         });
       }});
  commands.push_back({"vault transport-key", "Show the key that replicas for this vault are sealed to", kReplicaGroup,
                      [](ArgumentParser& parser, Session& session) {
                        auto fingerprint = std::make_shared<bool>(false);
                        parser.add_flag("--fingerprint", *fingerprint, "Show its fingerprint, to compare by eye");
                        parser.callback([&session, fingerprint] { show_transport_key(session, *fingerprint); });
                      }});
}

}  // namespace kms::cli
