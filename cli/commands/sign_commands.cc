#include <unistd.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "cli/api_commands.h"
#include "cli/ask.h"
#include "cli/commands/file_transfer.h"
#include "cli/commands/registry.h"
#include "cli/commands/support.h"
#include "cli/output.h"
#include "cli/process.h"
#include "cli/standard_output.h"
#include "core/base/error.h"
#include "core/base/file.h"
#include "core/base/text.h"
#include "core/crypto/digest.h"
#include "core/crypto/key_pair.h"
#include "core/model/key_spec.h"
#include "core/ops/kms/keys.h"
#include "core/ops/kms/sign.h"
#include "core/ops/table.h"
#include "formats/pem.h"

namespace kms::cli {
namespace {

constexpr const char* kSignGroup = "Signatures";
constexpr std::string_view kSignatureSuffix = ".sig";
constexpr std::size_t kRawLimit = 4096;  // the longest message that Sign takes whole

struct SignOptions {
  std::shared_ptr<FieldValues> values = std::make_shared<FieldValues>();
  std::string file;
  std::string output;
  std::string public_key;  // a file: verify without a vault
  bool force = false;
};

constexpr std::string_view kService = "signing";
constexpr std::string_view kManagedSigningKey = "alias/aws/signing";

// The part of Sign and Verify that says what was signed.
struct Subject {
  std::string algorithm;
  std::string message_type;
  Bytes message;
};

std::string only_algorithm(ServiceSession& session, const Json& request) {
  if (request.contains("SigningAlgorithm")) return request.at("SigningAlgorithm");
  const auto metadata =
      ask_through<kms::describe_key>(session, kService, {{"KeyId", request.at("KeyId")}}).key_metadata;
  const auto& algorithms = metadata.algorithms.signing;
  if (!algorithms || algorithms->empty()) {
    throw Error(ErrorCode::kInvalidKeyUsage,
                cat(metadata.arn, " key usage is ", to_text(metadata.key_usage), " which is not valid for Sign."));
  }
  return std::string(to_text(algorithms->front()));  // for RSA, the one that openssl takes by default
}

// These sign the message itself, or a digest that only the holder of the key can begin (SM2).
bool takes_whole_messages(std::string_view algorithm) {
  return algorithm == to_text(SigningAlgorithm::kEd25519) || algorithm == to_text(SigningAlgorithm::kSm2Dsa) ||
         algorithm == to_text(SigningAlgorithm::kMlDsa);
}

// The digest of a file of any size, in constant memory. Ed25519 signs the message itself; when that is too long for the
// API, Ed25519ph takes its SHA-512, unless the algorithm was `chosen`. The file is read once: it may be a pipe.
Subject subject_of(Terminal& terminal, std::string algorithm, bool chosen, const std::string& file) {
  Transfer input(file, {.path = "-"}, terminal);
  const auto read = input.reader();
  Bytes start(kRawLimit + 1);
  start.resize(read(start));
  const bool is_ed25519 = algorithm.starts_with("ED25519");
  if (is_ed25519 && !chosen) {
    algorithm = to_text(start.size() <= kRawLimit ? SigningAlgorithm::kEd25519 : SigningAlgorithm::kEd25519Ph);
  }
  if (takes_whole_messages(algorithm)) {
    if (start.empty() || start.size() > kRawLimit) {
      throw Error(ErrorCode::kValidation, cat(algorithm, " takes a message of 1 to 4096 bytes",
                                              is_ed25519 ? "; for a longer file use ED25519_PH_SHA_512" : ""));
    }
    return {algorithm, "RAW", std::move(start)};
  }
  const auto known = from_text<SigningAlgorithm>(algorithm);
  if (!known) throw Error(ErrorCode::kValidation, cat("'", algorithm, "' is no signing algorithm"));
  crypto::Digest digest(signature_scheme(*known).hash);
  digest.update(start);
  Bytes buffer(std::size_t{256} * 1024);
  while (const std::size_t count = read(buffer)) digest.update(ByteView(buffer).first(count));
  return {algorithm, "DIGEST", digest.finish()};
}

Subject subject_of(ServiceSession& session, const Json& request, const std::string& file) {
  return subject_of(session.terminal(), only_algorithm(session, request), request.contains("SigningAlgorithm"), file);
}

void describe(Json& request, const Subject& subject) {
  request["SigningAlgorithm"] = subject.algorithm;
  request["MessageType"] = subject.message_type;
  request["Message"] = blob_member(subject.message);
}

// A file without a key is signed with the vault's own.
void choose_key(Json& request) {
  if (!request.contains("KeyId")) request["KeyId"] = kManagedSigningKey;
}

void sign(ServiceSession& session, const SignOptions& options) {
  Json request = options.values->request(session.options().raw_binary);
  if (options.file.empty()) {
    options.values->check_required(request);
    return print_call(session, row_of<kms::sign>(), std::move(request));
  }
  choose_key(request);
  if (request.contains("Message")) throw Error(ErrorCode::kUsage, "give a file or --message, not both");
  const std::string target = !options.output.empty()           ? options.output
                             : options.file == kStandardStream ? std::string(kStandardStream)
                                                               : cat(options.file, kSignatureSuffix);
  if (target == kStandardStream) refuse_terminal(session.terminal(), "a signature");
  constexpr mode_t kPublic = 0644;  // as a signature is
  std::optional<OutputFile> output;
  if (target != kStandardStream) output.emplace(target, options.force, under_umask(kPublic));
  describe(request, subject_of(session, request, options.file));
  const Bytes signature = ask_through<kms::sign>(session, kService, std::move(request)).signature;
  if (!output) return write_output(signature);
  output->write(signature);
  output->commit();
}

Bytes read_signature(const std::string& path) {
  constexpr std::size_t kLimit = 6144;
  return read_all(open_for_reading(path).get(), kLimit, path);
}

bool fits(crypto::KeyType type, SigningAlgorithm algorithm) {
  for (const auto& [spec, name] : EnumNames<KeySpec>::kAll) {
    if (key_type(spec) != type) continue;
    const auto algorithms = signing_algorithms(spec, KeyUsage::kSignVerify);
    if (std::find(algorithms.begin(), algorithms.end(), algorithm) != algorithms.end()) return true;
  }
  return false;
}

// The algorithm that the kind of key leaves, or for RSA the one that openssl takes by default.
SigningAlgorithm default_algorithm(crypto::KeyType type) {
  for (const auto& [spec, name] : EnumNames<KeySpec>::kAll) {
    if (key_type(spec) != type) continue;
    const auto algorithms = signing_algorithms(spec, KeyUsage::kSignVerify);
    if (!algorithms.empty()) return algorithms.front();
  }
  throw Error(ErrorCode::kInvalidKeyUsage, "the public key is of a kind that signs nothing");
}

std::string signature_path(const SignOptions& options) {
  const auto given = options.values->texts("Signature");
  return given.empty() ? cat(options.file, kSignatureSuffix) : given.back();
}

Error no_signature(const SignOptions& options) {
  return Error(ErrorCode::kInvalidSignature,
               cat(signature_path(options), " is no signature of ", options.file, " by this key"));
}

crypto::KeyPair read_public_key(const std::string& path) {
  constexpr std::size_t kLimit = 65536;
  const auto der = formats::decode_public_key(read_all(open_for_reading(path).get(), kLimit, path));
  auto key = der ? crypto::KeyPair::from_public_der(*der) : std::nullopt;
  if (!key) throw Error(ErrorCode::kValidation, cat(path, ": no public key (SubjectPublicKeyInfo in PEM or DER)"));
  return *std::move(key);
}

// Needs no vault: what get-public-key wrote is enough.
void verify_offline(ServiceSession& session, const SignOptions& options) {
  if (options.file.empty()) throw Error(ErrorCode::kUsage, "--public-key verifies a file: name it");
  Json request = options.values->request_without("Signature", session.options().raw_binary);
  if (request.contains("KeyId")) throw Error(ErrorCode::kUsage, "give -k or --public-key, not both");
  const auto key = read_public_key(options.public_key);
  const bool chosen = request.contains("SigningAlgorithm");
  auto algorithm = default_algorithm(key.type());
  if (chosen) {
    const auto named = from_text<SigningAlgorithm>(request.at("SigningAlgorithm").get<std::string>());
    if (!named) throw Error(ErrorCode::kValidation, "there is no such signing algorithm");
    algorithm = *named;
  }
  const Subject subject = subject_of(session.terminal(), std::string(to_text(algorithm)), chosen, options.file);
  algorithm = from_text<SigningAlgorithm>(subject.algorithm).value();
  const auto scheme = signature_scheme(algorithm);
  const Bytes signature = read_signature(signature_path(options));
  if (!fits(key.type(), algorithm) || !key.signing()->verify(scheme, subject.message, signature))
    throw no_signature(options);
  print_answer(session.out(), {{"SignatureValid", true}, {"SigningAlgorithm", to_text(algorithm)}}, session.options());
}

void verify(ServiceSession& session, const SignOptions& options) {
  if (!options.public_key.empty()) return verify_offline(session, options);
  if (options.file.empty()) {
    Json request = options.values->request(session.options().raw_binary);
    options.values->check_required(request);
    return print_call(session, row_of<kms::verify>(), std::move(request));
  }
  Json request = options.values->request_without("Signature", session.options().raw_binary);
  choose_key(request);
  if (request.contains("Message")) throw Error(ErrorCode::kUsage, "give a file or --message, not both");
  request["Signature"] = blob_member(read_signature(signature_path(options)));
  describe(request, subject_of(session, request, options.file));
  try {
    print_answer_of(session, row_of<kms::verify>(),
                    session.call_through(kService, name_of<kms::verify>(), std::move(request)));
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kInvalidSignature) throw;
    throw no_signature(options);
  }
}

}  // namespace

void add_sign_commands(Commands& commands, ServiceSession& session) {
  commands.push_back(
      {"sign", "Sign a file of any size; writes FILE.sig", kSignGroup, [&session](ArgumentParser& parser, Session&) {
         auto options = std::make_shared<SignOptions>();
         add_field_options(parser, row_of<kms::sign>(), options->values, ListForm::kRepeated);
         parser.add_option("file", options->file, "File to sign; - is standard input").names_file();
         parser.add_option("-o", options->output, "Signature file; - is standard output").names_file();
         parser.add_flag("--force", options->force, "Replace a signature file that exists");
         run_with(parser, session, options->values, [&session, options] { sign(session, *options); });
       }});
  commands.push_back(
      {"verify", "Verify the signature of a file (--signature names its file)", kSignGroup,
       [&session](ArgumentParser& parser, Session&) {
         auto options = std::make_shared<SignOptions>();
         add_field_options(parser, row_of<kms::verify>(), options->values, ListForm::kRepeated);
         parser.add_option("file", options->file, "File that was signed; - is standard input").names_file();
         parser
             .add_option("--public-key", options->public_key,
                         "Public key in PEM or DER: verify with it alone, without a vault")
             .names_file();
         run_with(parser, session, options->values, [&session, options] { verify(session, *options); });
       }});
}

}  // namespace kms::cli
