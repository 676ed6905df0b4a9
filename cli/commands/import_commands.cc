#include <unistd.h>

#include <nlohmann/json.hpp>
#include <optional>

#include "cli/ask.h"
#include "cli/command_of.h"
#include "cli/commands/registry.h"
#include "cli/commands/support.h"
#include "cli/credentials.h"
#include "cli/named_files.h"
#include "cli/output.h"
#include "core/base/error.h"
#include "core/base/file.h"
#include "core/base/text.h"
#include "core/crypto/key_pair.h"
#include "core/crypto/key_wrap.h"
#include "core/crypto/private_key_file.h"
#include "core/model/key_spec.h"
#include "core/ops/kms/import.h"
#include "core/ops/kms/keys.h"
#include "core/ops/table.h"
#include "formats/credential_text.h"

namespace kms::cli {
namespace {

constexpr const char* kImportGroup = "Keys";
constexpr std::size_t kLongestFile = 32768;

struct ImportOptions {
  std::string key_id;
  std::string file;
  std::optional<Time> expires;
  std::string description;
  std::string passphrase_file;
  int passphrase_fd = -1;
  bool new_material = false;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("-k,--key-id", key_id, {.required = true, .help = kKeyHelp});
    visit("--in", file,
          {.required = true,
           .file = true,
           .help = "The material: raw bytes for symmetric and HMAC keys; for others a private key in PEM, DER or "
                   "PKCS#8, encrypted or not; - is standard input"});
    visit("--expires", expires, {.help = "When the material expires, at most 365 days ahead"});
    visit("--description", description, {.help = "What to call this material"});
    visit("--in-passphrase-file", passphrase_file, {.file = true, .help = "Passphrase of an encrypted private key"});
    visit("--in-passphrase-fd", passphrase_fd, {.least = 0, .help = "The same, from this file descriptor"});
    visit("--new-material", new_material,
          {.help = "Other material than the key has: it becomes current with the next rotation on demand"});
  }
};

// As texts call it.
std::string file_name(const ImportOptions& options) {
  return names_standard_input(options.file) ? "standard input" : options.file;
}

bool has_passphrase(const ImportOptions& options) {
  return options.passphrase_fd >= 0 || !options.passphrase_file.empty();
}

// A passphrase that nothing asks for may be meant for another file.
void refuse_passphrase(const ImportOptions& options) {
  if (!has_passphrase(options)) return;
  throw Error(ErrorCode::kUsage, cat(file_name(options), " is not encrypted: leave out --in-passphrase-",
                                     options.passphrase_fd >= 0 ? "fd" : "file"));
}

SecretBytes passphrase_for(Session& session, const ImportOptions& options) {
  SecretBytes text;
  if (options.passphrase_fd >= 0) {
    text = read_secret_of_fd(session.terminal().streams(), options.passphrase_fd, kLongestFile, "--in-passphrase-fd");
  } else if (!options.passphrase_file.empty()) {
    text = read_secret(session.terminal().streams(), options.passphrase_file, kLongestFile);
  } else if (session.terminal().can_prompt()) {
    return session.terminal().prompt_secret(cat("Passphrase of ", file_name(options), ": "));
  } else {
    throw Error(ErrorCode::kUsage,
                cat(file_name(options), " is encrypted: give --in-passphrase-file or --in-passphrase-fd"));
  }
  return formats::line_of(std::move(text));
}

// What ImportKeyMaterial takes for a key of this spec: the bytes as they are, or PKCS#8 in DER.
SecretBytes material_in(Session& session, const ImportOptions& options, KeySpec spec) {
  SecretBytes file = read_secret(session.terminal().streams(), options.file, kLongestFile);
  const bool encrypted = key_type(spec) && crypto::is_encrypted_private_key(file);
  if (!encrypted) refuse_passphrase(options);
  if (!key_type(spec)) return file;
  SecretBytes passphrase;
  if (encrypted) passphrase = passphrase_for(session, options);
  auto der = crypto::private_der_of(file, passphrase);
  if (!der) {
    throw Error(ErrorCode::kIncorrectKeyMaterial,
                cat(file_name(options), passphrase.empty() ? ": no private key in PEM, DER or PKCS#8"
                                                           : ": no private key that the passphrase opens"));
  }
  return *std::move(der);
}

// RSA_AES_KEY_WRAP_SHA_256: an AES key of one use under the wrapping key, and the material under that.
Bytes wrap(Session& session, ByteView wrapping_key, const SecretBytes& material) {
  const auto pair = crypto::KeyPair::from_public_der(wrapping_key);
  if (!pair) throw Error(ErrorCode::kInternal, "the wrapping key cannot be read");
  constexpr std::size_t kAesKeySize = 32;
  const SecretBytes aes_key = session.random().secret(kAesKeySize);
  Bytes wrapped = pair->oaep()->encrypt(crypto::Hash::kSha256, aes_key);
  const Bytes inner = crypto::wrap_key_with_padding(aes_key, material);
  wrapped.insert(wrapped.end(), inner.begin(), inner.end());
  return wrapped;
}

Json expiration(const std::optional<Time>& expires) {
  if (!expires) return {{"ExpirationModel", "KEY_MATERIAL_DOES_NOT_EXPIRE"}};
  return {{"ExpirationModel", "KEY_MATERIAL_EXPIRES"}, {"ValidTo", epoch_seconds(*expires)}};
}

void import_key(Session& session, const ImportOptions& options) {
  if (options.passphrase_fd >= 0 && !options.passphrase_file.empty()) {
    throw Error(ErrorCode::kUsage, "give --in-passphrase-file or --in-passphrase-fd, not both");
  }
  Json request = expiration(options.expires);
  const KeyMetadata metadata = ask<kms::describe_key>(session, {{"KeyId", options.key_id}}).key_metadata;
  const std::string& key = metadata.arn;
  const SecretBytes material = material_in(session, options, metadata.key_spec);
  if (material.empty()) throw Error(ErrorCode::kIncorrectKeyMaterial, cat(file_name(options), " is empty"));
  const auto parameters = ask<kms::get_parameters_for_import>(
      session, {{"KeyId", key}, {"WrappingAlgorithm", "RSA_AES_KEY_WRAP_SHA_256"}, {"WrappingKeySpec", "RSA_3072"}});
  request["KeyId"] = key;
  request["ImportToken"] = blob_member(parameters.import_token);
  request["EncryptedKeyMaterial"] = blob_member(wrap(session, parameters.public_key, material));
  if (!options.description.empty()) request["KeyMaterialDescription"] = options.description;
  if (options.new_material) request["ImportType"] = "NEW_KEY_MATERIAL";
  print_call(session, row_of<kms::import_key_material>(), std::move(request));
}

}  // namespace

void add_import_commands(Commands& commands) {
  commands.push_back(command<ImportOptions>("import-key", "Import key material from a file", kImportGroup, import_key,
                                            &row_of<kms::import_key_material>()));
}

}  // namespace kms::cli
