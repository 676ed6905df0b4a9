#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>
#include <thread>

#include "cli/ask.h"
#include "cli/command_of.h"
#include "cli/commands/data_key_search.h"
#include "cli/commands/file_transfer.h"
#include "cli/commands/many_files.h"
#include "cli/commands/registry.h"
#include "cli/commands/support.h"
#include "cli/named_files.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/ops/kms/data_keys.h"
#include "core/ops/kms/encrypt.h"
#include "core/ops/table.h"
#include "formats/armor.h"
#include "formats/ciphertext_blob.h"
#include "formats/file_stream.h"

namespace kms {

template <>
struct EnumNames<formats::CommitmentPolicy> {
  static constexpr auto kAll = std::to_array<EnumName<formats::CommitmentPolicy>>(
      {{formats::CommitmentPolicy::kRequireEncryptRequireDecrypt, "require-encrypt-require-decrypt"},
       {formats::CommitmentPolicy::kRequireEncryptAllowDecrypt, "require-encrypt-allow-decrypt"}});
};

}  // namespace kms

namespace kms::cli {
namespace {

constexpr const char* kFileGroup = "Files";
constexpr std::string_view kCiphertextSuffix = ".kms";
constexpr std::string_view kManagedFileKey = "alias/aws/file";

// What both directions have.
struct FileOptions {
  std::vector<std::string> files;
  TextMap context;
  OutputOptions output;
  std::string key_id;

  template <class Visitor>
  void fields(Visitor& visit, std::string_view key_help) {
    visit("file", files, {.required = true, .file = true, .help = "Files; - is standard input"});
    visit("-c,--encryption-context", context,
          {.help = "Pair of the encryption context: KEY=VALUE; may be repeated. It is readable in the file"});
    output.fields(visit);
    visit("-k,--key-id", key_id, {.help = key_help});
  }
};

struct EncryptFileOptions : FileOptions {
  bool armor = false;
  bool sign = false;
  std::optional<std::chrono::seconds> cache_max_age;  // nothing: each file gets a data key of its own
  std::int64_t cache_max_messages = std::int64_t{1} << 32U;
  ByteCount cache_max_bytes{std::int64_t{1} << 62U};

  template <class Visitor>
  void fields(Visitor& visit) {
    FileOptions::fields(visit, "Key id, key ARN, alias name or alias ARN; without it, the vault's own key for files");
    visit("--armor,-a", armor, {.help = "Write base64 text"});
    visit("--sign", sign, {.help = "Sign the file as well (suite 0578), as other SDKs do by default"});
    visit("--cache-max-age", cache_max_age,
          {.help = "Let the agent give a data key to several files, for at most so long: 10m"});
    visit("--cache-max-messages", cache_max_messages,
          {.least = 1,
           .most = std::int64_t{1} << 32U,
           .needs = "--cache-max-age",
           .help = "and to at most so many files; 2^32"});
    visit("--cache-max-bytes", cache_max_bytes,
          {.needs = "--cache-max-age", .help = "of at most so many bytes together: 10G"});
  }
};

struct DecryptFileOptions : FileOptions {
  std::optional<FileMode> mode;  // of the output; nothing: private
  formats::CommitmentPolicy commitment = formats::CommitmentPolicy::kRequireEncryptRequireDecrypt;

  template <class Visitor>
  void fields(Visitor& visit) {
    FileOptions::fields(visit, "Refuse files for any other key");
    visit("--mode", mode,
          {.help = "Permissions of the output in octal, as 0644; without it nobody else can read what was secret"});
    visit("--commitment-policy", commitment,
          {.type = "POLICY",
           .help = "require-encrypt-allow-decrypt reads files of the first SDKs too, which a second key may open to "
                   "another content"});
  }
};

unsigned worker_count() {
  constexpr unsigned kMost = 4;
  return std::clamp(std::thread::hardware_concurrency(), 1U, kMost);
}

// How large a message of unknown length gets is known too late for a limit, so its data key is its own.
formats::DataKey new_data_key(Session& session, const EncryptFileOptions& options, const TextMap& context,
                              std::optional<std::uint64_t> size) {
  constexpr int kDataKeySize = 32;  // of suite 0478
  const std::string key_id = options.key_id.empty() ? std::string(kManagedFileKey) : options.key_id;
  Json request{{"KeyId", key_id}, {"NumberOfBytes", kDataKeySize}, {"EncryptionContext", context}};
  const bool cached = options.cache_max_age && size.has_value();
  if (cached) {
    request["MaxAgeSeconds"] = options.cache_max_age->count();
    request["MaxMessages"] = options.cache_max_messages;
    request["MaxBytes"] = options.cache_max_bytes.bytes;
    request["MessageBytes"] = *size;
  }
  const auto as_data_key = [](auto made) {
    formats::DataKey key{std::move(made.plaintext), {}};
    key.encrypted.push_back(
        {std::string(kKmsProvider), to_bytes(as_bytes(made.key_id)), std::move(made.ciphertext_blob)});
    return key;
  };
  if (cached) return as_data_key(ask_through<kms::get_cached_data_key>(session, kFileService, std::move(request)));
  return as_data_key(ask_through<kms::generate_data_key>(session, kFileService, std::move(request)));
}

SecretBytes unwrap(Session& session, const FileOptions& options, const std::vector<formats::EncryptedDataKey>& keys,
                   const formats::EncryptionContext& context) {
  for (const auto& [key, value] : options.context) {
    const auto found = context.find(key);
    if (found == context.end() || found->second != value) {
      throw Error(ErrorCode::kInvalidCiphertext,
                  cat("the encryption context of the file has no pair ", key, "=", value));
    }
  }
  return open_data_key(session, options.key_id, keys, context);
}

// A pipe or a device has no file beside it.
void require_nameable(const std::string& input) {
  struct stat info {};
  if (stat(input.c_str(), &info) != 0 || S_ISREG(info.st_mode) || S_ISDIR(info.st_mode)) return;
  throw Error(ErrorCode::kUsage, cat(input, ": no regular file, so give the output with -o (- is standard output)"));
}

std::string encrypted_name(const std::string& input) {
  if (names_standard_input(input)) return std::string(kStandardStream);
  require_nameable(input);
  return cat(input, kCiphertextSuffix);
}

std::string decrypted_name(const std::string& input) {
  if (names_standard_input(input)) return std::string(kStandardStream);
  require_nameable(input);
  if (input.ends_with(kCiphertextSuffix) && input.size() > kCiphertextSuffix.size())
    return input.substr(0, input.size() - kCiphertextSuffix.size());
  throw Error(ErrorCode::kUsage, cat(input, ": the name does not end in .kms, so give the output with -o"));
}

void refuse_directory(const std::string& input) {
  struct stat info {};
  if (names_standard_input(input) || stat(input.c_str(), &info) != 0 || !S_ISDIR(info.st_mode)) return;
  throw Error(ErrorCode::kFile, cat(input, ": a directory; name its files, or send it as one: tar c ", input,
                                    " | kmsctl encrypt-file - -o ", input, ".tar", kCiphertextSuffix));
}

void encrypt_one(Session& session, const EncryptFileOptions& options, const std::string& input,
                 const std::string& output) {
  refuse_directory(input);
  if (names_standard_output(output) && !options.armor) refuse_terminal(session.terminal(), "an encrypted file", true);
  Transfer transfer(input, {output, options.output.force, Permissions::kOfInput}, session.terminal());
  formats::EncryptOptions how{.context = options.context, .threads = worker_count()};
  how.sign = options.sign;
  const auto wrap = [&](const TextMap& context) { return new_data_key(session, options, context, transfer.size()); };
  if (options.armor) {
    formats::ArmorEncoder encoder(transfer.writer());
    formats::encrypt_stream(
        transfer.reader(), [&](ByteView piece) { encoder.write(piece); }, how, wrap, session.random());
    encoder.finish();
  } else {
    formats::encrypt_stream(transfer.reader(), transfer.writer(), how, wrap, session.random());
  }
  transfer.commit();
}

// Says of which file it is, and what opens it where that is another command.
[[noreturn]] void throw_unreadable(const std::string& input, ByteView start, std::string_view why) {
  if (formats::begins_blob(start)) {
    throw Error(ErrorCode::kUsage, cat(input,
                                       ": written by encrypt, not by encrypt-file: use decrypt (it reads "
                                       "standard input)"));
  }
  if (why.empty()) why = "it is damaged, or the encryption context or the key differs from the one it was made with";
  throw Error(ErrorCode::kInvalidCiphertext, cat(input, ": ", why));
}

void decrypt_one(Session& session, const DecryptFileOptions& options, const std::string& input,
                 const std::string& output) {
  std::optional<mode_t> mode;
  if (options.mode) mode = options.mode->bits;
  Transfer transfer(input, {output, options.output.force, Permissions::kPrivate, mode}, session.terminal());
  const formats::DecryptOptions how{.commitment = options.commitment,
                                    .output_is_revocable = transfer.output_is_revocable(),
                                    .threads = worker_count()};
  constexpr std::size_t kStart = 16;
  Bytes start;
  const auto read = [&, from = formats::detect_armor(transfer.reader())](MutableBytes out) {
    const std::size_t count = from(out);
    const ByteView first = ByteView(out).first(std::min(count, kStart - start.size()));
    start.insert(start.end(), first.begin(), first.end());
    return count;
  };
  try {
    formats::decrypt_stream(
        read, transfer.writer(),
        [&](const auto& keys, const auto& context) { return unwrap(session, options, keys, context); }, how);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kInvalidCiphertext) throw;
    throw_unreadable(transfer.input_name(), start, error.what());
  }
  transfer.commit();
}

// Names are settled before the first file is touched.
template <class Options>
void each(Session& session, const Options& options,
          void (*one)(Session&, const Options&, const std::string& input, const std::string& output),
          std::string (*name)(const std::string& input)) {
  const std::vector<std::string> outputs = outputs_of(options.output, options.files, name);
  if (std::any_of(outputs.begin(), outputs.end(), names_standard_output)) refuse_answer_form(session, "the file");
  for_each_file(session, options.files, [&](std::size_t i) {
    if (is_skipped(options.output, outputs[i])) return Done::kSkipped;
    one(session, options, options.files[i], outputs[i]);
    return Done::kDone;
  });
}

// The cache is the agent's: a command forgets what it had.
void check_cache(Session& session, const EncryptFileOptions& options) {
  if (!options.cache_max_age) return;
  if (options.sign) {
    throw Error(ErrorCode::kUsage,
                "--cache-max-age does not go with --sign: each signed file has a key pair of its own");
  }
  if (!session.uses_agent()) {
    throw Error(ErrorCode::kUsage,
                "--cache-max-age: data keys are cached by the agent alone, and none runs: kmsctl unlock");
  }
}

void encrypt_files(Session& session, const EncryptFileOptions& options) {
  check_cache(session, options);
  each(session, options, encrypt_one, encrypted_name);
}

void decrypt_files(Session& session, const DecryptFileOptions& options) {
  each(session, options, decrypt_one, decrypted_name);
}

}  // namespace

void add_file_commands(Commands& commands) {
  commands.push_back(command<EncryptFileOptions>(
      "encrypt-file", "Encrypt files of any size (AWS Encryption SDK format)", kFileGroup, encrypt_files));
  commands.push_back(command<DecryptFileOptions>(
      "decrypt-file", "Decrypt files of encrypt-file or an AWS Encryption SDK", kFileGroup, decrypt_files));
}

}  // namespace kms::cli
