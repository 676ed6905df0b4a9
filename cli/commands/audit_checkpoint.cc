// audit checkpoint, audit public-key: what the trail says of itself, for others to keep.
#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "cli/ask.h"
#include "cli/command_of.h"
#include "cli/commands/audit_evidence.h"
#include "cli/commands/log_files.h"
#include "cli/commands/registry.h"
#include "cli/commands/support.h"
#include "cli/commands/trail_checkpoints.h"
#include "cli/output.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/ops/table.h"
#include "core/ops/vault/audit_checkpoints.h"
#include "core/ops/vault/audit_witness.h"
#include "core/ops/vault/regions.h"
#include "formats/checkpoint.h"
#include "formats/witness_request.h"

namespace kms::cli {
namespace {

constexpr const char* kTrailGroup = "Audit";

struct CheckpointOptions {
  bool all = false;
  bool witnessed = false;
  std::string since;
  std::string add;
  std::string output;
  bool force = false;

  template <class Visitor>
  void fields(Visitor& visit) {
    auto one = visit.one_of("which", "Without any of these: a new checkpoint of the Region's trail");
    one("--all", all, {.help = "A checkpoint of each Region's trail, one after the other"});
    one("--since-checkpoint", since,
        {.file = true,
         .help = "With the proof that the trail continues an earlier checkpoint: a file that has it, or its number of "
                 "events. That is what a witness asks for (audit cosign)"});
    one("--add", add, {.file = true, .help = "Keep what a witness has signed: the file that audit cosign wrote there"});
    one("--witnessed", witnessed, {.help = "The largest checkpoint that came back from a witness, not a new one"});
    visit("-o", output, {.file = true, .help = "Output file; standard output when left out"});
    visit("--force", force, {.help = "Replace an output file that exists"});
  }
};

struct PublicKeyOptions {
  bool witness = false;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("--witness", witness, {.help = "The key with which this vault witnesses other logs (audit cosign)"});
  }
};

std::int64_t size_of(Session& session, const std::string& given) {
  std::int64_t size = 0;
  const auto [rest, error] = std::from_chars(given.data(), given.data() + given.size(), size);
  if (error == std::errc() && rest == given.data() + given.size() && size >= 0) return size;
  return static_cast<std::int64_t>(formats::parse_checkpoint(checkpoint_in(session, given).text).size);
}

std::string request_to_witness(Session& session, const std::string& since) {
  const std::int64_t old_size = size_of(session, since);
  const auto answer = take_checkpoint(session, {}, old_size);
  formats::WitnessRequest request{static_cast<std::uint64_t>(old_size), hashes_of(answer.consistency_proof.value()),
                                  formats::parse_note(answer.checkpoint)};
  return formats::witness_request_text(request);
}

std::string checkpoints_of_all(Session& session) {
  std::string notes;
  for (const RegionDescription& region : ask<kms::list_regions>(session, Json::object()).regions) {
    notes += cat(notes.empty() ? "" : "\n", take_checkpoint(session, region.region, {}).checkpoint);
  }
  return notes;
}

std::string kept_note(Session& session, const std::string& file) {
  auto kept = ask<kms::add_cosignatures>(session, {{"Checkpoint", log_file_text(session, file)}});
  session.err() << "kmsctl: kept, with " << kept.cosignatures
                << (kept.cosignatures == 1 ? " cosignature" : " cosignatures") << ", of " << kept.size << " events\n";
  return std::move(kept.checkpoint);
}

std::string text_asked_for(Session& session, const CheckpointOptions& options) {
  if (options.all) return checkpoints_of_all(session);
  if (!options.since.empty()) return request_to_witness(session, options.since);
  if (!options.add.empty()) return kept_note(session, options.add);
  if (options.witnessed) return ask<kms::get_audit_checkpoint>(session, {{"Witnessed", true}}).checkpoint;
  return take_checkpoint(session, {}, {}).checkpoint;
}

void print_checkpoint(Session& session, const CheckpointOptions& options) {
  const bool is_an_answer = !options.all && options.since.empty() && options.add.empty() && options.output.empty();
  if (!is_an_answer) refuse_answer_form(session, "the text of checkpoints");
  if (session.options().names_form()) {
    return print_call(session, row_of<kms::get_audit_checkpoint>(), {{"Witnessed", options.witnessed}});
  }
  LogOutput output(session, options.output, options.force);
  output.write(text_asked_for(session, options));
}

void print_public_key(Session& session, const PublicKeyOptions& options) {
  Json request{{"Witness", options.witness}};
  if (session.options().names_form()) {
    return print_call(session, row_of<kms::get_audit_verifier_key>(), std::move(request));
  }
  session.out() << ask<kms::get_audit_verifier_key>(session, std::move(request)).verifier_key << '\n';
}

}  // namespace

void add_audit_checkpoint_commands(Commands& commands) {
  commands.push_back(command<CheckpointOptions>("audit checkpoint", "Sign what the trail is now, for others to keep",
                                                kTrailGroup, print_checkpoint, &row_of<kms::get_audit_checkpoint>()));
  commands.push_back(command<PublicKeyOptions>("audit public-key", "Print the key that checkpoints verify with",
                                               kTrailGroup, print_public_key, &row_of<kms::get_audit_verifier_key>()));
}

}  // namespace kms::cli
