#include <unistd.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/api_commands.h"
#include "cli/ask.h"
#include "cli/commands/registry.h"
#include "cli/commands/support.h"
#include "cli/output.h"
#include "cli/standard_output.h"
#include "core/base/error.h"
#include "core/base/file.h"
#include "core/base/terminal_text.h"
#include "core/base/text.h"
#include "core/ops/kms/encrypt.h"
#include "core/ops/table.h"
#include "formats/armor.h"

namespace kms::cli {
namespace {

constexpr const char* kEncryptGroup = "Encryption";

struct EncryptOptions {
  std::shared_ptr<FieldValues> values = std::make_shared<FieldValues>();
  std::vector<std::string> context;
  std::string output;
  bool armor = false;
  bool force = false;
};

Json encryption_request(ServiceSession& session, const EncryptOptions& options) {
  Json request = options.values->request(session.options().raw_binary);
  for (const auto& [key, value] : parse_context(options.context)) request["EncryptionContext"][key] = value;
  return request;
}

bool to_terminal(ServiceSession& session, const EncryptOptions& options) {
  return (options.output.empty() || options.output == kStandardStream) && session.terminal().output_is_terminal();
}

void write_result(ServiceSession& session, const EncryptOptions& options, ByteView bytes) {
  if (to_terminal(session, options)) {
    session.out() << as_text(bytes);
    return;
  }
  if (options.output.empty() || options.output == kStandardStream) {
    write_output(bytes);
    return;
  }
  OutputFile file(options.output, options.force);
  file.write(bytes);
  file.commit();
}

// From standard input to standard output. With --plaintext it is the AWS command instead.
void encrypt(ServiceSession& session, const EncryptOptions& options) {
  constexpr std::size_t kLimit = 4096;
  Json request = encryption_request(session, options);
  if (request.contains("Plaintext") || session.options().aws_form) {
    options.values->check_required(request);
    return print_call(session, row_of<kms::encrypt>(), std::move(request));
  }
  if (!request.contains("KeyId")) throw Error(ErrorCode::kUsage, "-k/--key-id is required");
  if (!options.armor && to_terminal(session, options)) refuse_terminal(session.terminal(), "ciphertext");
  const SecretBytes plaintext = read_all_secret(STDIN_FILENO, kLimit + 1, "standard input");
  if (plaintext.size() > kLimit) {
    throw Error(ErrorCode::kValidation, "encrypt takes at most 4096 bytes: use encrypt-file for more");
  }
  request["Plaintext"] = blob_member(plaintext);
  const Bytes ciphertext = ask<kms::encrypt>(session, std::move(request)).ciphertext_blob;
  if (!options.armor) return write_result(session, options, ciphertext);
  Bytes text;
  formats::ArmorEncoder encoder([&](ByteView piece) { text.insert(text.end(), piece.begin(), piece.end()); });
  encoder.write(ciphertext);
  encoder.finish();
  write_result(session, options, text);
}

Bytes read_ciphertext() {
  constexpr std::size_t kLimit = 16384;  // 6144 bytes as base64, with room for line ends
  const Bytes input = read_all(STDIN_FILENO, kLimit, "standard input");
  std::size_t position = 0;
  const formats::ReadFn binary = formats::detect_armor([&](MutableBytes out) {
    const std::size_t count = std::min(out.size(), input.size() - position);
    std::copy_n(input.begin() + static_cast<std::ptrdiff_t>(position), count, out.begin());
    position += count;
    return count;
  });
  Bytes ciphertext(kLimit);
  ciphertext.resize(binary(ciphertext));
  return ciphertext;
}

void decrypt(ServiceSession& session, const EncryptOptions& options) {
  Json request = encryption_request(session, options);
  if (request.contains("CiphertextBlob") || session.options().aws_form || request.contains("DryRunModifiers")) {
    return print_call(session, row_of<kms::decrypt>(), std::move(request));
  }
  // An RSA ciphertext has no first byte of its own, so only blobs of symmetric keys are looked at for armour.
  const bool symmetric = request.value("EncryptionAlgorithm", "SYMMETRIC_DEFAULT") == "SYMMETRIC_DEFAULT";
  constexpr std::size_t kRsaLimit = 6144;
  const Bytes ciphertext = symmetric ? read_ciphertext() : read_all(STDIN_FILENO, kRsaLimit, "standard input");
  if (ciphertext.empty()) throw Error(ErrorCode::kInvalidCiphertext, "standard input is empty");
  request["CiphertextBlob"] = blob_member(ciphertext);
  const SecretBytes plaintext = ask<kms::decrypt>(session, std::move(request)).plaintext;
  if (to_terminal(session, options) && !is_displayable(as_text(plaintext.reveal())))
    refuse_terminal(session.terminal(), "binary plaintext");
  write_result(session, options, plaintext.reveal());
}

void add_encrypt_options(ArgumentParser& parser, EncryptOptions& options, const OperationInfo& operation) {
  add_field_options(parser, operation, options.values);
  parser.add_option("-c", options.context, "Pair of the encryption context: KEY=VALUE; may be repeated");
  parser.add_option("-o", options.output, "Write to this file instead of standard output").names_file();
  parser.add_flag("--force", options.force, "Replace the file if it exists");
}

}  // namespace

void add_encrypt_commands(Commands& commands, ServiceSession& session) {
  commands.push_back({"encrypt", "Encrypt standard input, up to 4096 bytes", kEncryptGroup,
                      [&session](ArgumentParser& parser, Session&) {
                        auto options = std::make_shared<EncryptOptions>();
                        add_encrypt_options(parser, *options, row_of<kms::encrypt>());
                        parser.add_flag("--armor,-a", options->armor, "Write base64 text");
                        run_with(parser, session, options->values, [&session, options] { encrypt(session, *options); });
                      }});
  commands.push_back({"decrypt", "Decrypt standard input, binary or base64", kEncryptGroup,
                      [&session](ArgumentParser& parser, Session&) {
                        auto options = std::make_shared<EncryptOptions>();
                        add_encrypt_options(parser, *options, row_of<kms::decrypt>());
                        run_with(parser, session, options->values, [&session, options] { decrypt(session, *options); });
                      }});
}

}  // namespace kms::cli
