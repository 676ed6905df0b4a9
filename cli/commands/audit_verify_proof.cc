// audit verify-proof: whether one event is in an audit log, by a proof in a file. Needs no vault.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "cli/command_of.h"
#include "cli/commands/audit_evidence.h"
#include "cli/commands/registry.h"
#include "cli/commands/support.h"
#include "cli/named_files.h"
#include "core/audit/event_spelling.h"
#include "core/base/bytes.h"
#include "core/base/terminal_text.h"
#include "formats/checkpoint.h"
#include "formats/cosignature.h"
#include "formats/merkle_proof.h"
#include "formats/tlog_proof.h"

namespace kms::cli {
namespace {

constexpr std::size_t kMostEvidence = std::size_t{1} << 20U;

struct VerifyProofOptions {
  std::string proof;
  std::string event;
  std::string public_key;
  std::vector<std::string> witnesses;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit(
        "proof", proof,
        {.required = true, .file = true, .help = "What kmsctl audit prove wrote (*.tlog-proof); - is standard input"});
    visit("--event", event,
          {.required = true,
           .file = true,
           .type = "FILE",
           .help = "The event: what kmsctl audit show prints with --output json, or the event alone"});
    visit("--public-key", public_key, {.required = true, .file = true, .type = "VKEY", .help = kPublicKeyHelp});
    visit("--witness", witnesses, {.file = true, .type = "VKEY", .help = kWitnessHelp});
  }
};

[[noreturn]] void contradict(std::string_view name, std::string_view what) {
  throw Error(ErrorCode::kInvalidSignature, cat(name, ": ", what));
}

std::string text_in(Session& session, const std::string& path) {
  return std::string(as_text(read_file(session.terminal().streams(), path, kMostEvidence)));
}

std::vector<formats::Cosignature> demanded_cosignatures(const formats::SignedNote& note,
                                                        const std::vector<formats::NoteKey>& witnesses) {
  auto cosignatures = formats::verify_cosignatures(note, witnesses);
  for (const formats::NoteKey& witness : witnesses) {
    const bool there = std::any_of(cosignatures.begin(), cosignatures.end(),
                                   [&](const formats::Cosignature& one) { return one.witness == witness; });
    if (!there) {
      throw Error(ErrorCode::kInvalidSignature, cat("the witness ", witness.name, " has not cosigned its checkpoint"));
    }
  }
  return cosignatures;
}

// One of the texts that the event may have in the log leads to the root.
void require_included(const VerifyProofOptions& options, const formats::TlogProof& proof,
                      const formats::Checkpoint& checkpoint, const GivenEvent& event) {
  const std::string number = std::to_string(proof.index);
  if (event.number && *event.number != proof.index) {
    contradict(options.event, cat("it is event ", std::to_string(*event.number), ", and ", options.proof,
                                  " is the proof of entry ", number));
  }
  const bool included = std::any_of(event.spellings.begin(), event.spellings.end(), [&](const std::string& spelling) {
    const formats::MerkleHash leaf = formats::merkle_leaf(as_bytes(spelling));
    return formats::verify_inclusion({proof.index, checkpoint.size, leaf, checkpoint.root}, proof.path);
  });
  if (included) return;
  contradict(options.event, cat(event.summary.empty() ? std::string("this event") : event.summary, ": it is not entry ",
                                number, " of the log ", checkpoint.origin, " by the proof ", options.proof,
                                ": the event or the proof was changed, or they do not belong together"));
}

void print_included(Session& session, const formats::TlogProof& proof, const formats::Checkpoint& checkpoint,
                    const std::string& summary, const std::vector<formats::Cosignature>& cosignatures) {
  std::vector<ShownWitness> witnesses;
  Json shown = Json::array();
  for (const formats::Cosignature& one : cosignatures) {
    witnesses.push_back({one.witness.name, one.time});
    shown.push_back({{"Witness", one.witness.name}, {"Time", witnessed_time(one.time)}});
  }
  if (session.options().names_form()) {
    return print(session, {{"Verified", true},
                           {"Origin", checkpoint.origin},
                           {"Number", proof.index},
                           {"Size", checkpoint.size},
                           {"Event", summary},
                           {"Cosignatures", std::move(shown)}});
  }
  const std::string line =
      cat("verified: entry ", std::to_string(proof.index), " of ", std::to_string(checkpoint.size), " of the log ",
          checkpoint.origin, summary.empty() ? "" : cat(" (", summary, ")"), cosigned_by(witnesses));
  session.out() << escape_controls(line, LineEnds::kEscaped) << '\n';
}

void verify_proof(Session& session, const VerifyProofOptions& options) {
  const std::vector key{verifier_key_of(session, "--public-key", options.public_key, formats::NoteKeyType::kEd25519)};
  const std::vector<formats::NoteKey> witnesses = witness_keys_of(session, options.witnesses);
  const std::string proof_text = text_in(session, options.proof);
  const std::string event_text = text_in(session, options.event);
  const auto proof = of_file(options.proof, [&] { return formats::parse_tlog_proof(proof_text); });
  const auto event = of_file(options.event, [&] { return read_given_event(event_text); });
  const auto checkpoint = of_file(options.proof, [&] { return formats::open_checkpoint(proof.checkpoint, key); });
  const auto cosignatures = of_file(options.proof, [&] { return demanded_cosignatures(proof.checkpoint, witnesses); });
  require_included(options, proof, checkpoint, event);
  print_included(session, proof, checkpoint, event.summary, cosignatures);
}

}  // namespace

void add_audit_verify_proof_command(Commands& commands) {
  commands.push_back(command<VerifyProofOptions>(
      "audit verify-proof", "Verify that an event is in an audit log, without a vault", "Audit", verify_proof));
}

}  // namespace kms::cli
