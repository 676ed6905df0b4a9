#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <thread>

#include "cli/ask.h"
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

namespace kms::cli {
namespace {

constexpr const char* kFileGroup = "Files";
constexpr std::string_view kCiphertextSuffix = ".kms";
constexpr std::string_view kManagedFileKey = "alias/aws/file";

constexpr const char* kRequireBoth = "require-encrypt-require-decrypt";
constexpr const char* kAllowOld = "require-encrypt-allow-decrypt";

formats::CommitmentPolicy commitment_policy(std::string_view name) {
  using enum formats::CommitmentPolicy;
  return name == kAllowOld ? kRequireEncryptAllowDecrypt : kRequireEncryptRequireDecrypt;
}

struct FileOptions {
  std::vector<std::string> files;
  std::string key_id;
  std::vector<std::string> context;
  std::string output;
  formats::CommitmentPolicy commitment = formats::CommitmentPolicy::kRequireEncryptRequireDecrypt;
  bool sign = false;
  bool armor = false;
  bool force = false;
  std::optional<mode_t> mode;  // of the output; nothing: private
  std::string cache_max_age;   // empty: each file gets a data key of its own
  std::int64_t cache_max_messages = std::int64_t{1} << 32U;
  std::string cache_max_bytes;
};

unsigned worker_count() {
  constexpr unsigned kMost = 4;
  return std::clamp(std::thread::hardware_concurrency(), 1U, kMost);
}

// How large a message of unknown length gets is known too late for a limit, so its data key is its own.
formats::DataKey new_data_key(Session& session, const FileOptions& options, const TextMap& context,
                              std::optional<std::uint64_t> size) {
  constexpr int kDataKeySize = 32;  // of suite 0478
  const std::string key_id = options.key_id.empty() ? std::string(kManagedFileKey) : options.key_id;
  Json request{{"KeyId", key_id}, {"NumberOfBytes", kDataKeySize}, {"EncryptionContext", context}};
  const bool cached = !options.cache_max_age.empty() && size.has_value();
  if (cached) {
    request["MaxAgeSeconds"] = parse_seconds(options.cache_max_age);
    request["MaxMessages"] = options.cache_max_messages;
    request["MaxBytes"] =
        options.cache_max_bytes.empty() ? std::int64_t{1} << 62U : parse_bytes(options.cache_max_bytes);
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

mode_t parse_mode(const std::string& text) {
  constexpr int kOctal = 8;
  constexpr unsigned kMost = 0777;
  unsigned mode = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, mode, kOctal);
  if (error != std::errc() || rest != end || mode > kMost) {
    throw Error(ErrorCode::kUsage, cat("--mode '", text, "': permissions in octal, as 0640"));
  }
  return mode;
}

SecretBytes unwrap(Session& session, const FileOptions& options, const std::vector<formats::EncryptedDataKey>& keys,
                   const formats::EncryptionContext& context) {
  for (const auto& [key, value] : parse_context(options.context)) {
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

void encrypt_one(Session& session, const FileOptions& options, const std::string& input, const std::string& output) {
  if (names_standard_output(output) && !options.armor) refuse_terminal(session.terminal(), "an encrypted file", true);
  Transfer transfer(input, {output, options.force, Permissions::kOfInput}, session.terminal());
  formats::EncryptOptions how{.context = parse_context(options.context), .threads = worker_count()};
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

void decrypt_one(Session& session, const FileOptions& options, const std::string& input, const std::string& output) {
  Transfer transfer(input, {output, options.force, Permissions::kPrivate, options.mode}, session.terminal());
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

using One = void (*)(Session&, const FileOptions&, const std::string& input, const std::string& output);
using Name = std::string (*)(const std::string& input);

// Names are settled before the first file is touched.
void each(Session& session, const FileOptions& options, One one, Name name) {
  if (!options.output.empty() && options.files.size() != 1) {
    throw Error(ErrorCode::kUsage, "-o takes one input file");
  }
  (void)parse_context(options.context);
  std::vector<std::string> outputs;
  for (const std::string& file : options.files) outputs.push_back(options.output.empty() ? name(file) : options.output);
  for_each_file(session, options.files, [&](std::size_t i) { one(session, options, options.files[i], outputs[i]); });
}

// The cache is the agent's: a command forgets what it had.
void check_cache(Session& session, const FileOptions& options) {
  if (options.cache_max_age.empty()) return;
  if (options.sign) {
    throw Error(ErrorCode::kUsage,
                "--cache-max-age does not go with --sign: each signed file has a key pair of its own");
  }
  (void)parse_seconds(options.cache_max_age);
  if (!options.cache_max_bytes.empty()) (void)parse_bytes(options.cache_max_bytes);
  if (!session.uses_agent()) {
    throw Error(ErrorCode::kUsage,
                "--cache-max-age: data keys are cached by the agent alone, and none runs: kmsctl unlock");
  }
}

void add_cache_options(ArgumentParser& parser, FileOptions& options) {
  const Argument age = parser.add_option("--cache-max-age", options.cache_max_age,
                                         "Let the agent give a data key to several files, for at most so long: 10m");
  parser.add_option("--cache-max-messages", options.cache_max_messages, "and to at most so many files; 2^32")
      .needs(age)
      .within(1, std::int64_t{1} << 32U);
  parser.add_option("--cache-max-bytes", options.cache_max_bytes, "of at most so many bytes together: 10G").needs(age);
}

void add_file_options(ArgumentParser& parser, FileOptions& options) {
  parser.add_option("file", options.files, "Files; - is standard input").names_file().required();
  parser.add_option("-c,--encryption-context", options.context,
                    "Pair of the encryption context: KEY=VALUE; may be repeated. It is readable in the file");
  parser.add_option("-o", options.output, "Output file; - is standard output").names_file();
  parser.add_flag("--force", options.force, "Replace an output file that exists");
}

void add_decrypt_options(ArgumentParser& parser, FileOptions& options) {
  add_file_options(parser, options);
  parser.add_option("-k,--key-id", options.key_id, "Refuse files for any other key");
  parser
      .add_option(
          "--mode", [&options](const std::string& text) { options.mode = parse_mode(text); },
          "Permissions of the output in octal, as 0644; without it nobody else can read what was secret")
      .type_name("MODE");
  parser
      .add_option(
          "--commitment-policy", [&options](const std::string& name) { options.commitment = commitment_policy(name); },
          "require-encrypt-allow-decrypt reads files of the first SDKs too, which a second key may open to another "
          "content")
      .type_name("POLICY")
      .among({kRequireBoth, kAllowOld});
}

}  // namespace

void add_file_commands(Commands& commands) {
  commands.push_back(
      {"encrypt-file", "Encrypt files of any size (AWS Encryption SDK format)", kFileGroup,
       [](ArgumentParser& parser, Session& session) {
         auto options = std::make_shared<FileOptions>();
         add_file_options(parser, *options);
         parser.add_option("-k,--key-id", options->key_id,
                           "Key id, key ARN, alias name or alias ARN; without it, the vault's own key for files");
         parser.add_flag("--armor,-a", options->armor, "Write base64 text");
         parser.add_flag("--sign", options->sign, "Sign the file as well (suite 0578), as other SDKs do by default");
         add_cache_options(parser, *options);
         parser.callback([&session, options] {
           check_cache(session, *options);
           each(session, *options, encrypt_one, encrypted_name);
         });
       }});
  commands.push_back({"decrypt-file", "Decrypt files of encrypt-file or an AWS Encryption SDK", kFileGroup,
                      [](ArgumentParser& parser, Session& session) {
                        auto options = std::make_shared<FileOptions>();
                        add_decrypt_options(parser, *options);
                        parser.callback([&session, options] { each(session, *options, decrypt_one, decrypted_name); });
                      }});
}

}  // namespace kms::cli
