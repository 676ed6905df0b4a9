#include <sys/stat.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/ask.h"
#include "cli/command_of.h"
#include "cli/commands/registry.h"
#include "cli/commands/support.h"
#include "cli/field_values.h"
#include "cli/named_files.h"
#include "cli/output.h"
#include "cli/process.h"
#include "core/base/error.h"
#include "core/base/file.h"
#include "core/base/terminal_text.h"
#include "core/base/text.h"
#include "core/ops/kms/encrypt.h"
#include "core/ops/table.h"
#include "formats/armor.h"
#include "formats/ciphertext_blob.h"
#include "formats/envelope_header.h"

namespace kms::cli {
namespace {

constexpr const char* kEncryptGroup = "Encryption";

// What both directions have: the members of their request, and where the result goes.
struct CryptOptions {
  FieldValues request;
  TextMap context;
  std::string output;
  bool force = false;

  template <class Visitor>
  void fields(Visitor& visit, const OperationInfo& operation) {
    request.fields(visit, operation);
    visit("-c", context, {.help = "Pair of the encryption context: KEY=VALUE; may be repeated"});
    visit("-o", output, {.file = true, .help = "Write to this file instead of standard output"});
    visit("--force", force, {.needs = "-o", .help = "Replace the file if it exists"});
  }
};

struct EncryptOptions : CryptOptions {
  bool armor = false;

  template <class Visitor>
  void fields(Visitor& visit) {
    CryptOptions::fields(visit, row_of<kms::encrypt>());
    visit("--armor,-a", armor, {.help = "Write base64 text"});
  }
};

struct DecryptOptions : CryptOptions {
  template <class Visitor>
  void fields(Visitor& visit) {
    CryptOptions::fields(visit, row_of<kms::decrypt>());
  }
};

Json encryption_request(Session& session, const CryptOptions& options) {
  Json request = options.request.request(session.options().raw_binary);
  for (const auto& [key, value] : options.context) {
    if (request["EncryptionContext"].contains(key)) {
      throw Error(ErrorCode::kUsage, cat("-c '", key, "=", value, "': --encryption-context has that key, too"));
    }
    request["EncryptionContext"][key] = value;
  }
  return request;
}

// As with aws, whose command has no such options: `with` is what made it that one.
void require_no_output(const CryptOptions& options, std::string_view with) {
  if (options.output.empty()) return;
  throw Error(ErrorCode::kUsage, cat("-o goes with standard input; with ", with, " the answer is printed"));
}

NamedOutput output_of(Session& session, const CryptOptions& options) {
  const std::string path = options.output.empty() ? std::string(kStandardStream) : options.output;
  return {session.terminal().streams(), path, options.force, under_umask(S_IRUSR | S_IWUSR)};
}

bool to_terminal(Session& session, const NamedOutput& output) {
  return output.is_standard_output() && session.terminal().output_is_terminal();
}

void write_result(Session& session, NamedOutput& output, ByteView bytes) {
  if (to_terminal(session, output)) {
    session.out() << as_text(bytes);
    return;
  }
  output.write(bytes);
  output.commit();
}

SecretBytes read_plaintext(Session& session) {
  constexpr std::size_t kLimit = formats::kMaxBlobPlaintext;
  const InputFile input(session.terminal().streams(), std::string(kStandardStream));
  SecretBytes plaintext(kLimit + 1);
  plaintext.shrink(read_up_to(input.fd(), plaintext.reveal(), input.name()));
  if (plaintext.size() <= kLimit) return plaintext;
  throw Error(ErrorCode::kValidation, "encrypt takes at most 4096 bytes: use encrypt-file for more");
}

// From standard input to standard output. With --plaintext it is the AWS command instead.
void encrypt(Session& session, const EncryptOptions& options) {
  Json request = encryption_request(session, options);
  if (request.contains("Plaintext") || session.options().aws_form) {
    require_no_output(options, "--plaintext");
    if (options.armor) {
      throw Error(ErrorCode::kUsage, "--armor goes with standard input; with --plaintext the answer is printed");
    }
    options.request.check_required(request);
    return print_call(session, row_of<kms::encrypt>(), std::move(request));
  }
  if (!request.contains("KeyId")) throw Error(ErrorCode::kUsage, "required: -k/--key-id");
  refuse_answer_form(session, "ciphertext");
  NamedOutput output = output_of(session, options);
  if (!options.armor && to_terminal(session, output)) refuse_terminal(session.terminal(), "ciphertext", true);
  request["Plaintext"] = blob_member(read_plaintext(session));
  const Bytes ciphertext = ask<kms::encrypt>(session, std::move(request)).ciphertext_blob;
  if (!options.armor) return write_result(session, output, ciphertext);
  Bytes text;
  formats::ArmorEncoder encoder([&](ByteView piece) { text.insert(text.end(), piece.begin(), piece.end()); });
  encoder.write(ciphertext);
  encoder.finish();
  write_result(session, output, text);
}

formats::ReadFn reader_of(ByteView bytes) {
  return [bytes](MutableBytes out) mutable {
    const std::size_t count = std::min(out.size(), bytes.size());
    std::copy_n(bytes.begin(), count, out.begin());
    bytes = bytes.subspan(count);
    return count;
  };
}

bool begins_encrypted_file(ByteView input) {
  constexpr std::size_t kLine = 64;  // whole groups of base64, where it is text
  Bytes start(4);
  try {
    start.resize(formats::detect_armor(reader_of(input.first(std::min(input.size(), kLine))))(start));
  } catch (const Error&) {
    return false;
  }
  return formats::begins_message(start);
}

// One byte more than `limit` where there are more: see require_whole().
Bytes read_start(Session& session, std::size_t limit) {
  const InputFile input(session.terminal().streams(), std::string(kStandardStream));
  Bytes bytes(limit + 1);
  bytes.resize(read_up_to(input.fd(), bytes, input.name()));
  return bytes;
}

void require_whole(ByteView bytes, std::size_t limit) {
  if (bytes.size() <= limit) return;
  throw Error(ErrorCode::kInvalidCiphertext, "standard input is longer than what encrypt writes: it is no ciphertext");
}

// Binary or base64.
Bytes read_symmetric_ciphertext(Session& session) {
  constexpr std::size_t kLimit = 16384;  // 6144 bytes as base64, with room for line ends
  const Bytes input = read_start(session, kLimit);
  if (begins_encrypted_file(input)) {
    throw Error(ErrorCode::kUsage, "standard input is an encrypted file: use decrypt-file (- is standard input)");
  }
  require_whole(input, kLimit);
  Bytes ciphertext(kLimit);
  ciphertext.resize(formats::detect_armor(reader_of(input))(ciphertext));
  return ciphertext;
}

// It has no first bytes of its own.
Bytes read_rsa_ciphertext(Session& session) {
  constexpr std::size_t kLimit = 6144;
  Bytes input = read_start(session, kLimit);
  require_whole(input, kLimit);
  return input;
}

void decrypt(Session& session, const DecryptOptions& options) {
  Json request = encryption_request(session, options);
  if (request.contains("CiphertextBlob") || session.options().aws_form || request.contains("DryRunModifiers")) {
    require_no_output(options, request.contains("DryRunModifiers") ? "--dry-run-modifiers" : "--ciphertext-blob");
    return print_call(session, row_of<kms::decrypt>(), std::move(request));
  }
  refuse_answer_form(session, "plaintext");
  const bool symmetric = request.value("EncryptionAlgorithm", "SYMMETRIC_DEFAULT") == "SYMMETRIC_DEFAULT";
  NamedOutput output = output_of(session, options);
  const Bytes ciphertext = symmetric ? read_symmetric_ciphertext(session) : read_rsa_ciphertext(session);
  if (ciphertext.empty()) throw Error(ErrorCode::kInvalidCiphertext, "standard input is empty");
  request["CiphertextBlob"] = blob_member(ciphertext);
  const SecretBytes plaintext = ask<kms::decrypt>(session, std::move(request)).plaintext;
  if (to_terminal(session, output) && !is_displayable(as_text(plaintext.reveal())))
    refuse_terminal(session.terminal(), "binary plaintext");
  write_result(session, output, plaintext.reveal());
}

}  // namespace

void add_encrypt_commands(Commands& commands) {
  commands.push_back(
      command<EncryptOptions>("encrypt", "Encrypt standard input, up to 4096 bytes", kEncryptGroup, encrypt));
  commands.push_back(
      command<DecryptOptions>("decrypt", "Decrypt standard input, binary or base64", kEncryptGroup, decrypt));
}

}  // namespace kms::cli
