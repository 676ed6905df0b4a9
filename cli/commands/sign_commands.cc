#include <sys/types.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "cli/ask.h"
#include "cli/command_of.h"
#include "cli/commands/file_transfer.h"
#include "cli/commands/many_files.h"
#include "cli/commands/registry.h"
#include "cli/commands/support.h"
#include "cli/field_values.h"
#include "cli/named_files.h"
#include "cli/output.h"
#include "cli/process.h"
#include "core/base/error.h"
#include "core/base/file.h"
#include "core/base/text.h"
#include "core/crypto/digest.h"
#include "core/crypto/key_pair.h"
#include "core/crypto/public_key_file.h"
#include "core/model/key_spec.h"
#include "core/ops/kms/keys.h"
#include "core/ops/kms/sign.h"
#include "core/ops/table.h"

namespace kms::cli {
namespace {

constexpr const char* kSignGroup = "Signatures";
constexpr std::string_view kSignatureSuffix = ".sig";
constexpr std::size_t kRawLimit = 4096;  // the longest message that Sign takes whole

struct SignOptions {
  FieldValues request;
  std::vector<std::string> files;
  OutputOptions output;

  template <class Visitor>
  void fields(Visitor& visit) {
    request.fields(visit, row_of<kms::sign>(), ListForm::kRepeated);
    visit("file", files, {.file = true, .help = "Files to sign; - is standard input"});
    output.fields(visit);
  }
};

struct VerifyOptions {
  FieldValues request;
  std::vector<std::string> files;
  std::string public_key;  // a file: verify without a vault

  template <class Visitor>
  void fields(Visitor& visit) {
    request.fields(visit, row_of<kms::verify>(), ListForm::kRepeated);
    visit("file", files,
          {.file = true,
           .help = "Files that were signed; - is standard input, also for --signature and --public-key, but for one of "
                   "them"});
    visit("--public-key", public_key,
          {.file = true, .help = "Public key or certificate in PEM or DER: verify with it alone, without a vault"});
  }
};

constexpr std::string_view kService = "signing";
constexpr std::string_view kManagedSigningKey = "alias/aws/signing";

// The part of Sign and Verify that says what was signed.
struct Subject {
  std::string algorithm;
  std::string message_type;
  Bytes message;
};

std::string only_algorithm(Session& session, const Json& request) {
  if (request.contains("SigningAlgorithm")) return request.at("SigningAlgorithm");
  Json question{{"KeyId", request.at("KeyId")}};
  if (const auto tokens = request.find("GrantTokens"); tokens != request.end()) question["GrantTokens"] = *tokens;
  const auto metadata = ask_through<kms::describe_key>(session, kService, std::move(question)).key_metadata;
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
  Transfer input(file, {}, terminal);
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

Subject subject_of(Session& session, const Json& request, const std::string& file) {
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

// The algorithm says whether a file is signed whole or by its digest.
void require_no_message(const Json& request) {
  if (request.contains("Message")) throw Error(ErrorCode::kUsage, "give a file or --message, not both");
  if (!request.contains("MessageType")) return;
  throw Error(ErrorCode::kUsage, "--message-type goes with --message; of a file, the signing algorithm decides that");
}

std::string signature_name(const std::string& file) {
  return names_standard_input(file) ? std::string(kStandardStream) : cat(file, kSignatureSuffix);
}

void sign_one(Session& session, const SignOptions& options, Json request, const std::string& file,
              const std::string& signature) {
  constexpr mode_t kPublic = 0644;  // as a signature is
  NamedOutput output(session.terminal().streams(), signature, options.output.force, under_umask(kPublic));
  if (output.is_standard_output()) refuse_terminal(session.terminal(), "a signature");
  describe(request, subject_of(session, request, file));
  output.write(ask_through<kms::sign>(session, kService, std::move(request)).signature);
  output.commit();
}

// Of a person who named neither.
void require_message(const Json& request) {
  if (request.contains("Message")) return;
  throw Error(ErrorCode::kUsage, "required: FILE (or, as with aws, --message)");
}

void refuse_file_of_answer(const OutputOptions& options) {
  const char* const given = !options.output.empty() ? "-o"
                            : options.force         ? "--force"
                            : options.skip_existing ? "--skip-existing"
                                                    : nullptr;
  if (given != nullptr)
    throw Error(ErrorCode::kUsage, cat(given, " goes with FILE; with --message the answer is printed"));
}

void sign(Session& session, const SignOptions& options) {
  Json request = options.request.request(session.options().raw_binary);
  if (options.files.empty()) {
    require_message(request);
    refuse_file_of_answer(options.output);
    options.request.check_required(request);
    return print_call(session, row_of<kms::sign>(), std::move(request));
  }
  choose_key(request);
  require_no_message(request);
  const std::vector<std::string> outputs = outputs_of(options.output, options.files, signature_name);
  if (std::any_of(outputs.begin(), outputs.end(), names_standard_output)) refuse_answer_form(session, "a signature");
  for_each_file(session, options.files, [&](std::size_t i) {
    if (is_skipped(options.output, outputs[i])) return Done::kSkipped;
    sign_one(session, options, request, options.files[i], outputs[i]);
    return Done::kDone;
  });
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

// One file and its signature, to be verified.
struct Signed {
  std::string file;
  std::string signature_path;
};

Error no_signature(const Signed& one) {
  return Error(ErrorCode::kInvalidSignature, cat(one.signature_path, " is no signature of ", one.file, " by this key"));
}

// What no signature can be as long as, or as short, is none.
Bytes read_signature(Session& session, const Signed& one) {
  constexpr std::size_t kLongest = 6144;
  const InputFile input(session.terminal().streams(), one.signature_path);
  Bytes signature(kLongest + 1);
  signature.resize(read_up_to(input.fd(), signature, input.name()));
  if (signature.empty() || signature.size() > kLongest) throw no_signature(one);
  return signature;
}

crypto::KeyPair public_key_in(Session& session, const std::string& path) {
  constexpr std::size_t kLimit = 65536;
  const Bytes file = read_file(session.terminal().streams(), path, kLimit);
  try {
    if (auto key = crypto::read_public_key(file)) return *std::move(key);
  } catch (const Error& error) {
    throw Error(error.code(), cat(path, ": ", error.what()));
  }
  throw Error(ErrorCode::kValidation,
              cat(path,
                  ": no public key that is known here (PEM or DER: SubjectPublicKeyInfo, RSAPublicKey of PKCS #1, "
                  "or a certificate)"));
}

// What Verify is asked of each file; with a key, without a vault.
struct Verification {
  Json request;
  std::optional<crypto::KeyPair> key;
};

Json verify_offline(Session& session, const Verification& how, const Signed& one) {
  const crypto::KeyPair& key = *how.key;
  const bool chosen = how.request.contains("SigningAlgorithm");
  auto algorithm = default_algorithm(key.type());
  if (chosen) {
    const auto named = from_text<SigningAlgorithm>(how.request.at("SigningAlgorithm").get<std::string>());
    if (!named) throw Error(ErrorCode::kValidation, "there is no such signing algorithm");
    algorithm = *named;
  }
  const Bytes signature = read_signature(session, one);
  const Subject subject = subject_of(session.terminal(), std::string(to_text(algorithm)), chosen, one.file);
  algorithm = from_text<SigningAlgorithm>(subject.algorithm).value();
  const auto scheme = signature_scheme(algorithm);
  if (!fits(key.type(), algorithm) || !key.signing()->verify(scheme, subject.message, signature))
    throw no_signature(one);
  return {{"SignatureValid", true}, {"SigningAlgorithm", to_text(algorithm)}};
}

Json verify_one(Session& session, const Verification& how, const Signed& one) {
  if (how.key) return verify_offline(session, how, one);
  Json request = how.request;
  request["Signature"] = blob_member(read_signature(session, one));
  describe(request, subject_of(session, request, one.file));
  try {
    return session.call_through(kService, name_of<kms::verify>(), std::move(request));
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kInvalidSignature) throw;
    throw no_signature(one);
  }
}

// Of the request, what only the service could heed.
void require_offline(const Json& request) {
  if (request.contains("KeyId")) throw Error(ErrorCode::kUsage, "give -k or --public-key, not both");
  for (const auto& [member, value] : request.items()) {
    if (member == "SigningAlgorithm") continue;
    throw Error(ErrorCode::kUsage,
                cat("--", kebab(member), " does not go with --public-key, which verifies without asking the service"));
  }
}

Verification verification(Session& session, const VerifyOptions& options) {
  Verification how{options.request.request_without("Signature", session.options().raw_binary), std::nullopt};
  require_no_message(how.request);
  if (how.request.contains("Signature")) {
    throw Error(ErrorCode::kUsage, "the signature of a file is a file, too: name it with --signature");
  }
  if (options.public_key.empty()) {
    choose_key(how.request);
  } else {
    require_offline(how.request);
    how.key = public_key_in(session, options.public_key);
  }
  return how;
}

std::vector<Signed> signed_files(const VerifyOptions& options) {
  const auto given = options.request.texts("Signature");
  if (!given.empty() && options.files.size() > 1) {
    throw Error(ErrorCode::kUsage, "--signature belongs to one file; several have theirs beside them, in FILE.sig");
  }
  std::vector<Signed> all;
  for (const std::string& file : options.files) {
    if (given.empty() && names_standard_input(file)) {
      throw Error(ErrorCode::kUsage, "standard input has no signature beside it: name it with --signature");
    }
    all.push_back({file, given.empty() ? cat(file, kSignatureSuffix) : given.back()});
  }
  return all;
}

void verify(Session& session, const VerifyOptions& options) {
  if (options.files.empty()) {
    if (!options.public_key.empty()) throw Error(ErrorCode::kUsage, "--public-key verifies a file: name it");
    Json request = options.request.request(session.options().raw_binary);
    require_message(request);
    options.request.check_required(request);
    return print_call(session, row_of<kms::verify>(), std::move(request));
  }
  const std::vector<Signed> all = signed_files(options);
  const Verification how = verification(session, options);
  if (all.size() == 1) return print_answer_of(session, row_of<kms::verify>(), verify_one(session, how, all.front()));
  Json valid = Json::array();
  for_each_file(session, options.files, [&](std::size_t i) {
    Json answer = verify_one(session, how, all[i]);
    answer["File"] = all[i].file;
    valid.push_back(std::move(answer));
    return Done::kDone;
  });
  print_answer(session.out(), {{"Files", std::move(valid)}}, session.options());
}

}  // namespace

void add_sign_commands(Commands& commands) {
  commands.push_back(command<SignOptions>("sign", "Sign files of any size; writes FILE.sig", kSignGroup, sign));
  commands.push_back(command<VerifyOptions>("verify", "Verify the signatures of files", kSignGroup, verify));
}

}  // namespace kms::cli
