// audit cosign: this vault as the witness of another one's trail.
#include <nlohmann/json.hpp>
#include <ostream>
#include <string>

#include "cli/ask.h"
#include "cli/command_of.h"
#include "cli/commands/audit_evidence.h"
#include "cli/commands/log_files.h"
#include "cli/commands/registry.h"
#include "cli/commands/support.h"
#include "cli/output.h"
#include "core/ops/table.h"
#include "core/ops/vault/audit_witness.h"

namespace kms::cli {
namespace {

constexpr std::string_view kLogKeyHelp =
    "The other log's verifier key, as audit public-key prints it there, or a file that has it";

struct CosignOptions {
  std::string note;
  std::string key;
  std::string output;
  bool force = false;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("note", note,
          {.required = true,
           .file = true,
           .help =
               "File with the checkpoint of the other log: what audit checkpoint prints there, from the second time on "
               "with --since-checkpoint; - is standard input"});
    visit("--key", key, {.required = true, .file = true, .help = kLogKeyHelp});
    visit("-o", output,
          {.file = true, .help = "Output file, which may be the note itself; standard output when left out"});
    visit("--force", force, {.help = "Replace an output file that exists"});
  }
};

void cosign_note(Session& session, const CosignOptions& options) {
  const formats::NoteKey key = verifier_key_of(session, "--key", options.key, formats::NoteKeyType::kEd25519);
  Json request{{"Checkpoint", log_file_text(session, options.note)}, {"VerifierKey", formats::verifier_key_text(key)}};
  if (session.options().names_form()) {
    return print_call(session, row_of<kms::cosign_checkpoint>(), std::move(request));
  }
  // The note has been read whole by now, and what is written has all of it.
  LogOutput output(session, options.output, options.force || options.output == options.note);
  const auto answer = ask<kms::cosign_checkpoint>(session, std::move(request));
  output.write(answer.checkpoint);
  session.err() << "kmsctl: cosigned " << answer.origin << " with " << answer.size << " entries";
  if (answer.old_size) session.err() << ", which continue the " << *answer.old_size << " seen before";
  session.err() << '\n';
}

}  // namespace

void add_audit_cosign_command(Commands& commands) {
  commands.push_back(command<CosignOptions>("audit cosign", "Witness a checkpoint of another log", "Audit", cosign_note,
                                            &row_of<kms::cosign_checkpoint>()));
}

}  // namespace kms::cli
