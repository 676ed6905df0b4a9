#include "cli/commands/backup_file.h"

#include <unistd.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "cli/commands/file_transfer.h"
#include "cli/credentials.h"
#include "cli/process.h"
#include "core/base/encoding.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/crypto/init.h"
#include "core/model/principal.h"
#include "core/ops/table.h"
#include "core/service/dispatch.h"
#include "core/upkeep/restoration.h"

namespace kms::cli {
namespace {

std::unique_ptr<vault::UnpackedBackup> unpack(Session& session, const std::string& path, const std::string& target,
                                              const vault::Credential& credential) {
  Transfer transfer(path, {}, session.terminal());
  try {
    return vault::unpack_backup(transfer.reader(), credential, target, session.random(), {});
  } catch (const Error& error) {
    const bool of_file = error.code() == ErrorCode::kInvalidCiphertext ||
                         error.code() == ErrorCode::kUnsupportedOperation ||
                         error.code() == ErrorCode::kWrongPassphrase;
    if (!of_file) throw;
    const bool damaged = error.code() == ErrorCode::kInvalidCiphertext;
    throw Error(error.code(), cat(transfer.input_name(), ": ", error.what(),
                                  damaged ? "; fetch it again from where it was made, or take another backup" : ""));
  }
}

}  // namespace

std::string scratch_target(Session& session) {
  std::string directory = environment("TMPDIR");
  if (directory.empty()) directory = access("/var/tmp", W_OK) == 0 ? "/var/tmp" : "/tmp";
  return cat(directory, "/kmsctl-backup-", encode_hex(session.random().bytes(8)));
}

OpenedBackupFile open_backup_file(Session& session, const std::string& path, const std::string& target) {
  crypto::init();
  GlobalOptions options = session.options();
  options.vault = path;  // of which the passphrase is asked
  OpenedBackupFile opened;
  try {
    with_unlocking_credential(options, session.terminal(), true, [&](const vault::Credential& credential) {
      opened.backup = unpack(session, path, target, credential);
      opened.credential = {credential.kind, SecretBytes::copy_of(credential.secret)};
    });
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kVaultLocked) throw;
    throw Error(error.code(), cat("the backup ", path, " is locked: give what opens it with --keyfile, ",
                                  "--passphrase-file or --passphrase-fd, or set ", kKeyfileVariable, " or ",
                                  kPassphraseFileVariable, "; a terminal is asked"));
  }
  return opened;
}

BackupFindings verify_backup(Session& session, vault::UnpackedBackup& backup) {
  vault::Vault& vault = backup.vault();
  BackupFindings found;
  found.report = vault.check();
  found.problems = found.report.problems;
  const auto differences = backup.differences();
  found.problems.insert(found.problems.end(), differences.begin(), differences.end());
  if (!found.problems.empty()) return found;  // what follows reads records as if they were sound
  std::vector<std::string> logs;
  for (const vault::BackupLog& log : backup.summary().logs) logs.push_back(log.name);
  found.problems = find_problems(vault, logs, session.clock().now());
  return found;
}

Context BackupSession::context() {
  vault::Vault& vault = backup_.vault();
  return {clock(), random(), vault, vault, authorizer_, audit_, upkeep_, operations()};
}

const AccountRegion& BackupSession::home() {
  home_ = home_of(context());
  return home_;
}

std::string BackupSession::owner() {
  return root_principal(home().account);
}

Json BackupSession::call(std::string_view operation, Json request) {
  return call_through("", operation, std::move(request));
}

Json BackupSession::call_through(std::string_view service, std::string_view operation, Json request) {
  return call_in(options().region_or_default(), service, operation, std::move(request));
}

Json BackupSession::call_in(const std::string& region, std::string_view service, std::string_view operation,
                            Json request) {
  Proof proof;
  proof.principal = owner();
  proof.region = region;
  proof.via_service = service;
  proof.source_address = kThisMachine;
  Json answer = dispatch(context(), proof, operation, request);
  throw_if_error(answer);
  return answer;
}

}  // namespace kms::cli
